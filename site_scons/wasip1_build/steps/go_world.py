"""Everything in a tree that decides what `go list` answers, as one digest, without running go."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from wasip1_build.files import sha256_of_json

# What the go command looks at in a package's directory (go help packages, go/build).
SOURCES = (
    ".go", ".s", ".S", ".sx", ".syso", ".h", ".hh", ".hpp", ".hxx", ".c", ".cc", ".cpp",
    ".cxx", ".m", ".f", ".F", ".for", ".f90", ".swig", ".swigcxx",
)  # fmt: skip

_HEADER_TOKEN = re.compile(
    r"\s+|;|(?P<line>//[^\n]*)|(?P<block>/\*.*?\*/)"
    r"|(?P<package>package\s+\w+)"
    r'|(?P<import>import\s*(?:\((?:[^()"`/]|"[^"\n]*"|`[^`]*`|//[^\n]*|/\*.*?\*/|/)*\)'
    r'|[^\s"`(]*\s*(?:"[^"\n]*"|`[^`]*`)))',
    re.DOTALL,
)
_IMPORT_NOISE = re.compile(r'("[^"\n]*"|`[^`]*`)|//[^\n]*|/\*.*?\*/', re.DOTALL)
_EMBED = re.compile(r"^[ \t]*//go:embed[ \t]+(.+?)[ \t\r]*$", re.MULTILINE)


def header(text: str) -> list[str]:
    """What a Go file's head says to the go command: build lines, package clause, imports, embeds.

    Comments beside them and everything below them is left out, so that an edit there does not
    make the list of dependencies stale. Where a head cannot be understood, all of it counts.
    """
    facts: list[str] = []
    position = 1 if text.startswith("\ufeff") else 0
    while token := _HEADER_TOKEN.match(text, position):
        position = token.end()
        if token["line"]:
            if token["line"].startswith(("//go:build", "// +build", "//+build")):
                facts.append(token["line"].rstrip())
        elif token["package"]:
            facts.append(" ".join(token["package"].split()))
        elif token["import"]:
            facts.append(" ".join(_IMPORT_NOISE.sub(r"\1", token["import"]).split()))
    facts += [f"embed {match}" for match in _EMBED.findall(text)]
    if text.startswith("import", position) or text.startswith("package", position):
        facts.append(text)
    return facts


def world_digest(
    root: Path,
    directories: Collection[str],
    skip: Collection[str],
    unseen: Collection[str] = frozenset(),
    see: Callable[[str], None] = lambda _path: None,
) -> str:
    """A digest over the listings and file heads of local modules.

    `directories` are the modules, `skip` directories that hold none of their sources; both are
    relative to `root`. `unseen` are absolute paths of files that count as not there. `see` is told
    of each file and directory before it is read. Nested modules count only when they are among
    `directories`. Directories that begin with "." or "_", and
    node_modules, are no packages of anybody's.
    """
    hidden = {os.path.abspath(root / name) for name in skip} | set(unseen)
    world = _World(root, hidden, see)
    tops = (os.path.abspath(root / directory) for directory in sorted(directories))
    return sha256_of_json([fact for top in tops for fact in world.walk(top, set())])


@dataclass(frozen=True)
class _World:
    """One walk through the sources of local modules."""

    root: Path
    hidden: set[str]
    see: Callable[[str], None]

    def walk(self, top: str, passed: set[str]) -> Iterator[list[object]]:
        """The facts of a directory and all below it; `passed` ends circles of links."""
        real = os.path.realpath(top)
        if real in passed:
            return
        passed.add(real)
        names, subdirectories = self._listing(top)
        where = os.path.relpath(top, self.root)
        if names:
            yield [where, names]
        for name in names:
            if name.endswith(".go"):
                yield from self._file_facts(os.path.join(top, name))
        for path in subdirectories:
            if os.path.isfile(os.path.join(path, "go.mod")):
                yield [os.path.relpath(path, self.root), "module"]
            else:
                yield from self.walk(path, passed)

    def _listing(self, top: str) -> tuple[list[str], list[str]]:
        """The names of files that matter to go, and the paths of directories to go on with."""
        self.see(top)
        try:
            entries = sorted(os.scandir(top), key=lambda entry: entry.name)
        except OSError:
            return [], []
        entries = [entry for entry in entries if entry.path not in self.hidden]
        directories = [entry for entry in entries if entry.is_dir()]
        return (
            [entry.name for entry in entries if entry not in directories and _matters(entry.name)],
            [entry.path for entry in directories if _may_hold_packages(entry)],
        )

    def _file_facts(self, path: str) -> Iterator[list[object]]:
        self.see(path)
        try:
            text = Path(path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return
        facts = header(text)
        yield [os.path.relpath(path, self.root), facts]
        for base in _bases(os.path.dirname(path), facts):
            yield from self._embedded(base)

    def _embedded(self, base: str) -> Iterator[list[object]]:
        """The names of all files that an embed line could match, now."""
        self.see(base)
        where = os.path.relpath(base, self.root)
        if not os.path.isdir(base):
            yield [where, "embeds", os.path.isfile(base) and base not in self.hidden]
            return
        names = []
        for directory, _, files in os.walk(base):
            self.see(directory)
            paths = (os.path.join(directory, file) for file in files)
            names += [os.path.relpath(path, self.root) for path in paths if path not in self.hidden]
        yield [where, "embeds", sorted(names)]


def _matters(name: str) -> bool:
    return name == "go.mod" or (name.endswith(SOURCES) and not name.endswith("_test.go"))


def _may_hold_packages(entry: os.DirEntry[str]) -> bool:
    return entry.name[0] not in "._" and entry.name != "node_modules"


def embed_bases(root: Path, directories: Collection[str], skip: Collection[str]) -> set[str]:
    """The absolute paths at or below which embed lines of local modules find their files."""
    skipped = {os.path.abspath(root / name) for name in skip}
    found: set[str] = set()
    for top in directories:
        for where, names, files in os.walk(root / top):
            names[:] = [n for n in names if n[0] not in "._" and f"{where}/{n}" not in skipped]
            for file in files:
                if file.endswith(".go"):
                    found |= bases_of(os.path.join(where, file))
    return found


def bases_of(file: str) -> set[str]:
    """The absolute paths at or below which the embed lines of one Go file find their files."""
    try:
        text = Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    return {os.path.abspath(base) for base in _bases(os.path.dirname(file), header(text))}


def _bases(directory: str, facts: Iterable[str]) -> Iterator[str]:
    """For each embed pattern, the path up to its first wildcard."""
    for patterns in (fact for fact in facts if fact.startswith("embed ")):
        for quoted, bare in re.findall(r'["`]([^"`]+)["`]|(\S+)', patterns.removeprefix("embed ")):
            base = directory
            for part in (quoted or bare).removeprefix("all:").split("/"):
                if any(char in part for char in "*?[\\"):
                    break
                base = os.path.join(base, part)
            yield base
