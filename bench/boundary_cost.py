"""`python -m bench.boundary_cost`: what does it cost to count the calls of the host?

Each program does nothing but call one function of WASI, so that no larger share of a real program
can be calls. It runs uncounted and counted in turns, in a child process each time as checks do;
what is compared is the CPU time of its run, pair by pair, and least with least: whatever else the
machine does only adds to a time.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import wasmtime

from bench.spread import Spread
from wasip1_build.runtime.crossings import countable
from wasip1_build.runtime.launch import child_environment, command, response_in
from wasip1_build.runtime.request import HostFunction, Request, Response
from wasip1_build.wasm.module import read_module

# A call of each, and how often it is made: a tenth of a second or two in all.
PROGRAMS: Mapping[str, tuple[str, str, int]] = {
    "fd_write of 1 byte": (
        '(import "wasi_snapshot_preview1" "fd_write"'
        " (func $call (param i32 i32 i32 i32) (result i32)))",
        "(i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)",
        100_000,
    ),
    "fd_write that fails": (
        '(import "wasi_snapshot_preview1" "fd_write"'
        " (func $call (param i32 i32 i32 i32) (result i32)))",
        "(i32.const 9) (i32.const 0) (i32.const 1) (i32.const 8)",
        100_000,
    ),
    "random_get of 8 bytes": (
        '(import "wasi_snapshot_preview1" "random_get" (func $call (param i32 i32) (result i32)))',
        "(i32.const 64) (i32.const 8)",
        1_000_000,
    ),
    "clock_time_get": (
        '(import "wasi_snapshot_preview1" "clock_time_get"'
        " (func $call (param i32 i64 i32) (result i32)))",
        "(i32.const 0) (i64.const 0) (i32.const 64)",
        1_000_000,
    ),
    "sched_yield": (
        '(import "wasi_snapshot_preview1" "sched_yield" (func $call (result i32)))',
        "",
        1_000_000,
    ),
}
LIMIT = 1.10  # what counting may cost a program that does nothing but call its host


def wat(imported: str, arguments: str, calls: int) -> str:
    """A program that makes one call again and again; what it writes is one byte at 64."""
    return f"""(module {imported} (memory (export "memory") 1)
      (data (i32.const 0) "\\40\\00\\00\\00\\01\\00\\00\\00")
      (func (export "_start") (local $i i32)
        (loop $again
          (drop (call $call {arguments}))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $again (i32.lt_u (local.get $i) (i32.const {calls}))))))"""


class Measured(NamedTuple):
    """The CPU ns of a call uncounted, the ratios of the counted run's time to that of its pair, and
    the ratio of the least times of both."""

    call_ns: Spread
    ratio: Spread
    of_least: float


def measured(place: Path, name: str, rounds: int, divisor: int = 1) -> Measured:
    """What counting costs a program. Raises RuntimeError where a run fails, or counts another
    number of calls than were made."""
    imported, arguments, most = PROGRAMS[name]
    calls = most // divisor
    data = bytes(wasmtime.wat2wasm(wat(imported, arguments, calls)))
    module = place / "module.wasm"
    module.write_bytes(data)
    counted = countable(read_module(data))
    if isinstance(counted, str):
        raise RuntimeError(counted)
    code = _compiled(place, module)
    pairs = list(_pairs(place, code, counted, calls, rounds))
    return Measured(
        Spread.of([plain / calls for plain, _ in pairs]),
        Spread.of([with_counts / plain for plain, with_counts in pairs]),
        min(with_counts for _, with_counts in pairs) / min(plain for plain, _ in pairs),
    )


def _pairs(
    place: Path, code: Path, counted: tuple[HostFunction, ...], calls: int, rounds: int
) -> Iterator[tuple[int, int]]:
    """The CPU ns of the run phase without counts and with them, which begins every other time."""
    for number in range(rounds):
        ns = {}
        for with_counts in (False, True) if number % 2 else (True, False):
            response = _run(place, code, counted if with_counts else None)
            ns[with_counts] = response.phases_cpu_ns["run"]
            if with_counts and [made for _, _, made in response.imports or ()] != [calls]:
                raise RuntimeError(f"{response.imports} was counted of {calls} calls")
        yield ns[False], ns[True]


def _compiled(place: Path, module: Path) -> Path:
    code = place / "module.code"
    _done(place, Request("compile", str(module), compiled_code=False, compiled=str(code)))
    return code


def _run(place: Path, code: Path, counted: tuple[HostFunction, ...] | None) -> Response:
    return _done(place, Request("run", str(code), compiled_code=True, counted=counted))


def _done(place: Path, request: Request) -> Response:
    """What a child of its own came to; what the program writes goes nowhere, at no cost but the
    call's."""
    with tempfile.TemporaryDirectory(dir=place) as directory:
        child = Path(directory) / "child"
        subprocess.run(
            command(request, child),
            env=child_environment(),
            cwd=place,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        response = response_in(child)
    if response is None or response.stage != "ended":
        raise RuntimeError(f"a run came to nothing: {response}")
    return response


def main() -> int:
    """Prints a row for each program; 1 where the least times of one are further apart than the
    limit."""
    words = argparse.ArgumentParser(prog="python -m bench.boundary_cost", description=__doc__)
    words.add_argument("--rounds", type=int, default=25)
    rounds = words.parse_args().rounds
    worst = 0.0
    print(f"{'program':24}{'ns a call':>10}{'ratio':>8}{'of least':>10}   of {rounds} pairs")
    with tempfile.TemporaryDirectory(prefix="wasip1-boundary-") as directory:
        for name in PROGRAMS:
            found = measured(Path(directory), name, rounds)
            worst = max(worst, found.of_least)
            print(
                f"{name:24}{found.call_ns.low:>10.1f}{found.ratio.median:>8.3f}"
                f"{found.of_least:>10.3f}   {found.ratio.low:.3f} to {found.ratio.high:.3f}",
                flush=True,
            )
    print(f"the greatest ratio of least times is {worst:.3f}; it may be {LIMIT}")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
