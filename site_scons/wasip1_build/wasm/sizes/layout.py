"""How large is each function of a module, each piece of its data, and all else of the file?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from wasip1_build.dataclass import dataclass
from wasip1_build.wasm.cursor import Cursor, printable, reporting
from wasip1_build.wasm.module import MAX_FUNCTIONS
from wasip1_build.wasm.sections import read_sections
from wasip1_build.wasm.types import Section

HEADER_BYTES = 8  # magic and version
# The engines' common limit (WebAssembly JavaScript interface). Go's linker keeps to it: the last
# segment is all that is left, zeros included (cmd/link/internal/wasm/asm.go, writeDataSec).
MAX_SEGMENTS = 100_000
I32_CONST, END = 0x41, 0x0B
CODE_FRAMING, DATA_FRAMING = "code framing", "data framing"
# The opcodes that an offset may have ("Constant Expressions" of WebAssembly 3.0), with the bits of
# the LEB128 number after each, or 0: i32.const, i64.const, global.get; add, sub, mul of both kinds.
_CONSTANT = {I32_CONST: 32, 0x42: 64, 0x23: 32}
_CONSTANT |= dict.fromkeys((0x6A, 0x6B, 0x6C, 0x7C, 0x7D, 0x7E), 0)
# A segment at an i32.const of 0 or more, up to its content: flags, the place, end, the size.
_PLAIN = re.compile(rb"\0\x41([\x80-\xff]{0,4}[\0-\x3f])\x0b([\x80-\xff]{0,4}[\0-\x7f])")


@dataclass(frozen=True)
class Segments:
    """The pieces of data: address in memory, offset in the file, size, each in bytes.

    `addresses` is None where a segment has no place of its own before the module runs.
    """

    addresses: Sequence[int] | None
    offsets: Sequence[int]
    sizes: Sequence[int]

    @property
    def total_bytes(self) -> int:
        """What the file holds of data."""
        return sum(self.sizes)


@dataclass(frozen=True)
class Layout:
    """A module's file, divided: `bodies` (sizes of the defined functions, in order), segments of
    data, and `sections`, what is left of each section in bytes. They add up to the file."""

    all_sections: tuple[Section, ...]
    bodies: Sequence[int]
    segments: Segments
    sections: dict[str, int]


def read_layout(data: bytes, name: str = "the module") -> Layout:
    """The division of a module. `name` is what messages call the file.

    Raises Failure where it is no core module, or its code or data section is malformed.
    """
    found = read_sections(data, name)
    bodies: Sequence[int] = ()
    segments = Segments((), (), ())
    rest = {"header": HEADER_BYTES}
    for section in found:
        label, size = section.name, section.size_bytes
        with reporting(name):
            if section.custom:
                label = f"custom: {printable(section.name)}"
            elif section.name == "code":
                bodies = _bodies(data, section)
                label, size = CODE_FRAMING, size - sum(bodies)
            elif section.name == "data":
                segments = _segments(data, section)
                label, size = DATA_FRAMING, size - segments.total_bytes
        rest[label] = rest.get(label, 0) + size
    return Layout(found, bodies, segments, rest)


def _bodies(data: bytes, section: Section) -> list[int]:
    """The sizes of the functions, without the number that says each.

    A loop of its own, without the Cursor's calls: a module of 12 MB has 6000 functions.
    """
    cursor = Cursor(data, section.payload, section.end, "the code section")
    count, end = cursor.count("bodies", MAX_FUNCTIONS, least_bytes=2), section.end
    at, sizes = cursor.position, []
    for _ in range(count):
        start = at
        size, shift, byte = 0, 0, 0x80
        while byte >= 0x80 and at < end:
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
        at += size
        if at > end or byte >= 0x80 or shift > 35:
            raise cursor.fail(f"a body of {size} bytes where {end - start} are left", start)
        sizes.append(size)
    cursor.position = at
    cursor.finish()
    return sizes


def _segments(data: bytes, section: Section) -> Segments:
    """The segments. One at an i32.const, as Go and LLVM write all of theirs, is one match: a module
    of 12 MB has 100,000 of them, which take .09 s so and .25 s by a Cursor."""
    cursor = Cursor(data, section.payload, section.end, "the data section")
    count, end = cursor.count("segments", MAX_SEGMENTS, least_bytes=2), section.end
    at, fixed, match = cursor.position, True, _PLAIN.match
    addresses, offsets, sizes = [], [], []
    for _ in range(count):
        start = at
        plain = match(data, at, end)
        if plain:
            place, length = plain.groups()
            at = plain.end()
            address = _number(place)
            size = length[0] if len(length) == 1 else _number(length)
        else:
            cursor.position = at
            found = _segment(cursor)
            address, fixed = (found, fixed) if found is not None else (0, False)
            size, at = cursor.u32(), cursor.position
        if at + size > end:
            raise cursor.fail(f"a segment of {size} bytes where {end - at} are left", start)
        addresses.append(address)
        offsets.append(at)
        sizes.append(size)
        at += size
    cursor.position = at
    cursor.finish()
    return Segments(addresses if fixed else None, offsets, sizes)


def _number(leb: bytes) -> int:
    """The value of a LEB128 number of at most five bytes."""
    bits = int.from_bytes(leb, "little")
    return (
        bits & 0x7F
        | bits >> 1 & 0x3F80
        | bits >> 2 & 0x1FC000
        | bits >> 3 & 0xFE00000
        | bits >> 4 & 0x7F0000000
    )


def _segment(cursor: Cursor) -> int | None:
    """Reads a segment up to its size: its address, where that is one number. Raises
    MalformedError."""
    start = cursor.position
    flags = cursor.u32()
    if flags > 2:
        raise cursor.fail(f"a segment with the unknown flags {flags}", start)
    if flags == 1:
        return None
    memory = cursor.u32() if flags == 2 else 0
    words: list[tuple[int, int]] = []
    while (opcode := cursor.u8()) != END:
        if opcode not in _CONSTANT:
            raise cursor.fail(f"an instruction {opcode:#04x} in an offset", cursor.position - 1)
        bits = _CONSTANT[opcode]
        words.append((opcode, cursor.signed(bits) if bits else 0))
    if not words:
        raise cursor.fail("a segment without an offset", start)
    alone = len(words) == 1 and words[0][0] == I32_CONST and memory == 0
    return words[0][1] & 0xFFFFFFFF if alone else None
