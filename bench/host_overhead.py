"""What does a host cost over a bare loop that runs the same module, and what does its pool gain?

All in one process and in turns, so that what slows the machine down slows all of them: the ratio of
each to the bare loop's of the same turn is what counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import wasmtime

from bench.cost import Cost
from bench.spread import compared, interleaved
from wasip1_build.runtime.host import Host, Invocation
from wasip1_build.runtime.host.artifact import Hosted, hosted
from wasip1_build.runtime.host.engine import engine
from wasip1_build.runtime.host.given import giving
from wasip1_build.runtime.host.sinks import written

BARE, POOLED_BARE = "bare loop", "bare loop, pooling allocator"
HOST, STOPPABLE, WORKERS = "host", "host, with a time-out", "host, in a worker process"
INVOCATIONS = 20  # of each, in a turn
OUTPUT_BYTES = 16 << 20
TABLE_ELEMENTS = 10_000_000
Once = Callable[[], tuple[int, bytes]]  # an exit code, and what was printed


def measure_host(manifest: Path, turns: int, cache: Path) -> list[dict[str, object]]:
    """One row a way of running a command: seconds for INVOCATIONS of it, and ratios to the bare
    loop's. Raises RuntimeError where two ways do not end the same."""
    artifact = hosted(manifest)
    with ExitStack() as opened:

        def host(**how: object) -> Once:
            given: dict[str, object] = {"cache": cache, "timeout_s": None, "concurrency": 1, **how}
            one = opened.enter_context(Host.open(manifest, **given))  # type: ignore[arg-type]
            return lambda: _told(one.invoke())

        ways = {
            BARE: bare_loop(artifact, pooled=False),
            POOLED_BARE: bare_loop(artifact, pooled=True),
            HOST: host(),
            STOPPABLE: host(timeout_s=60.0),
            WORKERS: host(isolation="process"),
        }
        expected = ways[BARE]()
        runs = {name: _turn(name, way, expected) for name, way in ways.items()}
        return compared(interleaved(runs, turns), BARE)


def bare_loop(artifact: Hosted, *, pooled: bool) -> Once:
    """What one writes with wasmtime-py: a store a run, the module linked once. The same grants,
    limits and capture as the host's, and no time-out."""
    own = engine(interruptible=False, slots=1 if pooled else 0)
    module = wasmtime.Module(own, artifact.module.path.read_bytes())
    linker = wasmtime.Linker(own)
    linker.define_wasi()
    gives = giving(artifact, None, {})
    argv = [each.decode() for each in gives.plain.argv]
    env = [(name.decode(), value.decode()) for name, value in gives.plain.env]
    memory = artifact.runtime.max_memory_bytes
    streams = (written(OUTPUT_BYTES), written(OUTPUT_BYTES))

    def once() -> tuple[int, bytes]:
        store = wasmtime.Store(own)
        store.set_limits(
            memory_size=-1 if memory is None else memory,
            table_elements=TABLE_ELEMENTS,
            instances=1,
            memories=1,
        )
        wasi = wasmtime.WasiConfig()
        wasi.argv = argv
        wasi.env = env
        for each in streams:
            each.clear()
        wasi.stdout_file, wasi.stderr_file = (each.path for each in streams)
        for preopen in gives.preopens:
            wasi.preopen_dir(preopen.host, preopen.guest, fs_mutable=not preopen.read_only)
        store.set_wasi(wasi)
        exports = linker.instantiate(store, module).exports(store)
        start, code = exports["_start"], 0
        assert isinstance(start, wasmtime.Func)
        try:
            start(store)
        except wasmtime.ExitTrap as end:
            code = end.code
        store.close()
        return code, streams[0].value()

    return once


def table(rows: Sequence[dict[str, object]]) -> str:
    """The rows as text: microseconds an invocation, and ratios with their spread."""
    title = "ratios to the bare loop of the same turn: median (least to most)"
    lines = [title, f"{'':32}{'wall us':>8}{'cpu us':>8}  {'wall':24}cpu"]
    for row in rows:
        walls = [_each_us(row["wall_s"]), _spread(row["wall_ratio"])]
        # A worker's CPU time is not this process's, and told of no process that still runs.
        cpus = (
            ["-", "-"]
            if row["what"] == WORKERS
            else [_each_us(row["cpu_s"]), _spread(row["cpu_ratio"])]
        )
        lines.append(f"{row['what']!s:32}{walls[0]:>8}{cpus[0]:>8}  {walls[1]:24}{cpus[1]}")
    return "\n".join(lines)


def _each_us(seconds: object) -> str:
    assert isinstance(seconds, dict)
    return f"{seconds['median'] / INVOCATIONS * 1e6:.0f}"


def _spread(ratio: object) -> str:
    assert isinstance(ratio, dict)
    return f"{ratio['median']:.2f} ({ratio['low']:.2f} to {ratio['high']:.2f})"


def _told(result: Invocation) -> tuple[int, bytes]:
    if result.exit is None:
        raise RuntimeError(f"the host's guest ended by {result.ended}: {result.error}")
    return result.exit, result.stdout


def _turn(name: str, once: Once, expected: tuple[int, bytes]) -> Callable[[], Cost]:
    def turn() -> Cost:
        started, used = time.perf_counter(), time.process_time()
        for _ in range(INVOCATIONS):
            ended = once()
            if ended != expected:
                raise RuntimeError(f"{name} ended with {ended}, and the bare loop with {expected}")
        return Cost(time.perf_counter() - started, time.process_time() - used)

    return turn
