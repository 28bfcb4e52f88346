"""worker-pool: what it finds, and what looks so and is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import Case, advised, artifact_of, cases, workspace
from wasip1_build.findings import Finding

RULE = "worker-pool"
CASES = cases(RULE)


@pytest.fixture(scope="module")
def found(
    tmp_path_factory: pytest.TempPathFactory, shared_cache: Path, pinned_go: Path
) -> dict[str, tuple[Finding, ...]]:
    """By artifact, what one run finds in all cases."""
    assert pinned_go.is_file()
    root = tmp_path_factory.mktemp("corpus")
    workspace(RULE, root)
    return advised(root, shared_cache, (RULE,))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_corpus_is_found_and_nothing_else(
    case: Case, found: dict[str, tuple[Finding, ...]]
) -> None:
    said = [each for each in found[artifact_of(case)] if each.rule == RULE]
    places = {
        (each.location.file, each.location.line, each.what.split()[0])
        for each in said
        if each.location
    }
    assert places == case.wanted
    assert len(said) == len(places)


def test_every_case_that_must_be_found_wants_something_and_no_other_does() -> None:
    assert all(bool(case.wanted) == case.name.startswith("found/") for case in CASES)
    kinds = [case.name.partition("/")[0] for case in CASES]
    assert min(kinds.count("found"), kinds.count("not")) >= 8


def test_no_package_of_the_corpus_is_left_out(found: dict[str, tuple[Finding, ...]]) -> None:
    assert {each.rule for every in found.values() for each in every} <= {RULE, "ignore"}
