"""Which functions' code is in a Go module? Its line table names them, also in a stripped module.

Layout: runtime/symtab.go (pcHeader) and cmd/link/internal/ld/pcln.go (generateFuncnametab), the
same since Go 1.20. The names of functions that are inlined stand there with those that are called.
"""

from __future__ import annotations

import struct

# The magic number, two zeros, the least instruction, the size of a pointer.
_HEADER = b"\xf1\xff\xff\xff\0\0\x01\x08"
# Where the names begin, from the header: behind it and its eight fields. What is before this field
# may be cut: the linker leaves runs of eight zeros and more out of the data (writeDataSec in
# cmd/link/internal/wasm/asm.go), and the field before it is zero. There are none from here on.
_BEGIN = len(_HEADER) + 8 * 8
_OFFSETS = struct.Struct("<5Q")  # of names, compilation units, files, programs, functions
_NEAR_BYTES = 64
_ALWAYS = b"runtime.main"


def linked_names(data: bytes) -> frozenset[bytes] | None:
    """The names of all functions whose code is in the module, as the linker has them:
    b"net.(*Dialer).Dial"; None where they are not found, which says nothing about the module.

    A name may be there that is no function's: the table lies among a program's data.
    """
    at = data.find(_HEADER)
    while at >= 0:
        if names := _names(data, at + len(_HEADER)):
            return names
        at = data.find(_HEADER, at + 1)
    return None


def _names(data: bytes, after: int) -> frozenset[bytes] | None:
    at = data.find(_BEGIN.to_bytes(8, "little"), after, after + _NEAR_BYTES)
    if at < 0 or at + _OFFSETS.size > len(data):
        return None
    begin, units, files, programs, functions = _OFFSETS.unpack_from(data, at)
    if not begin < units <= files <= programs <= functions < len(data):
        return None
    start = at + _OFFSETS.size
    names = frozenset(data[start : start + units - begin].split(b"\0"))
    return names if _ALWAYS in names else None
