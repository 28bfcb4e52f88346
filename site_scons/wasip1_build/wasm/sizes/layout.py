"""How large is each function of a module, each piece of its data, and everything else of the file?"""

from __future__ import annotations

from collections.abc import Sequence

from wasip1_build.dataclass import dataclass
from wasip1_build.wasm.cursor import Cursor, printable, reporting
from wasip1_build.wasm.module import MAX_FUNCTIONS
from wasip1_build.wasm.sections import read_sections
from wasip1_build.wasm.types import Section

HEADER_BYTES = 8  # magic and version
# The engines' common limit (WebAssembly JavaScript interface). Go's linker stays below it, too: what
# is left it writes as one segment, zeros included (cmd/link/internal/wasm, writeDataSec).
MAX_SEGMENTS = 100_000
I32_CONST, END = 0x41, 0x0B
CODE_FRAMING, DATA_FRAMING = "code framing", "data framing"
# What a constant expression may have beside one i32.const (WebAssembly 3.0, "Constant Expressions"):
# the opcodes that an offset can hold, with how many bits their LEB128 has; 0 for none.
_CONSTANT = {0x41: 32, 0x42: 64, 0x23: 32, **dict.fromkeys((0x6A, 0x6B, 0x6C, 0x7C, 0x7D, 0x7E), 0)}


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
        size = shift = 0
        while at < end:
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
        at += size
        if at > end or shift > 28 or start == end:
            raise cursor.fail(f"a body of {size} bytes where {end - start} are left", start)
        sizes.append(size)
    cursor.position = at
    cursor.finish()
    return sizes


def _segments(data: bytes, section: Section) -> Segments:
    """The segments. What Go and LLVM write, an i32.const as the place, is read without calls: a
    module of 12 MB has 100,000 segments, and this takes .1 s of the .25 that a Cursor takes."""
    cursor = Cursor(data, section.payload, section.end, "the data section")
    count, end = cursor.count("segments", MAX_SEGMENTS, least_bytes=2), section.end
    at, fixed = cursor.position, True
    addresses, offsets, sizes = [], [], []
    for _ in range(count):
        start = at
        # Address and size take at most ten bytes here, so nothing is read beyond the slice.
        if data[at : at + 2] == b"\0\x41" and at + 14 <= end:
            at += 2
            address, shift, byte = 0, 0, 0x80
            while byte >= 0x80 and shift < 35:
                byte = data[at]
                at += 1
                address |= (byte & 0x7F) << shift
                shift += 7
            plain = byte < 0x80 and data[at] == END
            if byte & 0x40:  # it is signed: an address from 2 GiB on
                plain = False
            at += 1
            size = data[at]
            at += 1
            if size >= 0x80:
                shift, byte, size = 7, size, size & 0x7F
                while byte >= 0x80 and shift < 35:
                    byte = data[at]
                    at += 1
                    size |= (byte & 0x7F) << shift
                    shift += 7
                plain = plain and byte < 0x80
        else:
            plain = False
        if not plain:
            cursor.position = start
            found = _segment(cursor)
            size, at = cursor.u32(), cursor.position
            address, fixed = (found, fixed) if found is not None else (0, False)
        if at + size > end:
            raise cursor.fail(f"a segment of {size} bytes where {end - at} are left", start)
        addresses.append(address)
        offsets.append(at)
        sizes.append(size)
        at += size
    cursor.position = at
    cursor.finish()
    return Segments(addresses if fixed else None, offsets, sizes)


def _segment(cursor: Cursor) -> int | None:
    """Reads a segment up to its size: its address, where that is one number. Raises
    MalformedError."""
    start = cursor.position
    flags = cursor.u32()
    if flags > 2:
        raise cursor.fail(f"a segment with the unknown flags {flags}", start)
    memory = cursor.u32() if flags == 2 else 0
    if flags == 1:
        return None
    numbers, words = [], 0
    while (opcode := cursor.u8()) != END:
        if opcode not in _CONSTANT:
            raise cursor.fail(f"an instruction {opcode:#04x} in an offset", cursor.position - 1)
        bits = _CONSTANT[opcode]
        numbers += [cursor.signed(bits)] if bits else []
        words += 1
        known = opcode == I32_CONST and words == 1
    if not words:
        raise cursor.fail("a segment without an offset", start)
    return numbers[0] & 0xFFFFFFFF if known and words == 1 and memory == 0 else None
