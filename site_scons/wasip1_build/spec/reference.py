"""docs/reference.md: every key of wasip1.toml from the schema, and the hosts that are known."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from wasip1_build.spec.reference_embedders import embedders_markdown
from wasip1_build.spec.schema import Schema, load_schema
from wasip1_build.spec.suggest import inline
from wasip1_build.spec.values import DURATION_UNITS_MS, SIZE_UNITS_BYTES

_INTRODUCTION = """\
# Reference of wasip1.toml

This page is generated from `schemas/wasip1.schema.json` and the data of known hosts:
`python -m wasip1_build.spec.reference > docs/reference.md`.

A workspace has one wasip1.toml at its top; each member directory has one of its own. A first line
`#:schema PATH/wasip1.schema.json` gives editors with Taplo completion and checks.

**Merging.** Later wins: built-in, the top file's `[defaults]`, the file's `[defaults]`, the
artifact, the top file's `[profile.P]`, the file's `[profile.P]`. Tables merge by key; arrays and
scalars replace.

**Paths** are relative to the file in which they are written, with `/` between their parts.
"""


def reference_markdown() -> str:
    """The reference as Markdown, with a final newline."""
    schema = load_schema()
    sections = ["\n".join(_section((), schema))]
    sections += ["\n".join(_section(path, node)) for path, node in _tables((), schema)]
    sizes = ", ".join(f"{name} ({value})" for name, value in SIZE_UNITS_BYTES.items())
    times = ", ".join(DURATION_UNITS_MS)
    values = (
        f"**Sizes** are bytes as integers, or strings of a whole number and a unit: {sizes}.\n\n"
        f"**Durations** are strings of a number and a unit: {times}.\n"
    )
    return "\n".join([_INTRODUCTION, values, *sections, embedders_markdown().rstrip("\n"), ""])


def _tables(path: tuple[str, ...], node: Schema) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Every table with keys of its own, in the order of the schema."""
    for name, below in _children(node):
        here = (*path, name)
        if _is_settings(here):
            continue
        table = _as_table(below)
        if table is not None:
            yield here, {**table, "description": below["description"]}
            yield from _tables(here, table)


def _is_settings(path: tuple[str, ...]) -> bool:
    """[defaults] and [profile.NAME] have the keys of an artifact, which are described there."""
    return len(path) > 1 and path[0] in ("defaults", "profile")


def _children(node: Schema) -> Iterator[tuple[str, Schema]]:
    yield from node.get("properties", {}).items()
    others = node.get("additionalProperties")
    if isinstance(others, dict):
        yield others["x-label"], others


def _as_table(node: Schema) -> Schema | None:
    """The table that a value is, can be, or is an array of."""
    options = (node, *node.get("anyOf", ()), node.get("items", {}))
    return next((option for option in options if option.get("type") == "object"), None)


def _section(path: tuple[str, ...], node: Schema) -> Iterator[str]:
    yield f"## {_title(path)}" if path else "## At the top of the file"
    yield ""
    yield node["description"]
    yield ""
    if path in (("defaults",), ("profile",)):
        yield "Its keys are those of `[artifact.NAME]`, without `package`."
        yield ""
        return
    required = node.get("required", ())
    yield "| key | value | default | meaning |"
    yield "|---|---|---|---|"
    for name, below in _children(node):
        shown_name = f"`{name}`" + (" (required)" if name in required else "")
        meaning = below["description"] + _notes(below)
        cells = (shown_name, _kind(below), _default(below), meaning)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _title(path: tuple[str, ...]) -> str:
    array = path[-1] == "check"
    dotted = ".".join(path)
    return f"`[[{dotted}]]`" if array else f"`[{dotted}]`"


def _notes(node: Schema) -> str:
    return f" Example: `{inline(node['examples'][0])}`" if node.get("examples") else ""


def _default(node: Schema) -> str:
    return f"`{inline(node['default'])}`" if "default" in node else ""


def _kind(node: Schema) -> str:
    """What a value is, in a word or two."""
    if "x-type" in node:
        return str(node["x-type"])
    if "enum" in node:
        return " or ".join(f"`{inline(value)}`" for value in node["enum"])
    if "const" in node:
        return f"`{inline(node['const'])}`"
    if "anyOf" in node:
        return " or ".join(dict.fromkeys(_kind(option) for option in node["anyOf"]))
    if node["type"] == "array":
        return f"array of {_kind(node['items'])}"
    return {"object": "table"}.get(node["type"], str(node["type"]))


if __name__ == "__main__":
    sys.stdout.write(reference_markdown())
