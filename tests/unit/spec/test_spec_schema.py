"""The schema, the dataclasses and the reference are about the same keys."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from wasip1_build.schema_files import schema_path
from wasip1_build.spec import typed
from wasip1_build.spec.model import Artifact
from wasip1_build.spec.reference import reference_markdown
from wasip1_build.spec.schema import child, load_schema, schema_at
from wasip1_build.spec.targets import HOST, TARGETS

DOCS = Path(__file__).parents[3] / "docs" / "reference.md"
# What an artifact knows beside what its table says.
NOT_IN_TABLE = {"name", "directory", "locations"}
# Keys that a table of the schema has, and a dataclass takes as one field, or not at all.
FLATTENED = {"strip", "compress", "aot"}


def nodes(value: Any, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        yield path, value
        for name, below in value.items():
            yield from nodes(below, f"{path}/{name}")
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from nodes(below, f"{path}/{index}")


def table_at(path: str) -> dict[str, Any]:
    node: Any = load_schema()
    for part in path.split("."):
        node = child(node, 0 if part == "*" and "items" in node else part)
        assert node is not None, path
    options = (node, *node.get("anyOf", ()))
    return next(option for option in options if option.get("type") == "object")


def test_the_schema_is_a_valid_draft_7_schema() -> None:
    Draft7Validator.check_schema(json.loads(schema_path("wasip1").read_bytes()))


def test_every_key_of_the_schema_has_a_description() -> None:
    for path, node in nodes(load_schema()):
        for name, below in node.get("properties", {}).items():
            assert below.get("description", "").strip(), f"{path}/{name}"
        others = node.get("additionalProperties")
        if isinstance(others, dict):
            assert others.get("description") and others.get("x-label"), path


def test_every_table_of_the_schema_refuses_keys_that_it_does_not_know() -> None:
    for path, node in nodes(load_schema()):
        if "properties" in node and node.get("type") == "object":
            assert node["additionalProperties"] is False, path


def test_the_schema_uses_no_regular_expression_that_other_engines_lack() -> None:
    for path, node in nodes(json.loads(schema_path("wasip1").read_bytes())):
        pattern = node.get("pattern", "")
        assert isinstance(pattern, dict) or "(?" not in pattern, path


@pytest.mark.parametrize("path", typed.TABLES)
def test_a_dataclass_has_the_fields_of_its_table(path: str) -> None:
    kind, fields = typed.TABLES[path]
    table = table_at(path)["properties"]
    flattened = {
        f"{name}.{key}" for name in FLATTENED & table.keys() for key in table[name]["properties"]
    }
    keys = table.keys() - FLATTENED | flattened if kind is Artifact else table.keys()
    assert {field.key for field in fields} == keys
    names = {field.name for field in dataclasses.fields(kind)}
    assert {field.name for field in fields} == names - (NOT_IN_TABLE if kind is Artifact else set())


@pytest.mark.parametrize("path", typed.TABLES)
def test_a_default_of_the_schema_is_the_dataclasses_own(path: str) -> None:
    kind, fields = typed.TABLES[path]
    defaults = {
        field.name: field.default_factory() if callable(field.default_factory) else field.default
        for field in dataclasses.fields(kind)
    }
    for field in fields:
        node = schema_at(table_at(path), tuple(field.key.split(".")))
        assert node is not None
        if "default" in node:
            assert field.convert(node["default"]) == defaults[field.name], field.key


def test_every_example_and_default_is_valid() -> None:
    for path, node in nodes(load_schema()):
        if not {"type", "anyOf", "enum"} & node.keys() or "properties" in path.rpartition("/")[2]:
            continue
        for example in (
            *node.get("examples", ()),
            *([node["default"]] if "default" in node else []),
        ):
            assert Draft7Validator(node).is_valid(example), f"{path}: {example}"


def test_settings_and_artifacts_have_the_same_keys_but_for_the_package() -> None:
    schema = load_schema()
    settings = schema["properties"]["defaults"]["properties"]
    artifact = schema["properties"]["artifact"]["additionalProperties"]["properties"]
    assert {"package": artifact["package"], **settings} == artifact


def test_the_reference_is_the_schemas() -> None:
    assert DOCS.read_text() == reference_markdown(), "run the command at the top of the page"


def test_a_schema_is_beside_the_checkout() -> None:
    assert schema_path("wasip1").is_file()
    assert schema_path("none").name == "none.schema.json"


def test_there_are_targets_for_both_kinds_of_hosts() -> None:
    assert {HOST, "pulley64", "aarch64-unknown-linux-gnu"} <= TARGETS
