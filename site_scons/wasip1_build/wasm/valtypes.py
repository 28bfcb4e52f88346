"""Which types does a module declare: values, references, functions, and what GC adds to them?"""

from __future__ import annotations

from collections.abc import Iterator

from wasip1_build.wasm.cursor import Cursor
from wasip1_build.wasm.types import FuncType

MAX_TYPES = 100_000  # a tenth of the engines' limit; a Go program of 53 MB has some hundreds
MAX_PARAMS = MAX_RESULTS = 1000  # the engines' limits
MAX_FIELDS = 10_000
MAX_SUPERTYPES = 1

NUMERIC = {0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64", 0x7B: "v128"}
PACKED = {0x78: "i8", 0x77: "i16"}
# Abstract heap types, as the single bytes that also abbreviate (ref null ...).
HEAP = {
    0x70: "func",
    0x6F: "extern",
    0x6E: "any",
    0x6D: "eq",
    0x6C: "i31",
    0x6B: "struct",
    0x6A: "array",
    0x69: "exn",
    0x68: "cont",
    0x71: "none",
    0x72: "noextern",
    0x73: "nofunc",
    0x74: "noexn",
    0x75: "nocont",
}
NULLED = {"none": "nullref"}  # the one abbreviation that is not formed like the others
REF, REF_NULL = 0x64, 0x63
FUNC, STRUCT, ARRAY, CONT = 0x60, 0x5F, 0x5E, 0x5D
REC, SUB, SUB_FINAL = 0x4E, 0x50, 0x4F


def read_types(cursor: Cursor) -> list[FuncType | None]:
    """The type section by type index; None for what is no function type."""
    types: list[FuncType | None] = []
    for _ in range(cursor.count("types", MAX_TYPES, least_bytes=2)):
        types.extend(_group(cursor))
        if len(types) > MAX_TYPES:
            raise cursor.fail(f"more than {MAX_TYPES} types")
    return types


def value_type(cursor: Cursor) -> str:
    """A value type's name in the text format."""
    start = cursor.position
    code = cursor.u8()
    if code in NUMERIC:
        return NUMERIC[code]
    if code in HEAP:
        return _abbreviated(HEAP[code])
    if code in (REF, REF_NULL):
        null = "null " if code == REF_NULL else ""
        return f"(ref {null}{_heap_type(cursor)})"
    raise cursor.fail(f"an unknown value type {code:#04x}", start)


def reference_type(cursor: Cursor) -> str:
    """A value type that is a reference, as tables hold."""
    start = cursor.position
    name = value_type(cursor)
    if name in NUMERIC.values():
        raise cursor.fail(f"a table of {name}", start)
    return name


def _abbreviated(heap: str) -> str:
    if heap.startswith("no") and heap not in NULLED:
        return f"null{heap[2:]}ref"
    return NULLED.get(heap, f"{heap}ref")


def _heap_type(cursor: Cursor) -> str:
    start = cursor.position
    if cursor.peek() in HEAP:
        return HEAP[cursor.u8()]
    index = cursor.signed(33)
    if index < 0:
        raise cursor.fail("an unknown heap type", start)
    return str(index)


def _group(cursor: Cursor) -> Iterator[FuncType | None]:
    """One type, or all of a recursion group."""
    if cursor.peek() != REC:
        yield _sub_type(cursor)
        return
    cursor.u8()
    for _ in range(cursor.count("types of one group", MAX_TYPES, least_bytes=2)):
        yield _sub_type(cursor)


def _sub_type(cursor: Cursor) -> FuncType | None:
    if cursor.peek() in (SUB, SUB_FINAL):
        cursor.u8()
        for _ in range(cursor.count("supertypes", MAX_SUPERTYPES)):
            cursor.u32()
    start = cursor.position
    form = cursor.u8()
    if form == FUNC:
        return _func_type(cursor)
    if form == STRUCT:
        for _ in range(cursor.count("fields", MAX_FIELDS, least_bytes=2)):
            _field(cursor)
    elif form == ARRAY:
        _field(cursor)
    elif form == CONT:
        cursor.signed(33)
    else:
        raise cursor.fail(f"a type of unknown form {form:#04x}", start)
    return None


def _func_type(cursor: Cursor) -> FuncType:
    params = cursor.count("parameters", MAX_PARAMS)
    param_types = tuple(value_type(cursor) for _ in range(params))
    results = cursor.count("results", MAX_RESULTS)
    return FuncType(param_types, tuple(value_type(cursor) for _ in range(results)))


def _field(cursor: Cursor) -> None:
    if cursor.peek() in PACKED:
        cursor.u8()
    else:
        value_type(cursor)
    mutability(cursor)


def mutability(cursor: Cursor) -> bool:
    """Whether a global or a field can be changed."""
    start = cursor.position
    flag = cursor.u8()
    if flag > 1:
        raise cursor.fail(f"an unknown mutability {flag:#04x}", start)
    return flag == 1
