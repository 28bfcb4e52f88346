"""The two small modules that stand between a guest and its host, as WAT, and how the counts lie.

The counts are in a second memory of the counter's own, because a size and an errno are known only
when a call is made, and nothing but a memory can be indexed then. It has one page, so that it fits
below any cap of the guest's. The lines that one import has there follow each other in the order of
`Place`'s fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from wasip1_build.runtime.request import HostFunction

Crossings = tuple[HostFunction, ...]  # a module's imports, by position

PREVIEW1 = "wasi_snapshot_preview1"  # (a run's child does not read modules: see request.py)
PAGE_BYTES = 65536
COUNT_BYTES = 8  # each is an i64
BUCKETS = 33  # no byte, 1, 2 to 3, 4 to 7, ... 2**31 to 2**32 - 1
ERRNOS = 128  # preview 1 has 77; a power of two, so that a mask keeps what a host says within it

# The parameter that points to the number of bytes that a call moved, as a u32, once it succeeded
# (wasi_snapshot_preview1.witx, lowered: results are written through pointers).
COUNT_AT: Mapping[str, int] = MappingProxyType(
    {
        "fd_pread": 4,
        "fd_pwrite": 4,
        "fd_read": 3,
        "fd_readdir": 4,
        "fd_write": 3,
        "sock_recv": 4,
        "sock_send": 4,
    }
)
# The parameter that is that number: these move all or fail.
COUNT_IS: Mapping[str, int] = MappingProxyType({"random_get": 1})


class Place(NamedTuple):
    """Where the counts of one import begin in the counter's memory; None: there are none."""

    calls: int
    errnos: int | None
    size_bytes: int | None
    sizes: int | None


def places(crossings: Crossings) -> tuple[tuple[Place, ...], int]:
    """The place of each import's counts, and how many bytes all of them have."""
    found, at = [], 0
    for each in crossings:
        calls, at = at, at + COUNT_BYTES
        errnos = size_bytes = sizes = None
        if _has_errno(each):
            errnos, at = at, at + ERRNOS * COUNT_BYTES
        if _moved(each):
            size_bytes, at = at, at + COUNT_BYTES
            sizes, at = at, at + BUCKETS * COUNT_BYTES
        found.append(Place(calls, errnos, size_bytes, sizes))
    return tuple(found), at


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
    """The module that counts around each call of the host's own functions."""
    return "\n".join(["(module", *_counter_fields(crossings), ")"])


def _counter_fields(crossings: Crossings) -> Iterator[str]:
    yield '(import "guest" "memory" (memory $guest 0))'
    yield f'(import "door" "table" (table {len(crossings)} funcref))'
    for number, each in enumerate(crossings):
        yield f'(import "host" "{number}" (func $host{number} {_signature(each)}))'
    yield '(export "memory" (memory $guest))'
    yield '(memory $counts (export "counts") 1 1)'
    for number, (each, place) in enumerate(zip(crossings, places(crossings)[0], strict=True)):
        yield f"(func $counted{number} {_signature(each)} {_counted(number, each, place)})"
    wrappers = " ".join(f"$counted{number}" for number in range(len(crossings)))
    yield f"(elem (i32.const 0) func {wrappers})"


def _counted(number: int, function: HostFunction, place: Place) -> str:
    """A function's body: the call is counted before it is made, as it may not return."""
    call = f"(call $host{number} {_arguments(function)})"
    counted = _add(place.calls, "(i32.const 0)")
    if place.errnos is None:
        return f"{counted} {call}"
    errno, size = len(function.params), len(function.params) + 1  # locals after the parameters
    at = f"(i32.shl (i32.and (local.get {errno}) (i32.const {ERRNOS - 1})) (i32.const 3))"
    parts = [
        "(local i32 i32)",
        counted,
        f"(local.set {errno} {call})",
        f"(if (local.get {errno}) (then {_add(place.errnos, at)})",
    ]
    if place.size_bytes is not None and place.sizes is not None:
        bucket = f"(i32.shl (i32.sub (i32.const 32) (i32.clz (local.get {size}))) (i32.const 3))"
        parts += [
            f"(else (local.set {size} {_moved(function)})",
            _add(place.size_bytes, "(i32.const 0)", f"(i64.extend_i32_u (local.get {size}))"),
            f"{_add(place.sizes, bucket)})",
        ]
    return " ".join([*parts, ")", f"(local.get {errno})"])


def _add(place: int, at: str, number: str = "(i64.const 1)") -> str:
    """Adds to the count that lies `at` bytes after a place."""
    loaded = f"(i64.load $counts offset={place} {at})"
    return f"(i64.store $counts offset={place} {at} (i64.add {loaded} {number}))"


def _has_errno(function: HostFunction) -> bool:
    return function.module == PREVIEW1 and function.results == ("i32",)


def _moved(function: HostFunction) -> str:
    """WAT for the number of bytes that a call moved which succeeded; empty: not known."""
    if not _has_errno(function):
        return ""
    for numbers, wat in ((COUNT_AT, "(i32.load $guest {})"), (COUNT_IS, "{}")):
        at = numbers.get(function.name)
        # (a module can declare any type; with a wrong one it will not be linked)
        if at is not None and function.params[at : at + 1] == ("i32",):
            return wat.format(f"(local.get {at})")
    return ""


def _signature(function: HostFunction) -> str:
    """Its type as WAT has it."""
    params = f"(param {' '.join(function.params)})" if function.params else ""
    results = f"(result {' '.join(function.results)})" if function.results else ""
    return f"{params} {results}".strip()


def _arguments(function: HostFunction) -> str:
    """WAT that pushes all its parameters."""
    return " ".join(f"(local.get {number})" for number in range(len(function.params)))
