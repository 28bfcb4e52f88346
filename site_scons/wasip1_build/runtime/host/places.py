"""How many callers are served at once; the others wait, until the host is closed."""

from __future__ import annotations

import threading
from types import TracebackType

from wasip1_build.findings import Failure, failure


class Places:
    """As many places as there are invocations at once. Taken by `with`."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._count = count
        self._changed = threading.Condition(threading.Lock())
        self._closed = False

    def __enter__(self) -> None:
        with self._changed:
            while not self._free and not self._closed:
                self._changed.wait()
            if self._closed:
                raise closed()
            self._free -= 1

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        with self._changed:
            self._free += 1
            if self._closed:
                self._changed.notify_all()
            else:
                self._changed.notify()

    def close(self) -> bool:
        """Refuses whoever waits or comes, and waits for those who are served. False where it was
        closed before."""
        with self._changed:
            first, self._closed = not self._closed, True
            self._changed.notify_all()
            while self._free < self._count:
                self._changed.wait()
        return first


def closed() -> Failure:
    """What a caller is told who comes too late."""
    return failure("host-closed", "the host is closed", fix="open another one")
