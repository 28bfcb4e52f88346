"""A revision's tree laid out in a temporary place, as far as specs and listings look at it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from wasip1_build.cli.git import LINK, SUBMODULE, Entry, Repository
from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, failure
from wasip1_build.spec.members import SPEC_FILE
from wasip1_build.steps.go_world import SOURCES

# What is read for its content; of everything else (embedded, granted and expected files) only the
# names count, because git has said already which of them differ.
READ = (*SOURCES, "/go.mod", "/go.sum", "/go.work", "/go.work.sum", "/modules.txt", f"/{SPEC_FILE}")


@dataclass(frozen=True)
class BaseTree:
    """A revision's files below `place`, where they lie as deep as the repository itself does, so
    that a path with ".." leads to what it leads to there."""

    repository: Repository
    place: Path  # without links
    entries: Mapping[str, Entry]

    @property
    def top(self) -> Path:
        """Where the top of the repository is."""
        return self.mirrored(self.repository.top)

    def mirrored(self, path: Path) -> Path:
        """Where an absolute path of this machine is below `place`."""
        return self.place / path.relative_to("/")

    def lay_out(self, specs: Collection[str]) -> None:
        """Writes the tree; `specs` are further paths that are read. Raises Failure, OSError."""
        left_out = self.repository.left_out()
        entries = {n: e for n, e in self.entries.items() if n not in left_out}
        files = [n for n, e in entries.items() if e.mode not in (LINK, SUBMODULE)]
        read = [n for n in files if n in specs or f"/{n}".endswith(READ)]
        for directory in {os.path.dirname(name) for name in files}:
            os.makedirs(self.top / directory, exist_ok=True)
        for name in set(files) - set(read):
            self._write(name, b"")
        for name, data in self._contents(read):
            self._write(name, data)
        # Last: no file is written through a link, which only a forged tree would ask for.
        links = [name for name, entry in entries.items() if entry.mode == LINK]
        for name, data in self._contents(links):
            path = self._below_top(name)
            path.symlink_to(os.fsdecode(data))

    def carry(self, names: Collection[str]) -> None:
        """Copies files, and makes directories, that no revision has: git ignores them, or keeps
        no empty directory. Raises OSError."""
        for name in sorted(names):
            path, source = self.top / name, self.repository.top / name
            if os.path.lexists(path) or not os.path.lexists(source):
                continue
            with suppress(FileExistsError, NotADirectoryError):  # the revision has a file there
                if self._is_below_top(path):
                    _copy(source, path)

    def link_outside(self, directories: Collection[Path], files: Collection[Path]) -> None:
        """Makes what lies outside of the repository reachable in the same way. Raises OSError.

        Files are copied: a go.work is looked for where a link to it leads.
        """
        for path in sorted(directories):
            place = self.mirrored(path)
            if not os.path.lexists(place) and self._is_below_place(place):
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to(path)
        for path in sorted(files):
            if self._is_below_place(self.mirrored(path)):
                _copy(path, self.mirrored(path))

    def _contents(self, names: list[str]) -> Iterator[tuple[str, bytes]]:
        objects = [self.entries[name].object for name in names]
        return zip(names, self.repository.contents(objects), strict=True)

    def _write(self, name: str, data: bytes) -> None:
        mode = 0o777 if self.entries[name].mode == "100755" else 0o666
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        try:
            file = os.open(f"{self.top}/{name}", flags, mode)
        except FileExistsError:
            raise _twice(name) from None
        with open(file, "wb") as stream:
            stream.write(data)

    def _below_top(self, name: str) -> Path:
        path = self.top / name
        if os.path.lexists(path) or not self._is_below_top(path):
            raise _twice(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _is_below_place(self, path: Path) -> bool:
        return path.parent.resolve().is_relative_to(self.place)

    def _is_below_top(self, path: Path) -> bool:
        """Whether the directories on the way to a path are no links that lead away."""
        return path.parent.resolve().is_relative_to(self.top)


def _twice(name: str) -> Failure:
    return failure("git", f"the tree of the revision holds {name!r} twice")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir() and not source.is_symlink():
        target.mkdir(exist_ok=True)
    else:
        shutil.copy(source, target, follow_symlinks=False)
