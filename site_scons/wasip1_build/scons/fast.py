"""Did nothing change since a build that ended well? Stats alone say so, before any node exists.

This is the whole of a null build, so it imports nothing that reads a spec or makes a module.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import SCons.Script
import SCons.Script.Main

from wasip1_build.build_dir import build_dir_hint
from wasip1_build.looks import Look, look_at

FORMAT = 1
# Options under which "nothing to do" is the whole answer, by the name under which SCons keeps them.
HARMLESS = {"num_jobs", "no_progress", "silent", "keep_going", "question"}
# Variables that decide where tools are looked for. PATH counts only where a tool was found there.
VARIABLES = ("HOME", "WASIP1_CACHE_DIR", "XDG_CACHE_HOME")


class Good(NamedTuple):
    """A bare `scons` that ended well: all that it looked at, and what it had to say.

    `looks` are files and directories, outputs among them; `words` the targets that it covers, each
    with the artifacts (DIR:NAME) that they name; `rows` the table's lines by artifact.
    """

    identity: tuple[Any, ...]
    search_path: str | None  # PATH, where it decided which tools were found
    looks: Mapping[str, Look]
    words: Mapping[str, tuple[str, ...]]
    heading: str
    rows: Mapping[str, str]
    legend: tuple[str, ...]
    totals: str
    warnings: tuple[str, ...]


def end_if_unchanged(file: str) -> None:
    """Ends the process with status 0 where nothing is to be done, and says so."""
    root = SCons.Script.Dir("#").abspath
    if not _is_harmless():
        return
    good = load(store_of(Path(root), file, SCons.Script.ARGUMENTS.get("PROFILE", "release")))
    words = SCons.Script.COMMAND_LINE_TARGETS
    if good is None or not _covers(good, words) or not unchanged(good):
        return
    for warning in good.warnings:
        print(warning, file=sys.stderr)
    if not SCons.Script.GetOption("question"):
        _say(answer(good, words, silent=SCons.Script.GetOption("silent")))
    sys.exit(0)


def store_of(root: Path, file: str, profile: str) -> str:
    """Where the last good build of a profile is kept."""
    return str(root / build_dir_hint(root, file) / ".wasip1" / "good" / profile)


def identity() -> tuple[Any, ...]:
    """What must be the same beside files: this Python, its packages, this code, the arguments.

    A directory of packages has another modification time when one is installed or removed.
    """
    places = tuple((place, look_at(place)) for place in sys.path if place.endswith("-packages"))
    variables = tuple(os.environ.get(name) for name in VARIABLES)
    arguments = tuple(sorted(SCons.Script.ARGUMENTS.items()))
    return (FORMAT, sys.version, __file__, os.getcwd(), places, variables, arguments)


def load(store: str) -> Good | None:
    """The last good build; None where none is known, or the store is damaged or of another kind."""
    try:
        with open(store, "rb") as stream:
            return Good(**marshal.load(stream))
    except (OSError, EOFError, ValueError, TypeError):
        return None


def save(store: str, good: Good) -> None:
    """Keeps a good build. Raises OSError."""
    os.makedirs(os.path.dirname(store), exist_ok=True)
    temporary = f"{store}.{os.getpid()}"
    with open(temporary, "wb") as stream:
        marshal.dump(good._asdict(), stream)
    os.replace(temporary, store)


def forget(store: str) -> None:
    """No good build is known any more. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(store)


def unchanged(good: Good) -> bool:
    """Whether everything is as the good build left it."""
    if good.identity != identity() or good.search_path not in (None, os.environ.get("PATH")):
        return False
    return all(look_at(path) == known for path, known in good.looks.items())


def answer(good: Good, words: Iterable[str], *, silent: bool = False) -> str:
    """What a build of these targets prints when nothing is to be done."""
    asked = list(words)
    names = {name for word in asked or [""] for name in good.words[word]}
    said = [] if silent else [f"scons: `{word}' is up to date." for word in asked or ["default"]]
    rows = [row for name, row in good.rows.items() if name in names]
    return "\n".join([*said, good.heading, *rows, *good.legend, *([] if asked else [good.totals])])


def _is_harmless() -> bool:
    """Whether no option was given, here or in SCONSFLAGS, that asks for more than a build."""
    options = vars(SCons.Script.Main.OptionsParser.values)  # (what was not given has no entry)
    given = {name for name, value in options.items() if value and not name.startswith("_")}
    # Options that gather several values add to the list that is their default.
    given |= {name for name, value in vars(options["__defaults__"]).items() if _is_filled(value)}
    return given <= HARMLESS and os.environ.get("GITHUB_ACTIONS") != "true"


def _is_filled(default: object) -> bool:
    return isinstance(default, list) and bool(default)


def _covers(good: Good, words: Iterable[str]) -> bool:
    return all(word in good.words for word in words)


def _say(text: str) -> None:
    encoding = sys.stdout.encoding or "ascii"
    print(text.encode(encoding, "replace").decode(encoding))
