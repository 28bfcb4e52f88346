"""A go.work.sum that go wants to add to is put back, and what it lacks is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from small_project import KnownTools
from wasip1_build.digests import Digests
from wasip1_build.findings import Failure
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.go_work_sum import keep_work_sum
from wasip1_build.steps.step import Context

KNOWN = "example.com/a v1.0.0 h1:AAAA=\n"
MISSING = "example.com/b v1.1.0 h1:BBBB=\n"
IN_WORK = GoContext("a", "go.work", ("a",), ("go.work",))
ALONE = GoContext("a", "", ("a",), ("a/go.mod",))


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(tmp_path, "build", KnownTools({}), Digests(None))


@pytest.mark.parametrize("before", [None, KNOWN])
def test_added_checksums_are_taken_back_and_listed(context: Context, before: str | None) -> None:
    sums = context.path("go.work.sum")
    if before:
        sums.write_text(before)
    with pytest.raises(Failure) as caught, keep_work_sum(context, IN_WORK):
        sums.write_text((before or "") + MISSING)
    assert (sums.read_text() if sums.exists() else None) == before
    (finding,) = caught.value.findings
    assert finding.rule == "go-work-sum"
    assert finding.details == MISSING.strip()


def test_it_is_put_back_when_go_fails_too(context: Context) -> None:
    sums = context.path("go.work.sum")
    with pytest.raises(RuntimeError), keep_work_sum(context, IN_WORK):
        sums.write_text(MISSING)
        raise RuntimeError
    assert not sums.exists()


def test_a_complete_one_is_left_alone(context: Context) -> None:
    sums = context.path("go.work.sum")
    sums.write_text(KNOWN)
    stamp = sums.stat().st_ctime_ns
    with keep_work_sum(context, IN_WORK):
        pass
    assert sums.stat().st_ctime_ns == stamp


def test_without_a_go_work_there_is_nothing_to_keep(context: Context) -> None:
    with keep_work_sum(context, ALONE):
        pass
    assert list(context.root.iterdir()) == []
