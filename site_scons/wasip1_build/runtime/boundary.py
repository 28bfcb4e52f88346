"""How often does a module call each function that it imports? Counted inside the engine.

Two small modules stand between the guest and its host. The door has one function for each import,
which calls through a table: the guest is linked with those, by position, because Go imports
fd_write twice. The counter is instantiated after the guest. It imports the guest's memory and
exports it again, since a function of WASI takes the memory that its caller exports; it wraps each
of the host's functions with a counter, and fills the table with the wrappers. The guest's own code
stays as it is, and a call costs some 8 ns more; a Python function around each call is 27 times
slower (measured with wasmtime 49).
"""

from __future__ import annotations

from collections.abc import Iterator

import wasmtime

from wasip1_build.runtime.request import HostFunction

Crossings = tuple[HostFunction, ...]  # a module's imports, by position


class NotCountedError(Exception):
    """Why the calls of a module cannot be counted; one text for people."""


class Counted:
    """A guest that was instantiated, and the counters of its imports."""

    def __init__(
        self, crossings: Crossings, guest: wasmtime.Instance, counter: wasmtime.Instance
    ) -> None:
        self.guest = guest
        self._crossings = crossings
        self._counter = counter

    def calls(self, store: wasmtime.Store) -> tuple[tuple[str, str, int], ...]:
        """Module, function and calls so far, for each import in the module's own order."""
        exports = self._counter.exports(store)
        return tuple(
            (each.module, each.name, _value(store, exports[f"calls {number}"]))
            for number, each in enumerate(self._crossings)
        )


def count_calls(
    store: wasmtime.Store, linker: wasmtime.Linker, module: wasmtime.Module, crossings: Crossings
) -> Counted:
    """Instantiates a module whose calls are counted; `crossings` are all that it imports. Its store
    must allow three instances.

    Raises NotCountedError where it has a start function that calls out, or no memory that it
    exports; WasmtimeError where it cannot be linked.
    """
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
    return Counted(crossings, guest, counter)


def door_wat(crossings: Crossings) -> str:
    """The module through whose table the guest calls."""
    return "\n".join(
        [
            f'(module (table (export "table") {len(crossings)} funcref)',
            *(
                f'(func (export "call {number}") {_signature(each)} '
                f"(call_indirect {_signature(each)} {_arguments(each)} (i32.const {number})))"
                for number, each in enumerate(crossings)
            ),
            ")",
        ]
    )


def counter_wat(crossings: Crossings) -> str:
    """The module that counts, and then calls the host's own functions."""
    return "\n".join(["(module", *_counter_fields(crossings), ")"])


def _counter_fields(crossings: Crossings) -> Iterator[str]:
    yield '(import "guest" "memory" (memory 0))'
    yield f'(import "door" "table" (table {len(crossings)} funcref))'
    for number, each in enumerate(crossings):
        yield f'(import "host" "{number}" (func $host{number} {_signature(each)}))'
    yield '(export "memory" (memory 0))'
    for number, each in enumerate(crossings):
        yield f'(global $calls{number} (export "calls {number}") (mut i64) (i64.const 0))'
        yield (
            f"(func $counted{number} {_signature(each)} (global.set $calls{number} "
            f"(i64.add (global.get $calls{number}) (i64.const 1))) "
            f"(call $host{number} {_arguments(each)}))"
        )
    wrappers = " ".join(f"$counted{number}" for number in range(len(crossings)))
    yield f"(elem (i32.const 0) func {wrappers})"


def _signature(function: HostFunction) -> str:
    """Its type as WAT has it."""
    params = f"(param {' '.join(function.params)})" if function.params else ""
    results = f"(result {' '.join(function.results)})" if function.results else ""
    return f"{params} {results}".strip()


def _arguments(function: HostFunction) -> str:
    """WAT that pushes all its parameters."""
    return " ".join(f"(local.get {number})" for number in range(len(function.params)))


def _value(store: wasmtime.Store, counter: object) -> int:
    assert isinstance(counter, wasmtime.Global)
    return int(counter.value(store))
