"""Growth over what was accepted: each finding is seen, and seen to be silent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from small_project import context_in, put, read, run
from wasip1_build.findings import Severity
from wasip1_build.spec.model import Budget as Limits
from wasip1_build.spec.model import Growth
from wasip1_build.spec.sizes_file import Accepted, ledger_bytes
from wasip1_build.steps.budget import Budget
from wasip1_build.steps.ledger import exceeds

FILE = "wasip1.sizes.json"
GROWTH = Growth(percent=2, bytes=100)
STEP = Budget(
    artifact=".:a",
    module="a.wasm",
    br="a.wasm.br",
    gz=None,
    cwasm=(("pulley64", "a.cwasm"),),
    checks=None,
    output="a.sizes.json",
    budget=Limits(wasm=1 << 20, growth=GROWTH),
    ledger=FILE,
)
SIZES = {"wasm": 10_000, "br": 3_000, "cwasm pulley64": 22_000}


def accept(root: Path, **artifacts: dict[str, int]) -> None:
    records = {name: Accepted("go 1.27.3", each).to_json() for name, each in artifacts.items()}
    (root / FILE).write_bytes(ledger_bytes(records))


def measured(root: Path, step: Budget = STEP, **sizes: int) -> list[dict[str, Any]]:
    """What is found of these sizes of today."""
    files = {"wasm": "a.wasm", "br": "a.wasm.br", "cwasm": "a.cwasm"}
    now = {"wasm": 10_000, "br": 3_000, "cwasm": 22_000} | sizes
    for form, size in now.items():
        put(root, files[form], bytes(size))
    run(step, context_in(root))
    findings: list[dict[str, Any]] = read(root, "a.sizes.json")["findings"]
    return findings


@pytest.mark.parametrize(
    ("before", "now", "fails"),
    [
        (10_000, 10_200, False),  # exactly the percent
        (10_000, 10_201, True),
        (1_000, 1_100, False),  # exactly the bytes, 10 %
        (1_000, 1_101, True),
        (1_000_000, 1_010_000, False),  # many bytes and few percent
        (10_000, 9_000, False),
        (0, 101, True),
        (0, 0, False),
    ],
)
def test_growth_fails_only_beyond_both_limits(before: int, now: int, fails: bool) -> None:
    assert exceeds(GROWTH, before, now) is fails


def test_what_has_not_grown_beyond_the_limits_is_silent(tmp_path: Path) -> None:
    accept(tmp_path, a=SIZES)
    assert measured(tmp_path, wasm=10_200) == []


def test_what_has_grown_is_one_error_with_each_form(tmp_path: Path) -> None:
    accept(tmp_path, a=SIZES)
    [finding] = measured(tmp_path, wasm=10_500, br=3_200, cwasm=22_100)
    assert finding["severity"] == Severity.ERROR and finding["rule"] == "budget-growth"
    assert finding["what"] == ("a: wasm has grown by 500 B, 5.0 %, over what was accepted")
    assert "allows 2 % or 100 B, whichever is more" in finding["why"]
    assert "scons sizes, and commit wasip1.sizes.json" in finding["fix"]
    assert finding["details"].splitlines() == [
        "wasm: 10,000 B (9.77 KiB) accepted, 10,500 B (10.3 KiB) now",
        "br: 3,000 B (2.93 KiB) accepted, 3,200 B (3.12 KiB) now",
    ]


@pytest.mark.parametrize(
    ("ledger", "why"),
    [
        (None, "there is no wasip1.sizes.json, and not proved is not passed"),
        ({"b": SIZES}, "wasip1.sizes.json does not have a"),
        ({"a": {"wasm": 10_000}}, "wasip1.sizes.json has no size of br, cwasm pulley64"),
    ],
)
def test_growth_that_nothing_is_known_of_is_an_error_that_says_what_to_run(
    ledger: dict[str, dict[str, int]] | None, why: str, tmp_path: Path
) -> None:
    if ledger is not None:
        accept(tmp_path, **ledger)
    [finding] = measured(tmp_path)
    assert finding["severity"] == Severity.ERROR and finding["rule"] == "budget-unproved"
    assert finding["why"].startswith(why)
    assert "`scons sizes` accepts the sizes of today" in finding["fix"]


def test_a_damaged_ledger_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("<<<<<<< HEAD\n")
    [finding] = measured(tmp_path)
    assert "has the marks of a merge" in finding["why"]


def test_under_another_profile_growth_is_said_to_limit_nothing(tmp_path: Path) -> None:
    [finding] = measured(tmp_path, replace(STEP, ledger=None), wasm=99_000)
    assert finding["severity"] == Severity.NOTE and finding["rule"] == "budget-not-compared"
    assert "PROFILE=release" in finding["why"]


def test_without_a_growth_budget_the_ledger_is_not_even_read(tmp_path: Path) -> None:
    step = replace(STEP, budget=Limits(wasm=1 << 20))
    context = context_in(tmp_path)
    before = step.key(context)
    accept(tmp_path, a={"wasm": 1})
    assert step.key(context_in(tmp_path)) == before
    assert str(tmp_path / FILE) not in context.digests.seen
    assert measured(tmp_path, step) == []


def test_of_the_ledger_only_this_artifacts_sizes_are_in_the_key(tmp_path: Path) -> None:
    def key() -> Any:
        context = context_in(tmp_path)
        found = STEP.key(context)
        assert str(tmp_path / FILE) in context.digests.seen  # so that a null build looks at it
        return found

    nothing = key()
    accept(tmp_path, a=SIZES, b=SIZES)
    accepted = key()
    accept(tmp_path, a=SIZES, b=SIZES | {"wasm": 7})
    assert key() == accepted != nothing
    accept(tmp_path, a=SIZES | {"wasm": 7}, b=SIZES)
    assert key() != accepted
