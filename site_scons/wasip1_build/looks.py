"""What is at a path, as far as stat tells: the cheapest answer to "is it still the same?"."""

from __future__ import annotations

import os
from collections.abc import Sequence
from operator import attrgetter, ne
from pathlib import Path

# Modification time, change time (both ns), size (bytes), inode, mode; None where nothing is. A
# plain tuple: marshal keeps it, and tens of thousands are compared in a null build.
Look = tuple[int, int, int, int, int] | None
Digest = int | None  # of a look, where looks are only compared
_look = attrgetter("st_mtime_ns", "st_ctime_ns", "st_size", "st_ino", "st_mode")

# A file that changes twice within one tick of the kernel's clock keeps its times (the tick is 4 ms
# at CONFIG_HZ=250 and 10 ms at 100). A look this soon after a change proves nothing.
TICK_NS = 20_000_000


def look_at(path: str) -> Look:
    """What is at a path now, links followed: what they lead to is what is read."""
    try:
        found: Look = _look(os.stat(path))
    except OSError:
        return None
    return found


def digest_of(look: Look) -> Digest:
    """A look as it is kept where there are tens of thousands of them: a null build that has it so
    needs a third less memory, and a tenth less CPU. (The hash of a tuple of integers is the same
    in every process of one Python, and differs wherever one of them alone does.)"""
    return None if look is None else hash(look)


def have_changed(there: Sequence[str], digests: Sequence[int]) -> list[bool]:
    """For each of the paths at which something was, whether it looks otherwise than then.

    All in C: the loop of a null build. A path that is gone ends that, and all are looked at again.
    """
    try:
        return [*map(ne, map(hash, map(_look, map(os.stat, there))), digests)]
    except OSError:
        known = zip(there, digests, strict=True)
        return [digest_of(look_at(path)) != digest for path, digest in known]


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
