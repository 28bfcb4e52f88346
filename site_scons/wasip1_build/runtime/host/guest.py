"""What the host knows of one guest while it runs: what it wrote, and why it has to stop."""

from __future__ import annotations

import time

from wasip1_build.runtime.host.sinks import Sink, Taking, Written


class Guest:
    """One running guest. The engine calls back with its `number`."""

    __slots__ = ("deadline", "ending", "err", "exit", "failed", "number", "out", "raised")

    def __init__(self, number: int, out: Sink, err: Sink) -> None:
        self.number = number
        self.out = out
        self.err = err
        self.deadline: float | None = None
        self.ending = ""  # why it is stopped: "timeout" or "output"
        self.exit: int | None = None  # what it gave proc_exit
        self.failed = ""  # what a function of the host ran into
        self.raised: BaseException | None = None  # what is not to be kept from who called

    def begin(self, deadline: float | None) -> None:
        """Begins a run or a call, to be over at a time of time.monotonic()."""
        self.out.clear()
        self.err.clear()
        self.deadline = deadline
        self.ending = self.failed = ""
        self.exit = self.raised = None

    def look(self) -> bool:
        """Whether its files have more than it may write. They take no more then."""
        overfull = False
        for each in (self.out, self.err):
            if isinstance(each, Written) and each.is_overfull():
                each.cut()
                self.ending = self.ending or "output"
                overfull = True
        return overfull

    def wrote(self, into: Taking, data: bytes) -> bool:
        """Takes what it wrote; False where that was more than it may."""
        if into.add(data):
            return True
        self.ending = self.ending or "output"
        return False

    def fail(self, error: BaseException, told: str) -> None:
        """What Python code ran into that was called on its behalf."""
        self.failed = told
        if isinstance(error, KeyboardInterrupt):
            self.raised = error

    def must_stop(self) -> bool:
        """Whether it has to stop now."""
        if not self.ending and self.deadline is not None and time.monotonic() >= self.deadline:
            self.ending = "timeout"
        return bool(self.ending)
