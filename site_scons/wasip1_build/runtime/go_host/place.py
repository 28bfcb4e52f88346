"""Where a generated package is written: over what was generated before, and over nothing else."""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes, sha256_of_bytes, sha256_of_file
from wasip1_build.findings import failure

RECORD = "wasip1-embed.json"
SPEC_VERSION = 1
_CLAUSE = re.compile(r"^package[ \t]+(\w+)", re.MULTILINE)  # (comments have no such line)


@dataclass(frozen=True)
class Generated:
    """What wrote a package: which artifact, under which package name, with which files."""

    artifact: str  # DIR:NAME
    package: str
    files: Mapping[str, str]  # SHA-256 by path

    def to_json(self) -> bytes:
        """The record that lies beside the files."""
        members = {"artifact": self.artifact, "package": self.package, "files": dict(self.files)}
        return json_bytes({"spec-version": SPEC_VERSION, **members})


def write_package(
    directory: Path,
    artifact: str,
    package: str,
    files: Mapping[str, bytes],
    first: Mapping[str, bytes],
) -> None:
    """Writes the files of a package, all or none, and removes those of an earlier one that it no
    longer has. `first` are written where there is no such file yet: then they are the user's.

    Raises Failure where something is in the way that was not generated, or has been changed since;
    OSError where it cannot be written.
    """
    digests = {name: sha256_of_bytes(data) for name, data in files.items()}
    now = Generated(artifact, package, digests)
    before = _recorded(directory)
    _refuse_other(directory, before, now)
    _refuse_foreign(directory, before, now)
    new = {name: data for name, data in first.items() if not os.path.lexists(directory / name)}
    dropped = before.files.keys() - files.keys() if before else set()
    _replace(directory, {**files, **new, RECORD: now.to_json()}, dropped)


def _recorded(directory: Path) -> Generated | None:
    """What the directory says of the package in it. Raises Failure where it cannot be read."""
    path = directory / RECORD
    try:
        record = json.loads(path.read_bytes())
        files = {str(name): str(digest) for name, digest in record["files"].items()}
        if any(name.startswith("/") or ".." in name.split("/") for name in files):
            raise ValueError("a path leaves the directory")
        return Generated(str(record["artifact"]), str(record["package"]), files)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise failure(
            "embed-record",
            f"{path} cannot be read",
            why="it says which files here were generated, and may be written anew",
            fix="take it from version control again, or remove the directory",
        ) from None


def _refuse_other(directory: Path, before: Generated | None, now: Generated) -> None:
    if before and (before.artifact, before.package) != (now.artifact, now.package):
        raise failure(
            "embed-foreign",
            f"{directory} has package {before.package} of {before.artifact}",
            why=f"package {now.package} of {now.artifact} needs a directory of its own",
            fix="name another with --output, or remove that package",
        )


def _refuse_foreign(directory: Path, before: Generated | None, now: Generated) -> None:
    """Raises Failure for files that are in the way: others', or generated and changed since."""
    if os.path.lexists(directory) and not directory.is_dir():
        raise failure("embed-foreign", f"{directory} is no directory", fix="name another")
    known = before.files if before else {}
    wrong = []
    for name in sorted({*known, *now.files}):
        path = directory / name
        if _is_ours(path, {known.get(name), now.files.get(name)}):
            continue
        changed = name in known and not path.is_dir()
        wrong.append(f"{name}: {'changed since' if changed else 'not generated'}")
    wrong += [
        f"{path.name}: package {other}, not {now.package}"
        for path, other in _go_packages(directory, {*known, *now.files})
        if other not in (now.package, f"{now.package}_test")
    ]
    if wrong:
        raise failure(
            "embed-foreign",
            f"{directory} has files that are in the way",
            why="embed writes over what it generated itself, and over nothing else",
            fix="name another directory with --output, or move them away; nothing was written",
            details="\n".join(wrong),
        )


def _is_ours(path: Path, digests: set[str | None]) -> bool:
    """Whether nothing is there, or one of these contents. (The new one too: a run that was killed
    half-way leaves some of each.)"""
    if not os.path.lexists(path):
        return True
    try:
        return path.is_file() and not path.is_symlink() and sha256_of_file(path) in digests
    except OSError:
        return False


def _go_packages(directory: Path, ours: set[str]) -> Iterator[tuple[Path, str]]:
    """The other Go files in the directory, with their package's name."""
    for path in sorted(directory.glob("*.go")):
        if path.name in ours or not path.is_file():
            continue
        match = _CLAUSE.search(path.read_text(errors="replace"))
        if match:
            yield path, match[1]


def _replace(directory: Path, files: Mapping[str, bytes], dropped: set[str]) -> None:
    """Puts files into the directory; where one cannot be put there, all are again as before."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{directory.name}.", dir=directory.parent) as scratch:
        new, old = Path(scratch, "new"), Path(scratch, "old")
        for name, data in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if not os.path.lexists(directory):
            new.rename(directory)
            return
        moved: list[str] = []
        try:
            for name in [*files, *sorted(dropped)]:  # the record is the last of the files
                moved.append(name)
                _swap(directory / name, old / name, new / name)
        except OSError:
            for name in moved:
                _put_back(directory / name, old / name)
            raise
        for name in dropped:
            _remove_empty(directory, (directory / name).parent)


def _swap(path: Path, kept: Path, new: Path) -> None:
    if os.path.lexists(path):
        kept.parent.mkdir(parents=True, exist_ok=True)
        path.rename(kept)
    if new.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        new.rename(path)


def _put_back(path: Path, kept: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
        if kept.exists():
            kept.rename(path)


def _remove_empty(top: Path, directory: Path) -> None:
    """Removes directories that have become empty, from below, but not the top."""
    while directory != top:
        try:
            directory.rmdir()
        except OSError:
            return
        directory = directory.parent
