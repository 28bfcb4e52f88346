"""Where do the sections of an ELF object lie, read from a file that nobody vouches for?"""

from __future__ import annotations

import struct
from collections.abc import Callable

from wasip1_build.dataclass import dataclass
from wasip1_build.wasm.cursor import MalformedError

HEADER_BYTES = 64
SECTION_BYTES = 64
MAX_SECTIONS = 100  # wasmtime writes about 14
MAX_NAMES_BYTES = 1 << 16
LITTLE, BIG = 1, 2  # EI_DATA
CLASS_64 = 2  # EI_CLASS; wasmtime writes no other, for 32-bit targets neither

Read = Callable[[int, int], bytes]  # offset and size; fewer bytes at the end


@dataclass(frozen=True)
class ElfSection:
    """A section's place in the file, in bytes."""

    offset: int
    size: int


@dataclass(frozen=True)
class Elf:
    """The header of an ELF object, and its sections by name (the first of each name)."""

    order: str  # struct's byte order: "<" or ">"
    os_abi: int
    flags: int
    sections: dict[str, ElfSection]


def read_elf(read: Read, size: int) -> Elf:
    """The header and the section table of a file of `size` bytes. Raises MalformedError."""
    header = read(0, HEADER_BYTES)
    if len(header) < HEADER_BYTES or header[:4] != b"\x7fELF":
        raise MalformedError(0, "no ELF header")
    if header[4] != CLASS_64 or header[5] not in (LITTLE, BIG):
        raise MalformedError(4, "an ELF class or byte order that wasmtime does not write")
    order = "<" if header[5] == LITTLE else ">"
    # e_shoff, e_flags, then (from e_shentsize) the table's entry size, count and names' index
    table, flags = struct.unpack_from(f"{order}QI", header, 0x28)
    entry_bytes, count, names_index = struct.unpack_from(f"{order}HHH", header, 0x3A)
    if entry_bytes != SECTION_BYTES or count > MAX_SECTIONS or names_index >= count:
        raise MalformedError(0x3A, "a section table that wasmtime does not write")
    if table + count * SECTION_BYTES > size:
        raise MalformedError(0x28, "a section table past the end")
    raw = bytes_of(read, ElfSection(table, count * SECTION_BYTES))
    entries = [struct.unpack_from(f"{order}IIQQQQ", raw, i * SECTION_BYTES) for i in range(count)]
    for index, (_, _, _, _, offset, length) in enumerate(entries):
        if offset + length > size:
            raise MalformedError(table + index * SECTION_BYTES, "a section past the end")
    names = _names(read, ElfSection(entries[names_index][4], entries[names_index][5]))
    sections: dict[str, ElfSection] = {}
    for name_at, _, _, _, offset, length in entries:
        name = names[name_at : names.find(b"\0", name_at)] if name_at < len(names) else b""
        sections.setdefault(name.decode("ascii", "replace"), ElfSection(offset, length))
    return Elf(order, header[7], flags, sections)


def _names(read: Read, section: ElfSection) -> bytes:
    if section.size > MAX_NAMES_BYTES:
        raise MalformedError(section.offset, f"section names of {section.size} bytes")
    return bytes_of(read, section)


def bytes_of(read: Read, section: ElfSection) -> bytes:
    """A section's content. Raises MalformedError where the file became shorter meanwhile."""
    data = read(section.offset, section.size)
    if len(data) != section.size:
        raise MalformedError(section.offset + len(data), "unexpected end")
    return data
