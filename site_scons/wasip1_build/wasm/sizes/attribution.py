"""Who owns each byte of a module? Functions and their packages, kinds of data, and the format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure
from wasip1_build.wasm.cursor import printable
from wasip1_build.wasm.sizes import packages
from wasip1_build.wasm.sizes.build_info import BuildInfo, read_build_info
from wasip1_build.wasm.sizes.layout import Layout, read_layout
from wasip1_build.wasm.sizes.memory import Memory, memory_of
from wasip1_build.wasm.sizes.pclntab import LineTable, read_line_table
from wasip1_build.wasm.types import Section

OTHER = "other"
EMBEDDED = "embedded:"  # before the name of the file
_UNNAMED_MAIN = ("", "command-line-arguments")  # what `go build FILE.go` calls the package
# Functions that every Go module has; TinyGo's allocator, which its compiler asks for.
_GO, _TINYGO = "_rt0_wasm_", "runtime.alloc"


@dataclass(frozen=True)
class Attribution:
    """The bytes of a module: code by function, data by kind, sections by name; they add up to the
    file. `functions` are name, package and bytes of each defined function; None where `unknown`
    says why they have no names. `info` has modules and their versions, where the module says them.
    """

    code_bytes: int
    functions: tuple[tuple[str, str, int], ...] | None
    data: Mapping[str, int]
    sections: Mapping[str, int]
    unknown: str = ""
    info: BuildInfo = field(default_factory=BuildInfo)

    @property
    def size_bytes(self) -> int:
        """The module's size."""
        return self.code_bytes + sum(self.data.values()) + sum(self.sections.values())

    @property
    def packages(self) -> dict[str, tuple[int, int]]:
        """Bytes of code and number of functions by package."""
        found: dict[str, tuple[int, int]] = {}
        for _, package, size in self.functions or ():
            code, count = found.get(package, (0, 0))
            found[package] = (code + size, count + 1)
        return found

    def module_of(self, package: str) -> str:
        """The module of a package, "std", or "" where it is not known."""
        return packages.module_of(package, self.info, main_package(self.info))

    def to_json(self) -> dict[str, Any]:
        """The member "owners" of A.sizes.json."""
        record: dict[str, Any] = {
            "code_bytes": self.code_bytes,
            "data": dict(self.data),
            "sections": dict(self.sections),
            "modules": dict(self.info.modules or {}),
        }
        if self.functions is None:
            return record | {"unknown": self.unknown}
        by_package = {
            package: {"module": self.module_of(package), "code_bytes": size, "functions": count}
            for package, (size, count) in self.packages.items()
        }
        return record | {"functions": len(self.functions), "packages": by_package}


def attribute(
    data: bytes, name: str = "the module", named: bytes | None = None, named_as: str = ""
) -> Attribution:
    """Who owns the bytes of a module; `name` is what messages call the file.

    For Go the names are in the module, also a stripped one. `named` is the module that TinyGo made
    before it was stripped, called `named_as`: its names count where its code is the same. Raises
    Failure where the module is malformed; names that are damaged are not known.
    """
    layout = read_layout(data, name)
    memory = memory_of(data, layout.segments)
    table = read_line_table(memory.image, len(layout.bodies)) if memory else None
    info = read_build_info(memory.image) if memory else BuildInfo()
    names, unknown = _of_table(table, info) if table else _by_section(data, layout, name)
    if names is None and named is not None and layout.bodies:
        names, unknown = _of_other(data, layout, named, named_as or "the named module")
    functions = None
    if names is not None:
        sizes = layout.bodies
        functions = tuple((*each, size) for each, size in zip(names, sizes, strict=True))
    return Attribution(
        code_bytes=sum(layout.bodies),
        functions=functions,
        data=_data(layout, memory, table),
        sections=layout.sections,
        unknown=unknown,
        info=info,
    )


def main_package(info: BuildInfo) -> str:
    """What the main package is called: by its import path where the program says it."""
    return "main" if info.main in _UNNAMED_MAIN else info.main


Names = list[tuple[str, str]] | None  # function, package


def _of_table(table: LineTable, info: BuildInfo) -> tuple[Names, str]:
    names, known = [], {"main": main_package(info)}
    for name in table.names:
        package = packages.package_of_go(name)
        names.append((name, known.get(package, package)))
    return names, ""


def _by_section(data: bytes, layout: Layout, name: str) -> tuple[Names, str]:
    """The names that the name section gives, if it does, and why not else."""
    from wasip1_build.wasm.module import read_module
    from wasip1_build.wasm.names import function_names

    if not layout.bodies:
        return [], ""
    if not any(section.custom and section.name == "name" for section in layout.all_sections):
        return None, "it has no name section, and no line table of Go that is whole"
    try:
        module = read_module(data, name)
        found = function_names(data, module, name)
    except Failure as failed:
        return None, failed.findings[0].what
    imported = sum(entry.kind == "func" for entry in module.imports)
    names = [found.get(imported + index, "") for index in range(module.functions)]
    if any(each.startswith(_GO) for each in names):
        why = "the line table of Go is damaged, and its name section has _ for / and other signs"
        return None, why
    by_tinygo = _TINYGO in names or b"TinyGo" in _content(data, layout, "producers")
    return [(each, _package(each, by_tinygo)) for each in names], ""


def _package(name: str, by_tinygo: bool) -> str:
    if not by_tinygo:
        return packages.NOT_GO
    return packages.package_of_tinygo(name) if name else packages.NO_PACKAGE


def _of_other(data: bytes, layout: Layout, named: bytes, name: str) -> tuple[Names, str]:
    """The names of another module with the same code."""
    other = read_layout(named, name)
    for section in ("import", "code"):
        if _content(data, layout, section) != _content(named, other, section):
            return None, f"{name}, which has names, is not of the same code"
    names, unknown = _by_section(named, other, name)
    return names, f"{name}: {unknown}" if unknown else ""


def _content(data: bytes, layout: Layout, name: str) -> bytes:
    found: Section | None = next((e for e in layout.all_sections if e.name == name), None)
    return data[found.content : found.end] if found else b""


def _data(layout: Layout, memory: Memory | None, table: LineTable | None) -> dict[str, int]:
    """The bytes of data by what they are, as far as that is known."""
    if memory is None or table is None:
        total = layout.segments.total_bytes
        return {OTHER: total} if total else {}
    from wasip1_build.wasm.sizes import module_data

    kinds: dict[str, int] = {}
    parts = module_data.regions(memory.image, table)
    for start, end, kind in parts:
        kinds[kind] = kinds.get(kind, 0) + memory.in_file(start, end)
    for name, kind, size in _embedded(memory, parts):
        label = f"{EMBEDDED}{printable(name, packages.MAX_NAME)}"
        kinds[label] = kinds.get(label, 0) + size
        kinds[kind] -= size
    kinds[OTHER] = layout.segments.total_bytes - sum(kinds.values())
    return {kind: size for kind, size in kinds.items() if size}


def _embedded(
    memory: Memory, parts: tuple[tuple[int, int, str], ...]
) -> list[tuple[str, str, int]]:
    """Embedded files: name, the kind of data among which its content lies, bytes."""
    from wasip1_build.wasm.sizes import embedded, module_data

    lists = (module_data.READ_ONLY, module_data.MIXED, module_data.STRINGS_AND_READ_ONLY)
    places = [(start, end) for start, end, kind in parts if kind in lists]
    found = []
    for file in embedded.embedded_files(memory.image, places):
        for start, end, kind in parts:
            if start <= file.start and file.end <= end:
                found.append((file.name, kind, memory.in_file(file.start, file.end)))
    return found
