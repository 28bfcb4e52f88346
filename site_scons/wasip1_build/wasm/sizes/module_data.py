"""Which parts of a Go program's data hold what? Its runtime knows, and so does its module.

The linker writes `runtime.firstmoduledata` for the garbage collector and for stack traces
(moduledata in runtime/symtab.go; cmd/link/internal/ld/symtab.go writes it). Its first words point
at the line table, which tells where it is. It has changed with Go 1.26 and 1.27; which one it is
shows in what it says, and where no layout fits, nothing is said of the data.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from wasip1_build.wasm.sizes.pclntab import LineTable

Region = tuple[int, int, str]  # first address, end, what it holds

PCLNTAB = "pclntab"
TYPES = "types"
STRINGS = "strings"
READ_ONLY = "read-only data"
FUNCTION_DATA = "function data"  # stack maps and the like, of which only the runtime knows
INITIALISED = "initialised data"
TYPES_AND_STRINGS = "types and strings"  # Go up to 1.25: nothing tells where one ends
MIXED = "types, strings and read-only data"  # Go 1.26
STRINGS_AND_READ_ONLY = "strings and read-only data"  # where their border is not found

_WORDS = struct.Struct("<45Q")
# Of a type's descriptor: size, bytes with pointers, then kind and the mask of pointers
# (internal/abi/type.go, Type; the same from 1.21 to 1.27).
_TYPE = struct.Struct("<QQ7xBQQ")
_KIND_MASK, _POINTER = 31, 22
_ALIGNMENT = 64  # at most, of what follows the line table
# The mask of one pointer. Every program has a type that is a pointer, and masks are sorted by size
# and name, so it is the first, and comes after the last string.
_FIRST_MASK = b"\x01\0\0\0\0\0\0\0"


def regions(image: bytes, table: LineTable) -> tuple[Region, ...]:
    """The parts of memory whose content is known, by address; none overlaps another. Empty where
    the runtime's data is not found, or is none that is known."""
    at = image.find(struct.pack("<QQ", table.start, table.names_at))
    if at < 0 or at + _WORDS.size > len(image):
        return ()
    words = _WORDS.unpack_from(image, at)
    found = sorted(region for region in _parts(image, words) if region[0] < region[1])
    ends = [0, *(end for _, end, _ in found)]
    apart = all(end <= start for end, (start, _, _) in zip(ends, found, strict=False))
    return tuple(found) if apart else ()


def _parts(image: bytes, words: Sequence[int]) -> Iterator[Region]:
    """What moduledata says, by its words: 13 and 14 are the functions' table, which ends the line
    table; 24 to 27 the two sections of data that can be written."""
    start, end = words[0], words[13] + words[14]
    yield start, end, PCLNTAB
    yield words[24], words[25], INITIALISED
    yield words[26], words[27], INITIALISED
    follows = range(end, end + _ALIGNMENT)
    if words[43] in follows and words[43] <= words[44] <= words[37] < words[39]:  # Go 1.27
        types, end_of_types, read_only = words[37], words[39], words[42]
        yield words[43], words[44], FUNCTION_DATA
        yield types, end_of_types, TYPES
        border = _end_of_strings(image, types, read_only, start)
        if border is None:
            yield read_only, start, STRINGS_AND_READ_ONLY
        else:
            yield read_only, border, STRINGS
            yield border, start, READ_ONLY
    elif words[37] == words[39] and words[40] in follows and words[40] <= words[41]:  # Go 1.26
        yield words[40], words[41], FUNCTION_DATA
        yield words[39], start, MIXED
    elif words[37] == words[39] < words[40] < start:  # Go 1.21 to 1.25
        yield words[39], words[40], TYPES_AND_STRINGS
        yield words[40], start, READ_ONLY


def _end_of_strings(image: bytes, types: int, read_only: int, line_table: int) -> int | None:
    """Where the masks begin, to which the first type's descriptor points, if it is of a pointer;
    the linker sorts them by their text, and those of pointers begin with "*"."""
    at = types + 8  # (no type has the offset 0)
    if at + _TYPE.size > len(image):
        return None
    mask: int
    size, pointers, kind, _equal, mask = _TYPE.unpack_from(image, at)
    if (size, pointers, kind & _KIND_MASK) != (8, 8, _POINTER):
        return None
    if not read_only <= mask < line_table or image[mask : mask + 8] != _FIRST_MASK:
        return None
    return mask
