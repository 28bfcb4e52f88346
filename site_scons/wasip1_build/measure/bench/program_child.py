"""The small process that starts a program and tells what it took: `python -I -S program_child.py
FILE PROGRAM ARGUMENT...`, with the program's own stdin, stdout, stderr and environment.

What a process has used of a CPU before it became a program counts for the program. Of /bin/true
that was 6 ms where it was copied from the Python that builds, and is 2.4 from this one (Linux, two
cores with the work of fifteen).
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import time

PR_SET_PDEATHSIG = 1  # linux/prctl.h
CANNOT_START = 127  # as the shell's


def main(file: str, argv: list[str]) -> int:
    """Runs the program to its end, and writes its wall and CPU time and its exit code, negative
    for a signal."""
    linux = ctypes.CDLL(None) if sys.platform == "linux" else None
    own = os.getpid()
    started_ns = time.perf_counter_ns()
    child = os.fork()
    if child == 0:
        _become(argv, linux, own)
    _pid, status = os.waitpid(child, 0)
    wall_ns = time.perf_counter_ns() - started_ns
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_ns = round((used.ru_utime + used.ru_stime) * 1e9)
    code = os.waitstatus_to_exitcode(status)
    with open(f"{file}.part", "w") as stream:
        json.dump({"wall_ns": wall_ns, "cpu_ns": cpu_ns, "code": code}, stream)
    os.rename(f"{file}.part", file)
    return 0


def _become(argv: list[str], linux: ctypes.CDLL | None, parent: int) -> None:
    """Becomes the program, which dies with who started it and has signals as any other."""
    try:
        for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # by Python
            signal.signal(ignored, signal.SIG_DFL)
        if linux is not None:
            linux.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:  # it died before the line above
                os._exit(CANNOT_START)
        os.execv(argv[0], argv)
    finally:
        os._exit(CANNOT_START)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
