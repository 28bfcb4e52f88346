"""per-item-host-call, ignored-export and gc-foot-guns: what they find, and what only looks so."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import Case, advised, artifact_of, cases, workspace
from wasip1_build.findings import Finding

RULES = ("per-item-host-call", "ignored-export", "gc-foot-guns")
CASES = [(rule, case) for rule in RULES for case in cases(rule)]
Found = dict[str, dict[str, tuple[Finding, ...]]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, shared_cache: Path, pinned_go: Path) -> Found:
    """By rule and artifact, what one run for each rule finds in all its cases."""
    assert pinned_go.is_file()
    roots = {rule: tmp_path_factory.mktemp("corpus") for rule in RULES}
    for rule, root in roots.items():
        workspace(rule, root)
    return {rule: advised(root, shared_cache, (rule,)) for rule, root in roots.items()}


@pytest.mark.parametrize(
    ("rule", "case"), CASES, ids=lambda each: each.name if isinstance(each, Case) else each
)
def test_the_corpus_is_found_and_nothing_else(rule: str, case: Case, found: Found) -> None:
    said = [each for each in found[rule][artifact_of(case)] if each.key != "package"]
    places = {
        (each.location.file, each.location.line, each.what.split()[0])
        for each in said
        if each.location and each.rule == rule
    }
    assert places == case.wanted
    ignores = [each.what for each in said if each.rule == "ignore"]
    assert len(ignores) == case.name.endswith("/ignored_without_reason")
    assert len(said) == len(places) + len(ignores)
    assert len(found[rule][artifact_of(case)]) == len(said), "all types are understood"


@pytest.mark.parametrize("rule", RULES)
def test_every_case_that_must_be_found_wants_something_and_no_other_does(rule: str) -> None:
    every = cases(rule)
    assert all(bool(case.wanted) == case.name.startswith("found/") for case in every)
    kinds = [case.name.partition("/")[0] for case in every]
    assert min(kinds.count("found"), kinds.count("not")) >= 8
