"""What did the last `scons advise` say? It is said again where nothing has changed.

This is the whole of an advice on unchanged sources, so it imports nothing that reads them.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import sys
from typing import Any, NamedTuple

import SCons.Script

from wasip1_build.looks import Digest, Look, digest_of
from wasip1_build.scons import fast

FORMAT = 1
# Variables that decide how something is shown (the last are those of Python's own streams).
SHOWING = ("TERM", "NO_COLOR", "COLUMNS", "LC_ALL", "LC_CTYPE", "LANG", "PYTHONIOENCODING")


class Told(NamedTuple):
    """What was said and what was looked at for it. `there`, `looks` and `absent` as in a Good."""

    identity: tuple[Any, ...]
    search_path: str | None  # PATH, where it decided which tools were found
    there: str
    looks: tuple[int, ...]
    absent: tuple[str, ...]
    errors: str  # to stderr
    output: bytes  # to stdout
    status: int


def store_of(build: str, verb: str) -> str:
    """Where it is kept; `build` is where the last build of the profile is."""
    return f"{build}.{verb}"


def identity() -> tuple[Any, ...]:
    """What must be the same beside files: as for a build, and how it is shown."""
    shown = tuple((each.isatty(), each.encoding) for each in (sys.stdout, sys.stderr))
    size = os.get_terminal_size(1) if shown[0][0] else ()
    variables = tuple(os.environ.get(name) for name in SHOWING)
    return (FORMAT, *fast.identity(), shown, tuple(size), variables)


def tell_again(store: str, root: str) -> None:
    """Ends the process as the last one ended, where all is as it was then."""
    told = _load(store)
    if told is None or told.identity != identity():
        return
    if told.search_path not in (None, os.environ.get("PATH")):
        return
    if fast.changed(told.there, told.looks, told.absent, root):
        return
    sys.stderr.write(told.errors)
    sys.stderr.flush()
    if told.status == 0 and not SCons.Script.GetOption("silent"):
        print("scons: `advise' is up to date.")
    sys.stdout.flush()
    sys.stdout.buffer.write(told.output)
    sys.stdout.flush()
    os._exit(told.status)  # as fast.end


def keep(
    store: str, looks: dict[str, Look], search_path: str | None, said: tuple[str, bytes, int]
) -> None:
    """Keeps what was said: on stderr, on stdout, and the status. Raises OSError."""
    digests: dict[str, Digest] = {path: digest_of(look) for path, look in looks.items()}
    there = {path: digest for path, digest in digests.items() if digest is not None}
    absent = tuple(path for path in digests if path not in there)
    told = Told(identity(), search_path, "\0".join(there), (*there.values(),), absent, *said)
    os.makedirs(os.path.dirname(store), exist_ok=True)
    temporary = f"{store}.{os.getpid()}"
    with open(temporary, "wb") as stream:
        stream.write(marshal.dumps(tuple(told)))
    os.replace(temporary, store)


def forget(store: str) -> None:
    """What was said is known no more. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(store)


def _load(store: str) -> Told | None:
    """None where nothing is kept, or what is kept is damaged."""
    try:
        with open(store, "rb") as stream:
            return Told(*marshal.loads(stream.read()))
    except (OSError, EOFError, ValueError, TypeError):
        return None
