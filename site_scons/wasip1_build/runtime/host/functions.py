"""The functions that a host gives its guests beside preview 1: Python's, called with numbers."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import wasmtime
from wasmtime import _ffi as ffi

from wasip1_build.findings import failure
from wasip1_build.runtime.host.callbacks import NOTHING, Callbacks, trap_address
from wasip1_build.runtime.host_functions import Guest as Memory
from wasip1_build.runtime.host_functions import HostError, load, results_of, shown_error, valtype
from wasip1_build.runtime.request import HostFunction
from wasip1_build.wasm import preview1

RULE = "host-functions"
KINDS = {"i32": 0, "i64": 1, "f32": 2, "f64": 3}  # wasmtime_valkind_t
Implementation = Callable[..., Any]


Given = Mapping[str, Implementation] | str | os.PathLike[str] | None


def implementations(
    artifact: str, wanted: tuple[HostFunction, ...], given: Given
) -> Mapping[str, Implementation]:
    """The functions by "module.function", given as such or as a Python file that has them.

    Raises Failure unless they are exactly those that the module imports.
    """
    if isinstance(given, str | os.PathLike):
        path = Path(given)
        try:
            given = load(str(path), path.name, wanted).written
        except HostError as error:
            raise failure(RULE, f"{artifact}: the functions of its host: {error}") from None
    _require(artifact, wanted, given or {})
    return given or {}


def _require(
    artifact: str, wanted: tuple[HostFunction, ...], given: Mapping[str, Implementation]
) -> None:
    needed = {function.id for function in wanted}
    if missing := sorted(needed - given.keys()):
        raise failure(
            RULE,
            f"{artifact} imports functions of its host that are not given: {', '.join(missing)}",
            why="a host gives what a module imports; nothing stands in for it",
            fix=f'Host.open(manifest, functions={{"{missing[0]}": ...}})',
        )
    if unknown := sorted(given.keys() - needed):
        raise failure(
            RULE,
            f"{artifact} does not import {', '.join(unknown)}",
            why=f"the functions of its host are {', '.join(sorted(needed)) or 'none'}",
            fix="leave it out, or correct its name",
        )


EXIT = HostFunction(preview1.MODULE, "proc_exit", ("i32",), ())


class Definitions:
    """Functions of the host, defined in a linker; the engine calls them while this object lives."""

    def __init__(
        self,
        callbacks: Callbacks,
        functions: tuple[HostFunction, ...],
        given: Mapping[str, Implementation],
    ) -> None:
        self._callbacks = callbacks
        self._exit = ffi.wasmtime_func_callback_t(self._exited)
        self._called = [(each, self._callback(each, given[each.id])) for each in functions]

    def define(self, linker: wasmtime.Linker) -> None:
        """Defines them beside preview 1, whose proc_exit is replaced: the engine's own takes exit
        codes below 126 only. Raises WasmtimeError where there is one of that name."""
        linker.allow_shadowing = True
        self._define(linker, EXIT, self._exit)
        linker.allow_shadowing = False
        for function, called in self._called:
            self._define(linker, function, called)

    def _define(self, linker: wasmtime.Linker, function: HostFunction, called: Any) -> None:
        module, name = function.module.encode(), function.name.encode()
        type_ = wasmtime.FuncType(
            [valtype(each) for each in function.params],
            [valtype(each) for each in function.results],
        )
        error = ffi.wasmtime_linker_define_func(
            linker.ptr(), module, len(module), name, len(name), type_.ptr(), called, 0, NOTHING
        )
        if error:
            raise wasmtime.WasmtimeError._from_ptr(error)

    def _exited(self, _data: Any, caller: Any, params: Any, _m: int, _r: Any, _n: int) -> int:
        guest = self._callbacks.guest_of(ffi.wasmtime_caller_context(caller))
        guest.exit = params[0].of.i32 & 0xFFFFFFFF
        return trap_address(b"proc_exit")

    def _callback(self, function: HostFunction, implementation: Implementation) -> Any:
        def call(_data: Any, pointer: Any, params: Any, count: int, results: Any, _n: int) -> int:
            caller = wasmtime.Caller(pointer)
            guest = self._callbacks.guest_of(caller._context())
            try:
                values = [
                    getattr(params[at].of, kind) for at, kind in enumerate(function.params[:count])
                ]
                returned = results_of(implementation(Memory(caller), *values), function)
            except BaseException as error:
                guest.fail(error, _told(function, error))
                return trap_address(b"a function of the host failed")
            finally:
                caller._invalidate()
            for at, (kind, value) in enumerate(zip(function.results, returned, strict=True)):
                results[at].kind = KINDS[kind]
                setattr(results[at].of, kind, value)
            return 0

        return ffi.wasmtime_func_callback_t(call)


def _told(function: HostFunction, error: BaseException) -> str:
    if isinstance(error, HostError):
        return str(error)
    own = error.__traceback__ and error.__traceback__.tb_next
    name = own.tb_frame.f_code.co_filename if own else "the host"
    return f"{function.id}: {shown_error(error, name)}"
