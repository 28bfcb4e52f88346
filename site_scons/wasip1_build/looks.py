"""What is at a path, as far as stat tells: the cheapest answer to "is it still the same?"."""

from __future__ import annotations

import os

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


def is_racy(look: Look, at_ns: int) -> bool:
    """Whether something may have changed after it was looked at (at a time) and look the same.

    The change time is what counts: a program can set the modification time to anything.
    """
    return look is not None and look[1] >= at_ns - TICK_NS
