"""What does one run of a program cost, with all that it starts?"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

# A child's ru_maxrss counts what its parent had at the fork, so a small Python starts the program.
_PEAK = """
import os, resource, sys
os.waitpid(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024  # the unit of ru_maxrss (getrusage(2))
TOLD_BYTES = 4000  # the end of what a program printed, where it failed


@dataclass(frozen=True)
class Cost:
    """Seconds of wall time, and of CPU time of the whole process tree (user and system)."""

    wall_s: float
    cpu_s: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s)


@dataclass(frozen=True)
class Command:
    """A command line, where it runs, its whole environment, what it reads on stdin, and what it
    must print; None: anything."""

    argv: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str] = field(repr=False)
    stdin: bytes = b""
    expects: bytes | None = None

    def run(self) -> Cost:
        """Runs it to its end. Raises RuntimeError where its status is not 0 or it prints something
        else than it must, and OSError where it cannot be started."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as printed:
            given.write(self.stdin)
            given.seek(0)
            start = time.perf_counter()
            process = subprocess.Popen(
                self.argv,
                cwd=self.directory,
                env=dict(self.environment),
                stdin=given,
                stdout=printed,
                stderr=subprocess.STDOUT,
            )
            _, status, usage = os.wait4(process.pid, 0)
            wall_s = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)  # (nobody waits once more)
            if process.returncode:
                printed.seek(0)
                told = printed.read()[-TOLD_BYTES:].decode("utf-8", "replace")
                raise RuntimeError(f"{self.argv} ended with {process.returncode}:\n{told}")
            self._require_expected(printed)
        return Cost(wall_s, usage.ru_utime + usage.ru_stime)

    def _require_expected(self, printed: IO[bytes]) -> None:
        if self.expects is None:
            return
        printed.seek(0)
        told = printed.read()
        if told != self.expects:
            raise RuntimeError(f"{self.argv} printed {told[:200]!r}, which is not expected")


def peak_bytes(command: Command) -> int:
    """The most memory that any one process of a run had resident. Raises OSError."""
    argv = (sys.executable, "-IS", "-c", _PEAK, *command.argv)
    done = subprocess.run(
        argv,
        cwd=command.directory,
        env=dict(command.environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1]) * MAXRSS_BYTES
