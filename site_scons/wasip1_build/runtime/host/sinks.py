"""Where what a guest writes to stdout and stderr goes, bounded.

A command's output goes to files without a name, which the engine writes itself. A function that it
calls for each write costs 55 us of CPU, because it calls it from a thread of its own each time, and
a file 3 (wasmtime 49, 18,000 writes of 5 bytes). A reactor's instance outlives a call, and its file
could not begin anew with the next one, so there it is the function.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from wasip1_build.dataclass import dataclass


class Sink(Protocol):
    """Where a guest's stdout or stderr goes; emptied before each run."""

    def value(self) -> bytes:
        """What was written since it was emptied, up to its limit."""

    def clear(self) -> None:
        """Empties it."""


class Taking(Sink, Protocol):
    """A sink that is given what was written, by the engine's calls."""

    def add(self, data: bytes) -> bool:
        """Takes what was written; False where it was more than there is room for."""


class Buffer:
    """A sink in this process's memory."""

    __slots__ = ("_data", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._data = bytearray()

    def add(self, data: bytes) -> bool:
        """As a Taking sink does."""
        self._data += data
        if len(self._data) <= self._limit:
            return True
        del self._data[self._limit :]
        return False

    def value(self) -> bytes:
        """As a Sink does."""
        return bytes(self._data)

    def clear(self) -> None:
        """As a Sink does."""
        self._data = bytearray()


class Written:
    """A sink that is a file, in memory where the system can. The engine opens it by its path.

    The limit is kept by whoever looks: between two looks the file can grow over it.
    """

    __slots__ = ("_limit", "descriptor", "is_cut", "path")

    def __init__(self, limit: int, descriptor: int, path: str) -> None:
        """For `written`, and for a worker that has inherited the descriptor."""
        self._limit = limit
        self.descriptor = descriptor
        self.path = path
        self.is_cut = False

    def value(self) -> bytes:
        """As a Sink does."""
        return os.pread(self.descriptor, self._limit, 0)

    def clear(self) -> None:
        """As a Sink does."""
        os.ftruncate(self.descriptor, 0)

    def is_overfull(self) -> bool:
        """Whether more was written than fits."""
        return os.fstat(self.descriptor).st_size > self._limit

    def cut(self) -> None:
        """Keeps it from growing any more: every further write fails. For good; where the system
        has no such seal it is made small again, as often as anyone looks."""
        self.is_cut = True
        try:
            import fcntl

            fcntl.fcntl(self.descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW)
        except (AttributeError, OSError):
            os.ftruncate(self.descriptor, self._limit + 1)

    def close(self) -> None:
        """Gives the file back. Once: its number may be another's afterwards."""
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor < 0:
            return
        os.close(descriptor)
        if not self.path.startswith(_OPENED):
            with suppress(OSError):
                os.unlink(self.path)


_OPENED = "/proc/self/fd/"


def written(limit: int) -> Written:
    """A new file. Raises OSError."""
    if sys.platform == "linux" and os.path.exists(_OPENED):
        flags = os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING
        descriptor = os.memfd_create("wasip1-output", flags)
        return Written(limit, descriptor, f"{_OPENED}{descriptor}")
    return Written(limit, *tempfile.mkstemp(prefix="wasip1-output-"))


@dataclass(frozen=True)
class Sinks:
    """Gives each guest its two sinks, and takes them back when its store is gone."""

    take: Callable[[], tuple[Any, Any]]
    give: Callable[[Any, Any], None] = lambda _out, _err: None
    close: Callable[[], None] = lambda: None


def buffers(limit: int) -> Sinks:
    """Sinks in memory, new ones for each guest."""
    return Sinks(lambda: (Buffer(limit), Buffer(limit)))


def files(limit: int) -> Sinks:
    """Files, as many as there are guests at once; they are used again."""
    free: deque[tuple[Written, Written]] = deque()

    def take() -> tuple[Written, Written]:
        try:
            return free.pop()
        except IndexError:
            return written(limit), written(limit)

    def give(out: Written, err: Written) -> None:
        if out.is_cut or err.is_cut:
            out.close()
            err.close()
            return
        out.clear()
        err.clear()
        free.append((out, err))

    def close() -> None:
        while free:
            for each in free.pop():
                each.close()

    return Sinks(take, give, close)
