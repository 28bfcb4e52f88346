"""Which functions does a module import, by position? What is to be known to count their calls."""

from __future__ import annotations

from wasip1_build.runtime.request import HostFunction
from wasip1_build.wasm.types import FuncType, Import, Module

NUMBERS = frozenset({"i32", "i64", "f32", "f64"})


def crossings(module: Module) -> tuple[HostFunction, ...] | str:
    """Its imports in its own order, or why calls of them cannot be counted.

    A name can come twice: Go imports fd_write once for its runtime and once for os.File.
    """
    found = []
    for each in module.imports:
        kind = _countable(each)
        if kind is None:
            return f"it imports {each.module}.{each.name}, which is no function of numbers"
        found.append(HostFunction(each.module, each.name, tuple(kind.params), tuple(kind.results)))
    return tuple(found)


def _countable(imported: Import) -> FuncType | None:
    kind = imported.type
    if imported.kind != "func" or not isinstance(kind, FuncType):
        return None
    return kind if {*kind.params, *kind.results} <= NUMBERS else None


def countable(module: Module) -> tuple[HostFunction, ...] | str:
    """The same, or why runs of it would end otherwise where calls are counted: for runs that are
    judged and counted at once.

    The counter needs the guest's memory, so it is there only after a start function has run.
    """
    memories = [port for port in module.exports if port.kind == "memory"]
    if not any(port.name == "memory" for port in memories):
        return 'it exports no memory named "memory"'
    if module.start is not None:
        return "it has a start function, which runs before anything can be counted"
    return crossings(module)
