"""What is known of a host by its name, from the data files in embedders/: one file, one host.

A file is TOML. Every fact in it names one of its [sources], which are URLs of documentation, of a
specification, or of source files at a tag or commit. docs/explanation.md tells the keys.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from wasip1_build.dataclass import dataclass
from wasip1_build.files import sha256_of_bytes
from wasip1_build.findings import Failure, Location, failure
from wasip1_build.spec.model import (
    Embedder,
    FunctionType,
    Kind,
    ProvidedFunctions,
    RequiredExport,
)
from wasip1_build.spec.suggest import did_you_mean, quoted, shown
from wasip1_build.spec.values import function_type
from wasip1_build.wasm.preview1 import FUNCTIONS

FILES = Path(__file__).parents[1] / "embedders"
RULE = "embedder-file"

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_URL = re.compile(r"https://\S+")

Value = TypeVar("Value")


def embedder_names() -> tuple[str, ...]:
    """The hosts of which there is a file, sorted."""
    return tuple(sorted(path.stem for path in FILES.glob("*.toml")))


@functools.cache
def embedder(name: str) -> Embedder:
    """The host of this name, which has `known` false where there is no file.

    Raises Failure where the file is no description of a host.
    """
    if name not in embedder_names():
        return Embedder(name, known=False)
    return read_embedder(FILES / f"{name}.toml")


def read_embedder(path: Path) -> Embedder:
    """The host that a file describes. Raises Failure where it describes none."""
    data = path.read_bytes()
    if not _NAME.fullmatch(path.stem):
        raise _failure(path, f"{shown(path.stem)} is no name of a host", "use a-z, 0-9, ., _, -")
    try:
        table = tomllib.loads(data.decode())
    except ValueError as error:  # of UTF-8 or of TOML
        raise _failure(path, f"it is no TOML: {error}") from None
    return _Reading(path, sha256_of_bytes(data)).run(table)


def _failure(path: Path, what: str, fix: str = "", why: str = "") -> Failure:
    location = Location(f"embedders/{path.name}")
    return failure(RULE, what, why=why, fix=fix, location=location)


@dataclass(frozen=True)
class _Reading:
    """One reading of a file: each method takes a value, with the key that its errors name."""

    path: Path
    digest: str

    def run(self, table: Any) -> Embedder:
        keys = ("title", "version", "sources", "kinds", "preview1", "functions", "exports")
        top = self._table(table, "", (*keys, "verified", "notes"))
        sources = self._sources(top.get("sources"))
        preview1 = self._table(top.get("preview1"), "preview1", ("lacks", "source"))
        return Embedder(
            name=self.path.stem,
            digest=self.digest,
            title=self._text(top.get("title"), "title"),
            version=self._text(top.get("version"), "version"),
            kinds=self._kinds(top.get("kinds"), sources),
            functions=self._each(top, "functions", functools.partial(self._functions, sources)),
            lacks=self._lacks(preview1.get("lacks")),
            lacks_source=self._source(preview1.get("source"), "preview1.source", sources),
            exports=self._each(top, "exports", functools.partial(self._export, sources)),
            verified=self._text(top["verified"], "verified") if "verified" in top else "",
            notes=self._texts(top.get("notes", []), "notes"),
            sources=tuple(sources.values()),
        )

    # ---- the facts ----

    def _sources(self, value: Any) -> Mapping[str, str]:
        urls = self._mapping(value, "sources")
        for name, url in urls.items():
            if not _URL.fullmatch(self._text(url, f"sources.{name}")):
                raise self._wrong(f"sources.{name}", url, "a URL beginning with https://")
        return urls

    def _kinds(self, value: Any, sources: Mapping[str, str]) -> dict[Kind, str]:
        known: tuple[Kind, ...] = get_args(Kind)
        table = self._table(value, "kinds", known)
        kinds = {
            kind: self._source(table[kind], f"kinds.{kind}", sources)
            for kind in known
            if kind in table
        }
        if not kinds:
            raise self._wrong("kinds", value, "the kinds that it runs: command, reactor or both")
        return kinds

    def _functions(self, sources: Mapping[str, str], value: Any, key: str) -> ProvidedFunctions:
        table = self._table(value, key, ("module", "source", "types"))
        types = self._mapping(table.get("types"), f"{key}.types")
        return ProvidedFunctions(
            module=self._text(table.get("module"), f"{key}.module"),
            types={
                name: self._type(written, f"{key}.types.{name}") for name, written in types.items()
            },
            source=self._source(table.get("source"), f"{key}.source", sources),
        )

    def _lacks(self, value: Any) -> tuple[str, ...]:
        names = self._texts(value, "preview1.lacks")
        for name in names:
            if name not in FUNCTIONS:
                fix = did_you_mean(name, FUNCTIONS)
                raise self._fail("preview1.lacks", f"WASI preview 1 has no {shown(name)}", fix)
        return names

    def _export(self, sources: Mapping[str, str], value: Any, key: str) -> RequiredExport:
        table = self._table(value, key, ("any-of", "type", "why", "source"))
        written = table.get("type")
        names = self._texts(table.get("any-of"), f"{key}.any-of")
        if not names:
            raise self._wrong(f"{key}.any-of", [], "the names of which one must be exported")
        return RequiredExport(
            any_of=names,
            type=None if written is None else self._type(written, f"{key}.type"),
            why=self._text(table.get("why"), f"{key}.why"),
            source=self._source(table.get("source"), f"{key}.source", sources),
        )

    # ---- their values ----

    def _each(
        self, top: Mapping[str, Any], key: str, read: Callable[[Any, str], Value]
    ) -> tuple[Value, ...]:
        value = top.get(key, [])
        if not isinstance(value, list):
            raise self._wrong(key, value, f"an array of tables: [[{key}]]")
        return tuple(read(item, f"{key}.{index}") for index, item in enumerate(value))

    def _table(self, value: Any, key: str, known: Iterable[str]) -> Mapping[str, Any]:
        table = self._mapping(value, key)
        for name in table:
            if name not in known:
                fix = did_you_mean(name, known, f"known: {quoted(known, 'and')}")
                raise self._fail(key, f"unknown key {shown(name)}", fix)
        return table

    def _mapping(self, value: Any, key: str) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self._wrong(key, value, "a table")
        return value

    def _text(self, value: Any, key: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(key, value, "a text")
        return value

    def _texts(self, value: Any, key: str) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise self._wrong(key, value, "an array of texts")
        return tuple(self._text(item, f"{key}.{index}") for index, item in enumerate(value))

    def _type(self, value: Any, key: str) -> FunctionType:
        try:
            return function_type(self._text(value, key))
        except ValueError:
            expected = 'a function type of i32, i64, f32 and f64, such as "(i32, i32) -> i64"'
            raise self._wrong(key, value, expected) from None

    def _source(self, value: Any, key: str, sources: Mapping[str, str]) -> str:
        name = self._text(value, key)
        if name not in sources:
            fix = did_you_mean(name, sources, "add it to [sources], with its URL")
            raise self._fail(key, f"[sources] has no {shown(name)}", fix)
        return sources[name]

    def _wrong(self, key: str, value: Any, expected: str) -> Failure:
        if value is None:
            return self._fail(key, "it is missing", f"write {expected}")
        return self._fail(key, f"{shown(value)} is not {expected}")

    def _fail(self, key: str, what: str, fix: str = "") -> Failure:
        why = "every fact of a host is read from this file, and has a source"
        return _failure(self.path, f"{key}: {what}" if key else what, fix, why)
