"""Serves invocations in this process, each by the thread that asked for it."""

from __future__ import annotations

from collections import deque

from wasip1_build.runtime.host.given import Given
from wasip1_build.runtime.host.instance import Instance
from wasip1_build.runtime.host.invocation import Arguments, Invocation
from wasip1_build.runtime.host.loaded import Loaded
from wasip1_build.spec.model import Lifetime


class Direct:
    """A loaded module, and those of its instances that outlive a call.

    `plain` is what the instances of a reactor are given; `starting_s` is how long _initialize may
    take. Callers see to it that no more come at once than the module was loaded for.
    """

    def __init__(
        self, loaded: Loaded, plain: Given, lifetime: Lifetime, starting_s: float | None
    ) -> None:
        self._loaded = loaded
        self._plain = plain
        self._lifetime = lifetime
        self._starting_s = starting_s
        self._waiting: deque[Instance] = deque()  # initialized, and used by no one
        self.notes = loaded.notes

    def invoke(self, given: Given, timeout_s: float | None) -> Invocation:
        """Runs a command in an instance of its own."""
        instance = Instance(self._loaded)
        try:
            instance.begin(timeout_s)
            ended = instance.make(given) or instance.run()
            instance.end()
        finally:
            instance.close()
        return ended

    def call(self, export: str, args: Arguments, timeout_s: float | None) -> Invocation:
        """Calls an export of a reactor, in an instance as its lifetime says."""
        made = self._waiting_one() or self._made()
        if isinstance(made, Invocation):
            return made
        kept = False
        try:
            made.begin(timeout_s)
            ended = made.call(export, args)
            made.end()
            kept = self._lifetime == "resident" and ended.ended == "return"
        finally:
            if kept:
                self._waiting.append(made)  # the one used last is used next: its state is newest
            else:
                made.close()
        return ended

    def prepare(self, wanted: int) -> None:
        """Makes instances of a pooled reactor ahead, until so many wait."""
        while self._lifetime == "pooled" and len(self._waiting) < wanted:
            made = self._made()
            if isinstance(made, Invocation):
                return  # a call will find it out, and tell
            self._waiting.append(made)

    def close(self) -> None:
        """Gives everything back. Nothing may be running."""
        while (instance := self._waiting_one()) is not None:
            instance.close()
        self._loaded.close()

    def _waiting_one(self) -> Instance | None:
        try:
            return self._waiting.pop()
        except IndexError:
            return None

    def _made(self) -> Instance | Invocation:
        """A new instance of a reactor, initialized; or how that ended instead."""
        instance = Instance(self._loaded)
        ended: Invocation | None = Invocation("error", error="it was not made")
        try:
            instance.begin(self._starting_s)
            ended = instance.make(self._plain) or instance.initialize()
            instance.end()
        finally:
            if ended is not None:
                instance.close()
        return ended or instance
