"""Run a program as a child that cannot outlive its parent, its time, its memory or its output."""

from __future__ import annotations

import ctypes
import math
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from wasip1_build.dataclass import dataclass

PR_SET_PDEATHSIG = 1  # linux/prctl.h
WATCH_S = 0.05  # between two questions to a watch
LONGEST_WAIT_S = 3600.0  # at a time: poll(2) takes an int of milliseconds, 24 days at most
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
    together: bool = False,
) -> Result:
    """Runs a program to its end and returns what it wrote and how it ended.

    `env` is the whole environment. `stdin` is bytes, a file, or nothing (an empty stdin).
    Limits: `timeout_s` of wall time, `memory_bytes` of address space (RLIMIT_AS),
    `file_bytes` a file (RLIMIT_FSIZE), `output_bytes` on stdout and on stderr each. `watch` is
    asked every 50 ms and ends the child by returning True. With `together` both streams come as
    stdout, in the order in which they were written. A child that is stopped is killed
    with its whole session. Raises OSError where the program cannot be started.
    """
    return _Child(argv, env, cwd, stdin, memory_bytes, file_bytes, together).wait(
        timeout_s, output_bytes, watch
    )


def attend(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path,
    stdin: bool,
    over: Callable[[], bool],
) -> int | None:
    """Runs a program on this process's own stdout and stderr, and on its stdin or an empty one.

    Returns its exit code, negative for a signal; None where `over`, which is asked every 50 ms,
    said that it has to end: it was killed. Raises OSError where it cannot be started.
    """
    with subprocess.Popen(
        [str(part) for part in argv],
        stdin=None if stdin else subprocess.DEVNULL,
        env=dict(env),
        cwd=cwd,
        preexec_fn=prepared(os.getpid(), None, None),
    ) as child:
        try:
            with _ending(child) as ended:
                while not ended(WATCH_S):
                    if over():
                        return None
            return child.wait()
        finally:
            child.kill()


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
        together: bool,
    ) -> None:
        source = stdin.open("rb") if isinstance(stdin, Path) else None
        pipe = subprocess.PIPE if isinstance(stdin, bytes) else subprocess.DEVNULL
        try:
            self.process = subprocess.Popen(
                [str(part) for part in argv],
                stdin=source or pipe,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if together else subprocess.PIPE,
                env=dict(env),
                cwd=cwd,
                start_new_session=True,
                preexec_fn=prepared(os.getpid(), memory_bytes, file_bytes),
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
            if pipe
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
        """Returns when the child has ended, or is killed for its time or by its watch."""
        if timeout_s is None and watch is None:
            self.process.wait()
            return
        end = math.inf if timeout_s is None else start + timeout_s
        longest = LONGEST_WAIT_S if watch is None else WATCH_S
        with _ending(self.process) as ended:
            while not (self.killed or ended(min(longest, max(0.0, end - time.monotonic())))):
                if time.monotonic() >= end:
                    self._kill("timeout")
                elif watch is not None and watch():
                    self._kill("watch")

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


@contextmanager
def _ending(process: subprocess.Popen[bytes]) -> Iterator[Callable[[float], bool]]:
    """A function that waits some seconds for the child's end and says whether it has come.

    Linux wakes us at the end (pidfd_open(2), since 5.3). Where that is not to be had, subprocess
    looks again and again: it is up to 50 ms late.
    """
    descriptor = _pidfd(process.pid)
    if descriptor is None:
        yield lambda seconds: _ends_within(process, seconds)
        return
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        yield lambda seconds: bool(poll.poll(seconds * 1000))
    finally:
        os.close(descriptor)


def _pidfd(pid: int) -> int | None:
    """A descriptor that is readable once this child has ended, if the system gives one."""
    if sys.platform != "linux":
        return None
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):  # Python or the kernel lacks it, or a sandbox or limit does
        return None


def _ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def prepared(parent: int, memory_bytes: int | None, file_bytes: int | None) -> Callable[[], None]:
    """What a child does between fork and exec: die with its parent, and keep its limits.

    On Linux it dies with the thread that starts it (prctl(2), PR_SET_PDEATHSIG).
    """

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
