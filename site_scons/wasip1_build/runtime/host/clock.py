"""Ends guests by time, and looks after what they write into files: one thread, which sleeps while
there is nothing to do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

# A guest that does nothing but write fills a file with some 2 GB/s: 20 MB until it is noticed.
LOOK_S = 0.01
# So long the thread goes on looking after the last guest: to wake it for each would take longer
# than a small guest runs.
LINGER_S = 1.0


class Clock:
    """The guests that run now, and their deadlines. `tick` makes the engine ask them all whether
    they have to stop.

    The thread is there from the first guest on that has a deadline or something to be looked at.
    For a deadline it wakes once, whether that guest has ended or not; to look, a hundred times a
    second while such guests come.
    """

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._changed = threading.Condition(threading.Lock())
        self._deadlines: dict[int, float] = {}
        self._looks: dict[int, Callable[[], None]] = {}
        self._lingers_until = 0.0
        self._wakes_at: float | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def begin(
        self, number: int, deadline: float | None, look: Callable[[], None] | None = None
    ) -> None:
        """A guest has to be over at a time of time.monotonic(), and is to be looked at."""
        with self._changed:
            if deadline is not None:
                self._deadlines[number] = deadline
            if look is not None:
                self._looks[number] = look
                now = time.monotonic()
                self._lingers_until = now + LINGER_S
                deadline = now + LOOK_S if deadline is None else min(deadline, now + LOOK_S)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="wasip1-host-clock", daemon=True
                )
                self._thread.start()
            elif self._wakes_at is None or (deadline or 0.0) < self._wakes_at:
                self._changed.notify()

    def end(self, number: int) -> None:
        """A guest is over: it is not looked at any more. The thread finds out by itself."""
        with self._changed:
            self._deadlines.pop(number, None)
            self._looks.pop(number, None)

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
                now = time.monotonic()
                if not self._due(now):
                    self._wakes_at = self._next(now)
                    left_s = None if self._wakes_at is None else self._wakes_at - now
                    self._changed.wait(left_s)
                    continue
            self._tick()

    def _due(self, now: float) -> bool:
        """Looks at the guests, and whether one is over its time.

        Those that are due are told once: they cannot miss it, for the engine asks them when they
        next run code of the guest.
        """
        for look in self._looks.values():
            look()
        due = [number for number, deadline in self._deadlines.items() if deadline <= now]
        for number in due:
            del self._deadlines[number]
        return bool(due)

    def _next(self, now: float) -> float | None:
        times = [*self._deadlines.values()]
        if now < self._lingers_until:
            times.append(now + LOOK_S)
        return min(times, default=None)
