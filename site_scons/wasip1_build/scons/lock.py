"""One build at a time in one tree: who holds the lock, and what a second one does."""

from __future__ import annotations

import fcntl
import os
import sys
from pathlib import Path
from typing import IO

from wasip1_build.findings import failure


def take_lock(path: Path, *, wait: bool) -> IO[str]:
    """Takes the lock of a build directory, for as long as the file that is returned stays open.

    Where another process has it, says for whom it waits, or with `wait` false raises Failure. The
    kernel lets go of the lock when its holder dies, however it dies. Raises OSError where the file
    cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.open("a+")
    try:
        if not _try(lock):
            holder = _holder(lock)
            if not wait:
                raise failure(
                    "locked",
                    f"{holder} builds in this tree",
                    why="two builds at once would lose each other's signatures",
                    fix="wait for it, or run scons without NOWAIT=1, which waits",
                )
            print(f"waiting for {holder}, which builds in this tree", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        lock.truncate()
        lock.write(f"{os.getpid()} scons {' '.join(sys.argv[1:])}".rstrip())
        lock.flush()
    except BaseException:
        lock.close()
        raise
    return lock


def _try(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(lock: IO[str]) -> str:
    lock.seek(0)
    process, _, command = lock.read(1000).partition(" ")
    return f"process {process} (`{command}`)" if process.isdigit() else "another process"
