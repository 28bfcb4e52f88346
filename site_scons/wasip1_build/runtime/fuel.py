"""How many instructions does a guest execute? By the engine's fuel, under a fixed clock and chance.

Code must be compiled for it (Config.consume_fuel): the engine then counts, at each loop and call,
one unit for nearly each instruction of WebAssembly since the last
(https://docs.rs/wasmtime/latest/wasmtime/struct.Config.html#method.consume_fuel). Go's runtime
asks for random numbers to seed its maps and for the time in its scheduler: two runs of a program
that prints "hello" differ by 0.4 %, and with both fixed they agree to the last unit (measured with
wasmtime 49 and Go 1.27). So a clock moves on only when it is asked, and a guest that sleeps finds
its time passed.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import suppress

import wasmtime

FUEL = 1 << 62  # more than any guest burns in the time that it has
WASI = "wasi_snapshot_preview1"
BEGIN_NS = 1_700_000_000 * 10**9  # November 2023
STEP_NS = 1000  # between two questions to the clock

# https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md: subscription and event.
_SUBSCRIPTION = struct.Struct("<QB7xI4xQQH6x")  # userdata, tag, clock, timeout, precision, flags
_EVENT = struct.Struct("<QHB21x")  # userdata, errno, type
_CLOCK_TAG, _ABSOLUTE = 0, 1
_SUCCESS, _NOT_SUPPORTED = 0, 58
_U32 = 0xFFFFFFFF  # the Python library gives an i32 its sign

_TYPES = {
    "clock_time_get": (("i32", "i64", "i32"), "i32"),
    "random_get": (("i32", "i32"), "i32"),
    "poll_oneoff": (("i32", "i32", "i32", "i32"), "i32"),
}


def instance_with_fuel(
    store: wasmtime.Store, linker: wasmtime.Linker, module: wasmtime.Module
) -> wasmtime.Instance:
    """Instantiates a module with fuel for any run, where time and chance are fixed. Raises
    WasmtimeError and Trap."""
    store.set_fuel(FUEL)
    fixed = _Fixed(store)
    functions: dict[str, Callable[..., int]] = {
        "clock_time_get": fixed.clock_time_get,
        "random_get": fixed.random_get,
        "poll_oneoff": fixed.poll_oneoff,
    }
    linker.allow_shadowing = True
    for name, function in functions.items():
        linker.define_func(WASI, name, _type(*_TYPES[name]), function)
    linker.allow_shadowing = False
    instance = linker.instantiate(store, module)
    with suppress(KeyError):  # then the guest calls none of these with a place to write to
        memory = instance.exports(store)["memory"]
        fixed.memory = memory if isinstance(memory, wasmtime.Memory) else None
    return instance


def used(store: wasmtime.Store) -> int:
    """The units of fuel that its guest burned."""
    return FUEL - store.get_fuel()


class _Fixed:
    """Functions of WASI whose answers depend on nothing but what they were asked before."""

    def __init__(self, store: wasmtime.Store) -> None:
        self.memory: wasmtime.Memory | None = None
        self._store = store
        self._now_ns = BEGIN_NS
        self._random = 0

    def clock_time_get(self, _clock: int, _precision: int, result: int) -> int:
        self._now_ns += STEP_NS
        return self._write(result, self._now_ns.to_bytes(8, "little"))

    def random_get(self, pointer: int, size: int) -> int:
        return self._write(pointer, bytes(self._bytes(size & _U32)))

    def poll_oneoff(self, asked: int, answers: int, number: int, result: int) -> int:
        """Every clock that is waited for has come to its time; nothing else can be waited for."""
        events = b""
        for n in range(number & _U32):
            data = self._read(asked + n * _SUBSCRIPTION.size, _SUBSCRIPTION.size)
            userdata, tag, _clock, timeout_ns, _precision, flags = _SUBSCRIPTION.unpack(data)
            if tag != _CLOCK_TAG:
                return _NOT_SUPPORTED
            until_ns = timeout_ns if flags & _ABSOLUTE else self._now_ns + timeout_ns
            self._now_ns = max(self._now_ns, until_ns)
            events += _EVENT.pack(userdata, _SUCCESS, _CLOCK_TAG)
        self._write(answers, events)
        return self._write(result, number.to_bytes(4, "little"))

    def _bytes(self, size: int) -> Iterator[int]:
        """A linear congruential generator's (Knuth's MMIX): the same ones in each run."""
        for _ in range(size):
            self._random = (self._random * 6364136223846793005 + 1442695040888963407) % (1 << 64)
            yield self._random >> 56

    def _read(self, pointer: int, size: int) -> bytes:
        assert self.memory is not None
        begin = pointer & _U32
        return bytes(self.memory.read(self._store, begin, begin + size))

    def _write(self, pointer: int, data: bytes) -> int:
        assert self.memory is not None
        self.memory.write(self._store, data, pointer & _U32)
        return _SUCCESS


def _type(params: tuple[str, ...], result: str) -> wasmtime.FuncType:
    kinds = {"i32": wasmtime.ValType.i32, "i64": wasmtime.ValType.i64}
    return wasmtime.FuncType([kinds[each]() for each in params], [kinds[result]()])
