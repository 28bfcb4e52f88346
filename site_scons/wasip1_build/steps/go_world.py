"""Everything in a tree that decides what `go list` answers, as one digest, without running go."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.digests import Digests
from wasip1_build.steps.go_heads import bases, bases_of, head_of, read_head

# What the go command looks at in a package's directory (go help packages, go/build).
SOURCES = (
    ".go", ".s", ".S", ".sx", ".syso", ".h", ".hh", ".hpp", ".hxx", ".c", ".cc", ".cpp",
    ".cxx", ".m", ".f", ".F", ".for", ".f90", ".swig", ".swigcxx",
)  # fmt: skip


# What beside sources decides, by being there, what is listed or compiled.
GO_FILES = ("go.mod", "go.sum", "go.work", "go.work.sum", "default.pgo")


Matters = Callable[[str], bool]  # whether a file of this name decides something


def is_source(name: str) -> bool:
    """Whether a file's name can change what go builds, its tests left out."""
    return name == "go.mod" or (name.endswith(SOURCES) and not name.endswith("_test.go"))


def is_source_or_test(name: str) -> bool:
    """Whether a file's name can change what go builds or tests."""
    return name == "go.mod" or name.endswith(SOURCES)


@dataclass(frozen=True)
class World:
    """The digest, and by absolute path what of each file and directory it may depend on: as long
    as `is_still` says so of all of them, the digest stays.

    The digest is a sum, so that where one fact of thousands changed the others need not be read:
    see `with_heads`.
    """

    digest: str
    facts: Mapping[str, str]


def read_world(
    root: Path,
    directories: Collection[str],
    skip: Collection[str],
    digests: Digests,
    unseen: Collection[str] = frozenset(),
    matters: Matters = is_source,
) -> World:
    """The world of local modules: their listings and file heads.

    `directories` are the modules, `skip` directories that hold none of their sources; both are
    relative to `root`. `unseen` are absolute paths of files that count as not there, `matters` says
    which names of files decide something. Nested modules count only when they are among
    `directories`. Directories that begin with "." or "_", and node_modules, are no packages of
    anybody's.
    """
    hidden = {os.path.abspath(root / name) for name in skip} | set(unseen)
    walk = _Walk(str(root), hidden, digests, matters)
    tops = (os.path.abspath(root / directory) for directory in sorted(directories))
    digest = _sum(_term(*fact) for top in tops for fact in walk.below(top, set()))
    return World(digest, walk.facts)


def with_heads(digest: str, heads: Mapping[str, tuple[str, str]]) -> str:
    """The digest of a world in which Go files, by their paths relative to its root, have another
    head than they had: the facts of both (see `head_now`), and nothing else is another."""
    gone = (_term(path, before) for path, (before, _) in heads.items())
    come = (_term(path, now) for path, (_, now) in heads.items())
    return _sum((int(digest, 16), *come, *(-term for term in gone)))


def head_now(path: str, fact: str) -> str | None:
    """The fact that a Go file's head is now; None where `fact` is of something else, or where the
    two say otherwise of what is embedded, on which other facts depend."""
    if not fact.startswith(_HEAD):
        return None
    head = read_head(path)
    before = json.loads(fact.removeprefix(_HEAD))
    directory = os.path.dirname(path)
    keeps = os.path.isfile(path) and [*bases(directory, head)] == [*bases(directory, before)]
    return _head(head) if keeps else None


def is_still(path: str, fact: str, digests: Digests, matters: Matters = is_source) -> bool:
    """Whether what decides a world of a file or directory is as it was; `matters` is that world's,
    or of several the one that counts most."""
    digests.see(path)
    if reads_all(fact):
        return os.path.isdir(path) and fact == _everything(_entries(path))
    if fact.startswith(_SOURCES):
        return os.path.isdir(path) and not _came_or_went(path, fact, matters)
    if fact.startswith(_HEAD):
        return os.path.isfile(path) and fact == _head(read_head(path))
    return fact == _presence(path)


def came(path: str, fact: str) -> frozenset[str] | None:
    """The names, those of directories with a slash, that came to a directory of sources since the
    fact; None where some went, or it is no such fact."""
    if not fact.startswith(_SOURCES):
        return None
    before, now = _names(fact), _names_in(path)
    return now - before if before <= now else None


def package_of(path: str, fact: str, matters: Matters = is_source) -> str | None:
    """The directory of the one package that a fact which is no longer so can be about; None where
    it can be about more.

    A package that was not there, or is there no more, can be imported by anything. So can a
    module, and a file that is embedded may be by several. And a package that comes to have tests,
    where those matter, is planned for otherwise.
    """
    if fact.startswith(_HEAD):
        return os.path.dirname(path)
    if not fact.startswith(_SOURCES):
        return None
    before, now = _names(fact), _names_in(path)
    only_sources = all(name.endswith(SOURCES) for name in _came_or_went(path, fact, matters))
    always = all(any(map(_is_go, names)) for names in (before, now))
    as_tested = any(map(_is_test, before)) == any(map(_is_test, now))
    keeps = always and (as_tested or matters is is_source)
    return path if only_sources and keeps else None


def reads_all(fact: str) -> bool:
    """Whether it is the fact of a directory of which every file counts."""
    return fact.startswith(_EVERYTHING)


@dataclass(frozen=True)
class _Walk:
    """One walk through the sources of local modules."""

    root: str
    hidden: set[str]
    digests: Digests
    matters: Matters
    facts: dict[str, str] = field(default_factory=dict)

    def below(self, top: str, passed: set[str]) -> Iterator[tuple[str, ...]]:
        """The facts of a directory and all below it; `passed` ends circles of links."""
        real = os.path.realpath(top)
        if real in passed:
            return
        passed.add(real)
        entries = self._entries(top, _sources)
        directories = [entry for entry in entries if entry.is_dir()]
        names = [e.name for e in entries if self.matters(e.name) and e not in directories]
        if names:
            yield (self._where(top), _SOURCES, *names)
        for name in names:
            if name.endswith(".go"):
                yield from self._file_facts(f"{top}/{name}")
        for entry in directories:
            if not _may_hold_packages(entry.name):
                continue
            if os.path.isfile(f"{entry.path}/go.mod"):
                self._note(f"{entry.path}/go.mod", _FILE)
                yield (self._where(entry.path), "module")
            else:
                yield from self.below(entry.path, passed)

    def _file_facts(self, path: str) -> Iterator[tuple[str, ...]]:
        head = head_of(path, self.digests)
        self._note(path, _head(head))
        yield (self._where(path), _head(head))
        for base in bases(os.path.dirname(path), head):
            yield from self._embedded(base)

    def _embedded(self, base: str) -> Iterator[tuple[str, ...]]:
        """The names of all files that an embed line could match, now."""
        if os.path.isdir(base):
            yield (self._where(base), "embeds", *sorted(self._files_below(base)))
            return
        presence = _presence(base)
        if not self.facts.get(base, "").startswith(_HEAD):  # of a Go file the head says more
            self._note(base, presence)
        is_there = presence == _FILE and base not in self.hidden
        yield (self._where(base), "embeds" if is_there else "embeds nothing")

    def _files_below(self, directory: str) -> Iterator[str]:
        for entry in self._entries(directory, _everything):
            if not entry.is_dir():
                yield self._where(entry.path)
            elif not entry.is_symlink():
                yield from self._files_below(entry.path)

    def _entries(
        self, directory: str, told: Callable[[Iterable[os.DirEntry[str]]], str]
    ) -> list[os.DirEntry[str]]:
        """What is in a directory, by name, but for what is hidden."""
        self.digests.see(directory)
        entries = _entries(directory)
        if not self.facts.get(directory, "").startswith(_EVERYTHING):
            self._note(directory, told(entries))
        return [entry for entry in entries if entry.path not in self.hidden]

    def _note(self, path: str, fact: str) -> None:
        self.digests.see(path)
        self.facts[path] = fact

    def _where(self, path: str) -> str:
        if path.startswith(f"{self.root}/"):
            return path[len(self.root) + 1 :]
        return os.path.relpath(path, self.root)


_SUMS = 1 << 256  # every sum is below


def _term(*fact: str) -> int:
    """What a fact adds to a digest. (No name and no fact has a NUL in it.)"""
    text = "\0".join(fact).encode(errors="surrogateescape")
    return int.from_bytes(hashlib.sha256(text).digest(), "big")


def _sum(terms: Iterable[int]) -> str:
    return f"{sum(terms) % _SUMS:064x}"


def _entries(directory: str) -> list[os.DirEntry[str]]:
    try:
        return sorted(os.scandir(directory), key=lambda entry: entry.name)
    except OSError:
        return []


# How a fact begins: all names in a directory, those that decide something, the head of a Go file.
_EVERYTHING, _SOURCES, _HEAD = "all ", "go ", "head "
_FILE, _NOTHING = "file", ""


def _everything(entries: Iterable[os.DirEntry[str]]) -> str:
    return _EVERYTHING + "\n".join(entry.name + "/" * entry.is_dir() for entry in entries)


def _sources(entries: Iterable[os.DirEntry[str]]) -> str:
    """The names that may decide something: tests too, so that worlds with and without them have
    the same facts."""
    decides = _decides(is_source_or_test)
    names = (entry.name + "/" * entry.is_dir() for entry in entries)
    return _SOURCES + "\n".join(filter(decides, names))


def _names(sources: str) -> frozenset[str]:
    return frozenset(sources.removeprefix(_SOURCES).split("\n")) - {""}


def _names_in(directory: str) -> frozenset[str]:
    return _names(_sources(_entries(directory)))


def _came_or_went(directory: str, fact: str, matters: Matters) -> set[str]:
    """The names that decide something, and are there since the fact, or no more."""
    return set(filter(_decides(matters), _names(fact) ^ _names_in(directory)))


def _head(head: list[str]) -> str:
    return _HEAD + json.dumps(head)


def _presence(path: str) -> str:
    return _FILE if os.path.isfile(path) else _NOTHING


def _decides(matters: Matters) -> Matters:
    """Whether a name, a directory's with a slash, can by being there change what is listed,
    compiled or declared."""

    def decides(name: str) -> bool:
        if name.endswith("/"):
            return _may_hold_packages(name[:-1])
        return matters(name) or name in GO_FILES or name == "wasip1.toml"

    return decides


def _is_go(name: str) -> bool:
    return name.endswith(".go") and not _is_test(name)


def _is_test(name: str) -> bool:
    return name.endswith("_test.go")


def _may_hold_packages(name: str) -> bool:
    return name[0] not in "._" and name != "node_modules"


def embed_bases(
    root: Path, directories: Collection[str], skip: Collection[str], digests: Digests
) -> set[str]:
    """The absolute paths at or below which embed lines of local modules find their files."""
    skipped = {os.path.abspath(root / name) for name in skip}
    found: set[str] = set()
    for top in directories:
        for where, names, files in os.walk(root / top):
            names[:] = [n for n in names if n[0] not in "._" and f"{where}/{n}" not in skipped]
            for file in files:
                if file.endswith(".go"):
                    found |= bases_of(os.path.abspath(os.path.join(where, file)), digests)
    return found
