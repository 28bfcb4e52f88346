"""Which function is meant by an index, or by a place in the code?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from wasip1_build.dataclass import dataclass
from wasip1_build.wasm.cursor import Cursor, reporting
from wasip1_build.wasm.module import MAX_FUNCTIONS
from wasip1_build.wasm.types import Module, Section

# The subsection that names functions (WebAssembly core specification, appendix "Name Section").
FUNCTIONS = 1
MAX_SUBSECTIONS = 1000  # the specification and its proposals have a dozen
MAX_NAME_SECTION_BYTES = 64 << 20  # of a Go program of 53 MB it has some 2 MB


@dataclass(frozen=True)
class Functions:
    """The functions of a module, imported ones first, as everything counts them.

    `bodies` are the offsets in the file at which the code of the defined ones begins, in order, and
    `end` is where the last ends.
    """

    imported: int
    bodies: Sequence[int]
    end: int

    @property
    def total(self) -> int:
        """How many there are."""
        return self.imported + len(self.bodies)

    def at(self, offset: int) -> int | None:
        """The index of the function whose body has this byte of the file; None where none has."""
        if not self.bodies or not self.bodies[0] <= offset < self.end:
            return None
        return self.imported + bisect_right(self.bodies, offset) - 1


def functions_of(data: bytes, module: Module, name: str = "the module") -> Functions:
    """Where the functions of a module are, which was read from `data`; `name` is what messages call
    the file, here and below. Raises Failure where its code is malformed."""
    imported = sum(entry.kind == "func" for entry in module.imports)
    section = _section(module, "code")
    if section is None:
        return Functions(imported, (), 0)
    with reporting(name):
        return Functions(imported, _bodies(data, section), section.end)


def function_names(data: bytes, module: Module, name: str = "the module") -> dict[int, str]:
    """The names of functions by index, as the name section has them; imported functions that it
    does not name are MODULE.FUNCTION. Empty where there is no name section.

    Raises Failure where the name section is malformed.
    """
    section = next((each for each in module.sections if each.custom and each.name == "name"), None)
    if section is None:
        return {}
    functions = [entry for entry in module.imports if entry.kind == "func"]
    imported = {index: f"{each.module}.{each.name}" for index, each in enumerate(functions)}
    with reporting(name):
        return {**imported, **_names(data, section, len(functions) + module.functions)}


def section_content(data: bytes, module: Module, section: str) -> bytes:
    """The bytes of a standard section; none where the module has none."""
    found = _section(module, section)
    return data[found.content : found.end] if found else b""


def _section(module: Module, name: str) -> Section | None:
    return next((e for e in module.sections if not e.custom and e.name == name), None)


def _bodies(data: bytes, section: Section) -> list[int]:
    cursor = Cursor(data, section.payload, section.end, "the code section")
    bodies = []
    for _ in range(cursor.count("bodies", MAX_FUNCTIONS, least_bytes=3)):
        size = cursor.u32()
        bodies.append(cursor.position)
        _pass_by(cursor, size, "body")
    cursor.finish()
    return bodies


def _names(data: bytes, section: Section, total: int) -> dict[int, str]:
    cursor = Cursor(data, section.content, section.end, "the name section")
    if cursor.remaining > MAX_NAME_SECTION_BYTES:
        raise cursor.fail(f"{cursor.remaining} bytes, more than {MAX_NAME_SECTION_BYTES},")
    for _ in range(MAX_SUBSECTIONS):
        if not cursor.remaining:
            return {}
        kind, size = cursor.u8(), cursor.u32()
        start = cursor.position
        _pass_by(cursor, size, "subsection")
        if kind == FUNCTIONS:
            return _map(Cursor(data, start, cursor.position, "the names of functions"), total)
    raise cursor.fail(f"more than {MAX_SUBSECTIONS} subsections")


def _map(cursor: Cursor, total: int) -> dict[int, str]:
    """Indexes with names; they must rise, so that no function has two."""
    names: dict[int, str] = {}
    last = -1
    for _ in range(cursor.count("names", MAX_FUNCTIONS, least_bytes=2)):
        start = cursor.position
        index = cursor.u32()
        if not last < index < total:
            raise cursor.fail(f"a name for function {index} of {total}, after {last},", start)
        names[index] = cursor.name()
        last = index
    cursor.finish()
    return names


def _pass_by(cursor: Cursor, size: int, what: str) -> None:
    if size > cursor.remaining:
        raise cursor.fail(f"a {what} of {size} bytes where {cursor.remaining} are left")
    cursor.position += size
