"""Which functions' code is in a Go module? Its line table names them, also in a stripped module.

Layout: runtime/symtab.go (pcHeader) and cmd/link/internal/ld/pcln.go (generateFuncnametab), the
same since Go 1.20. The names of functions that are inlined stand there with those that are called.
"""

from __future__ import annotations

# The magic number, two zeros, the least instruction, the size of a pointer; eight fields follow.
_HEADER = b"\xf1\xff\xff\xff\0\0\x01\x08"
_HEADER_BYTES = len(_HEADER) + 8 * 8
_FIRST = b"go:buildid\0"  # it has a place among the code, before all functions
_CUT_BYTES = 64  # more than it takes to leave zeros out in a header (see below)
_ALIGNED_TO = 32  # before Go 1.27; what begins there, and the header before it
_ENTRY_BYTES = 8  # of what follows the names, up to its first two zeros
_ALWAYS = b"runtime.main"


def linked_names(data: bytes) -> frozenset[bytes] | None:
    """The names of all functions whose code is in the module, as the linker has them:
    b"net.(*Dialer).Dial"; None where they are not found, which says nothing about the module.

    A few bytes of what follows may be taken for names. Of a function that is inlined as a constant
    (those of package syscall that only return an error) no name is left.
    """
    at = data.find(_HEADER)
    while at >= 0:
        if names := _names(data, at):
            return names
        at = data.find(_HEADER, at + 1)
    return None


def _names(data: bytes, at: int) -> frozenset[bytes] | None:
    """The names behind a header, if they are about as many bytes as it says.

    Each ends in a zero and none is empty; what comes next has two zeros soon. The linker leaves
    runs of eight zeros and more out of the data (writeDataSec in cmd/link/internal/wasm/asm.go),
    and so out of the header too; of the field that says where the names end the rest is left.
    """
    start = data.find(_FIRST, at, at + _HEADER_BYTES + _CUT_BYTES)
    end = data.find(b"\0\0", start)
    if start < 0 or end < 0:
        return None
    names_end = _HEADER_BYTES + end - start
    possible = range(names_end - _ENTRY_BYTES, names_end + 2 * _ALIGNED_TO + 1)
    said = data[at + len(_HEADER) : start]
    if not any(_digits(each) in said for each in possible):
        return None
    names = frozenset(data[start:end].split(b"\0"))
    return names if _ALWAYS in names else None


def _digits(number: int) -> bytes:
    """A number's bytes, without the zeros around them."""
    return number.to_bytes(8, "little").strip(b"\0")
