"""Sizes against budgets: each finding is seen, and seen to be silent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from small_project import context_in, put, read, run
from wasip1_build.findings import Failure, Finding
from wasip1_build.spec import model
from wasip1_build.spec.values import size_bytes
from wasip1_build.steps.budget import Budget

KIB = 1024
MEASURED = {"form": "wasm", "ended": "ended", "peak_memory_bytes": 3 * KIB * KIB}
KILLED = {"form": "cwasm", "ended": "timeout", "peak_memory_bytes": None}
CHECKED = {
    "artifact": ".:a",
    "checks": [
        {"name": "instantiates", "verdict": "pass", "forms": [MEASURED]},
        {"name": "greets", "verdict": "pass", "forms": [MEASURED]},
    ],
    "peak_memory_bytes": 3 * KIB * KIB,
    "findings": [],
}
STEP = Budget(
    artifact=".:a",
    module="a.wasm",
    br="a.wasm.br",
    gz="a.wasm.gz",
    cwasm=(("pulley64", "a.pulley64.cwasm"), ("x86_64-unknown-linux-gnu", "a.x.cwasm")),
    checks="a.checks.json",
    output="a.sizes.json",
    budget=model.Budget(wasm=900 * KIB),
)


def measured(root: Path, step: Budget, checks: dict[str, Any] | None = None) -> dict[str, Any]:
    """A.sizes.json of an artifact whose files have these sizes."""
    sizes = {
        step.module: 900 * KIB,
        "a.wasm.br": 225 * KIB,
        "a.wasm.gz": 300 * KIB,
        "a.pulley64.cwasm": 1500 * KIB,
        "a.x.cwasm": 2000 * KIB,
    }
    for name, size in sizes.items():
        put(root, name, bytes(size))
    put(root, "a.checks.json", CHECKED if checks is None else checks)
    run(step, context_in(root))
    result: dict[str, Any] = read(root, step.output)
    return result


def found(root: Path, budget: model.Budget, **changes: Any) -> list[Finding]:
    checks = changes.pop("with_checks", None)
    record = measured(root, replace(STEP, budget=budget, **changes), checks)
    return [Finding.from_json(entry) for entry in record["findings"]]


def test_every_form_is_listed_with_its_size_and_its_budget(tmp_path: Path) -> None:
    record = measured(tmp_path, replace(STEP, budget=model.Budget(wasm=901 * KIB, cwasm=3 << 20)))
    assert record["sizes"] == [
        {"form": "wasm", "size_bytes": 900 * KIB, "budget_bytes": 901 * KIB, "over_bytes": 0},
        {"form": "br", "size_bytes": 225 * KIB},
        {"form": "gz", "size_bytes": 300 * KIB},
        {
            "form": "cwasm",
            "target": "pulley64",
            "size_bytes": 1500 * KIB,
            "budget_bytes": 3 << 20,
            "over_bytes": 0,
        },
        {
            "form": "cwasm",
            "target": "x86_64-unknown-linux-gnu",
            "size_bytes": 2000 * KIB,
            "budget_bytes": 3 << 20,
            "over_bytes": 0,
        },
    ]
    assert record["memory"] == {"form": "memory", "peak_bytes": 3 << 20}
    assert record["findings"] == []


def test_a_size_of_exactly_its_budget_is_within(tmp_path: Path) -> None:
    assert found(tmp_path, model.Budget(wasm=900 * KIB)) == []


def test_one_byte_too_many_is_an_error_with_the_line_to_paste(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, model.Budget(wasm=900 * KIB - 1))
    assert (finding.rule, finding.severity, finding.key) == (
        "budget-exceeded",
        "error",
        "budget.wasm",
    )
    assert finding.what == (
        "a: wasm is 921,600 B (900 KiB), 1 B (<0.1 %) over its budget of 921,599 B (900 KiB)"
    )
    assert 'budget.wasm = "945KiB"' in finding.fix


@pytest.mark.parametrize("form", ["br", "gz"])
def test_sidecars_have_budgets_of_their_own(form: str, tmp_path: Path) -> None:
    (finding,) = found(tmp_path, model.Budget(**{form: 200 * KIB}))
    assert finding.key == f"budget.{form}"
    assert found(tmp_path, model.Budget(**{form: 300 * KIB})) == []


def test_the_cwasm_budget_holds_for_each_target(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, model.Budget(cwasm=1600 * KIB))
    assert "cwasm for x86_64-unknown-linux-gnu is 2,048,000 B" in finding.what
    assert len(found(tmp_path, model.Budget(cwasm=KIB))) == 2


def test_no_budget_is_a_note_with_the_line_to_paste(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, model.Budget())
    assert (finding.rule, finding.severity) == ("budget-missing", "note")
    assert 'under [artifact.a] write\nbudget.wasm = "945KiB"' in finding.fix


def test_no_budget_is_an_error_where_one_is_required(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, model.Budget(required=True))
    assert (finding.severity, finding.key) == ("error", "budget.required")


def test_a_memory_budget_is_no_size_budget(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, model.Budget(memory=4 << 20, required=True))
    assert finding.rule == "budget-missing"


def test_the_peak_of_the_checks_is_held_to_the_memory_budget(tmp_path: Path) -> None:
    assert found(tmp_path, model.Budget(wasm=1 << 20, memory=3 << 20)) == []
    (finding,) = found(tmp_path, model.Budget(wasm=1 << 20, memory=2 << 20))
    assert (finding.rule, finding.key) == ("budget-exceeded", "budget.memory")
    assert "1,048,576 B (50.0 %) over its budget" in finding.what


@pytest.mark.parametrize(
    "checks",
    [
        CHECKED | {"checks": []},
        CHECKED | {"checks": CHECKED["checks"][:1]},  # type: ignore[index]
        CHECKED | {"peak_memory_bytes": None},
        CHECKED | {"checks": [{"name": "greets", "forms": [MEASURED, KILLED]}]},
        CHECKED | {"checks": [{"name": "greets", "forms": []}]},
    ],
    ids=["no checks", "only instantiates", "no peak", "one form was killed", "it did not run"],
)
def test_a_memory_budget_that_no_check_proved_is_an_error(
    checks: dict[str, Any], tmp_path: Path
) -> None:
    budget = model.Budget(wasm=1 << 20, memory=64 << 20)
    (finding,) = found(tmp_path, budget, with_checks=checks)
    assert (finding.rule, finding.severity) == ("budget-unproved", "error")
    assert "not proved is not passed" in finding.why
    assert found(tmp_path, model.Budget(wasm=1 << 20), with_checks=checks) == []


def test_a_memory_budget_without_any_checks_file_is_an_error(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, model.Budget(wasm=1 << 20, memory=1), checks=None)
    assert finding.rule == "budget-unproved"


def test_a_budget_for_a_form_that_is_not_built_is_said(tmp_path: Path) -> None:
    budget = model.Budget(br=1 << 20, cwasm=4 << 20)
    findings = found(tmp_path, budget, br=None, cwasm=())
    assert [(finding.rule, finding.severity) for finding in findings] == [
        ("budget-not-built", "note")
    ] * 2
    assert found(tmp_path, budget) == []


@pytest.mark.parametrize(
    "damaged",
    [b"", b'{"checks": [', b"[]", b'{"checks": [], "findings": 3}', b"\xff\xfe", b"[" * 100_000],
    ids=["empty", "cut", "a list", "no findings", "no text", "deep"],
)
def test_damaged_checks_are_a_failure_and_leave_no_output(damaged: bytes, tmp_path: Path) -> None:
    measured(tmp_path, STEP)
    put(tmp_path, "a.checks.json", damaged)
    with pytest.raises(Failure) as caught:
        run(STEP, context_in(tmp_path))
    assert caught.value.findings[0].rule == "result-damaged"
    assert not (tmp_path / STEP.output).exists()


def test_a_missing_file_is_a_failure(tmp_path: Path) -> None:
    measured(tmp_path, STEP)
    (tmp_path / "a.wasm.br").unlink()
    with pytest.raises(Failure, match=r"a\.wasm\.br cannot be read"):
        run(STEP, context_in(tmp_path))


def test_the_suggested_line_is_a_size_of_the_spec_and_lets_today_pass(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, model.Budget(wasm=1))
    line = next(line for line in finding.fix.split("\n") if line.startswith("budget.wasm"))
    suggested = size_bytes(line.partition('"')[2].rstrip('"'))
    assert found(tmp_path, model.Budget(wasm=suggested)) == []


def test_the_budget_and_the_targets_are_in_the_key(tmp_path: Path) -> None:
    context = context_in(tmp_path)
    other = replace(STEP, budget=model.Budget(wasm=1))
    assert STEP.key(context) != other.key(context)
    assert STEP.key(context) != replace(STEP, cwasm=()).key(context)
    assert STEP.inputs == (
        "a.wasm",
        "a.wasm.br",
        "a.wasm.gz",
        "a.pulley64.cwasm",
        "a.x.cwasm",
        "a.checks.json",
    )
