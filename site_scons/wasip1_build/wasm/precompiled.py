"""What is a .cwasm for: which engine, which target, read without loading or running it?"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Literal

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, failure
from wasip1_build.wasm.cursor import Cursor, MalformedError, reporting
from wasip1_build.wasm.elf import Elf, Read, bytes_of, read_elf
from wasip1_build.wasm.foreign import ELF_OSABI_WASMTIME, recognise

RULE = "precompiled"
ENGINE_SECTION = ".wasmtime.engine"
ENGINE_LAYOUT = 0  # wasmtime: engine/serialization.rs, VERSION
MAX_ENGINE_BYTES = 1 << 16  # about 1 KiB in wasmtime 48 to 50
IS_MODULE, IS_COMPONENT = 1, 2  # e_flags: wasmtime-environ, EF_WASMTIME_*
# Code with epoch interruption calls this at the start of a function and in loops, so the symbol
# is in every such file that has a function. Seen in wasmtime 48, 49 and 50, for all targets. The
# setting itself lies among unnamed numbers whose places change with each version.
EPOCH_SYMBOL = b"wasmtime_builtin_new_epoch\0"
SYMBOL_BYTES = 24  # Elf64_Sym; st_name is its first field
MAX_SYMBOLS_BYTES = 64 << 20  # a module of 53 MB has some 60,000 functions: 2 MB of each
MAX_SETTINGS = 1000
ENUM, NUMBER, BOOL = 0, 1, 2  # how a compiler setting's value is written


@dataclass(frozen=True)
class Precompiled:
    """What a .cwasm says of itself.

    `engine_major` is wasmtime's major version ("49"), or the text that an embedder chose instead.
    `cpu_features` are those that the code uses above the target's baseline ("has_avx512f").
    `interruptible`: whether it was compiled with epoch interruption; None: that cannot be told.
    """

    engine_major: str
    target: str
    kind: Literal["module", "component"]
    cpu_features: tuple[str, ...]
    interruptible: bool | None
    size_bytes: int


def read_precompiled(source: bytes | Path, name: str = "") -> Precompiled:
    """What a .cwasm says of itself; of a Path only the parts that matter are read.

    `name` is what messages call the file. Raises Failure where it is none, or cannot be read.
    """
    if isinstance(source, Path):
        return _read_path(source, name or str(source))
    data = source
    return _read(lambda at, size: data[at : at + size], len(data), name or "the file")


def _read_path(path: Path, name: str) -> Precompiled:
    try:
        with path.open("rb") as stream:

            def read(offset: int, size: int) -> bytes:
                stream.seek(offset)
                return stream.read(size)

            return _read(read, path.stat().st_size, name)
    except OSError as error:
        raise failure(RULE, f"{name} cannot be read: {error.strerror or error}") from error


def _read(read: Read, size: int, name: str) -> Precompiled:
    head = read(0, 8)
    if head[:4] != b"\x7fELF" or len(head) < 8 or head[7] != ELF_OSABI_WASMTIME:
        raise _none(read, name)
    with reporting(name, "precompiled module"):
        elf = read_elf(read, size)
        cursor = _engine(read, elf)
        layout = cursor.u8()
        if layout != ENGINE_LAYOUT:
            raise cursor.fail(f"layout {layout} where only {ENGINE_LAYOUT} is known")
        engine_major = _ascii(cursor, cursor.u8())
        target = _ascii(cursor, cursor.u32())
        _settings(cursor)  # how the optimiser was set, the same for every target
        features = _settings(cursor)
        return Precompiled(
            engine_major,
            target,
            "component" if elf.flags & IS_COMPONENT else "module",
            tuple(sorted(feature for feature in features if feature.startswith("has_"))),
            _interruptible(read, elf),
            size,
        )


def _none(read: Read, name: str) -> Failure:
    head = read(0, 1 << 17)
    what = "a WebAssembly module, not yet compiled" if head.startswith(b"\0asm") else ""
    known = recognise(head)
    return failure(
        RULE,
        f"{name} is {what or (known[0] if known else 'something else')}, not a .cwasm",
        why="wasmtime's precompiled modules are ELF objects with OS/ABI 200",
        fix="name a file that `wasmtime compile` or this build made",
    )


def _engine(read: Read, elf: Elf) -> Cursor:
    section = elf.sections.get(ENGINE_SECTION)
    if section is None:
        raise MalformedError(0, f"no section {ENGINE_SECTION}")
    if section.size > MAX_ENGINE_BYTES:
        raise MalformedError(section.offset, f"a section {ENGINE_SECTION} of {section.size} bytes")
    data = bytes_of(read, section)
    return Cursor(data, 0, len(data), f"the section {ENGINE_SECTION}")


def _ascii(cursor: Cursor, size: int) -> str:
    start = cursor.position
    text = cursor.take(size, "a text")
    if not text.isascii() or not text.decode().isprintable():
        raise cursor.fail("a text that is not ASCII", start)
    return text.decode()


def _settings(cursor: Cursor) -> list[str]:
    """Compiler settings as names and values; returns the names of those that are on."""
    on = []
    for _ in range(cursor.count("settings", MAX_SETTINGS, least_bytes=3)):
        name = _ascii(cursor, cursor.u32())
        start = cursor.position
        kind = cursor.u8()
        if kind == ENUM:
            _ascii(cursor, cursor.u32())
        elif kind in (NUMBER, BOOL):
            value = cursor.u8()
            if kind == BOOL and value:
                on.append(name)
        else:
            raise cursor.fail(f"a setting of unknown kind {kind}", start)
    return on


def _interruptible(read: Read, elf: Elf) -> bool | None:
    """Whether a symbol, not merely a text somewhere, is the epoch callback's."""
    symbols, texts = elf.sections.get(".symtab"), elf.sections.get(".strtab")
    if symbols is None or texts is None or symbols.size <= SYMBOL_BYTES:
        return None
    if max(symbols.size, texts.size) > MAX_SYMBOLS_BYTES:
        return None
    places = _places(bytes_of(read, texts), EPOCH_SYMBOL)
    table = bytes_of(read, symbols)
    layout = struct.Struct(f"{elf.order}I{SYMBOL_BYTES - 4}x")
    whole = len(table) - len(table) % SYMBOL_BYTES
    return any(place in places for (place,) in layout.iter_unpack(table[:whole]))


def _places(texts: bytes, wanted: bytes) -> set[int]:
    places = set()
    at = texts.find(wanted)
    while at >= 0:
        places.add(at)
        at = texts.find(wanted, at + 1)
    return places
