"""Execution: how much slower than native, and whether more workers make it faster."""

from __future__ import annotations

from functools import partial

from bench.claims.claim import Found, LeftOut, counted, row
from bench.claims.guests import Host, Run
from bench.claims.turns import against, in_turns, program_run
from bench.claims.workshop import AOT_FLAGS, Workshop
from bench.programs import missing, program

# Rounds of each kernel: a tenth of a second or two natively.
ROUNDS = {"sort": 25, "sha256": 120, "json": 40, "regexp": 40, "bytes": 200, "float": 60}
KERNEL_TURNS, JOB_TURNS = 7, 15
# Jobs, and rounds of computing in each: about 1 ms, 10 µs and nothing.
JOBS = {"heavy jobs": (100, 1_000_000), "light jobs": (10_000, 10_000), "empty jobs": (50_000, 0)}
WORKERS = (1, 4)


def kernels(shop: Workshop) -> Found:
    """The same computing natively and as a module that is compiled ahead of time."""
    code = str(shop.machine_code("kernels"))
    start = (shop.wasmtime, "run", "--allow-precompiled", *AOT_FLAGS, code)
    for kernel, rounds in ROUNDS.items():
        words = (kernel, str(rounds))
        native = (shop.native("kernels"), *words)
        expected = shop.printed(native)
        ways = {
            "native": program_run(shop.command(native, b"", expected)),
            "wasip1": program_run(shop.command((*start, *words), b"", expected)),
        }
        taken = in_turns(ways, shop.turns(KERNEL_TURNS))
        yield "native", row(kernel, ("native", taken["native"]), ("wasip1", taken["wasip1"]))


def workers(shop: Workshop) -> Found:
    """Jobs in a loop, against a pool of workers; natively as well, where there are more CPUs."""
    host = Host(shop.scratch("guests"))
    compiled = host.loaded(shop.machine_code("jobs"))
    for what, (count, work) in JOBS.items():
        words = {each: (str(each), str(count), str(work)) for each in (0, *WORKERS)}
        expected = shop.printed((shop.native("jobs"), *words[0]))
        guests = {
            _name(each): partial(host.request, compiled, Run(("jobs", *words[each]), expected))
            for each in words
        }
        natives = {
            _name(each): program_run(
                shop.command((shop.native("jobs"), *words[each]), b"", expected)
            )
            for each in words
        }
        turns = shop.turns(JOB_TURNS)
        for each in against(what, _name(0), in_turns(guests, turns)):
            yield "worker-pools", each
        for each in against(f"{what}, native", _name(0), in_turns(natives, turns), decides=False):
            yield "worker-pools", each


def _name(count: int) -> str:
    return {0: "a loop", 1: "1 worker"}.get(count, f"{count} workers")


def cpus(shop: Workshop) -> Found:
    """What runtime.NumCPU says on this machine's CPUs."""
    module = str(shop.module("jobs"))
    starts = {"wasmtime": (shop.wasmtime, "run", module)}
    wazero = program("wazero")
    if wazero:
        starts["wazero"] = (wazero, "run", module)
    else:
        yield "one-cpu", LeftOut("wazero", missing("wazero"))
    for runtime, start in starts.items():
        seen = int(shop.printed((*start, "cpus")))
        yield "one-cpu", counted(runtime, "cpus", ("as claimed", 1), ("NumCPU()", seen))
