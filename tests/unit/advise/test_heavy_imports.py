"""heavy-import: what it finds, what looks so and is none, and what is told of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import Case, advised, artifact_of, cases, workspace
from heavy_pairs import RULE, pairs
from wasip1_build.advise.rules import IGNORE
from wasip1_build.findings import Finding

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


def test_every_row_of_the_table_is_found_somewhere() -> None:
    wanted = {package for case in CASES for _, _, package in case.wanted}
    assert wanted == {pair.package for pair in pairs()}


def told(found: dict[str, tuple[Finding, ...]], case: str) -> dict[str, Finding]:
    """What is found in a case, by package."""
    return {each.what.split()[0]: each for each in found[case] if each.rule == RULE}


def test_it_says_what_to_write_and_what_that_saved_elsewhere(
    found: dict[str, tuple[Finding, ...]],
) -> None:
    plain = told(found, "found-direct")["fmt"]
    written = r'os.Stdout.WriteString("hello " + strconv.Itoa(len("x")) + "\n")'
    assert plain.fix == f"for fmt.Println in found/direct/main.go:5: {written}"
    saved = next(pair.saved for pair in pairs() if pair.package == "fmt")
    measured = f"{saved['saved_bytes']:,} of {saved['module_bytes']:,} B"
    assert f"of a small program of ours it was {measured}" in plain.why
    assert "(measured, Go 1.27.3)" in plain.why
    assert "404" in told(found, "found-dot_import")["net/http"].fix


def test_what_goes_only_together_says_so(found: dict[str, tuple[Finding, ...]]) -> None:
    both = told(found, "found-both_or_none")
    assert "but log, of which the same is said" in both["fmt"].why
    assert "most of it fmt, of which the same is said" in both["log"].why
    assert "of which the same is said" not in told(found, "found-direct")["fmt"].why


def test_it_names_all_lines_that_import_it(found: dict[str, tuple[Finding, ...]]) -> None:
    (finding,) = found["found-two_packages"]
    assert "also imported in found/two_packages/report/report.go:3" in finding.details


def test_only_the_ignore_without_a_reason_is_idle(found: dict[str, tuple[Finding, ...]]) -> None:
    idle = [case for case, said in found.items() for each in said if each.rule == IGNORE]
    assert idle == ["found-ignored_without_reason"]
    finding = told(found, "found-ignored_without_reason")["fmt"]
    assert "gives no reason, and so does not count" in finding.fix
