"""Instructions are counted to the last, and a guest cannot see another time or chance."""

from __future__ import annotations

import time

import pytest
import wasmtime

from wasip1_build.runtime.fuel import BEGIN_NS, STEP_NS, instance_with_fuel, used

WASI = """
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get"
    (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)"""


class Guest:
    """An instance of a module with one function."""

    def __init__(self, body: str) -> None:
        config = wasmtime.Config()
        config.consume_fuel = True
        engine = wasmtime.Engine(config)
        self.store = wasmtime.Store(engine)
        self.store.set_wasi(wasmtime.WasiConfig())
        linker = wasmtime.Linker(engine)
        linker.define_wasi()
        module = wasmtime.Module(engine, f'(module {WASI} (func (export "f") (result i32) {body}))')
        self.instance = instance_with_fuel(self.store, linker, module)

    def run(self) -> int:
        function = self.instance.exports(self.store)["f"]
        assert isinstance(function, wasmtime.Func)
        result: int = function(self.store)
        return result

    def read(self, at: int, size: int) -> bytes:
        memory = self.instance.exports(self.store)["memory"]
        assert isinstance(memory, wasmtime.Memory)
        return bytes(memory.read(self.store, at, at + size))


def spent(body: str) -> int:
    guest = Guest(body)
    guest.run()
    return used(guest.store)


def test_each_turn_of_a_loop_is_counted() -> None:
    loop = (
        "(local $n i32) (local.set $n (i32.const {n})) (loop $l (br_if $l (local.tee $n (i32.sub"
        " (local.get $n) (i32.const 1))))) (i32.const 0)"
    )
    ten, thousand = spent(loop.format(n=10)), spent(loop.format(n=1000))
    assert (thousand - ten) % 990 == 0
    assert 4 <= (thousand - ten) // 990 <= 7
    assert ten == spent(loop.format(n=10))


def test_random_numbers_are_the_same_in_each_run_and_not_all_equal() -> None:
    body = "(call $random (i32.const 0) (i32.const 64))"
    guests = [Guest(body), Guest(body)]
    assert [guest.run() for guest in guests] == [0, 0]
    first, second = (guest.read(0, 64) for guest in guests)
    assert first == second
    assert len(set(first)) > 16


def test_a_clock_moves_when_it_is_asked() -> None:
    guest = Guest("(call $clock (i32.const 0) (i64.const 1) (i32.const 8))")
    times = []
    for _ in range(2):
        assert guest.run() == 0
        times.append(int.from_bytes(guest.read(8, 8), "little"))
    assert times == [BEGIN_NS + STEP_NS, BEGIN_NS + 2 * STEP_NS]


def test_who_sleeps_finds_his_time_passed_and_has_not_waited() -> None:
    hour_ns = 3600 * 10**9
    guest = Guest(
        f"(i64.store (i32.const 0) (i64.const 77)) (i64.store (i32.const 24) (i64.const {hour_ns}))"
        "(drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))"
        "(call $clock (i32.const 0) (i64.const 1) (i32.const 136))"
    )
    before = time.monotonic()
    assert guest.run() == 0
    assert time.monotonic() - before < 3600
    assert guest.read(64, 12) == (77).to_bytes(8, "little") + bytes(4)  # userdata, success, a clock
    assert guest.read(128, 4) == (1).to_bytes(4, "little")
    assert int.from_bytes(guest.read(136, 8), "little") == BEGIN_NS + hour_ns + STEP_NS


@pytest.mark.parametrize(("flags", "passed_ns"), [(0, BEGIN_NS + 5), (1, BEGIN_NS)])
def test_a_time_to_wait_for_is_relative_or_absolute(flags: int, passed_ns: int) -> None:
    guest = Guest(
        f"(i64.store (i32.const 24) (i64.const 5)) (i32.store16 (i32.const 40) (i32.const {flags}))"
        "(drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))"
        "(call $clock (i32.const 0) (i64.const 1) (i32.const 136))"
    )
    guest.run()
    assert int.from_bytes(guest.read(136, 8), "little") == passed_ns + STEP_NS


def test_nothing_but_clocks_can_be_waited_for() -> None:
    guest = Guest(
        "(i32.store8 (i32.const 8) (i32.const 1))"  # fd_read
        "(call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128))"
    )
    assert guest.run() == 58  # notsup
