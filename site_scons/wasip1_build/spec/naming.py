"""How a message names a table or a key of a spec."""

from __future__ import annotations

from wasip1_build.spec.scanner import Path
from wasip1_build.spec.suggest import key


def table_name(path: Path) -> str:
    """A table as a header names it: [artifact.hello.budget], [[artifact.hello.check]]."""
    if not path:
        return "the file"
    head = path[: _head_length(path)]
    rest = path[len(head) :]
    if any(isinstance(part, int) for part in rest):
        return f'"{_dotted(rest)}" of {table_name(head)}'
    return f"[[{_dotted(path)}]]" if isinstance(path[-1], int) else f"[{_dotted(path)}]"


def key_name(path: Path) -> str:
    """A value as a message names it: "budget.wasm" in [artifact.hello]."""
    length = min(_head_length(path), len(path) - 1)
    while length and isinstance(path[length], int):
        length -= 1
    item = "an item of " if isinstance(path[-1], int) else ""
    table = f" in {table_name(path[:length])}" if length else ""
    return f'{item}"{_dotted(path[length:])}"{table}'


def _head_length(path: Path) -> int:
    """How many parts name the table that a reader thinks of as one thing."""
    length = 2 if path[:1] in (("artifact",), ("profile",)) else 1
    in_check = path[length : length + 1] == ("check",) and len(path) > length + 1
    return length + 2 if in_check else min(length, len(path))


def _dotted(path: Path) -> str:
    return ".".join(key(part) for part in path if isinstance(part, str))
