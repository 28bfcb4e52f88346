"""Modules run by the wasmtime library in this process, so that each phase is timed by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import wasmtime

from bench.claims.claim import Taken
from wasip1_build.runtime.host.engine import engine


@dataclass(frozen=True)
class Run:
    """What a guest is given, and what it must write to stdout; None: that is judged elsewhere."""

    argv: tuple[str, ...]
    expects: bytes | None = b""
    env: tuple[tuple[str, str], ...] = ()
    stdin: Path | None = None
    preopens: tuple[tuple[Path, str], ...] = ()


@dataclass(frozen=True)
class Ready:
    """An instance whose _start was not called yet."""

    run: Run
    store: wasmtime.Store
    exports: Any
    stdout: Path = field(repr=False)

    def start(self) -> None:
        """Calls _start. Raises RuntimeError where it does not end well."""
        try:
            self.exports["_start"](self.store)
        except wasmtime.ExitTrap as end:
            if end.code:
                raise RuntimeError(f"{self.run.argv} ended with {end.code}") from None

    def verified(self) -> int:
        """The peak of linear memory, in bytes. Raises RuntimeError where the output is wrong."""
        printed = self.stdout.read_bytes()
        if self.run.expects not in (None, printed):
            raise RuntimeError(f"{self.run.argv} wrote {printed[:200]!r}, which is not expected")
        return int(self.exports["memory"].data_len(self.store))


class Host:
    """One engine and one linker for all instances, as a host that compiles once has them.

    `define` adds the functions that the host provides beside WASI; `slots` are how many instances
    its pool has, 0 where each has memory of its own from the system.
    """

    def __init__(
        self,
        scratch: Path,
        define: Callable[[wasmtime.Linker], None] = lambda _linker: None,
        slots: int = 0,
    ) -> None:
        self.engine = engine(interruptible=False, slots=slots)
        self.scratch = scratch
        self.linker = wasmtime.Linker(self.engine)
        self.linker.define_wasi()
        define(self.linker)

    def compiled(self, module: Path) -> wasmtime.Module:
        """Machine code of a module, made here and now."""
        return wasmtime.Module(self.engine, module.read_bytes())

    def loaded(self, code: Path) -> wasmtime.Module:
        """Machine code from a file of code compiled ahead of time."""
        return wasmtime.Module.deserialize_file(self.engine, str(code))

    def ready(
        self,
        module: wasmtime.Module,
        run: Run,
        link: Callable[[wasmtime.Store], None] = lambda _store: None,
    ) -> Ready:
        """A new instance, with what WASI grants it; `link` adds what it needs of its own."""
        wasi = wasmtime.WasiConfig()
        wasi.argv = list(run.argv)
        wasi.env = list(run.env)
        stdout = self.scratch / "stdout"
        wasi.stdout_file = str(stdout)
        if run.stdin:
            wasi.stdin_file = str(run.stdin)
        for place, guest in run.preopens:
            wasi.preopen_dir(str(place), guest)
        store = wasmtime.Store(self.engine)
        store.set_wasi(wasi)
        link(store)
        instance = self.linker.instantiate(store, module)
        return Ready(run, store, instance.exports(store), stdout)

    def request(self, module: wasmtime.Module, run: Run) -> Taken:
        """What one request takes: a new instance, and its run to the end."""
        return _times(self.request_with_peak(module, run))

    def request_with_peak(self, module: wasmtime.Module, run: Run) -> Taken:
        """The same with the peak of linear memory."""
        made: list[Ready] = []

        def serve() -> None:
            made.append(self.ready(module, run))
            made[0].start()

        taken = timed(serve)
        return {**taken, "peak_memory_bytes": made[0].verified()}

    def start_only(self, module: wasmtime.Module, run: Run) -> Taken:
        """What is left of a request where the instance was made before it came."""
        return self.started(self.ready(module, run))

    def started(self, ready: Ready) -> Taken:
        """What the run of an instance takes."""
        taken = timed(ready.start)
        ready.verified()
        return taken


def _times(taken: Taken) -> Taken:
    return {name: value for name, value in taken.items() if name.endswith("_ns")}


def timed(action: Callable[[], object]) -> Taken:
    """Wall time, and CPU time of this process with all its threads."""
    cpu_ns, wall_ns = time.process_time_ns(), time.perf_counter_ns()
    action()
    passed_ns = time.perf_counter_ns() - wall_ns
    return {"wall_ns": passed_ns, "cpu_ns": time.process_time_ns() - cpu_ns}
