"""The module that does nothing but call its host, run by the engine."""

from __future__ import annotations

from pathlib import Path

import pytest
import wasmtime

from wasip1_build.measure.bench.host_call import calling_module, host_call_ns
from wasip1_build.runtime.granted import Layout
from wasip1_build.runtime.trial import Subject


@pytest.mark.parametrize("calls", [1, 63, 64, 127, 128, 10_000])
def test_it_calls_so_often_and_writes_one_byte_each_time(calls: int, tmp_path: Path) -> None:
    engine = wasmtime.Engine()
    linker, store = wasmtime.Linker(engine), wasmtime.Store(engine)
    linker.define_wasi()
    wasi = wasmtime.WasiConfig()
    wasi.stdout_file = str(tmp_path / "out")
    store.set_wasi(wasi)
    module = wasmtime.Module(engine, calling_module(calls))
    start = linker.instantiate(store, module).exports(store)["_start"]
    assert isinstance(start, wasmtime.Func)
    start(store)
    assert (tmp_path / "out").read_bytes() == b"." * calls


def test_what_a_call_costs_is_some_nanoseconds_and_nothing_stays(tmp_path: Path) -> None:
    subject = Subject("a", "command", tmp_path, tmp_path, None, Layout(), (), tmp_path / "none")
    cost = host_call_ns(subject)
    assert cost and 1 < cost < 1_000_000
    assert list(tmp_path.iterdir()) == []
