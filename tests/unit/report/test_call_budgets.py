"""Budgets of calls in the table, in report.json, and where a result is damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from report_files import SIZES, outcome
from wasip1_build.report.cells import budget_cell
from wasip1_build.report.json_report import artifact_json
from wasip1_build.report.summary import Summary, summarize
from wasip1_build.schema_files import schema_path

WRITES = {"budget": "fd-write", "budget_calls": 10, "calls": 30, "check": "c", "over_calls": 20}
UNKNOWN = {"budget": "host-calls", "budget_calls": 10}


def summary(directory: Path, *calls: Any) -> Summary:
    return summarize(outcome(directory, ".:hello", sizes=SIZES | {"calls": list(calls)}))


def test_the_budget_of_which_most_is_used_may_be_one_of_calls(tmp_path: Path) -> None:
    assert budget_cell(summary(tmp_path, WRITES, UNKNOWN)) == "300 % fd-write"
    assert budget_cell(summary(tmp_path, UNKNOWN)) == "90 % br"


def test_the_json_has_what_was_counted_and_null_where_it_is_not_known(tmp_path: Path) -> None:
    record = json.loads(artifact_json(summary(tmp_path, WRITES, UNKNOWN), tmp_path))
    assert record["calls"] == [
        {"budget": "fd-write", "calls": 30, "budget_calls": 10, "over_calls": 20},
        {"budget": "host-calls", "calls": None, "budget_calls": 10},
    ]
    schema = json.loads(schema_path("report").read_text())
    items = schema["properties"]["artifacts"]["items"]["properties"]["calls"]
    jsonschema.validate(record["calls"], items)
    without = summarize(outcome(tmp_path, ".:hello"))
    assert "calls" not in json.loads(artifact_json(without, tmp_path))


@pytest.mark.parametrize(
    "damage", [{"budget": ["fd-write"]}, {"budget": "wasm"}, {"calls": -1}, {"budget_calls": None}]
)
def test_a_count_that_no_step_writes_is_a_finding(damage: dict[str, Any], tmp_path: Path) -> None:
    found = summary(tmp_path, WRITES | damage)
    assert [each.rule for each in found.findings] == ["result-damaged"]
    assert found.verdict == "fail"
