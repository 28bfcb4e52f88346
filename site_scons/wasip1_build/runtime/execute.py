"""One run of a module by the wasmtime library, in this process: only ever in a child's."""

from __future__ import annotations

import json
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import wasmtime

from wasip1_build.runtime.host_functions import HostError, HostFunctions, load
from wasip1_build.runtime.request import Crossing, HostFunction, Request, Response, Stage
from wasip1_build.runtime.values import coerced

MAGIC = b"\0asm"
# Go-sized modules have one table of some thousand elements, 8 bytes each on the host.
TABLE_ELEMENTS = 10_000_000
BEYOND_ANY_EPOCH = 1 << 62  # nothing moves the epoch here; a time-out kills the process


class Stopped(Exception):  # noqa: N818  (not always an error)
    """The run is over: in which stage, with which exit code or error."""

    def __init__(
        self, stage: Stage, error: str = "", *, exit: int | None = None, trapped: bool = False
    ) -> None:
        super().__init__(error)
        self.stage = stage
        self.error, self.backtrace = cause_and_backtrace(error)
        self.exit = exit
        self.trapped = trapped


class _Exit(Exception):  # noqa: N818  (the guest's own wish)
    """The guest ended itself, with an exit code that wasmtime may not take."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Progress:
    """What is known of a run while it goes on."""

    def __init__(self) -> None:
        self.host: HostFunctions | None = None
        self.returns: tuple[int | float, ...] | None = None
        self.return_types: tuple[str, ...] = ()
        self.peak: Callable[[], int | None] = lambda: None
        self.crossings: Callable[[], tuple[Crossing, ...] | None] = lambda: None
        self.instructions: Callable[[], int | None] = lambda: None
        self.phases_ns: dict[str, int] = {}
        self.phases_cpu_ns: dict[str, int] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Counts the time that this takes to a phase, however it ends."""
        started_ns, cpu_ns = time.perf_counter_ns(), time.process_time_ns()
        try:
            yield
        finally:
            passed_ns = time.perf_counter_ns() - started_ns
            used_ns = time.process_time_ns() - cpu_ns
            self.phases_ns[name] = self.phases_ns.get(name, 0) + passed_ns
            self.phases_cpu_ns[name] = self.phases_cpu_ns.get(name, 0) + used_ns


def execute(request: Request, started: Callable[[], None]) -> Response:
    """Carries out a request; `started` is called just before the first code of the guest runs."""
    progress = _Progress()
    try:
        end = _run(request, started, progress)
    except Stopped as stopped:
        end = stopped
    return Response(
        stage=end.stage,
        exit=end.exit,
        trapped=end.trapped,
        error=end.error,
        backtrace=end.backtrace,
        peak_memory_bytes=progress.peak(),
        calls=progress.host.calls if progress.host else {},
        returns=progress.returns,
        return_types=progress.return_types,
        phases_ns=progress.phases_ns,
        phases_cpu_ns=progress.phases_cpu_ns,
        crossings=progress.crossings(),
        instructions=progress.instructions(),
    )


def _run(request: Request, started: Callable[[], None], progress: _Progress) -> Stopped:
    engine = _engine(request)
    with progress.phase("load"):
        module = _module(engine, request)
    if request.action == "compile":
        Path(request.compiled).write_bytes(module.serialize())
        return Stopped("ended")
    try:
        progress.host = load(request.host_file, request.host_name, request.functions)
    except HostError as error:
        raise Stopped("host", str(error)) from None
    store = _store(engine, request)
    started()
    with progress.phase("start"):
        instance = _instance(store, module, progress, request)
    exports = instance.exports(store)
    progress.peak = lambda: _exported_memory_bytes(store, instance)
    if request.action == "instantiate":
        return Stopped("ended")
    if request.action == "initialize" or request.invoke:
        initialize = exports.get("_initialize")
        if isinstance(initialize, wasmtime.Func):
            with progress.phase("start"):
                _call(store, initialize, "initialize")
    if request.invoke:
        _invoke(store, exports, request, progress)
    elif request.action == "run":
        start = exports.get("_start")
        if not isinstance(start, wasmtime.Func):
            raise Stopped("run", "the module exports no function _start")
        with progress.phase("run"):
            _call(store, start, "run")
    return Stopped("ended", exit=0)


def _engine(request: Request) -> wasmtime.Engine:
    """An engine that takes what `wasmtime compile -W gc-support=n,threads=n` makes.

    With opt level none, compiling here costs 1.9 CPU s for a hello of Go instead of 2.7, and the
    module is judged on other machine code than the .cwasm is: both must agree. Where calls are
    counted of code that is compiled, what is compiled here is the counter, and it must cost little.
    """
    config = wasmtime.Config()
    config.gc_support = False
    config.wasm_threads = False
    config.epoch_interruption = request.interruptible
    config.consume_fuel = request.fueled
    counts = request.counted is not None and request.compiled_code
    config.cranelift_opt_level = "speed" if request.attended or counts else "none"
    if request.cache:
        # https://docs.wasmtime.dev/cli-cache.html: a file is how a cache's place is said.
        settings = Path("cache.toml").absolute()
        settings.write_text(f"[cache]\ndirectory = {json.dumps(request.cache)}\n")
        with suppress(wasmtime.WasmtimeError):  # it only saves time: 1.4 CPU s of a hello's 1.5
            config.cache = str(settings)
    return wasmtime.Engine(config)


def _module(engine: wasmtime.Engine, request: Request) -> wasmtime.Module:
    try:
        if request.compiled_code:  # mapped: reading 10 MB of it first costs 30 ms more
            with open(request.code, "rb"):
                return wasmtime.Module.deserialize_file(engine, request.code)
        data = Path(request.code).read_bytes()
        if not data.startswith(MAGIC):  # wasmtime.Module would take a text for WAT
            raise Stopped("load", "it is no WebAssembly module: it does not begin with \\0asm")
        return wasmtime.Module(engine, data)
    except OSError as error:
        raise Stopped("load", f"it cannot be read: {error.strerror}") from None
    except wasmtime.WasmtimeError as error:
        raise Stopped("load", str(error)) from None


def _store(engine: wasmtime.Engine, request: Request) -> wasmtime.Store:
    store = wasmtime.Store(engine)
    store.set_limits(
        memory_size=-1 if request.memory_bytes is None else request.memory_bytes,
        table_elements=TABLE_ELEMENTS,
        instances=1 if request.counted is None else 3,
        # the limit above counts for each memory; one more has the counts
        memories=1 if request.counted is None else 2,
    )
    if request.interruptible:
        store.set_epoch_deadline(BEYOND_ANY_EPOCH)
    wasi = wasmtime.WasiConfig()
    wasi.argv = list(request.argv)
    wasi.env = list(request.env)
    if request.stdin:
        wasi.inherit_stdin()
    wasi.inherit_stdout()
    wasi.inherit_stderr()
    for preopen in request.preopens:
        try:
            wasi.preopen_dir(preopen.host, preopen.guest, fs_mutable=not preopen.read_only)
        except wasmtime.WasmtimeError:
            raise Stopped("link", f"{preopen.guest} cannot be opened") from None
    store.set_wasi(wasi)
    return store


def _instance(
    store: wasmtime.Store, module: wasmtime.Module, progress: _Progress, request: Request
) -> wasmtime.Instance:
    assert progress.host is not None
    linker = wasmtime.Linker(store.engine)
    try:
        linker.define_wasi()
        if request.attended:
            linker.allow_shadowing = True
            linker.define_func("wasi_snapshot_preview1", "proc_exit", _PROC_EXIT, _exit)
            linker.allow_shadowing = False
        progress.host.define(linker)
        if request.fueled:
            return _fueled(store, linker, module, progress)
        if request.counted is not None:
            return _counted(store, linker, module, progress, request.counted)
        return linker.instantiate(store, module)
    except HostError as error:
        raise Stopped("host", str(error)) from None
    except wasmtime.Trap as trap:
        raise Stopped("link", trap.message, trapped=True) from None
    except wasmtime.WasmtimeError as error:
        raise Stopped("link", str(error)) from None


def _fueled(
    store: wasmtime.Store, linker: wasmtime.Linker, module: wasmtime.Module, progress: _Progress
) -> wasmtime.Instance:
    from wasip1_build.runtime.fuel import instance_with_fuel, used  # few runs need it

    progress.instructions = lambda: used(store)
    return instance_with_fuel(store, linker, module)


_PROC_EXIT = wasmtime.FuncType([wasmtime.ValType.i32()], [])


def _exit(code: int) -> None:
    raise _Exit(code & 0xFFFFFFFF)


def _counted(
    store: wasmtime.Store,
    linker: wasmtime.Linker,
    module: wasmtime.Module,
    progress: _Progress,
    crossings: tuple[HostFunction, ...],
) -> wasmtime.Instance:
    from wasip1_build.runtime.boundary import NotCountedError, count_calls  # few runs need it

    try:
        made = count_calls(store, linker, module, crossings)
    except NotCountedError as error:
        raise Stopped("link", f"its calls cannot be counted: {error}") from None
    progress.crossings = lambda: made.crossings(store)
    return made.guest


def _invoke(
    store: wasmtime.Store,
    exports: Mapping[str, object],
    request: Request,
    progress: _Progress,
) -> None:
    assert request.invoke is not None
    invoke = request.invoke
    function = exports.get(invoke.export)
    if not isinstance(function, wasmtime.Func):
        known = [name for name in exports if isinstance(exports[name], wasmtime.Func)]
        raise Stopped(
            "invoke",
            f"the module exports no function {invoke.export}; "
            f"its functions are {', '.join(known[:20]) or 'none'}",
        )
    kind = function.type(store)
    params = [str(each) for each in kind.params]
    if len(invoke.args) != len(params):
        raise Stopped(
            "invoke",
            f"{invoke.export} takes {len(params)} arguments ({', '.join(params)}), "
            f"and args has {len(invoke.args)}",
        )
    try:
        args = [coerced(value, each) for value, each in zip(invoke.args, params, strict=True)]
    except ValueError as error:
        raise Stopped("invoke", f"{invoke.export}: {error}") from None
    with progress.phase("run"):
        returned = _call(store, function, "run", *args)
    progress.return_types = tuple(str(each) for each in kind.results)
    progress.returns = _listed(returned)


# What the engine says of an exit code that it refuses; it does not say which one it was.
REFUSED_EXIT = "exit with invalid exit status"


def _call(store: wasmtime.Store, function: wasmtime.Func, stage: Stage, *args: object) -> object:
    """Calls an export of the guest. Raises Stopped where it does not return.

    wasmtime takes exit codes below 126 only, and ends a higher one with an error of its own.
    """
    try:
        return function(store, *args)
    except HostError as error:
        raise Stopped("host", str(error)) from None
    except (wasmtime.ExitTrap, _Exit) as exit:
        over: Stage = "ended" if stage == "run" else stage
        raise Stopped(over, exit=exit.code) from None
    except wasmtime.Trap as trap:
        raise Stopped(stage, trap.message, trapped=True) from None
    except wasmtime.WasmtimeError as error:
        raise Stopped(stage, str(error), trapped=REFUSED_EXIT not in str(error)) from None


def _listed(returned: Any) -> tuple[int | float, ...]:
    """wasmtime-py's None, one value or list, as a tuple."""
    if returned is None:
        return ()
    return tuple(returned) if isinstance(returned, list) else (returned,)


def _exported_memory_bytes(store: wasmtime.Store, instance: wasmtime.Instance) -> int | None:
    """The size of the exported memory: a linear memory never shrinks, so this is its peak."""
    sizes = [
        extern.data_len(store)
        for extern in instance.exports(store).by_index
        if isinstance(extern, wasmtime.Memory)
    ]
    return max(sizes) if sizes else None


def cause_and_backtrace(message: str) -> tuple[str, str]:
    """The cause on one line, and the backtrace, whose names only the debug module has.

    wasmtime's text is a context, "Caused by:" and one or more indented causes.
    """
    head, found, causes = message.partition("Caused by:")
    lines = [line.strip() for line in (causes if found else head).splitlines() if line.strip()]
    title, _newline, frames = head.partition("\n")
    if found and title.startswith("error while executing at wasm backtrace"):
        return "; ".join(lines), textwrap.dedent(frames).strip("\n")
    return "; ".join([title.strip(), *lines] if found else lines), ""
