"""The program in which instances are made again and again: it reads what, and reports how long.

Started by instances.py as `python -I instances_child.py DIRECTORY`, where request.json is a
Request's and repeats.json says how often. What it does is what a host does that keeps its engine.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import wasmtime

    from wasip1_build.runtime.request import Request

REQUEST, REPEATS, RESPONSE = "request.json", "repeats.json", "response.json"
T = TypeVar("T")


class Clock:
    """Adds up what each kind of work took: wall time, and CPU time of this process."""

    def __init__(self) -> None:
        self.wall_ns: dict[str, int] = {}
        self.cpu_ns: dict[str, int] = {}

    def timed(self, name: str, act: Callable[[], T]) -> T:
        """Does it."""
        cpu_ns, started_ns = time.process_time_ns(), time.perf_counter_ns()
        made = act()
        passed_ns = time.perf_counter_ns() - started_ns
        used_ns = time.process_time_ns() - cpu_ns
        self.wall_ns[name] = self.wall_ns.get(name, 0) + passed_ns
        self.cpu_ns[name] = self.cpu_ns.get(name, 0) + used_ns
        return made


def main(directory: Path) -> None:
    """Carries out the request in a directory and leaves the times beside it."""
    sys.path.append(str(Path(__file__).parents[3]))
    from wasip1_build.runtime.child import use_library
    from wasip1_build.runtime.request import Request

    request = Request.from_json((directory / REQUEST).read_text())
    repeats = json.loads((directory / REPEATS).read_text())
    if request.library:
        use_library(Path(request.library))
    clock = Clock()
    try:
        error = ""
        measure(request, repeats["loads"], repeats["instances"], clock)
    except Exception as problem:  # whatever it is, it is told to whoever asked
        error = f"{type(problem).__name__}: {problem}"
    record = {"error": error, "wall_ns": clock.wall_ns, "cpu_ns": clock.cpu_ns}
    unfinished = directory / f"{RESPONSE}.part"
    unfinished.write_text(json.dumps(record))
    unfinished.rename(directory / RESPONSE)


def measure(request: Request, loads: int, instances: int, clock: Clock) -> None:
    """Maps the machine code so often, and makes so many instances of it. Raises what the engine
    raises, and ValueError for what is no command and no reactor."""
    import wasmtime

    engine = wasmtime.Engine(_config(request))
    modules = [
        clock.timed("load", lambda: wasmtime.Module.deserialize_file(engine, request.code))
        for _ in range(max(loads, 1))
    ]
    for _ in range(instances):
        _instance(request, engine, modules[-1], clock)


def _config(request: Request) -> wasmtime.Config:
    """An engine that takes what `wasmtime compile -W gc-support=n,threads=n` makes."""
    import wasmtime

    config = wasmtime.Config()
    config.gc_support = False
    config.wasm_threads = False
    config.epoch_interruption = request.interruptible
    return config


def _instance(
    request: Request, engine: wasmtime.Engine, module: wasmtime.Module, clock: Clock
) -> None:
    import wasmtime

    from wasip1_build.runtime.host_functions import load

    host = load(request.host_file, request.host_name, request.functions)

    def link() -> wasmtime.Linker:
        linker = wasmtime.Linker(engine)
        linker.define_wasi()
        host.define(linker)
        return linker

    linker = clock.timed("linker", link)
    store = clock.timed("store", lambda: _store(request, engine))
    instance = clock.timed("instance", lambda: linker.instantiate(store, module))
    exports = instance.exports(store)
    initialize = exports.get("_initialize")
    if isinstance(initialize, wasmtime.Func):
        clock.timed("initialize", lambda: initialize(store))
    elif not isinstance(exports.get("_start"), wasmtime.Func):
        raise ValueError("it exports neither _start nor _initialize")


def _store(request: Request, engine: wasmtime.Engine) -> wasmtime.Store:
    import wasmtime

    store = wasmtime.Store(engine)
    if request.memory_bytes is not None:
        store.set_limits(memory_size=request.memory_bytes)
    if request.interruptible:
        store.set_epoch_deadline(1 << 62)  # nothing moves the epoch here
    wasi = wasmtime.WasiConfig()
    wasi.argv = list(request.argv)
    wasi.env = list(request.env)
    for preopen in request.preopens:
        wasi.preopen_dir(preopen.host, preopen.guest, fs_mutable=not preopen.read_only)
    store.set_wasi(wasi)
    return store


if __name__ == "__main__":
    main(Path(sys.argv[1]))
