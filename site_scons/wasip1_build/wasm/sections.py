"""Is this a core WebAssembly module, and which sections does it have, and where?"""

from __future__ import annotations

from wasip1_build.findings import Failure, failure
from wasip1_build.wasm.cursor import RULE, Cursor, MalformedError, reporting
from wasip1_build.wasm.foreign import recognise
from wasip1_build.wasm.types import Section

MAGIC = b"\0asm"
MAX_MODULE_BYTES = 1 << 30  # the engines' common limit (WebAssembly JavaScript interface)
MAX_CUSTOM_SECTIONS = 10_000  # three bytes make one, so 1 GiB could hold 350 million

# Standard sections by id, in the order in which a module has them (not that of their ids).
ORDER: dict[int, str] = {
    1: "type",
    2: "import",
    3: "function",
    4: "table",
    5: "memory",
    13: "tag",
    6: "global",
    7: "export",
    8: "start",
    9: "element",
    12: "data count",
    10: "code",
    11: "data",
}
RANK = {section_id: rank for rank, section_id in enumerate(ORDER)}


def read_sections(data: bytes, name: str = "the module") -> tuple[Section, ...]:
    """Every section in file order; payloads are not looked into, but for custom names.

    Raises Failure where `data` is no core module: what it is instead, or what is wrong at which
    byte. `name` is what messages call the file.
    """
    if len(data) > MAX_MODULE_BYTES:
        raise failure(RULE, f"{name} is larger than {MAX_MODULE_BYTES} bytes")
    if not data.startswith(MAGIC):
        raise _not_wasm(data, name)
    _check_version(data, name)
    with reporting(name):
        return tuple(_sections(data))


def _check_version(data: bytes, name: str) -> None:
    """Refuses all but version 1 of the core format; a component has its layer in the version."""
    if data[4:8] == b"\x01\0\0\0":
        return
    if len(data) >= 8 and data[6:8] == b"\x01\0":
        raise failure(
            RULE,
            f"{name} is a component, not a core module",
            why="components are built on WASI preview 2; preview 1 runs core modules",
            fix="take the core module before `wasm-tools component new`, or build for wasip1",
        )
    with reporting(name):
        if len(data) < 8:
            raise MalformedError(len(data), "unexpected end in the header")
        version = int.from_bytes(data[4:8], "little")
        raise MalformedError(4, f"version {version} where only 1 is known")


def _sections(data: bytes) -> list[Section]:
    cursor = Cursor(data, 8, len(data), "the module")
    sections: list[Section] = []
    rank, customs = -1, 0
    while cursor.remaining:
        section = _section(cursor)
        sections.append(section)
        if section.custom:
            customs += 1
            if customs > MAX_CUSTOM_SECTIONS:
                raise cursor.fail(f"more than {MAX_CUSTOM_SECTIONS} custom sections", section.start)
        elif RANK[section.id] <= rank:
            raise cursor.fail(f"a {section.name} section twice or out of order", section.start)
        else:
            rank = RANK[section.id]
    return sections


def _section(cursor: Cursor) -> Section:
    start = cursor.position
    section_id = cursor.u8()
    if section_id and section_id not in ORDER:
        raise cursor.fail(f"a section of unknown kind {section_id}", start)
    label = ORDER.get(section_id, "custom")
    size = cursor.u32()
    payload = cursor.position
    if size > cursor.remaining:
        raise cursor.fail(
            f"a {label} section of {size} bytes where {cursor.remaining} are left", start
        )
    cursor.position = end = payload + size
    if section_id:
        return Section(section_id, label, start, payload, payload, end)
    inside = Cursor(cursor.data, payload, end, "a custom section")
    return Section(0, inside.name(), start, payload, inside.position, end)


def _not_wasm(data: bytes, name: str) -> Failure:
    known = recognise(data)
    if known:
        what, fix = known
        return failure(RULE, f"{name} is {what}, not a WebAssembly module", fix=fix)
    return failure(
        RULE,
        f"{name} is not a WebAssembly module",
        why=f"it begins with the bytes {data[:4].hex(' ')}, a module with 00 61 73 6d",
        fix="name a .wasm file that go or tinygo built",
    )
