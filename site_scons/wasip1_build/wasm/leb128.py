"""How is a number written as LEB128?"""

from __future__ import annotations


def encode_unsigned(value: int, width: int = 1) -> bytes:
    """The unsigned LEB128 of `value`, padded to at least `width` bytes as linkers do."""
    out = bytearray()
    while value >= 0x80 or len(out) + 1 < width:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
