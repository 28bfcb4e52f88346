"""Which keys of a file are accepted now and acted on by a later version only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wasip1_build.findings import Finding, Severity
from wasip1_build.spec.naming import key_name
from wasip1_build.spec.raw import Document
from wasip1_build.spec.scanner import Path
from wasip1_build.spec.schema import Schema, child

RULE = "spec-planned"


def planned_keys(document: Document, schema: Schema) -> Iterator[Finding]:
    """A warning for each use of what the schema marks as planned."""
    yield from _below(document, schema, document.data, ())


def _below(document: Document, node: Schema, value: Any, path: Path) -> Iterator[Finding]:
    if node.get("x-status") == "planned":
        yield _warning(document, path, key_name(path))
        return
    for part, item in _parts(value):
        below = child(node, part)
        if below is not None:
            yield from _below(document, below, item, (*path, part))


def _parts(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _warning(document: Document, path: Path, name: str) -> Finding:
    what = f"{name} is accepted, and not acted on by this version"
    return Finding(RULE, Severity.WARNING, what, location=document.location(path))
