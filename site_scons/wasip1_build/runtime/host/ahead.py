"""Makes the instances of a pooled reactor ahead, so that no call waits for its _initialize."""

from __future__ import annotations

import threading

from wasip1_build.runtime.host.direct import Direct
from wasip1_build.runtime.host.given import Given
from wasip1_build.runtime.host.invocation import Arguments, Invocation


class Ahead:
    """Serves as a Direct does, with a thread that replaces the instances which were used."""

    def __init__(self, direct: Direct, wanted: int) -> None:
        self._direct = direct
        self._wanted = wanted
        self._asked = threading.Event()
        self._closed = False
        self.notes = direct.notes
        self._asked.set()
        self._thread = threading.Thread(target=self._run, name="wasip1-host-ahead", daemon=True)
        self._thread.start()

    def invoke(self, given: Given, timeout_s: float | None) -> Invocation:
        """Runs a command: there is nothing to be made ahead of it."""
        return self._direct.invoke(given, timeout_s)

    def call(self, export: str, args: Arguments, timeout_s: float | None) -> Invocation:
        """Calls an export, in an instance that waits if there is one."""
        ended = self._direct.call(export, args, timeout_s)
        self._asked.set()
        return ended

    def close(self) -> None:
        """Ends the thread, and gives everything back."""
        self._closed = True
        self._asked.set()
        self._thread.join()
        self._direct.close()

    def _run(self) -> None:
        while not self._closed:
            self._asked.wait()
            self._asked.clear()
            if not self._closed:
                self._direct.prepare(self._wanted)
