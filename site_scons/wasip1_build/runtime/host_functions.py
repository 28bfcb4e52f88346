"""The host's side of a check: the functions of host.py or stubs, with every call counted."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import wasmtime

from wasip1_build.runtime.request import HostFunction
from wasip1_build.runtime.values import coerced

U32 = 0xFFFFFFFF
MAX_SHOWN = 10
Implementation = Callable[..., Any]


class HostError(Exception):
    """What is wrong with host.py, or with what one of its functions did; one text for people."""


class Guest:
    """What a host function is given first: the memory of the module that called it."""

    def __init__(self, caller: wasmtime.Caller) -> None:
        self._caller = caller

    def read(self, pointer: int, length: int) -> bytes:
        """`length` bytes of the guest's memory at `pointer`.

        Both are taken as unsigned 32-bit numbers. Raises IndexError outside the memory.
        """
        memory, start, stop = self._range("read", pointer, length & U32)
        return bytes(memory.read(self._caller, start, stop))

    def write(self, pointer: int, data: bytes) -> None:
        """Writes bytes into the guest's memory at `pointer`. Raises IndexError outside it."""
        memory, start, _stop = self._range("write", pointer, len(data))
        if data:
            memory.write(self._caller, bytes(data), start)

    def _range(self, verb: str, pointer: int, length: int) -> tuple[wasmtime.Memory, int, int]:
        memory = self._caller.get("memory")
        if not isinstance(memory, wasmtime.Memory):
            raise IndexError(f'cannot {verb}: the module exports no memory named "memory"')
        start = pointer & U32
        size = memory.data_len(self._caller)
        if start + length > size:
            raise IndexError(
                f"cannot {verb} {length} bytes at {start:#x}: the guest's memory has {size:#x}"
            )
        return memory, start, start + length


class HostFunctions:
    """The declared functions, ready to be linked. `calls` counts by "module.function"."""

    def __init__(
        self, functions: tuple[HostFunction, ...], written: Mapping[str, Implementation], name: str
    ) -> None:
        self.functions = functions
        self.calls = {function.id: 0 for function in functions}
        self.written = written
        self._name = name

    def define(self, linker: wasmtime.Linker) -> None:
        """Defines every function in a linker. Raises WasmtimeError where one is defined twice."""
        for function in self.functions:
            kind = wasmtime.FuncType(
                [valtype(each) for each in function.params],
                [valtype(each) for each in function.results],
            )
            linker.define_func(
                function.module, function.name, kind, self._counted(function), access_caller=True
            )

    def _counted(self, function: HostFunction) -> Callable[..., Any]:
        written = self.written.get(function.id)

        def call(caller: wasmtime.Caller, *params: int | float) -> Any:
            self.calls[function.id] += 1
            if written is None:
                return _as_wasmtime([0 for _ in function.results])
            try:
                returned = written(Guest(caller), *params)
            except (Exception, SystemExit) as error:
                raise HostError(f"{function.id}: {shown_error(error, self._name)}") from None
            return _as_wasmtime(results_of(returned, function))

        return call


def load(path: str | None, name: str, functions: tuple[HostFunction, ...]) -> HostFunctions:
    """The declared functions with those that a Python file implements; the rest are stubs.

    The file defines `functions`, a dict from "module.function" to a callable. `name` is how it is
    called in messages. Raises HostError.
    """
    if path is None:
        return HostFunctions(functions, {}, name)
    space: dict[str, Any] = {"__name__": "host"}
    try:
        source = Path(path).read_bytes()
    except OSError as error:
        raise HostError(f"{name} cannot be read: {error.strerror}") from None
    try:
        # Its functions take part in checks of this very workspace, which is trusted as the
        # SConstruct is; the module that calls them is not, hence Guest.
        exec(compile(source, name, "exec"), space)
    except (Exception, SystemExit) as error:
        raise HostError(shown_error(error, name)) from None
    written = space.get("functions")
    if not isinstance(written, dict):
        raise HostError(f'{name} defines no dict `functions`, like {{"env.emit": emit}}')
    declared = {function.id for function in functions}
    for function, implementation in written.items():
        if function not in declared:
            raise HostError(f"{name} has {function!r}; {_known(function, declared)}")
        if not callable(implementation):
            raise HostError(f"{name}: {function} is {type(implementation).__name__}, no function")
    return HostFunctions(functions, written, name)


def _known(function: object, declared: set[str]) -> str:
    """Which functions there are: all, or of a known host's hundreds those of a like name."""
    shown = sorted(declared)
    if len(shown) > MAX_SHOWN:
        from difflib import get_close_matches  # only a message about an error needs it

        shown = get_close_matches(str(function), shown, MAX_SHOWN) or shown[:MAX_SHOWN]
        return f"the host has {len(declared)} functions, such as {', '.join(shown)}"
    return f"imports.host declares {', '.join(shown) or 'nothing'}"


def valtype(kind: str) -> wasmtime.ValType:
    """The engine's own for "i32", "i64", "f32" or "f64"."""
    makers = {
        "i32": wasmtime.ValType.i32,
        "i64": wasmtime.ValType.i64,
        "f32": wasmtime.ValType.f32,
        "f64": wasmtime.ValType.f64,
    }
    return makers[kind]()


def _listed(returned: Any, function: HostFunction) -> list[Any]:
    if returned is None:
        return []
    if len(function.results) > 1 and isinstance(returned, tuple | list):
        return list(returned)
    return [returned]


def results_of(returned: Any, function: HostFunction) -> list[int | float]:
    """What a function returned, as values of its declared results. Raises HostError."""
    values = _listed(returned, function)
    if len(values) != len(function.results):
        wanted = ", ".join(function.results) or "nothing"
        got = ", ".join(type(value).__name__ for value in values) or "nothing"
        raise HostError(f"{function.id} returned {got}; its declared result is {wanted}")
    try:
        return [coerced(value, kind) for value, kind in zip(values, function.results, strict=True)]
    except ValueError as error:
        raise HostError(f"{function.id} returned a wrong value: {error}") from None


def _as_wasmtime(results: list[int | float]) -> Any:
    """The values as wasmtime takes them: None, one value, or a list."""
    if len(results) > 1:
        return results
    return results[0] if results else None


def shown_error(error: BaseException, name: str) -> str:
    """An exception as FILE:LINE: TYPE: TEXT, where FILE is host.py as the user knows it."""
    if isinstance(error, SyntaxError) and error.filename == name:
        return f"{name}:{error.lineno}: {type(error).__name__}: {error.msg}"
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name
    ]
    where = f"{name}:{frames[-1].lineno}" if frames else name
    text = "".join(traceback.format_exception_only(error)).strip()
    return f"{where}: {text}"
