"""Run a program as a child that cannot outlive its parent, its time, its memory or its output."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Result:
    """How a child ended. `killed` is "", "timeout", "output" (it wrote too much) or "watch"."""

    returncode: int
    stdout: bytes
    stderr: bytes
    killed: str = ""
    elapsed_s: float = 0.0


def run(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    stdin: bytes | Path | None = None,
    timeout_s: float | None = None,
    memory_bytes: int | None = None,
    file_bytes: int | None = None,
    output_bytes: int | None = None,
    watch: Callable[[], bool] | None = None,
) -> Result:
    """Runs a program to its end and returns what it wrote and how it ended.

    `env` is the whole environment. `stdin` is bytes, a file, or nothing (an empty stdin).
    Limits: `timeout_s` of wall time, `memory_bytes` of address space (RLIMIT_AS),
    `file_bytes` a file (RLIMIT_FSIZE), `output_bytes` on stdout and on stderr each. `watch` is
    asked every 50 ms and ends the child by returning True. A child that is stopped is killed
    with its whole session. Raises OSError where the program cannot be started.
    """
    return _Child(argv, env, cwd, stdin, memory_bytes, file_bytes).wait(
        timeout_s, output_bytes, watch
    )


class _Child:
    """One running program with its pipes drained by threads."""

    def __init__(
        self,
        argv: Sequence[str | Path],
        env: Mapping[str, str],
        cwd: Path | None,
        stdin: bytes | Path | None,
        memory_bytes: int | None,
        file_bytes: int | None,
    ) -> None:
        source = stdin.open("rb") if isinstance(stdin, Path) else None
        pipe = subprocess.PIPE if isinstance(stdin, bytes) else subprocess.DEVNULL
        try:
            self.process = subprocess.Popen(
                [str(part) for part in argv],
                stdin=source or pipe,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(env),
                cwd=cwd,
                start_new_session=True,
                preexec_fn=_prepare(os.getpid(), memory_bytes, file_bytes),
            )
        finally:
            if source:
                source.close()
        self.data = stdin if isinstance(stdin, bytes) else None
        self.killed = ""

    def wait(
        self, timeout_s: float | None, output_bytes: int | None, watch: Callable[[], bool] | None
    ) -> Result:
        start = time.monotonic()
        streams = [bytearray(), bytearray()]
        threads = [
            threading.Thread(target=self._drain, args=(pipe, into, output_bytes), daemon=True)
            for pipe, into in zip((self.process.stdout, self.process.stderr), streams, strict=True)
        ]
        if self.data is not None:
            threads.append(threading.Thread(target=self._feed, daemon=True))
        for thread in threads:
            thread.start()
        try:
            self._until_end(start, timeout_s, watch)
        finally:
            self._kill()
            self.process.wait()
        for thread in threads:
            thread.join()
        elapsed = time.monotonic() - start
        out, err = (bytes(stream) for stream in streams)
        return Result(self.process.returncode, out, err, self.killed, elapsed)

    def _until_end(
        self, start: float, timeout_s: float | None, watch: Callable[[], bool] | None
    ) -> None:
        while True:
            remaining = None if timeout_s is None else start + timeout_s - time.monotonic()
            pause = remaining if watch is None else min(0.05, remaining or 0.05)
            try:
                self.process.wait(None if pause is None else max(0.0, pause))
            except subprocess.TimeoutExpired:
                if timeout_s is not None and time.monotonic() >= start + timeout_s:
                    self._kill("timeout")
                elif watch is not None and watch():
                    self._kill("watch")
                continue
            return

    def _kill(self, reason: str = "") -> None:
        """Kills the child's whole session; what it left behind goes with it."""
        self.killed = self.killed or reason
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return

    def _drain(self, pipe: object, into: bytearray, limit: int | None) -> None:
        assert hasattr(pipe, "read1")
        while data := pipe.read1(1 << 16):
            into += data
            if limit is not None and len(into) > limit:
                del into[limit:]
                self._kill("output")
                break
        pipe.close()  # type: ignore[attr-defined]

    def _feed(self) -> None:
        assert self.process.stdin is not None and self.data is not None
        try:
            self.process.stdin.write(self.data)
            self.process.stdin.close()
        except BrokenPipeError:
            pass


def _prepare(parent: int, memory_bytes: int | None, file_bytes: int | None) -> Callable[[], None]:
    """What the child does between fork and exec: die with its parent, and keep its limits."""

    def prepare() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:  # it died before the line above
                os._exit(127)
        # macOS refuses RLIMIT_AS (setrlimit(2): EINVAL); there the time limit bounds a child alone.
        if memory_bytes is not None and sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        if file_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    return prepare
