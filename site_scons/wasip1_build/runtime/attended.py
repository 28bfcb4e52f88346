"""Runs a finished module for whoever asked for it, on the real directories and his own streams."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from wasip1_build import process
from wasip1_build.runtime import child
from wasip1_build.runtime.launch import child_environment, command, response_in
from wasip1_build.runtime.request import Request, Response

TIMED_OUT = 124  # as timeout(1), and as the launchers
TRAPPED = 134  # as the wasmtime CLI: 128 + SIGABRT
NOT_RUN = 2


def run_attended(request: Request, name: str, timeout_s: float | None) -> int:
    """Runs it to its end, or to `timeout_s` seconds after its first instruction, and returns what
    this process is to exit with; says on stderr why, where it is no exit code of the guest's.

    The guest runs in a child process, which is killed: a sleep ends as a loop does. Raises OSError
    where no process can be started.
    """
    with tempfile.TemporaryDirectory(prefix="wasip1-run-") as scratch:
        directory = Path(scratch) / "child"
        sys.stdout.flush()
        code = process.attend(
            command(request, directory),
            env=child_environment(),
            cwd=directory,
            stdin=request.stdin,
            over=_clock(directory / child.STARTED, timeout_s),
        )
        response = response_in(directory)
    if code is None:
        what = f"killed: it ran for longer than {timeout_s:g} s, its time-out"
        return _say(name, what, TIMED_OUT)
    if response is None:
        return _say(name, f"the process that ran it crashed (status {code})", TRAPPED)
    return _told(response, name)


def _clock(started: Path, timeout_s: float | None) -> Callable[[], bool]:
    """Whether the time is over, once the guest has begun."""
    begun: list[float] = []

    def over() -> bool:
        if timeout_s is None:
            return False
        if not begun and started.exists():
            begun.append(time.monotonic())
        return bool(begun) and time.monotonic() - begun[0] >= timeout_s

    return over


def _told(response: Response, name: str) -> int:
    sys.stderr.write(response.host_output)
    for value in response.returns or ():
        print(value)
    if response.stage == "ended":
        return (response.exit or 0) & 0xFF  # as much of it as an operating system passes on
    if response.backtrace:
        print(response.backtrace, file=sys.stderr)
    return _say(name, response.error, TRAPPED if response.trapped else NOT_RUN)


def _say(name: str, what: str, code: int) -> int:
    print(f"{name}: {what}", file=sys.stderr)
    return code
