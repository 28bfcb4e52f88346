"""Which files do the tests of a Go package find beside them? The package's directory with what lies
below it, but for other packages and what is hidden."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from wasip1_build.findings import failure
from wasip1_build.runtime.staging import STAGED_BYTES, Entry


def package_files(
    directory: Path, skip: Collection[Path], digest: Callable[[Path], str | None]
) -> tuple[Entry, ...]:
    """Every file, link and directory that a test finds below its package's directory, by name.

    Left out are hidden names, vendor, node_modules, the directories in `skip`, other packages
    (directories with Go files, unless testdata is around them) and other modules, each with all
    below it; links that lead out; and what is no file. `digest` gives a file's SHA-256, or None
    where it cannot be read. Raises Failure where there are more than 64 MiB or a file cannot be
    read, OSError where a directory cannot be listed.
    """
    files = _Files(directory, {os.path.abspath(path) for path in skip}, digest)
    waiting = [""]
    while waiting:
        waiting += files.add(waiting.pop())
        if files.size_bytes > STAGED_BYTES:
            raise _too_large(directory, files.size_bytes)
    return tuple(sorted(_without_bare_directories(files.found)))


def _without_bare_directories(found: list[Entry]) -> Iterator[Entry]:
    """The entries without directories in which no file is, but for those in testdata: most of them
    hold nothing but packages, and one more of those is no business of this package's."""
    around = {parent for e in found if e.kind != "directory" for parent in _parents(e.name)}
    for entry in found:
        if entry.kind != "directory" or entry.name in around or "testdata" in entry.name.split("/"):
            yield entry


def _parents(name: str) -> Iterator[str]:
    while name := name.rpartition("/")[0]:
        yield name


class _Files:
    """What was found so far below a package's directory."""

    def __init__(
        self, directory: Path, skip: Collection[str], digest: Callable[[Path], str | None]
    ) -> None:
        self.found: list[Entry] = []
        self.size_bytes = 0
        self._directory = directory
        self._top = os.path.realpath(directory)
        self._skip = skip
        self._digest = digest

    def add(self, prefix: str) -> Iterator[str]:
        """Adds what is in one directory; gives those in it that are to be looked into."""
        with os.scandir(self._directory / prefix) as entries:
            shown = [entry for entry in entries if entry.name[0] != "."]
        for entry in shown:
            name = prefix + entry.name
            if entry.is_symlink():
                if _stays_inside(entry, self._top, name):
                    self.found.append(Entry(name, "link", os.readlink(entry.path)))
            elif entry.is_dir():
                if os.path.abspath(entry.path) not in self._skip and not _is_elsewhere(
                    entry.path, name
                ):
                    self.found.append(Entry(name, "directory"))
                    yield f"{name}/"
            elif entry.is_file():
                self._add_file(entry, name)

    def _add_file(self, entry: os.DirEntry[str], name: str) -> None:
        status = entry.stat()
        self.size_bytes += status.st_size
        content = self._digest(Path(entry.path))
        if content is None:
            raise failure("test-files", f"{self._directory.name}/{name} cannot be read")
        self.found.append(Entry(name, "file", content, bool(status.st_mode & 0o100)))


def _is_elsewhere(path: str, name: str) -> bool:
    """Whether a directory below a package is another package's or module's business."""
    parts = name.split("/")
    if parts[-1] in ("vendor", "node_modules") or os.path.isfile(f"{path}/go.mod"):
        return True
    if "testdata" in parts:
        return False
    return any(entry.endswith(".go") for entry in os.listdir(path))


def _stays_inside(entry: os.DirEntry[str], top: str, name: str) -> bool:
    """Whether a link leads to something below the directory, so that its copy does too."""
    target = os.readlink(entry.path)
    lexical = os.path.normpath(f"{name}/../{target}")
    real = os.path.realpath(entry.path)
    inside = real == top or real.startswith(f"{top}{os.sep}")
    return inside and not target.startswith("/") and lexical.split("/")[0] != ".."


def _too_large(directory: Path, size_bytes: int) -> Exception:
    return failure(
        "test-files",
        f"{directory.name} and what lies below it hold {size_bytes / (1 << 20):.0f} MiB, and a "
        f"test can be given {STAGED_BYTES >> 20} MiB",
        why="tests run on a private copy of their package's directory, and all of it is an input",
        fix="move what tests do not read out of it, or below a name that begins with a dot",
        key="test.packages",
    )
