"""Which directories are members of a workspace."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from wasip1_build.findings import Finding
from wasip1_build.spec.disk import Disk, below
from wasip1_build.spec.raw import Document
from wasip1_build.spec.suggest import shown

RULE = "spec-members"
SPEC_FILE = "wasip1.toml"


def find_members(
    root: Path, top: str, patterns: tuple[str, ...], build_dir: str
) -> tuple[str, ...]:
    """The member directories, sorted, relative to the root.

    `top` is the directory of the top file, which patterns are relative to. It lists only the
    directories that a pattern names, so that it can be asked again on every build; BUILD-DIR and
    hidden directories are none.
    """
    found = {directory for pattern in patterns for directory in _of(root, top, pattern)}
    return tuple(sorted(path for path in found if path != top and not below(path, build_dir)))


def looked_in(root: Path, top: str, patterns: tuple[str, ...]) -> tuple[str, ...]:
    """The directories in which a new member would appear: each that a pattern lists or matches."""
    found: set[str] = set()
    for pattern in patterns:
        if _refusal(pattern):
            continue
        parts = posixpath.normpath(posixpath.join(top, pattern)).split("/")
        for length, part in enumerate(parts):
            if is_pattern(part):
                found.update(_matching(root, "/".join(parts[:length]) or "."))
        found.update(_matching(root, "/".join(parts)))
        if not is_pattern(pattern):
            found.add("/".join(parts))
    return tuple(sorted(path or "." for path in found))


def _of(root: Path, top: str, pattern: str) -> Iterator[str]:
    if _refusal(pattern):
        return
    path = posixpath.normpath(posixpath.join(top, pattern))
    for directory in _matching(root, path):
        if not is_pattern(pattern) or (root / directory / SPEC_FILE).is_file():
            yield directory


def is_pattern(text: str) -> bool:
    """Whether a member is written as a pattern and not as a path."""
    return any(character in text for character in "*?[")


def _matching(root: Path, pattern: str) -> list[str]:
    found = [""]
    for part in pattern.split("/"):
        if is_pattern(part):
            found = [
                posixpath.join(base, name) for base in found for name in _below(root / base, part)
            ]
        else:
            found = [posixpath.join(base, part) for base in found]
    return [path for path in found if (root / path).is_dir()]


def _below(directory: Path, pattern: str) -> list[str]:
    try:
        with os.scandir(directory) as entries:
            names = [entry.name for entry in entries if entry.is_dir()]
    except OSError:
        return []
    hidden = pattern.startswith(".")
    return [n for n in names if fnmatchcase(n, pattern) and (hidden or not n.startswith("."))]


def _refusal(pattern: str) -> str:
    """Why a pattern is not looked at."""
    normal = posixpath.normpath(pattern)
    if posixpath.isabs(normal) or normal == ".." or normal.startswith("../"):
        return "a member is a directory of the workspace"
    if "**" in normal.split("/"):
        return "members are listed again on every build, so a pattern names how deep they are"
    return ""


def member_findings(top: Document, disk: Disk, build_dir: str) -> Iterator[Finding]:
    """What is wrong with [workspace] members."""
    patterns = top.data.get("workspace", {}).get("members", [])
    for index, pattern in enumerate(patterns):
        if found := _problem(top, pattern, disk, build_dir):
            what, why, fix = found
            yield top.error(RULE, ("workspace", "members", index), what, why, fix)


def _problem(
    top: Document, pattern: str, disk: Disk, build_dir: str
) -> tuple[str, str, str] | None:
    if why := _refusal(pattern):
        deep = "**" in pattern
        fix = (
            'write one pattern a level: "a/*", "a/*/*"' if deep else "write a path below this file"
        )
        return f"the member {shown(pattern)} is refused", why, fix
    found = find_members(Path(disk.root), top.directory, (pattern,), build_dir)
    for path in found:
        if not disk.inside(path):
            return (
                f"the member {shown(path)} is outside of the workspace",
                f"it is a link, and leads to {disk.real(path)}",
                "move it into the workspace",
            )
    if is_pattern(pattern):
        return None if found else _empty(pattern)
    return _not_there(top, pattern, disk, bool(found))


def _empty(pattern: str) -> tuple[str, str, str]:
    return (
        f"the pattern {shown(pattern)} finds no member",
        f"it matches no directory with a {SPEC_FILE}",
        "correct it, or remove it",
    )


def _not_there(top: Document, written: str, disk: Disk, found: bool) -> tuple[str, str, str] | None:
    """What is wrong with a member that is written as a path."""
    path = posixpath.normpath(posixpath.join(top.directory, written))
    if not disk.is_directory(path):
        return (
            f"there is no directory {shown(path)}",
            "[workspace] names it as a member",
            "correct it, or remove it",
        )
    if not found:
        return (
            f"{shown(path)} cannot be a member",
            "it is the directory of this file, or below the build directory",
            "remove it",
        )
    if not disk.is_file(f"{path}/{SPEC_FILE}"):
        return (
            f"the member {shown(path)} has no {SPEC_FILE}",
            "a member declares its own artifacts",
            f"create {path}/{SPEC_FILE}, or remove the member",
        )
    return None
