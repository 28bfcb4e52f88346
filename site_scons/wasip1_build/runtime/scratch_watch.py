"""Whether a run has used up its time or its scratch space, asked again and again while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from wasip1_build.runtime.staging import scan

Reason = Literal["", "timeout", "scratch"]


class Usage(NamedTuple):
    """What directories hold. Something that the system cannot even list counts as too much."""

    size_bytes: int = 0
    files: int = 0
    listable: bool = True


def usage(directories: tuple[Path, ...]) -> Usage:
    """Sizes and number of everything below the directories; a sparse file counts in full."""
    size_bytes = files = 0
    try:
        for directory in directories:
            for found in scan(directory):
                files += 1
                size_bytes += found.status.st_size if found.kind == "file" else 0
    except FileNotFoundError:  # removed by the guest while it was listed
        return Usage(size_bytes, files)
    except OSError:  # directories nested deeper than the longest path
        return Usage(size_bytes, files, listable=False)
    return Usage(size_bytes, files)


class ScratchWatch:
    """Asked by `process.run`; `reason` says why it answered that the run must end.

    The time runs from when `started` exists: a slow start of Python is not the guest's fault. What
    was in the directories before the run does not count.
    """

    def __init__(
        self,
        directories: tuple[Path, ...],
        started: Path,
        *,
        timeout_s: float | None,
        size_bytes: int,
        files: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.reason: Reason = ""
        self._directories = directories
        self._started = started
        self._timeout_s = timeout_s
        self._before = usage(directories)
        self._size_bytes = size_bytes
        self._files = files
        self._clock = clock
        self._start: float | None = None
        self._next_scan = 0.0

    def __call__(self) -> bool:
        """Whether the run must end now."""
        now = self._clock()
        if self._start is None and self._started.exists():
            self._start = now
        if self._timed_out(now):
            self.reason = "timeout"
        elif self._directories and now >= self._next_scan:
            self.overfull()
            # Listing 10,000 files takes about 40 ms: no more than a fifth of the time goes there.
            self._next_scan = self._clock() + 4 * (self._clock() - now)
        return bool(self.reason)

    def overfull(self) -> bool:
        """Whether there is more in the directories than a run may write."""
        used = usage(self._directories)
        if (
            not used.listable
            or used.size_bytes - self._before.size_bytes >= self._size_bytes
            or used.files - self._before.files >= self._files
        ):
            self.reason = "scratch"
        return self.reason == "scratch"

    def _timed_out(self, now: float) -> bool:
        if self._start is None or self._timeout_s is None:
            return False
        return now - self._start >= self._timeout_s
