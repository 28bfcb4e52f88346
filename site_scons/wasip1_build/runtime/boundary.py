"""How often does a module call each function that it imports, and what crosses there? Counted
inside the engine.

Two small modules stand between the guest and its host. The door has one function for each import,
which calls through a table: the guest is linked with those, by position, because Go imports
fd_write twice. The counter is instantiated after the guest. It imports the guest's memory and
exports it again, since a function of WASI takes the memory that its caller exports; it wraps each
of the host's functions with what counts its calls, its errors and the bytes that it moved, and
fills the table with the wrappers. The guest's own code stays as it is, and a call costs 2 to 10 ns
more (bench/boundary_cost.py); a Python function around each call is 27 times slower (measured with
wasmtime 49).
"""

from __future__ import annotations

import struct

import wasmtime

from wasip1_build.runtime.request import Crossing
from wasip1_build.runtime.shims import (
    BUCKETS,
    ERRNOS,
    PAGE_BYTES,
    Crossings,
    Place,
    counter_wat,
    door_wat,
    places,
)


class NotCountedError(Exception):
    """Why the calls of a module cannot be counted; one text for people."""


class Counted:
    """A guest that was instantiated, and the counts of its imports."""

    def __init__(
        self, crossings: Crossings, guest: wasmtime.Instance, counts: wasmtime.Memory
    ) -> None:
        self.guest = guest
        self._crossings = crossings
        self._counts = counts

    def crossings(self, store: wasmtime.Store) -> tuple[Crossing, ...]:
        """What crossed so far at each import, in the module's own order."""
        data = bytes(self._counts.read(store, 0, PAGE_BYTES))
        return tuple(
            _crossing(data, place, each.module, each.name)
            for each, place in zip(self._crossings, places(self._crossings)[0], strict=True)
        )


def count_calls(
    store: wasmtime.Store, linker: wasmtime.Linker, module: wasmtime.Module, crossings: Crossings
) -> Counted:
    """Instantiates a module whose calls are counted; `crossings` are all that it imports. Its store
    must allow three instances and two memories.

    Raises NotCountedError where it has a start function that calls out, no memory that it exports
    or more imports than a page has counts for; WasmtimeError where it cannot be linked.
    """
    if places(crossings)[1] > PAGE_BYTES:
        raise NotCountedError(f"it imports {len(crossings)} functions, too many to count")
    door = wasmtime.Instance(store, wasmtime.Module(store.engine, door_wat(crossings)), [])
    doors = door.exports(store)
    inwards = [doors[f"call {number}"] for number in range(len(crossings))]
    try:
        guest = wasmtime.Instance(store, module, inwards)
    except wasmtime.Trap as trap:
        raise NotCountedError(f"its start function does not return: {trap.message}") from None
    memory = guest.exports(store).get("memory")
    if not isinstance(memory, wasmtime.Memory):
        raise NotCountedError('it exports no memory named "memory"')
    outwards = [linker.get(store, each.module, each.name) for each in crossings]
    counter = wasmtime.Instance(
        store,
        wasmtime.Module(store.engine, counter_wat(crossings)),
        [memory, doors["table"], *outwards],
    )
    counts = counter.exports(store)["counts"]
    assert isinstance(counts, wasmtime.Memory)
    return Counted(crossings, guest, counts)


def _crossing(data: bytes, place: Place, module: str, name: str) -> Crossing:
    [calls] = _counts(data, place.calls)
    errnos = () if place.errnos is None else _counts(data, place.errnos, ERRNOS)
    return Crossing(
        module,
        name,
        calls,
        None if place.size_bytes is None else _counts(data, place.size_bytes)[0],
        () if place.sizes is None else _counts(data, place.sizes, BUCKETS),
        tuple((errno, count) for errno, count in enumerate(errnos) if count),
    )


def _counts(data: bytes, at: int, number: int = 1) -> tuple[int, ...]:
    return struct.unpack_from(f"<{number}Q", data, at)
