"""Which functions does Go's line table name? It is in every Go module, also in a stripped one.

Layout: runtime/symtab.go (pcHeader, functab) and runtime/runtime2.go (_func), and how
cmd/link/internal/ld/pcln.go writes them; the same since Go 1.20, but for the unit of a function's
entry. Pointers have 8 bytes on wasm. Held to the name section of modules that Go 1.21 to 1.27 made:
every name of it is one of these with what is no word character replaced (nameRegexp in
cmd/link/internal/wasm/asm.go).
"""

from __future__ import annotations

import struct

from wasip1_build.dataclass import dataclass

# The magic number since Go 1.20, two zeros, the least instruction, the size of a pointer.
_HEADER = b"\xf1\xff\xff\xff\0\0\x01\x08"
_FIELDS = struct.Struct("<8Q")  # what follows it
_TRIES = 16  # the bytes of a header may be in a program's own data
# A function's place is this and its index, the imported functions not counted
# (cmd/link/internal/wasm/asm.go, funcValueOffset).
_FIRST_FUNCTION = 0x1000
_FUNC_BYTES = 8  # of a _func are read: entry and name


@dataclass(frozen=True)
class LineTable:
    """Where the table lies in memory, and the name of each defined function, in order.

    `names_at` is the address of the names; a data structure of the runtime points there.
    """

    start: int
    names_at: int
    names: tuple[str, ...]


def read_line_table(image: bytes, functions: int) -> LineTable | None:
    """The table for a module of this many defined functions; None where none is whole.

    Every place and every entry is checked, so that a damaged table names nothing.
    """
    at = -1
    for _ in range(_TRIES):
        at = image.find(_HEADER, at + 1)
        if at < 0:
            return None
        try:
            found = _table(image, at, functions)
        except (struct.error, UnicodeDecodeError):
            continue
        if found:
            return found
    return None


def _table(image: bytes, at: int, functions: int) -> LineTable | None:
    count, _files, _text, names, units, files, programs, entries = _FIELDS.unpack_from(
        image, at + len(_HEADER)
    )
    places = (len(_HEADER) + _FIELDS.size, names, units, files, programs, entries, len(image) - at)
    if count != functions or list(places) != sorted(places):
        return None
    base = at + entries
    table = struct.unpack_from(f"<{2 * count + 1}I", image, base)
    if not count or not _in_order(table[0::2]):
        return None
    functab = [base + offset for offset in table[1::2]]
    if max(functab) + _FUNC_BYTES > len(image):
        return None
    read = struct.Struct("<II").unpack_from
    heads = [read(image, place) for place in functab]
    if [entry for entry, _ in heads] != list(table[0:-1:2]):
        return None
    texts = _texts(bytes(image[at + names : at + units]), [offset for _, offset in heads])
    return LineTable(at, at + names, texts) if texts else None


def _in_order(entries: tuple[int, ...]) -> bool:
    """Whether the functions are all there, in their order, by index (Go 1.25 and later) or by index
    << 16. The last entry is the end of the last function."""
    count = len(entries) - 1
    expected = range(_FIRST_FUNCTION, _FIRST_FUNCTION + count)
    if entries[0] == _FIRST_FUNCTION:
        return entries[:-1] == tuple(expected)
    return entries[:-1] == tuple([index << 16 & 0xFFFFFFFF for index in expected])


def _texts(table: bytes, offsets: list[int]) -> tuple[str, ...]:
    """The names at these offsets: each begins where the one before has ended, so that all of them
    together are no longer than the table. Empty where one does not, or has no end."""
    known: dict[int, str] = {}
    for offset in set(offsets):
        end = table.find(b"\0", offset)
        if end <= offset or (offset and table[offset - 1]):
            return ()
        known[offset] = table[offset:end].decode()
    return tuple([known[offset] for offset in offsets])
