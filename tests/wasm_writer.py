"""Small modules for tests, written byte by byte: also such as no compiler would make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wasip1_build.wasm.leb128 import encode_unsigned
from wasip1_build.wasm.preview1 import FUNCTIONS, MODULE
from wasip1_build.wasm.types import FuncType

HEADER = b"\0asm\x01\0\0\0"
VALUES = {"i32": 0x7F, "i64": 0x7E, "f32": 0x7D, "f64": 0x7C}
ENTRY = FuncType((), ())
FuncImport = tuple[str, str, FuncType]  # module, name, type


def vector(items: Iterable[bytes]) -> bytes:
    """A count and the items."""
    parts = list(items)
    return encode_unsigned(len(parts)) + b"".join(parts)


def text(value: str) -> bytes:
    """A name."""
    data = value.encode()
    return encode_unsigned(len(data)) + data


def section(section_id: int, payload: bytes, size_width: int = 1) -> bytes:
    """A section with its header."""
    return bytes([section_id]) + encode_unsigned(len(payload), size_width) + payload


def custom(name: str, content: bytes = b"") -> bytes:
    """A custom section."""
    return section(0, text(name) + content)


def limits(low: int, high: int | None) -> bytes:
    """The limits of a memory in pages, or of a table in entries."""
    if high is None:
        return b"\x00" + encode_unsigned(low)
    return b"\x01" + encode_unsigned(low) + encode_unsigned(high)


def func_type(type_: FuncType) -> bytes:
    """An entry of the type section."""
    sides = (bytes([VALUES[value] for value in side]) for side in (type_.params, type_.results))
    return b"\x60" + b"".join(encode_unsigned(len(side)) + side for side in sides)


def preview1(*names: str) -> tuple[FuncImport, ...]:
    """Imports of these preview-1 functions with their right types."""
    return tuple((MODULE, name, FUNCTIONS[name]) for name in names)


def module(
    imports: Sequence[FuncImport] = (),
    exports: Sequence[str] = ("_start",),
    memory: tuple[int, int | None] | None = (1, None),
    customs: Sequence[tuple[str, bytes]] = (),
    memory_export: str | None = "memory",
    export_type: FuncType = ENTRY,
    size_width: int = 1,
) -> bytes:
    """A valid module whose exported functions share one type and trap when called.

    Sections are padded to `size_width` bytes of size; `memory` is its least and most pages.
    """
    types = [export_type, *(type_ for _, _, type_ in imports)]
    names = [
        text(name) + b"\x00" + encode_unsigned(len(imports) + index)
        for index, name in enumerate(exports)
    ]
    if memory and memory_export is not None:
        names.append(text(memory_export) + b"\x02\x00")
    body = b"\x00\x00\x0b"  # no locals, unreachable, end
    parts = {
        1: vector(func_type(type_) for type_ in types),
        2: vector(
            text(owner) + text(name) + b"\x00" + encode_unsigned(index + 1)
            for index, (owner, name, _) in enumerate(imports)
        ),
        3: vector(b"\x00" for _ in exports),
        5: vector([limits(*memory)] if memory else []),
        7: vector(names),
        10: vector(encode_unsigned(len(body)) + body for _ in exports),
    }
    return b"".join(
        [
            HEADER,
            *(section(number, payload, size_width) for number, payload in parts.items()),
            *(custom(name, content) for name, content in customs),
        ]
    )
