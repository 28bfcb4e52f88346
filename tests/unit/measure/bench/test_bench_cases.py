"""Which cases are timed, and which not, with the reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from bench_runs import FAILS, RANDOM, SAYS_OK, runs_of, wat

from wasip1_build.findings import Failure
from wasip1_build.measure.bench.cases import cases
from wasip1_build.spec.model import Check, Expect

PLAIN = Check("plain", timeout_s=5)
CASE = Check("bench.large", timeout_s=5)


def test_a_check_that_does_not_pass_is_left_out(tmp_path: Path) -> None:
    found = cases(runs_of(tmp_path, wat()), (SAYS_OK, FAILS), (), frozenset({"says"}))
    assert found.checks == (SAYS_OK,)
    assert found.left_out == (("check fails", "it does not pass"),)


def test_what_a_run_writes_first_is_expected_of_all_others(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, wat())
    found = cases(runs, (PLAIN,), (CASE,), frozenset({"plain"}))
    assert ([check.name for check in found.checks], found.unsteady) == (
        ["plain", "bench.large"],
        frozenset(),
    )
    for check in found.checks:
        runs.require(check, runs.once(check), "")
        wrong = replace(runs.once(check), outcome=replace(runs.once(check).outcome, stdout=b"k"))
        with pytest.raises(Failure, match=f"there: check {check.name}: stdout differs") as raised:
            runs.require(check, wrong, "there")
        assert str(tmp_path) not in str(raised.value)


def test_output_that_differs_from_run_to_run_proves_no_case(tmp_path: Path) -> None:
    """A check is judged by what it declares; its output is no measure for another program's."""
    found = cases(runs_of(tmp_path, wat(RANDOM)), (PLAIN,), (CASE,), frozenset({"plain"}))
    assert (found.checks, found.unsteady) == ((PLAIN,), frozenset({"plain"}))
    [(what, why)] = found.left_out
    assert what == "bench.large"
    assert "differs from run to run" in why


@pytest.mark.parametrize(
    ("more", "case", "why"),
    [
        ("(call $exit (i32.const 3))", CASE, "it exited with 3, expected 0"),
        ("(unreachable)", CASE, "the module trapped"),
        ("", replace(CASE, env={"HOME": "x"}), "sets HOME, which is not granted"),
    ],
)
def test_a_case_that_does_not_end_well_is_left_out(
    tmp_path: Path, more: str, case: Check, why: str
) -> None:
    found = cases(runs_of(tmp_path, wat(more)), (), (case,), frozenset())
    assert found.checks == ()
    assert why in found.left_out[0].why


def test_a_case_that_says_what_stdout_is_stays_as_it_is(tmp_path: Path) -> None:
    case = replace(CASE, expect=Expect(stdout="ok"))
    assert cases(runs_of(tmp_path, wat()), (), (case,), frozenset()).checks == (case,)
