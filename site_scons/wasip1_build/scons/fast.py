"""Did nothing change since the last build? Stats alone say so, before any node exists.

This is the whole of a null build, so it imports nothing that reads a spec or makes a module.
"""

from __future__ import annotations

import contextlib
import gc
import marshal
import os
import sys
from collections.abc import Iterable, Mapping
from itertools import compress
from pathlib import Path
from typing import Any, NamedTuple

import SCons.Script
import SCons.Script.Main

from wasip1_build.build_dir import build_dir_hint
from wasip1_build.looks import Digest, Look, have_changed, look_at
from wasip1_build.report.lines import MANY, aligned, moved_text

FORMAT = 5
ADVISE = "advise"  # the word of scons.arguments, which a null build need not read
# Options under which "nothing to do" is the whole answer, by the name under which SCons keeps them.
HARMLESS = {"num_jobs", "no_progress", "silent", "keep_going", "question"}
EVERY = "*"  # among a build's words: all its artifacts (no alias is called so)
# Variables that decide where tools are looked for. PATH counts only where a tool was found there.
VARIABLES = ("HOME", "WASIP1_CACHE_DIR", "XDG_CACHE_HOME")


class Good(NamedTuple):
    """What the last build looked at, and what it had to say of what is up to date.

    `there` are files and directories, outputs among them, those in the tree relative to its root,
    joined by NUL: tens of thousands of strings are slower to load than to divide. `looks` are the
    digests of how they looked, and `absent` are paths where nothing was;
    `words` the targets that it covers, each with the artifacts (DIR:NAME) that they name; `rows`
    the table's cells by artifact, `right` which of its columns are set to the right. `stale` are
    the artifacts that are not up to date, though nothing may have changed. `token` names this
    build.
    """

    token: str
    identity: tuple[Any, ...]
    search_path: str | None  # PATH, where it decided which tools were found
    there: str
    looks: tuple[int, ...]
    absent: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]
    stale: tuple[str, ...]
    heading: tuple[str, ...]
    right: tuple[bool, ...]
    rows: Mapping[str, tuple[str, ...]]
    legend: tuple[str, ...]
    totals: str
    warnings: tuple[str, ...]
    moved: Mapping[str, tuple[str, ...]]  # by artifact, what moved it from what was accepted

    def digests(self) -> dict[str, Digest]:
        """How each path looked."""
        there: dict[str, Digest] = dict(zip(_paths(self.there), self.looks, strict=True))
        return {**there, **dict.fromkeys(self.absent)}

    def with_digests(self, digests: Mapping[str, Digest]) -> Good:
        """The same, but with other looks."""
        there = {path: digest for path, digest in digests.items() if digest is not None}
        absent = tuple(path for path, digest in digests.items() if digest is None)
        return self._replace(there="\0".join(there), looks=(*there.values(),), absent=absent)


class Change(NamedTuple):
    """What is not as the last build left it: `paths` as in its looks, `asked` the artifacts that
    this run is for, `kept` how the file was in which that build is kept."""

    good: Good
    paths: tuple[str, ...]
    asked: frozenset[str]
    kept: Look

    def is_of(self, store: str) -> bool:
        """Whether that is still the last build: another one may have run meanwhile."""
        return look_at(store) == self.kept


def end_if_unchanged(file: str) -> Change | None:
    """Ends the process with status 0 where nothing is to be done, and says so.

    Otherwise what has changed; None where that is not known, or may be anything.
    """
    # Tens of thousands of nodes and looks stay to the end. With Python's own thresholds the search
    # for garbage among them takes a third of a large build.
    gc.set_threshold(200_000, 50, 50)
    root = SCons.Script.Dir("#").abspath
    if not _is_harmless(HARMLESS):
        return None
    if SCons.Script.COMMAND_LINE_TARGETS == [ADVISE]:
        _tell_again(root, file)
    store = store_of(Path(root), file, SCons.Script.ARGUMENTS.get("PROFILE", "release"))
    change = change_since(store, root, SCons.Script.COMMAND_LINE_TARGETS, identity())
    if change and not change.paths and not change.asked & set(change.good.stale):
        end(change.good)
    return change


def _tell_again(root: str, file: str) -> None:
    """Ends the process where all is as it was when `scons advise` was run last."""
    if not is_plain_build():
        return
    from wasip1_build.scons import told  # a build needs none of it

    build = store_of(Path(root), file, SCons.Script.ARGUMENTS.get("PROFILE", "release"))
    told.tell_again(told.store_of(build, ADVISE), root)


def change_since(
    store: str, root: str, words: Iterable[str], surroundings: tuple[Any, ...]
) -> Change | None:
    """What has changed since the build that is kept; None where anything may have."""
    kept = look_at(store)
    good = load(store)
    if good is None or good.identity != surroundings or not _covers(good, words):
        return None
    if good.search_path not in (None, os.environ.get("PATH")):
        return None
    moved = changed(good.there, good.looks, good.absent, root)
    return Change(good, moved, frozenset(asked(good, words)), kept)


def end(good: Good) -> None:
    """Says that what is asked for is up to date, and ends the process with status 0."""
    for warning in good.warnings:
        print(warning, file=sys.stderr)
    if not SCons.Script.GetOption("question"):
        words = SCons.Script.COMMAND_LINE_TARGETS
        _say(answer(good, words, silent=SCons.Script.GetOption("silent")))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # tens of thousands of looks need not be taken down one by one


def store_of(root: Path, file: str, profile: str) -> str:
    """Where the last build of a profile is kept."""
    return str(root / build_dir_hint(root, file) / ".wasip1" / "good" / profile)


def identity() -> tuple[Any, ...]:
    """What must be the same beside files: the installation, the directory, the arguments."""
    arguments = tuple(sorted(SCons.Script.ARGUMENTS.items()))
    return (*installation(), os.getcwd(), arguments)


def installation() -> tuple[Any, ...]:
    """This Python, its packages and this code.

    A directory of packages has another modification time when one is installed or removed.
    """
    places = tuple((place, look_at(place)) for place in sys.path if place.endswith("-packages"))
    variables = tuple(os.environ.get(name) for name in VARIABLES)
    return (FORMAT, sys.version, __file__, places, variables)


def load(store: str) -> Good | None:
    """The last build; None where none is known, or the store is damaged or of another kind."""
    try:
        with open(store, "rb") as stream:
            return Good(**marshal.loads(stream.read()))
    except (OSError, EOFError, ValueError, TypeError):
        return None


def save(store: str, good: Good) -> None:
    """Keeps a build. Raises OSError."""
    os.makedirs(os.path.dirname(store), exist_ok=True)
    temporary = f"{store}.{os.getpid()}"
    with open(temporary, "wb") as stream:
        stream.write(marshal.dumps(good._asdict()))
    os.replace(temporary, store)


def forget(store: str) -> None:
    """No build is known any more. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(store)


def changed(
    there: str, looks: tuple[int, ...], absent: tuple[str, ...], root: str
) -> tuple[str, ...]:
    """The paths that look otherwise than then; all as in a Good."""
    names = _paths(there)
    is_here = os.getcwd() == root  # a relative path costs a quarter less to look at
    paths = names if is_here else [os.path.join(root, name) for name in names]
    moved = compress(names, have_changed(paths, looks))
    came = (name for name in absent if look_at(os.path.join(root, name)))
    return (*moved, *came)


def _paths(joined: str) -> list[str]:
    return joined.split("\0") if joined else []


def asked(good: Good, words: Iterable[str]) -> set[str]:
    """The artifacts that words on the command line name; without any, the default ones."""
    return {name for word in list(words) or [""] for name in good.words[word]}


def answer(good: Good, words: Iterable[str], *, silent: bool = False) -> str:
    """What a build of these targets prints when nothing is to be done."""
    given = list(words)
    names = asked(good, given)
    said = [] if silent else [f"scons: `{word}' is up to date." for word in given or ["default"]]
    totals = [] if given else [good.totals]
    totals += moved_text({name: each for name, each in good.moved.items() if name in names})
    if len(names) > MANY:
        return "\n".join([*said, f"{len(names)} up to date", *totals])
    rows = [row for name, row in good.rows.items() if name in names]
    lines = _lines([list(good.heading), *map(list, rows)], good.right)
    return "\n".join([*said, *lines, *good.legend, *totals])


def _lines(rows: list[list[str]], right: tuple[bool, ...]) -> list[str]:
    if not sys.stdout.isatty():
        return ["  ".join(row) for row in aligned(rows, right)]
    from wasip1_build.report.terminal import rows_text, style_of  # bars and colours: 2 ms

    return rows_text(rows, right, style_of(sys.stdout, os.environ))


def is_plain_build() -> bool:
    """Whether no option was given that asks for anything else than to build."""
    return _is_harmless(HARMLESS - {"question"})


def _is_harmless(harmless: set[str]) -> bool:
    """Whether no other option was given, here or in SCONSFLAGS."""
    options = vars(SCons.Script.Main.OptionsParser.values)  # (what was not given has no entry)
    given = {name for name, value in options.items() if value and not name.startswith("_")}
    # Options that gather several values add to the list that is their default.
    given |= {name for name, value in vars(options["__defaults__"]).items() if _is_filled(value)}
    return given <= harmless and os.environ.get("GITHUB_ACTIONS") != "true"


def _is_filled(default: object) -> bool:
    return isinstance(default, list) and bool(default)


def _covers(good: Good, words: Iterable[str]) -> bool:
    return all(word in good.words for word in words)


def _say(text: str) -> None:
    encoding = sys.stdout.encoding or "ascii"
    print(text.encode(encoding, "replace").decode(encoding))
