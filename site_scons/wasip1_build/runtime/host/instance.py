"""One instance of a module: a store with its own WASI and memory, from its making to its end."""

from __future__ import annotations

import ctypes
import re
import time
from typing import Any

import wasmtime
from wasmtime import _ffi as ffi

from wasip1_build.runtime.execute import TABLE_ELEMENTS, cause_and_backtrace
from wasip1_build.runtime.host.callbacks import NOTHING
from wasip1_build.runtime.host.functions import KINDS
from wasip1_build.runtime.host.given import Given
from wasip1_build.runtime.host.guest import Guest
from wasip1_build.runtime.host.invocation import Ended, Invocation
from wasip1_build.runtime.host.loaded import Loaded
from wasip1_build.runtime.host.sinks import Written

TEXTS = ctypes.POINTER(ctypes.POINTER(ctypes.c_char))
# What Go's runtime (malloc.go, mem_sbrk.go) and TinyGo's (gc_blocks.go) say when memory.grow gives
# them no more. It is read off what they print, for the engine tells no one.
NO_MEMORY = re.compile(
    rb"fatal error: (?:runtime: )?(?:out of memory|cannot allocate memory)"
    rb"|panic: runtime error: out of memory"
)
TAIL_BYTES = 64 << 10  # of what it wrote; a Go trace of many goroutines is long


class Instance:
    """An instance with the state of its guest. Used by one thread at a time, and closed once."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        settings = loaded.settings
        self.guest: Guest = loaded.callbacks.guest()
        number = self.guest.number
        self._store = ffi.wasmtime_store_new(loaded.engine.ptr(), number, NOTHING)
        self._context = ffi.wasmtime_store_context(self._store)
        memory = -1 if settings.memory_bytes is None else settings.memory_bytes
        ffi.wasmtime_store_limiter(self._store, memory, TABLE_ELEMENTS, 1, -1, 1)
        if settings.interruptible:
            ffi.wasmtime_context_set_epoch_deadline(self._context, 1)
            ffi.wasmtime_store_epoch_deadline_callback(
                self._store, loaded.callbacks.asked, number, NOTHING
            )
        self._instance = ffi.wasmtime_instance_t()
        self._is_watched = False

    def close(self) -> None:
        """Gives its memory back, at once."""
        self._unwatch()  # an exception was on its way
        ffi.wasmtime_store_delete(self._store)
        self._loaded.callbacks.forget(self.guest)

    def begin(self, timeout_s: float | None) -> None:
        """Begins what is limited by time and of which the output is collected."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        self.guest.begin(deadline)
        look = self._look if isinstance(self.guest.out, Written) else None
        if deadline is not None or look is not None:
            self._is_watched = True
            self._loaded.clock.begin(self.guest.number, deadline, look)

    def end(self) -> None:
        """The reverse of `begin`. Raises what is not to be kept from who called: an interrupt."""
        self._unwatch()
        if self.guest.raised is not None:
            raise self.guest.raised

    def _unwatch(self) -> None:
        if self._is_watched:
            self._loaded.clock.end(self.guest.number)
            self._is_watched = False

    def _look(self) -> None:
        if self.guest.look():
            self._loaded.callbacks.overflowed()

    def make(self, given: Given) -> Invocation | None:
        """Instantiates the module; None, or how that ended where it did not succeed."""
        problem = self._grant(given)
        if problem:
            return Invocation("error", error=problem)
        trap = ctypes.POINTER(ffi.wasm_trap_t)()
        error = ffi.wasmtime_instance_pre_instantiate(
            self._loaded.pre.ptr(), self._context, ctypes.byref(self._instance), ctypes.byref(trap)
        )
        return self._ended(error, trap) if error or trap else None

    def initialize(self) -> Invocation | None:
        """Calls _initialize if there is one; None, or how it ended where it did not return."""
        function = self._export(b"_initialize")
        if function is None:
            return None
        ended = self._call(function, None, 0, None, 0)
        return None if ended.ended == "return" else ended

    def run(self) -> Invocation:
        """Runs a command to its end."""
        function = self._export(b"_start")
        if function is None:
            return Invocation("error", error="the module exports no function _start")
        ended = self._call(function, None, 0, None, 0)
        return ended._replace(ended="exit", exit=0) if ended.ended == "return" else ended

    def call(self, export: str, args: tuple[int | float, ...]) -> Invocation:
        """Calls an export with values of its types."""
        type_ = self._loaded.settings.exports[export]
        function = self._export(export.encode())
        if function is None:
            return Invocation("error", error=f"the module exports no function {export}")
        params: Any = (ffi.wasmtime_val_t * len(args))()
        for at, (kind, value) in enumerate(zip(type_.params, args, strict=True)):
            params[at].kind = KINDS[kind]
            setattr(params[at].of, kind, value)
        results: Any = (ffi.wasmtime_val_t * len(type_.results))()
        ended = self._call(function, params, len(args), results, len(results))
        if ended.ended != "return":
            return ended
        values = (getattr(results[at].of, kind) for at, kind in enumerate(type_.results))
        return ended._replace(returns=tuple(values))

    def _grant(self, given: Given) -> str:
        """Gives the guest its arguments, variables, streams and directories, and nothing else."""
        wasi = ffi.wasi_config_new()
        callbacks, number = self._loaded.callbacks, self.guest.number
        argv, names, values = (
            given.argv,
            [name for name, _value in given.env],
            [value for _name, value in given.env],
        )
        told = ""
        if not ffi.wasi_config_set_argv(wasi, len(argv), _texts(argv)):
            told = "the engine does not take the arguments"
        if not ffi.wasi_config_set_env(wasi, len(names), _texts(names), _texts(values)):
            told = "the engine does not take the environment"
        if given.stdin:
            ffi.wasi_config_set_stdin_bytes(wasi, ctypes.byref(ffi.bytes_to_capi(given.stdin)))
        out, err = self.guest.out, self.guest.err
        if isinstance(out, Written) and isinstance(err, Written):
            if not (
                ffi.wasi_config_set_stdout_file(wasi, out.path.encode())
                and ffi.wasi_config_set_stderr_file(wasi, err.path.encode())
            ):
                told = "the files for what it writes cannot be opened"
        else:
            ffi.wasi_config_set_stdout_custom(wasi, callbacks.wrote_out, number, NOTHING)
            ffi.wasi_config_set_stderr_custom(wasi, callbacks.wrote_err, number, NOTHING)
        for preopen in self._loaded.settings.preopens:
            host, guest = preopen.host.encode(), preopen.guest.encode()
            if not ffi.wasi_config_preopen_dir(wasi, host, guest, not preopen.read_only):
                told = f"the granted directory {preopen.host} cannot be opened"
        if told:
            ffi.wasi_config_delete(wasi)
            return told
        ffi.wasmtime_context_set_wasi(self._context, wasi)
        return ""

    def _export(self, name: bytes) -> Any:
        found = ffi.wasmtime_extern_t()
        if ffi.wasmtime_instance_export_get(
            self._context, ctypes.byref(self._instance), name, len(name), ctypes.byref(found)
        ):
            return found
        return None

    def _call(self, function: Any, params: Any, n: int, results: Any, m: int) -> Invocation:
        trap = ctypes.POINTER(ffi.wasm_trap_t)()
        error = ffi.wasmtime_func_call(
            self._context,
            ctypes.byref(function.of.func),
            params,
            n,
            results,
            m,
            ctypes.byref(trap),
        )
        return self._ended(error, trap)

    def _ended(self, error: Any, trap: Any) -> Invocation:
        guest = self.guest
        self._look()
        out, err = guest.out.value(), guest.err.value()
        ended, text = _how(error, trap, guest.exit)
        cause, backtrace = cause_and_backtrace(text) if text else ("", "")
        if guest.failed:
            ended, cause = "error", guest.failed
        elif guest.ending == "timeout":
            ended, cause = "timeout", "it was stopped after its time"
        elif guest.ending == "output":
            most = self._loaded.settings.output_bytes
            ended, cause = "output", f"it wrote more than {most:,} bytes"
        elif (ended == "trap" or guest.exit) and _is_without_memory(err, out):
            ended, cause = "memory", "its program got no more memory"
        code = guest.exit if ended in ("exit", "memory") else None
        return Invocation(ended, code, out, err, cause, backtrace, self._memory_bytes())

    def _memory_bytes(self) -> int | None:
        sizes = [
            ffi.wasmtime_memory_data_size(self._context, ctypes.byref(found.of.memory))
            for name in self._loaded.settings.memories
            if (found := self._export(name.encode())) is not None
        ]
        return max(sizes) if sizes else None


def _how(error: Any, trap: Any, code: int | None) -> tuple[Ended, str]:
    """How the engine says that a call ended, and in which words; proc_exit ends by a trap of ours.

    The words are not asked for then: to write a backtrace takes 60 us, a tenth of a run of hello.
    """
    if code is not None and (error or trap):
        (ffi.wasmtime_error_delete if error else ffi.wasm_trap_delete)(error or trap)
        return "exit", ""
    if error:
        return "trap", str(wasmtime.WasmtimeError._from_ptr(error))
    if trap:
        return "trap", wasmtime.Trap._from_ptr(trap).message
    return "return", ""


def _is_without_memory(*written: bytes) -> bool:
    return any(NO_MEMORY.search(each[-TAIL_BYTES:]) for each in written)


def _texts(texts: Any) -> Any:
    return ctypes.cast((ctypes.c_char_p * len(texts))(*texts), TEXTS)
