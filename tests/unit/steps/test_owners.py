"""Who owns the bytes, in A.sizes.json and in what a report reads of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from go_tables import plain_module
from report_files import SIZES, outcome
from small_project import context_in, put, read, run
from wasip1_build.findings import Failure
from wasip1_build.report.json_report import artifact_json
from wasip1_build.report.summary import summarize
from wasip1_build.schema_files import schema_path
from wasip1_build.spec import model
from wasip1_build.steps.budget import Budget
from wasip1_build.steps.owners import read_owners
from wasip1_build.wasm.strip import strip
from wasm_writer import HEADER, custom

STEP = Budget(".:a", "a.wasm", None, None, (), None, "a.sizes.json", model.Budget())
NAMED = plain_module([b"\0\x0b", b"\0\x01\x0b"], [(8, b"abc")], ["runtime.alloc", "a.b/c.F"])


def owners(root: Path, step: Budget = STEP) -> dict[str, Any]:
    """The member of A.sizes.json."""
    run(step, context_in(root))
    found: dict[str, Any] = read(root, step.output)["owners"]
    return found


def test_sections_code_and_data_are_the_module(tmp_path: Path) -> None:
    put(tmp_path, "a.wasm", HEADER + custom("note", b"go"))
    found = owners(tmp_path)
    assert found["sections"] == {"header": 8, "custom: note": 9}
    assert (found["packages"], found["functions"], found["code_bytes"]) == ({}, 0, 0)


def test_names_come_from_the_module_before_it_was_stripped(tmp_path: Path) -> None:
    put(tmp_path, "a.wasm", strip(NAMED))
    put(tmp_path, "state/named.wasm", NAMED)
    assert owners(tmp_path)["unknown"].startswith("it has no name section")
    step = replace(STEP, named="state/named.wasm")
    assert "state/named.wasm" in step.inputs
    assert owners(tmp_path, step)["packages"] == {
        "a.b/c": {"module": "", "code_bytes": 3, "functions": 1},
        "runtime": {"module": "std", "code_bytes": 2, "functions": 1},
    }
    assert step.key(context_in(tmp_path)) != STEP.key(context_in(tmp_path))


def test_what_is_no_module_has_no_owners_and_its_size_is_told(tmp_path: Path) -> None:
    put(tmp_path, "a.wasm", bytes(100))
    assert owners(tmp_path) == {"unknown": "a.wasm is not a WebAssembly module"}
    record = read(tmp_path, "a.sizes.json")
    assert record["sizes"] == [{"form": "wasm", "size_bytes": 100}]
    assert read_owners(record, "a.sizes.json") is None


def summarized(root: Path, member: Any) -> Any:
    """The summary of an artifact with this member."""
    root.mkdir(exist_ok=True)
    return summarize(outcome(root, ".:hello", sizes={**SIZES, "owners": member}))


def many(count: int) -> dict[str, Any]:
    """A member with so many packages."""
    packages = {
        f"p{number}": {"module": "std", "code_bytes": number, "functions": 2}
        for number in range(count)
    }
    rest = {"data": {"types": 5}, "sections": {"header": 8}, "modules": {"a": "v1"}}
    return {"functions": 2 * count, "code_bytes": 105, "packages": packages, **rest}


def test_a_report_has_the_largest_packages_and_the_rest_as_one(tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    summary = summarized(tmp_path, many(15))
    assert [owner.package for owner in summary.owners.packages[:2]] == ["p14", "p13"]
    record = json.loads(artifact_json(summary, tmp_path))
    assert len(record["owners"]["packages"]) == 10
    assert record["owners"]["rest"] == {"packages": 5, "code_bytes": 10, "functions": 10}
    assert record["owners"]["data"] == {"types": 5}
    schema = json.loads(schema_path("report").read_bytes())
    jsonschema.validate(record, schema["properties"]["artifacts"]["items"])


def test_a_report_says_why_packages_are_not_known(tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    known = {name: many(1)[name] for name in ("code_bytes", "data", "sections", "modules")}
    summary = summarized(tmp_path, {**known, "unknown": "it has no names"})
    assert (summary.owners.packages, summary.owners.functions) == ((), None)
    record = json.loads(artifact_json(summary, tmp_path))
    assert record["owners"]["unknown"] == "it has no names"
    assert "packages" not in record["owners"]
    schema = json.loads(schema_path("report").read_bytes())
    jsonschema.validate(record, schema["properties"]["artifacts"]["items"])


@pytest.mark.parametrize(
    "change",
    [
        {"packages": []},
        {"packages": {"p": 5}},
        {"packages": {"p": {"module": "std", "code_bytes": -1, "functions": 1}}},
        {"data": {"types": "5"}},
        {"sections": None},
        {"modules": {"a": 1}},
        {"functions": True},
        {"code_bytes": "105"},
    ],
)
def test_a_damaged_member_is_said(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(Failure, match="is damaged"):
        read_owners({"owners": {**many(2), **change}}, "a.sizes.json")
    summary = summarized(tmp_path, {**many(2), **change})
    assert summary.verdict == "fail"
    assert summary.owners is None
    assert "hello.sizes.json is damaged" in str(summary.findings[0])


def test_results_without_the_member_are_whole(tmp_path: Path) -> None:
    assert summarize(outcome(tmp_path, ".:hello")).owners is None
    with pytest.raises(Failure, match="damaged"):
        read_owners({"owners": 5}, "a.sizes.json")
