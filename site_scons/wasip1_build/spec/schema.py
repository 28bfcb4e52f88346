"""The JSON Schema of wasip1.toml, with its references followed."""

from __future__ import annotations

import json
from typing import Any

from wasip1_build.schema_files import schema_path
from wasip1_build.spec.scanner import Path

Schema = dict[str, Any]

NAME = "wasip1"


def load_schema() -> Schema:
    """The schema with every reference replaced by what it refers to.

    draft-07 ignores what stands beside a "$ref", so the file writes `"allOf": [{"$ref": ...}]`
    beside a description. Here both become one object, in which the keys beside it win. Raises
    OSError where the installation has no schema.
    """
    document: Schema = json.loads(schema_path(NAME).read_bytes())
    expanded: Schema = _expanded(document, document)
    del expanded["definitions"]
    return expanded


def _expanded(node: Any, document: Schema) -> Any:
    if isinstance(node, list):
        return [_expanded(item, document) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _expanded(_referred(node["$ref"], document), document)
    expanded = {key: _expanded(value, document) for key, value in node.items()}
    if len(expanded.get("allOf", ())) == 1:
        expanded = {**expanded.pop("allOf")[0], **expanded}
    if isinstance(pattern := expanded.get("pattern"), str) and pattern.endswith("$"):
        # In JSON Schema's regular expressions "$" is the end; in Python's also a newline before it.
        expanded["pattern"] = pattern[:-1] + r"\Z"
    return expanded


def _referred(reference: str, document: Schema) -> Any:
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def schema_at(schema: Schema, path: Path) -> Schema | None:
    """The schema of the value at a path of a spec; None where the schema knows none."""
    node: Schema | None = schema
    for part in path:
        if node is None:
            return None
        node = child(node, part)
    return node


def child(node: Schema, part: str | int) -> Schema | None:
    """The schema of a key or an element below this one, in whichever alternative has it."""
    for option in (node, *node.get("anyOf", ())):
        if isinstance(part, int):
            found = option.get("items")
        else:
            found = option.get("properties", {}).get(part) or option.get("additionalProperties")
        if isinstance(found, dict):
            return found
    return None
