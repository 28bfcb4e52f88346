"""What is in a granted directory, and how a run gets a private copy of it."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from wasip1_build.files import sha256_of_file
from wasip1_build.findings import failure

# More than this is data, not a fixture: it would be hashed on each change and copied for each run.
STAGED_BYTES = 64 << 20
# A guest can read a file's mtime, so every copy has the same one (1980: the oldest in a ZIP).
MTIME_NS = 315_532_800 * 10**9

Kind = Literal["directory", "file", "link", "special"]


class Entry(NamedTuple):
    """One name below a directory, POSIX and relative to it.

    `content` is a file's SHA-256, a link's target, or empty.
    """

    name: str
    kind: Kind
    content: str = ""
    executable: bool = False


class _Found(NamedTuple):
    name: str
    path: Path
    status: os.stat_result

    @property
    def kind(self) -> Kind:
        kinds: dict[int, Kind] = {
            stat.S_IFDIR: "directory",
            stat.S_IFREG: "file",
            stat.S_IFLNK: "link",
        }
        return kinds.get(stat.S_IFMT(self.status.st_mode), "special")


def scan(directory: Path) -> Iterator[_Found]:
    """Everything below a directory, sorted, parents first, following no link.

    What vanishes meanwhile is left out. Raises OSError for what cannot be read, and where a path
    is longer than the system takes.
    """
    waiting = [("", directory)]
    while waiting:
        prefix, path = waiting.pop()
        with os.scandir(path) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
        below = []
        for entry in entries:
            try:
                found = _Found(
                    prefix + entry.name, Path(entry.path), entry.stat(follow_symlinks=False)
                )
            except FileNotFoundError:
                continue
            yield found
            if found.kind == "directory":
                below.append((f"{found.name}/", found.path))
        waiting += reversed(below)


def walk_granted(
    directory: Path, digest: Callable[[Path], str | None] = sha256_of_file
) -> tuple[Entry, ...]:
    """Every file, link and directory below a granted directory, sorted by name.

    These are inputs of every run that is granted the directory. `digest` gives a file's SHA-256, or
    None where it cannot be read. Raises Failure where there is no such directory, a link leaves
    it, a file is neither a regular file, a directory nor a link, a name is no UTF-8, or there are
    more than 64 MiB.
    """
    if not directory.is_dir():
        raise failure(
            "grant-missing",
            f"the granted directory {directory.name} does not exist",
            why="each check runs on a private copy of every granted directory",
            fix="create it (git keeps no empty directory: put a .gitkeep into it), or fix `host`",
        )
    try:
        found = tuple(scan(directory))
    except OSError as error:
        raise _unreadable(directory, error) from None
    _check_size(directory, found)
    return tuple(sorted(_entry(directory, each, digest) for each in found))


def snapshot(directory: Path) -> tuple[Entry, ...]:
    """Every name below a directory as a run left it, whatever it is. Raises OSError."""
    entries = []
    for found in scan(directory):
        content = ""
        if found.kind == "file":
            content = sha256_of_file(found.path)
        elif found.kind == "link":
            content = os.readlink(found.path)
        entries.append(Entry(found.name, found.kind, content, _executable(found)))
    return tuple(sorted(entries))


def copy_tree(source: Path, entries: tuple[Entry, ...], target: Path) -> None:
    """Copies the entries of a directory into a new one, all with the same mtime.

    Raises OSError.
    """
    target.mkdir(parents=True)
    for entry in entries:
        path = target / entry.name
        if entry.kind == "directory":
            path.mkdir()
        elif entry.kind == "link":
            path.symlink_to(entry.content)
        else:
            shutil.copyfile(source / entry.name, path)
            path.chmod(0o755 if entry.executable else 0o644)
    for entry in reversed(entries):  # a directory after what is in it, which would move its mtime
        os.utime(target / entry.name, ns=(MTIME_NS, MTIME_NS), follow_symlinks=False)
    os.utime(target, ns=(MTIME_NS, MTIME_NS))


def remove_tree(directory: Path) -> None:
    """Removes a directory that a guest has written, however deep it nested directories.

    Every subdirectory is first moved up to the top, so that no path grows and nothing recurses:
    shutil.rmtree holds one file descriptor a level. Raises OSError.
    """
    if not directory.is_dir():
        return
    top = directory.with_name(f"{directory.name}.removed")
    top.mkdir()
    directory.rename(top / "0")
    moved = 0
    waiting = [top / "0"]
    while waiting:
        path = waiting.pop()
        with os.scandir(path) as listing:
            entries = list(listing)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                moved += 1
                waiting.append(Path(entry.path).rename(top / str(moved)))
            else:
                Path(entry.path).unlink()
        path.rmdir()
    top.rmdir()


def _entry(directory: Path, found: _Found, digest: Callable[[Path], str | None]) -> Entry:
    try:
        found.name.encode()
    except UnicodeEncodeError:
        raise failure(
            "grant-file",
            f"{directory.name}/{found.name!a} cannot be granted: its name is not UTF-8",
            fix="rename it: every path of WASI is UTF-8",
        ) from None
    if found.kind == "directory":
        return Entry(found.name, "directory")
    if found.kind == "link":
        return Entry(found.name, "link", _inner_target(directory, found))
    if found.kind == "special":
        raise failure(
            "grant-file",
            f"{directory.name}/{found.name} cannot be granted: it is a pipe, a socket or a device",
            why="each run gets a private copy of every granted directory, and it cannot be copied",
            fix="grant a directory without it",
        )
    try:
        content = digest(found.path)
    except OSError as error:
        raise _unreadable(directory, error) from None
    if content is None:
        raise _unreadable(directory, OSError(errno.EACCES, "cannot be read", str(found.path)))
    return Entry(found.name, "file", content, _executable(found))


def _inner_target(directory: Path, found: _Found) -> str:
    """The target of a link that stays inside the granted directory."""
    target = os.readlink(found.path)
    inside = Path(os.path.realpath(found.path)).is_relative_to(os.path.realpath(directory))
    lexical = os.path.normpath(f"{found.name}/../{target}")
    if target.startswith("/") or not inside or lexical == ".." or lexical.startswith("../"):
        raise failure(
            "grant-link",
            f"the link {directory.name}/{found.name} leaves the granted directory (to {target})",
            why="what it points to is not granted, and engines refuse to follow it",
            fix="copy the file into the directory, or make the link relative to its own place",
        )
    return target


def _executable(found: _Found) -> bool:
    return found.kind == "file" and bool(found.status.st_mode & stat.S_IXUSR)


def _check_size(directory: Path, found: tuple[_Found, ...]) -> None:
    size_bytes = sum(each.status.st_size for each in found if each.kind == "file")
    if size_bytes > STAGED_BYTES:
        raise failure(
            "grant-size",
            f"the granted directory {directory.name} holds {size_bytes / (1 << 20):.0f} MiB, "
            f"and a check can be given {STAGED_BYTES >> 20} MiB",
            why="all of it is an input: it is hashed on each change and copied for each run",
            fix="grant a small directory of fixtures (testdata/NAME) to the artifact instead",
        )


def _unreadable(directory: Path, error: OSError) -> Exception:
    where = ""
    if error.filename:
        where = "/" + os.path.relpath(os.fsdecode(error.filename), directory)
    return failure(
        "grant-file",
        f"{directory.name}{where} cannot be read: {error.strerror}",
        why="each check runs on a private copy of every granted directory",
        fix="make it readable, or grant a directory without it",
    )
