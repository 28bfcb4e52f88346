"""The gate: all findings of an artifact at once, and no pass where one of them is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from small_project import context_in, put, read, run
from wasip1_build.findings import Failure, Finding, Location, Severity
from wasip1_build.steps.gate import Gate, by_weight

STEP = Gate("dir:a", ("a.imports.json", "a.sizes.json"), "build/.wasip1/gate/a.json")
WARNING = Finding("imports", Severity.WARNING, "a warning", key="imports.allow")
ERROR = Finding("budget-exceeded", Severity.ERROR, "too large", key="budget.wasm")
NOTE = Finding("budget-missing", Severity.NOTE, "no budget", key="budget")
PLACES = {"budget.wasm": Location("dir/wasip1.toml", 12, 1)}


def results(root: Path, first: list[Finding], second: list[Finding]) -> None:
    for name, findings in zip(STEP.results, (first, second), strict=True):
        put(root, name, {"findings": [finding.to_json() for finding in findings]})


def refused(root: Path) -> Failure:
    with pytest.raises(Failure) as caught:
        run(STEP, context_in(root, locations=PLACES))
    assert not (root / STEP.output).exists()
    return caught.value


def test_an_artifact_without_findings_passes(tmp_path: Path) -> None:
    results(tmp_path, [], [])
    run(STEP, context_in(tmp_path))
    assert read(tmp_path, STEP.output) == {"artifact": "dir:a", "verdict": "pass", "findings": []}


def test_one_error_fails_with_all_findings_errors_first(tmp_path: Path) -> None:
    results(tmp_path, [NOTE, WARNING], [ERROR])
    rules = [finding.rule for finding in refused(tmp_path).findings]
    assert rules == ["budget-exceeded", "imports", "budget-missing"]


def test_a_failure_names_the_line_of_the_key(tmp_path: Path) -> None:
    results(tmp_path, [], [ERROR])
    assert str(refused(tmp_path)).startswith("dir/wasip1.toml:12:1: error: too large")


def test_a_finding_keeps_the_place_that_it_has(tmp_path: Path) -> None:
    here = Location("main.go", 3)
    results(tmp_path, [], [Finding("x", Severity.ERROR, "bad", location=here, key="budget.wasm")])
    assert refused(tmp_path).findings[0].location == here


def test_warnings_pass_and_are_kept_without_lines(tmp_path: Path) -> None:
    warning = Finding("imports", Severity.WARNING, "a warning", key="budget.wasm")
    results(tmp_path, [warning], [])
    context = context_in(tmp_path, locations=PLACES)
    run(STEP, context)
    stored = read(tmp_path, STEP.output)
    assert stored["verdict"] == "pass"
    assert stored["findings"] == [warning.to_json()]
    (printed,) = STEP.passed_findings(context)
    assert printed.location == PLACES["budget.wasm"]


def test_findings_of_one_severity_keep_their_order() -> None:
    first, second = Finding("a", Severity.NOTE, "1"), Finding("b", Severity.NOTE, "2")
    assert by_weight([first, second, ERROR]) == (ERROR, first, second)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b'{"findings": [{"rule": "x", ',
        b"{}",
        b'{"findings": {}}',
        b'{"findings": ["text"]}',
        b'{"findings": [{"severity": "error", "what": "no rule"}]}',
        b'{"findings": [{"rule": "x", "severity": "fatal", "what": "y"}]}',
        b'{"findings": [{"rule": "x", "severity": "error", "what": 3}]}',
        b'{"findings": [{"rule": "x", "severity": "note", "what": "y", "location": {"a": 1}}]}',
        b'{"findings": [{"rule": "x", "severity": "note", "what": "y", "location": [1]}]}',
        b'{"findings": [{"rule": "x", "severity": "note", "what": "y", "location": {"file": 1}}]}',
    ],
)
def test_a_damaged_result_is_a_failure_and_never_a_pass(damaged: bytes, tmp_path: Path) -> None:
    results(tmp_path, [], [])
    put(tmp_path, STEP.results[1], damaged)
    (finding,) = refused(tmp_path).findings
    assert finding.rule == "result-damaged"
    assert STEP.results[1] in finding.what


def test_a_missing_result_is_a_failure(tmp_path: Path) -> None:
    results(tmp_path, [], [])
    (tmp_path / STEP.results[0]).unlink()
    assert refused(tmp_path).findings[0].rule == "result-unreadable"


def test_lines_of_the_spec_are_not_in_the_key(tmp_path: Path) -> None:
    assert STEP.key(context_in(tmp_path)) == STEP.key(context_in(tmp_path, locations=PLACES))
