"""The table of preview-1 functions agrees with an engine that has them all."""

from __future__ import annotations

import pytest
import wasmtime

from wasip1_build.wasm.preview1 import FUNCTIONS, MODULE
from wasip1_build.wasm.types import FuncType
from wasm_writer import module


@pytest.fixture(scope="module")
def linker() -> wasmtime.Linker:
    linker = wasmtime.Linker(wasmtime.Engine())
    linker.define_wasi()
    return linker


def instantiate(linker: wasmtime.Linker, name: str, type_: FuncType) -> None:
    store = wasmtime.Store(linker.engine)
    store.set_wasi(wasmtime.WasiConfig())
    data = module(imports=[(MODULE, name, type_)])
    linker.instantiate(store, wasmtime.Module(linker.engine, data))


def test_preview_1_has_46_functions() -> None:
    assert len(FUNCTIONS) == 46


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_engine_has_each_function_with_the_type_in_the_table(
    linker: wasmtime.Linker, name: str
) -> None:
    instantiate(linker, name, FUNCTIONS[name])


@pytest.mark.parametrize("name", ["fd_write", "path_open", "proc_exit"])
def test_an_engine_refuses_another_type(linker: wasmtime.Linker, name: str) -> None:
    with pytest.raises(wasmtime.WasmtimeError, match="incompatible import type"):
        instantiate(linker, name, FuncType(("f64",), ()))


def test_an_engine_has_no_function_that_is_not_in_the_table(linker: wasmtime.Linker) -> None:
    with pytest.raises(wasmtime.WasmtimeError, match="unknown import"):
        instantiate(linker, "fd_wirte", FUNCTIONS["fd_write"])


def test_a_function_type_reads_as_in_the_spec() -> None:
    assert str(FUNCTIONS["clock_time_get"]) == "(i32, i64, i32) -> i32"
    assert str(FUNCTIONS["proc_exit"]) == "(i32)"
