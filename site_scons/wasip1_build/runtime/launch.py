"""How a request is carried out: in a child process of its own, whose crash is only a result."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from wasip1_build import process
from wasip1_build.dataclass import dataclass
from wasip1_build.runtime import child
from wasip1_build.runtime.request import Request, Response
from wasip1_build.runtime.scratch_watch import ScratchWatch

Killed = Literal["", "timeout", "output", "scratch", "start", "compile"]

# Starting Python and loading machine code: 0.1 s on an idle machine.
START_S = 120.0
COMPILE_S = 900.0  # 0.75 CPU s per MB of wasm: 44 s for the largest Go program that was measured
# wasmtime reserves 4 GiB of addresses for a linear memory; what is over that is Python, machine
# code and buffers for the host's calls, which a guest can make as large as its own memory.
ADDRESS_SPACE_BYTES = 8 << 30


@dataclass(frozen=True)
class Limits:
    """What one run may use where the spec says nothing else."""

    timeout_s: float = 30.0
    memory_bytes: int = 1 << 30
    output_bytes: int = 16 << 20
    scratch_bytes: int = 256 << 20
    scratch_files: int = 10_000


@dataclass(frozen=True)
class Outcome:
    """How a run ended. `response` is None where it was killed or its process crashed.

    `killed` says which limit was exceeded; "start": the process never came to the guest, "compile":
    the module was not compiled. `returncode` is the process's, negative for a signal.
    """

    response: Response | None
    stdout: bytes = b""
    stderr: bytes = b""
    killed: Killed = ""
    returncode: int = 0


def command(request: Request, directory: Path) -> tuple[str, ...]:
    """The command line that carries out a request, which is written into an empty directory.

    Whoever runs it chooses the guest's stdin, stdout and stderr, and then asks `response_in`.
    """
    directory.mkdir(parents=True, exist_ok=True)
    (directory / child.REQUEST).write_text(request.to_json())
    return python_command(child.__file__, directory)


def python_command(program: str, directory: Path) -> tuple[str, ...]:
    """The command line of a program of this package that finds its request in a directory: neither
    the user's site nor the working directory's modules decide what it imports."""
    return (sys.executable, "-I", "-B", program, str(directory))


def response_in(directory: Path) -> Response | None:
    """What a child left in its directory; None where it did not come so far."""
    try:
        return Response.from_json((directory / child.RESPONSE).read_text())
    except (OSError, ValueError, TypeError, KeyError):
        return None


def child_environment(cpus: int = 1) -> dict[str, str]:
    """The whole environment of a child: what Python's own libraries need, nothing of the user's."""
    kept = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    return environment | {"RAYON_NUM_THREADS": str(cpus)}


def compile_module(request: Request, directory: Path, cpus: int) -> Outcome:
    """Compiles a module in a child, outside of any run's time. Raises OSError."""
    result = process.run(
        command(request, directory),
        env=child_environment(cpus),
        cwd=directory,
        timeout_s=COMPILE_S,
        memory_bytes=2 * ADDRESS_SPACE_BYTES,
        output_bytes=1 << 20,
    )
    return _outcome(result, directory, "compile" if result.killed else "")


def launch(
    request: Request,
    directory: Path,
    limits: Limits,
    *,
    stdin: bytes | Path | None = None,
    written: tuple[Path, ...] = (),
    together: bool = False,
    cpus: int = 1,
) -> Outcome:
    """Carries out a request under limits; `written` are the directories that the guest can write.

    With `together` stderr comes with stdout, as process.run says. A module that is not compiled
    yet is, by as many threads as `cpus`.

    Raises OSError where no process can be started or `stdin` cannot be read.
    """
    argv = command(request, directory)
    watch = ScratchWatch(
        written,
        directory / child.STARTED,
        timeout_s=limits.timeout_s,
        size_bytes=limits.scratch_bytes,
        files=limits.scratch_files,
    )
    result = process.run(
        argv,
        env=child_environment(cpus),
        cwd=directory,
        stdin=stdin,
        timeout_s=START_S + limits.timeout_s,
        memory_bytes=ADDRESS_SPACE_BYTES + 2 * limits.memory_bytes,
        file_bytes=limits.scratch_bytes,
        output_bytes=limits.output_bytes,
        watch=watch,
        together=together,
    )
    watch.overfull()  # what was written since it was asked last
    return _outcome(result, directory, _killed(result, watch))


def _killed(result: process.Result, watch: ScratchWatch) -> Killed:
    reasons: Mapping[str, Killed] = {"timeout": "start", "output": "output"}
    return watch.reason or reasons.get(result.killed, "")


def _outcome(result: process.Result, directory: Path, killed: Killed) -> Outcome:
    return Outcome(
        None if killed else response_in(directory),
        result.stdout,
        result.stderr,
        killed,
        result.returncode,
    )
