"""What does a module import, export and declare, read from bytes that nobody vouches for?"""

from __future__ import annotations

from pathlib import Path

from wasip1_build.findings import failure
from wasip1_build.wasm.cursor import RULE, Cursor, printable, reporting
from wasip1_build.wasm.sections import MAX_MODULE_BYTES, read_sections
from wasip1_build.wasm.types import (
    PAGE_BYTES,
    Export,
    ExternKind,
    FuncType,
    Import,
    MemoryType,
    Module,
    Section,
)
from wasip1_build.wasm.valtypes import mutability, read_types, reference_type, value_type

KINDS: tuple[ExternKind, ...] = ("func", "table", "memory", "global", "tag")
# The engines allow a million of each, which as Python objects would take 500 MB. The limits on
# bytes bound time as well: the worst section of types takes 0.5 s a MiB, a million functions 1.3 s.
MAX_IMPORTS = MAX_EXPORTS = 100_000
MAX_FUNCTIONS = 1_000_000
MAX_MEMORIES = 100
MAX_DECODED_BYTES = 4 << 20
HAS_MAX, SHARED, IS_64, PAGE_SIZE = 1, 2, 4, 8  # flags of limits


def load(path: Path, name: str) -> bytes:
    """A module's file, whole. Raises Failure where it cannot be read or is over 1 GiB."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_MODULE_BYTES + 1)
    except OSError as error:
        raise failure(RULE, f"{name} cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_MODULE_BYTES:
        raise failure(RULE, f"{name} is larger than {MAX_MODULE_BYTES} bytes")
    return data


def read_module(data: bytes, name: str = "the module") -> Module:
    """What a core module declares. `name` is what messages call the file.

    Code and data are not looked into: a module that this accepts may still be invalid there, which
    the engine says. Raises Failure as `read_sections`, and where a declaration is malformed.
    """
    sections = read_sections(data, name)
    with reporting(name):
        return _Reader(data, sections).module()


def memory_types(data: bytes, section: Section) -> list[MemoryType]:
    """The memories that a memory section defines. Raises MalformedError."""
    cursor = Cursor(data, section.payload, section.end, "the memory section")
    memories = [
        memory_type(cursor) for _ in range(cursor.count("memories", MAX_MEMORIES, least_bytes=2))
    ]
    cursor.finish()
    return memories


def memory_type(cursor: Cursor) -> MemoryType:
    """A memory's limits."""
    start = cursor.position
    flags = cursor.u8()
    if flags >= 2 * PAGE_SIZE:
        raise cursor.fail(f"unknown limits {flags:#04x}", start)
    low, high = _bounds(cursor, flags)
    page_bytes = PAGE_BYTES
    if flags & PAGE_SIZE:
        exponent = cursor.u32()
        if exponent not in (0, 16):
            raise cursor.fail(f"a page size of 2 to the power of {exponent}", start)
        page_bytes = 1 << exponent
    memory = MemoryType(low, high, bool(flags & SHARED), bool(flags & IS_64), page_bytes)
    most = (1 << (64 if memory.is_64 else 32)) // page_bytes
    if max(low, high or 0) > most:
        raise cursor.fail(f"a memory of more than {most} pages", start)
    if high is not None and low > high:
        raise cursor.fail(f"a memory of at least {low} and at most {high} pages", start)
    return memory


def _bounds(cursor: Cursor, flags: int) -> tuple[int, int | None]:
    bits = 64 if flags & IS_64 else 32
    low = cursor.unsigned(bits)
    return low, cursor.unsigned(bits) if flags & HAS_MAX else None


class _Reader:
    """The sections of one module, decoded in their order; an index is checked where it is used."""

    def __init__(self, data: bytes, sections: tuple[Section, ...]) -> None:
        self.data = data
        self.sections = sections
        self.standard = {section.name: section for section in sections if not section.custom}
        self.types: list[FuncType | None] = []
        self.imports: list[Import] = []
        self.function_types: list[FuncType] = []  # imported ones first, as all index spaces
        self.memories: list[MemoryType] = []
        self.defined = 0

    def module(self) -> Module:
        if cursor := self._cursor("type"):
            self.types = read_types(cursor)
            cursor.finish()
        if cursor := self._cursor("import"):
            for _ in range(cursor.count("imports", MAX_IMPORTS, least_bytes=4)):
                self.imports.append(self._import(cursor))
            cursor.finish()
        self._functions()
        if "memory" in self.standard:
            self.memories += memory_types(self.data, self.standard["memory"])
        exports = self._exports()
        return Module(
            len(self.data),
            self.sections,
            tuple(self.imports),
            exports,
            tuple(self.memories),
            self.defined,
            self._start(),
        )

    def _cursor(self, name: str) -> Cursor | None:
        """A cursor over a section that is decoded whole, if the module has it."""
        section = self.standard.get(name)
        if section is None:
            return None
        cursor = Cursor(self.data, section.payload, section.end, f"the {name} section")
        if cursor.remaining > MAX_DECODED_BYTES:
            raise cursor.fail(f"{cursor.remaining} bytes, more than {MAX_DECODED_BYTES},")
        return cursor

    def _declared(self, name: str) -> int:
        """How many entries a section says that it has; 0 where there is no such section."""
        section = self.standard.get(name)
        if section is None:
            return 0
        return Cursor(self.data, section.payload, section.end, f"the {name} section").u32()

    def _type_at(self, cursor: Cursor) -> FuncType:
        start = cursor.position
        index = cursor.u32()
        found = self.types[index] if index < len(self.types) else None
        if found is None:
            raise cursor.fail(f"no function type {index}", start)
        return found

    def _import(self, cursor: Cursor) -> Import:
        module, name = cursor.name(), cursor.name()
        start = cursor.position
        code = cursor.u8()
        if code >= len(KINDS):
            raise cursor.fail(f"an import of unknown kind {code:#04x}", start)
        return Import(module, name, KINDS[code], self._import_type(cursor, KINDS[code]))

    def _import_type(self, cursor: Cursor, kind: ExternKind) -> FuncType | MemoryType | str:
        if kind == "func":
            self.function_types.append(self._type_at(cursor))
            return self.function_types[-1]
        if kind == "memory":
            self.memories.append(memory_type(cursor))
            return self.memories[-1]
        if kind == "table":
            return _table_type(cursor)
        if kind == "global":
            value = value_type(cursor)
            return f"(mut {value})" if mutability(cursor) else value
        attribute = cursor.u8()
        if attribute:
            raise cursor.fail(f"a tag with the unknown attribute {attribute}")
        return self._type_at(cursor)

    def _functions(self) -> None:
        if cursor := self._cursor("function"):
            self.defined = cursor.count("functions", MAX_FUNCTIONS)
            self.function_types += [self._type_at(cursor) for _ in range(self.defined)]
            cursor.finish()
        bodies = self._declared("code")
        if bodies != self.defined:
            section = self.standard.get("code") or self.standard["function"]
            cursor = Cursor(self.data, section.payload, section.end, "the code section")
            raise cursor.fail(f"{bodies} bodies for {self.defined} functions")

    def _exports(self) -> tuple[Export, ...]:
        cursor = self._cursor("export")
        if cursor is None:
            return ()
        sizes = {kind: self._index_space(kind) for kind in KINDS}
        exports: dict[str, Export] = {}
        for _ in range(cursor.count("exports", MAX_EXPORTS, least_bytes=3)):
            start = cursor.position
            export = self._export(cursor, sizes)
            if export.name in exports:
                raise cursor.fail(f'a second export "{printable(export.name)}"', start)
            exports[export.name] = export
        cursor.finish()
        return tuple(exports.values())

    def _index_space(self, kind: ExternKind) -> int:
        """How many of a kind there are, imported and defined."""
        if kind == "func":
            return len(self.function_types)
        if kind == "memory":
            return len(self.memories)
        return sum(entry.kind == kind for entry in self.imports) + self._declared(kind)

    def _export(self, cursor: Cursor, sizes: dict[ExternKind, int]) -> Export:
        name = cursor.name()
        start = cursor.position
        code = cursor.u8()
        if code >= len(KINDS):
            raise cursor.fail(f"an export of unknown kind {code:#04x}", start)
        kind = KINDS[code]
        index = cursor.u32()
        if index >= sizes[kind]:
            raise cursor.fail(f"an export of {kind} {index} of {sizes[kind]}", start)
        types: dict[str, list[FuncType] | list[MemoryType]] = {
            "func": self.function_types,
            "memory": self.memories,
        }
        return Export(name, kind, index, types[kind][index] if kind in types else None)

    def _start(self) -> int | None:
        cursor = self._cursor("start")
        if cursor is None:
            return None
        index = cursor.u32()
        cursor.finish()
        if index >= len(self.function_types):
            raise cursor.fail(f"no function {index} to start with")
        return index


def _table_type(cursor: Cursor) -> str:
    element = reference_type(cursor)
    start = cursor.position
    flags = cursor.u8()
    if flags >= PAGE_SIZE:
        raise cursor.fail(f"unknown limits {flags:#04x}", start)
    low, high = _bounds(cursor, flags)
    words = ["i64"] if flags & IS_64 else []
    words += [str(entries) for entries in (low, high) if entries is not None]
    return " ".join([*words, element])
