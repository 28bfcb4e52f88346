"""What a module's entries are once they are read: function types, memories, imports, exports."""

from __future__ import annotations

from typing import Literal

from wasip1_build.dataclass import dataclass

PAGE_BYTES = 65536

ExternKind = Literal["func", "table", "memory", "global", "tag"]


@dataclass(frozen=True)
class FuncType:
    """A function type. Value types are written as in the text format: "i32", "i64", "funcref"."""

    params: tuple[str, ...]
    results: tuple[str, ...]

    def __str__(self) -> str:
        results = f" -> {', '.join(self.results)}" if self.results else ""
        return f"({', '.join(self.params)}){results}"


@dataclass(frozen=True)
class MemoryType:
    """A linear memory's limits, in pages of `page_bytes`; None: no maximum is declared."""

    min_pages: int
    max_pages: int | None
    shared: bool = False
    is_64: bool = False
    page_bytes: int = PAGE_BYTES

    @property
    def min_bytes(self) -> int:
        """How much memory the module has when it starts."""
        return self.min_pages * self.page_bytes

    def __str__(self) -> str:
        """As in the text format: "i64 1 2 shared"."""
        words = ["i64"] if self.is_64 else []
        words += [str(pages) for pages in (self.min_pages, self.max_pages) if pages is not None]
        words += ["shared"] if self.shared else []
        words += [f"(pagesize {self.page_bytes})"] if self.page_bytes != PAGE_BYTES else []
        return " ".join(words)


@dataclass(frozen=True)
class Import:
    """One import; its position in `Module.imports` tells it from another of the same name.

    `type` is a FuncType for functions and tags, a MemoryType for memories, else the text format.
    """

    module: str
    name: str
    kind: ExternKind
    type: FuncType | MemoryType | str


@dataclass(frozen=True)
class Export:
    """One export. `type` is a FuncType or a MemoryType; None for tables, globals and tags."""

    name: str
    kind: ExternKind
    index: int
    type: FuncType | MemoryType | None = None


@dataclass(frozen=True)
class Section:
    """Where a section lies: from its id at `start` over its payload to `end`, in bytes.

    `name` is the standard name ("type", "code") or a custom section's own; a custom section's
    content begins after that name.
    """

    id: int
    name: str
    start: int
    payload: int
    content: int
    end: int

    @property
    def custom(self) -> bool:
        """Whether it is a custom section, which no engine needs to run the module."""
        return self.id == 0

    @property
    def size_bytes(self) -> int:
        """What it adds to the file, header included."""
        return self.end - self.start


@dataclass(frozen=True)
class Module:
    """What a core module declares. `memories` begins with the imported ones."""

    size_bytes: int
    sections: tuple[Section, ...]
    imports: tuple[Import, ...]
    exports: tuple[Export, ...]
    memories: tuple[MemoryType, ...]
    functions: int  # defined ones; imported functions come before them in the index space
    start: int | None  # the index of the start function
