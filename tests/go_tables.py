"""The tables that Go's linker writes into the data of a module, made small and by hand."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from wasip1_build.wasm.leb128 import encode_unsigned
from wasip1_build.wasm.types import FuncType
from wasm_writer import HEADER, custom, func_type, section, text, vector

MAGIC = b"\xf1\xff\xff\xff\0\0\x01\x08"
BASE = 0x3000  # where the data of a Go program begins
TABLE_AT = BASE + 0x100
STRINGS = b"a text" * 20  # at BASE


def line_table(names: Sequence[str], first: int = 0x1000, shift: int = 0) -> bytes:
    """A line table of functions with these names; no file, no line."""
    texts, offsets = b"", []
    for name in names:
        offsets.append(len(texts))
        texts += name.encode() + b"\0"
    texts += bytes(-len(texts) % 8)
    entries = [first + index << shift for index in range(len(names))]
    heads = 8 * len(names) + 4
    table = b""
    for index, entry in enumerate(entries):
        table += struct.pack("<II", entry, heads + 8 * index)
    table += struct.pack("<I", entries[-1] + 1)
    for entry, offset in zip(entries, offsets, strict=True):
        table += struct.pack("<II", entry, offset)
    names_at = 72
    end = names_at + len(texts)
    header = struct.pack("<8Q", len(names), 0, 0, names_at, end, end, end, end)
    return MAGIC + header + texts + table


def image(names: Sequence[str]) -> bytes:
    """The memory of a Go 1.27 program from address 0: strings, a mask, the line table, function
    data, types, the runtime's own data that says so, and data that can be written."""
    table = line_table(names)
    end = TABLE_AT + len(table)
    functions = end + -end % 8  # function data
    types = functions + 32
    module_data = types + 96
    mask = BASE + len(STRINGS)
    words = [0] * 45
    words[0], words[1] = TABLE_AT, TABLE_AT + 72
    words[13], words[14] = end - 8, 8
    words[24], words[25] = module_data + 360, module_data + 376
    words[26], words[27] = module_data + 376, module_data + 392
    words[37], words[39], words[42] = types, types + 64, BASE
    words[43], words[44] = functions, types
    memory = bytearray(module_data + 400)
    memory[BASE : BASE + len(STRINGS)] = STRINGS
    memory[mask : mask + 8] = b"\x01\0\0\0\0\0\0\0"
    memory[TABLE_AT:end] = table
    memory[functions : functions + 32] = b"\x07" * 32
    memory[types + 8 : types + 48] = struct.pack("<QQ7xBQQ", 8, 8, 22, 0, mask)
    memory[module_data : module_data + 360] = struct.pack("<45Q", *words)
    memory[module_data + 360 : module_data + 392] = b"\x09" * 32
    return bytes(memory)


def go_module(memory: bytes, functions: int) -> bytes:
    """A module with so many functions and this memory from BASE on."""
    return plain_module([b"\0\x0b"] * functions, [(BASE, memory[BASE:])])


def plain_module(
    bodies: Sequence[bytes], data: Sequence[tuple[int, bytes]], names: Sequence[str] = ()
) -> bytes:
    """A module of functions and data; `names` are of its functions."""
    segments = [
        b"\0\x41" + _signed(address) + b"\x0b" + encode_unsigned(len(content)) + content
        for address, content in data
    ]
    parts = [
        HEADER,
        section(1, vector([func_type(FuncType((), ()))])),
        section(3, vector([b"\0"] * len(bodies))),
        section(5, vector([b"\0\x01"])),
        section(10, vector(encode_unsigned(len(body)) + body for body in bodies)),
        section(11, vector(segments)),
    ]
    if names:
        named = vector(encode_unsigned(index) + text(name) for index, name in enumerate(names))
        parts.append(custom("name", b"\x01" + encode_unsigned(len(named)) + named))
    return b"".join(parts)


def _signed(value: int) -> bytes:
    """A LEB128 number that is signed, of 0 or more."""
    padded = encode_unsigned(value)
    return padded if padded[-1] < 0x40 else padded[:-1] + bytes([padded[-1] | 0x80, 0])
