"""Ends guests by time: one thread, which sleeps until the next deadline and then has the engine
ask every running guest whether it has to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Clock:
    """The deadlines of the guests that run now. `tick` makes the engine ask them all.

    The thread is there from the first deadline on. It never wakes while nothing with a deadline
    runs, and once a deadline otherwise, whether that guest has ended or not.
    """

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._changed = threading.Condition(threading.Lock())
        self._deadlines: dict[int, float] = {}
        self._wakes_at: float | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def begin(self, number: int, deadline: float) -> None:
        """A guest has to be over at a time of time.monotonic()."""
        with self._changed:
            self._deadlines[number] = deadline
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="wasip1-host-clock", daemon=True
                )
                self._thread.start()
            elif self._wakes_at is None or deadline < self._wakes_at:
                self._changed.notify()

    def end(self, number: int) -> None:
        """A guest is over. The thread finds out by itself."""
        with self._changed:
            self._deadlines.pop(number, None)

    def close(self) -> None:
        """Ends the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._closed:
                    return
                self._wakes_at = min(self._deadlines.values(), default=None)
                now = time.monotonic()
                if self._wakes_at is None:
                    self._changed.wait()
                    continue
                if self._wakes_at > now:
                    self._changed.wait(self._wakes_at - now)
                    continue
                # Those that are due are told once: they cannot miss it, for the engine asks them
                # when they next run code of the guest.
                for number, deadline in list(self._deadlines.items()):
                    if deadline <= now:
                        del self._deadlines[number]
            self._tick()
