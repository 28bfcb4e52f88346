"""Which of the places that may set an artifact's keys wins, and where the winner is written."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Location
from wasip1_build.spec.raw import Document
from wasip1_build.spec.scanner import Path

ANY = "*"
# The values that are paths relative to the file in which they are written. (`package` may be an
# import path and stays relative to its file: only the artifact itself can set it.)
PATHS: tuple[tuple[str, ...], ...] = (
    ("grants", "dirs", ANY, "host"),
    ("check", ANY, "stdin-file"),
    ("check", ANY, "host"),
    ("check", ANY, "expect", "stdout-file"),
    ("check", ANY, "expect", "stderr-file"),
    ("check", ANY, "expect", "files", ANY),
    ("bench", "cases", ANY, "stdin-file"),
)


@dataclass(frozen=True)
class Leaf:
    """A scalar or an array, which replaces what an earlier place said."""

    value: Any
    document: Document
    path: Path


@dataclass(frozen=True)
class Table:
    """Keys from several places; `document` and `path` are the last that wrote into it."""

    entries: Mapping[str, Leaf | Table]
    document: Document
    path: Path


def layers(
    top: Document, document: Document, name: str, profile: str
) -> list[tuple[Document, Path]]:
    """The tables that set an artifact's keys, the later ones winning."""
    return [
        (top, ("defaults",)),
        *([] if document is top else [(document, ("defaults",))]),
        (document, ("artifact", name)),
        (top, ("profile", profile)),
        *([] if document is top else [(document, ("profile", profile))]),
    ]


def merged(top: Document, document: Document, name: str, profile: str) -> Table:
    """All keys of an artifact under a profile: tables merge by key, arrays and scalars replace."""
    table: Table | None = None
    for source, path in layers(top, document, name, profile):
        table = _overlaid(table, _at(source.data, path), source, path)
    assert table is not None
    return Table(table.entries, document, ("artifact", name))


def values(table: Table) -> dict[str, Any]:
    """The merged values, with every path relative to the workspace root."""
    return {name: _value(entry, _below(PATHS, name)) for name, entry in table.entries.items()}


def locations(table: Table) -> dict[str, Location]:
    """Where each key is written: "budget.wasm", "grants.dirs.0", "check.NAME.expect.stdout"."""
    found = {"": table.document.location(table.path)}
    for key, entry in table.entries.items():
        found.update(_places(key, entry))
    return found


def _at(data: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    for part in path:
        data = data.get(str(part), {})
    return data


def _overlaid(
    below: Leaf | Table | None, above: Mapping[str, Any], document: Document, path: Path
) -> Table:
    entries = dict(below.entries) if isinstance(below, Table) else {}
    for key, value in above.items():
        here = (*path, key)
        if isinstance(value, dict):
            entries[key] = _overlaid(entries.get(key), value, document, here)
        else:
            entries[key] = Leaf(value, document, here)
    if not above and isinstance(below, Table):
        return below
    return Table(entries, document, path)


def _value(entry: Leaf | Table, patterns: tuple[tuple[str, ...], ...]) -> Any:
    if isinstance(entry, Leaf):
        return _rebased(entry.value, patterns, entry.document.directory)
    return {name: _value(below, _below(patterns, name)) for name, below in entry.entries.items()}


def _below(patterns: tuple[tuple[str, ...], ...], part: str) -> tuple[tuple[str, ...], ...]:
    if not patterns:
        return patterns
    return tuple(pattern[1:] for pattern in patterns if pattern and pattern[0] in (part, ANY))


def _rebased(value: Any, patterns: tuple[tuple[str, ...], ...], directory: str) -> Any:
    if not patterns:
        return value
    if isinstance(value, dict):
        return {name: _rebased(v, _below(patterns, name), directory) for name, v in value.items()}
    if isinstance(value, list):
        return [_rebased(item, _below(patterns, ANY), directory) for item in value]
    return from_root(directory, value) if () in patterns else value


def from_root(directory: str, path: str) -> str:
    """A path that is written in a file of `directory`, relative to the root; absolute ones stay."""
    return posixpath.normpath(posixpath.join(directory, path))


def _places(key: str, entry: Leaf | Table) -> Iterator[tuple[str, Location]]:
    yield key, entry.document.location(entry.path)
    if isinstance(entry, Table):
        for name, below in entry.entries.items():
            yield from _places(f"{key}.{name}", below)
    elif isinstance(entry.value, list):
        for index, item in enumerate(entry.value):
            named = key == "check" and isinstance(item, dict)
            name = item.get("name", str(index)) if named else str(index)
            yield from _inside(f"{key}.{name}", item, entry.document, (*entry.path, index))


def _inside(key: str, value: Any, document: Document, path: Path) -> Iterator[tuple[str, Location]]:
    """The places inside of an array, which always come from one file."""
    yield key, document.location(path)
    items: Iterator[tuple[str | int, Any]] = iter(())
    if isinstance(value, dict):
        items = iter(value.items())
    elif isinstance(value, list):
        items = iter(enumerate(value))
    for part, below in items:
        yield from _inside(f"{key}.{part}", below, document, (*path, part))
