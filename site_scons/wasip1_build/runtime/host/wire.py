"""What a host and its workers say to each other: JSON with its length before it, and raw bytes.

Plain data only, for a worker is where guests run: nothing that it says can make the host run code.
"""

from __future__ import annotations

import json
import mmap
import os
import select
import struct
import time
from typing import Any

LENGTH = struct.Struct("!I")
MAX_MESSAGE_BYTES = 64 << 20  # of JSON; arguments and variables are the most of it
USED = struct.Struct("=Q")
RELEASED_BYTES = 1 << 20  # a sink that held more than this gives its memory back


class ClosedError(Exception):
    """The other side is gone, or says what is no message."""


class LateError(Exception):
    """Nothing came in time."""


def message(record: dict[str, Any], data: bytes = b"") -> bytes:
    """A message as bytes; `data` follows it, and its length is told by the record."""
    text = json.dumps(record).encode()
    return LENGTH.pack(len(text)) + text + data


def send(descriptor: int, data: bytes) -> None:
    """Writes all of it. Raises ClosedError where no one reads any more."""
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except BrokenPipeError:
        raise ClosedError from None


def receive(descriptor: int, deadline: float | None = None) -> dict[str, Any]:
    """The next message. Raises ClosedError, or LateError at a time of time.monotonic()."""
    (size,) = LENGTH.unpack(take(descriptor, LENGTH.size, deadline))
    if size > MAX_MESSAGE_BYTES:
        raise ClosedError
    try:
        record = json.loads(take(descriptor, size, deadline))
    except (ValueError, RecursionError):
        raise ClosedError from None
    if not isinstance(record, dict):
        raise ClosedError
    return record


def take(descriptor: int, size: int, deadline: float | None = None) -> bytes:
    """So many bytes. Raises ClosedError or LateError."""
    taken = bytearray()
    while len(taken) < size:
        if deadline is not None and not _readable(descriptor, deadline):
            raise LateError
        piece = os.read(descriptor, size - len(taken))
        if not piece:
            raise ClosedError
        taken += piece
    return bytes(taken)


def _readable(descriptor: int, deadline: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    left_s = max(0.0, deadline - time.monotonic())
    return bool(poll.poll(min(left_s, 3600.0) * 1000)) or left_s > 3600.0


class SharedSink:
    """A sink in memory that a host and its worker share: what was written before the worker was
    killed is there. It is a mapping with a count and `limit` bytes."""

    def __init__(self, shared: mmap.mmap, limit: int) -> None:
        self._shared = shared
        self._limit = limit

    def add(self, data: bytes) -> bool:
        """As a Taking sink does."""
        used = self._used()
        fitting = data[: self._limit - used]
        start = USED.size + used
        self._shared[start : start + len(fitting)] = fitting
        USED.pack_into(self._shared, 0, used + len(fitting))
        return len(fitting) == len(data)

    def value(self) -> bytes:
        """As a Sink does."""
        return self._shared[USED.size : USED.size + self._used()]

    def clear(self) -> None:
        """As a Sink does. Gives the memory back where it was much."""
        if self._used() > RELEASED_BYTES and hasattr(mmap, "MADV_REMOVE"):
            self._shared.madvise(mmap.MADV_REMOVE)  # it reads as zeros then
        else:
            USED.pack_into(self._shared, 0, 0)

    def close(self) -> None:
        """Gives the mapping back."""
        self._shared.close()

    def _used(self) -> int:
        # The worker wrote it: it is trusted with nothing but its own output.
        return min(int(USED.unpack_from(self._shared)[0]), self._limit)


def shared_bytes(limit: int) -> int:
    """The size of a mapping with a sink."""
    return USED.size + limit
