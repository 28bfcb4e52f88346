"""Which files do the tests of a Go package find beside them? The package's directory with what lies
below it, but for other packages and what is hidden."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
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
    found: list[Entry] = []
    size_bytes = 0
    top = os.path.realpath(directory)
    hidden = {os.path.abspath(path) for path in skip}
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        for entry in sorted(os.scandir(f"{directory}/{prefix}"), key=lambda entry: entry.name):
            name = prefix + entry.name
            if entry.name[0] == "." or os.path.abspath(entry.path) in hidden:
                continue
            if entry.is_symlink():
                if _stays_inside(entry, top, name):
                    found.append(Entry(name, "link", os.readlink(entry.path)))
            elif entry.is_dir():
                if not _is_elsewhere(entry.path, name):
                    found.append(Entry(name, "directory"))
                    waiting.append(f"{name}/")
            elif entry.is_file():
                status = entry.stat()
                size_bytes += status.st_size
                content = digest(Path(entry.path))
                if content is None:
                    raise failure("test-files", f"{directory.name}/{name} cannot be read")
                found.append(Entry(name, "file", content, bool(status.st_mode & 0o100)))
        if size_bytes > STAGED_BYTES:
            raise _too_large(directory, size_bytes)
    return tuple(sorted(found))


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
