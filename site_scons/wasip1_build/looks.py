"""What is at a path, as far as stat tells: the cheapest answer to "is it still the same?"."""

from __future__ import annotations

import os
from pathlib import Path

# Modification time, change time (both ns), size (bytes), inode, mode; None where nothing is. A
# plain tuple: marshal keeps it, and tens of thousands are compared in a null build.
Look = tuple[int, int, int, int, int] | None

# A file that changes twice within one tick of the kernel's clock keeps its times (the tick is 4 ms
# at CONFIG_HZ=250 and 10 ms at 100). A look this soon after a change proves nothing.
TICK_NS = 20_000_000


def look_at(path: str) -> Look:
    """What is at a path now, links followed: what they lead to is what is read."""
    try:
        s = os.stat(path)
    except OSError:
        return None
    return (s.st_mtime_ns, s.st_ctime_ns, s.st_size, s.st_ino, s.st_mode)


def name_of(root: Path, path: str) -> str:
    """An absolute path as looks are kept by it: relative where it is in the tree."""
    top = f"{root}/"
    return path.removeprefix(top) if path.startswith(top) else path


def directory_of(root: Path, directory: str) -> str:
    """An absolute directory as the names of what is in it begin: "" for `root`."""
    return os.path.dirname(name_of(root, f"{directory}/."))


def is_racy(look: Look, at_ns: int) -> bool:
    """Whether something may have changed after it was looked at (at a time) and look the same.

    The change time is what counts: a program can set the modification time to anything.
    """
    return look is not None and look[1] >= at_ns - TICK_NS
