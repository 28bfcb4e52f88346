"""What went wrong, as text for people and as JSON for programs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasip1_build.findings import Failure, Finding, Location, Severity, failure, has_errors

FULL = Finding(
    rule="imports",
    severity=Severity.WARNING,
    what="a.wasm imports sock_accept",
    why="imports.deny has sock_*",
    fix="take it out\nor allow it",
    location=Location("dir/wasip1.toml", 12, 3),
    key="imports.deny",
    details="--- a\n+++ b\n",
)


def test_a_finding_says_where_what_why_and_what_to_do() -> None:
    assert str(FULL) == (
        "dir/wasip1.toml:12:3: warning: a.wasm imports sock_accept [imports]\n"
        "  why: imports.deny has sock_*\n"
        "  fix: take it out\n"
        "       or allow it\n"
        "  | --- a\n"
        "  | +++ b"
    )


def test_what_is_not_known_is_not_said() -> None:
    finding = Finding("x", Severity.NOTE, "something")
    assert str(finding) == "note: something [x]"
    assert finding.to_json() == {"rule": "x", "severity": "note", "what": "something"}


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        (Location("a.go"), "a.go"),
        (Location("a.go", 3), "a.go:3"),
        (Location("a.go", 3, 7), "a.go:3:7"),
    ],
)
def test_a_location_is_as_precise_as_what_is_known(location: Location, shown: str) -> None:
    assert str(location) == shown


LOCATIONS = st.builds(Location, st.text(min_size=1), st.none() | st.integers(1), st.none())


@given(
    st.builds(
        Finding,
        rule=st.text(min_size=1),
        severity=st.sampled_from(Severity),
        what=st.text(min_size=1),
        why=st.text(),
        fix=st.text(),
        location=st.none() | LOCATIONS,
        key=st.text(),
        details=st.text(),
    )
)
def test_any_finding_comes_back_from_json(finding: Finding) -> None:
    assert Finding.from_json(finding.to_json()) == finding


def test_only_an_error_is_an_error() -> None:
    assert not has_errors([])
    assert not has_errors([FULL, Finding("x", Severity.NOTE, "y")])
    assert has_errors([FULL, Finding("x", Severity.ERROR, "y")])


def test_a_failure_is_told_by_its_findings() -> None:
    raised = failure(
        "tool-missing", "no go", why="none found", fix="install it", key="toolchain.go"
    )
    (finding,) = raised.findings
    assert finding.severity is Severity.ERROR
    assert str(raised) == str(finding)
    both = Failure((finding, FULL))
    assert str(both) == f"{finding}\n{FULL}"
