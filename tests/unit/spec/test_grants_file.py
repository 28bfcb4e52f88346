"""wasip1.grants is written so that it can be diffed, and what is not as it says is found."""

from __future__ import annotations

import pytest

from wasip1_build.findings import Finding, Location, Severity
from wasip1_build.spec.grants_file import Review, grants_text
from wasip1_build.spec.model import Capability, grants_file

PLACE = Location("m/wasip1.toml", 7, 3)
DIRECTORY = Capability("a", "grants.dirs", '"/in"', 'ro host="in" reason="pictures"', PLACE)
STDIN = Capability("a", "grants.stdin", location=PLACE)
EVERY_KIND = (
    Capability("a", "grants.args", "", '["--x", "a \\" b", "\\n"]'),
    DIRECTORY,
    Capability("a", "grants.dirs", '"/out"', 'rw host="../out" outside'),
    Capability("a", "grants.env", "MODE", '"fast"'),
    Capability("a", "grants.env", '"A B"', '""'),
    Capability("a", "grants.env-inherit", "TZ"),
    STDIN,
    Capability("a", "imports.allow", "sock_*", 'profiles=["edge", "x"]'),
    Capability("a", "imports.deny", "path_open"),
    Capability("a", "imports.embedder", '"extism"', 'profiles=["edge"]'),
    Capability("a", "imports.host", '"env.f"', "(i32, i32)"),
    Capability("a", "imports.host", '"env.g"', "() -> i32, i64"),
    Capability("a", "trusted"),
    Capability("b-1_x", "none", location=Location("m/wasip1.toml", 20, 1)),
)
REVIEW = Review("m/wasip1.toml")


def found(accepted: tuple[Capability, ...], now: tuple[Capability, ...]) -> tuple[Finding, ...]:
    return REVIEW.findings(grants_text("m/wasip1.toml", accepted), now)


def only(findings: tuple[Finding, ...]) -> Finding:
    [finding] = findings
    return finding


def test_it_lies_beside_its_spec() -> None:
    assert grants_file("m/wasip1.toml") == "m/wasip1.grants"
    assert grants_file("wasip1.toml") == "wasip1.grants"
    assert grants_file("other.toml") == "other.grants"  # two workspaces in one directory


def test_lines_are_sorted_and_begin_with_the_artifact() -> None:
    text = grants_text("m/wasip1.toml", EVERY_KIND[::-1]).decode()
    lines = [line for line in text.split("\n") if not line.startswith("#")]
    assert lines[:-1] == sorted(each.line for each in EVERY_KIND)
    assert lines[-1] == ""
    assert "wasip1.toml" in text.split("\n")[0]
    assert "m/" not in text.split("\n")[0]  # a member that moves keeps its file


def test_what_is_written_is_read_as_it_was() -> None:
    read, damage = REVIEW.read(grants_text("m/wasip1.toml", EVERY_KIND))
    assert damage is None
    assert sorted(read, key=lambda each: each.line) == sorted(
        EVERY_KIND, key=lambda each: each.line
    )
    assert found(EVERY_KIND, EVERY_KIND) == ()


def test_comments_order_and_the_ends_of_lines_make_no_difference() -> None:
    data = b"\r\n".join(each.line.encode() for each in EVERY_KIND) + b"\r\n\r\n# mine"
    assert REVIEW.findings(data, EVERY_KIND) == ()


def test_what_is_new_is_told_at_its_line_of_the_spec() -> None:
    finding = only(found((STDIN,), (STDIN, DIRECTORY)))
    assert (finding.rule, finding.severity) == ("capability-new", Severity.WARNING)
    assert finding.location == PLACE
    assert finding.what == f"a: {DIRECTORY.text} is not in m/wasip1.grants"
    assert "scons grants" in finding.fix


def test_what_is_gone_is_told_at_its_line_of_the_file() -> None:
    finding = only(found((DIRECTORY, STDIN), (DIRECTORY,)))
    assert finding.rule == "capability-gone"
    assert finding.location == Location("m/wasip1.grants", 4)
    assert "a: grants.stdin was accepted" in finding.what


def test_a_line_that_is_gone_and_denied_something_is_told_as_more() -> None:
    denial = Capability("a", "imports.deny", "path_*", location=PLACE)
    assert "more functions" in only(found((STDIN, denial), (STDIN,))).why
    assert "fewer functions" in only(found((STDIN,), (STDIN, denial))).why


def test_what_is_changed_is_told_with_both_lines() -> None:
    wider = Capability("a", "grants.dirs", '"/in"', 'rw host="in" reason="pictures"', PLACE)
    finding = only(found((DIRECTORY, STDIN), (wider, STDIN)))
    assert finding.rule == "capability-changed"
    assert finding.location == Location("m/wasip1.grants", 3)
    assert finding.details == f"- {DIRECTORY.line}\n+ {wider.line}"
    assert "m/wasip1.toml:7:3" in finding.why


def test_another_reason_or_profile_is_a_change() -> None:
    other = Capability("a", "grants.dirs", '"/in"', 'ro host="in" reason="all"', PLACE)
    assert only(found((DIRECTORY,), (other,))).rule == "capability-changed"
    edge = Capability("a", "trusted", "", 'profiles=["edge"]', PLACE)
    trusted = Capability("a", "trusted", location=PLACE)
    assert only(found((edge,), (trusted,))).rule == "capability-changed"


def test_an_artifact_that_comes_or_goes_is_one_finding_with_all_its_lines() -> None:
    nothing = EVERY_KIND[-1]
    new = only(found((nothing,), (nothing, DIRECTORY, STDIN)))
    assert "the artifact a is not in m/wasip1.grants" in new.what
    assert new.details == f"+ {DIRECTORY.line}\n+ {STDIN.line}"
    gone = only(found((nothing, DIRECTORY), (nothing,)))
    assert "has the artifact a, which is not declared any more" in gone.what
    assert gone.details == f"- {DIRECTORY.line}"


def test_none_is_said_once_and_not_compared() -> None:
    nothing = Capability("a", "none", location=PLACE)
    assert only(found((nothing,), (STDIN,))).rule == "capability-new"
    assert only(found((STDIN,), (nothing,))).rule == "capability-gone"
    assert only(found((), (nothing,))).location == PLACE


@pytest.mark.parametrize(
    ("data", "line", "said"),
    [
        (b"a grants.stdin\n<<<<<<< HEAD\na trusted\n", 2, "a merge that was not finished"),
        (b"=======\n", 1, "a merge that was not finished"),
        (b"a grants.stdni\n", 1, 'did you mean "grants.stdin"?'),
        (b"a\n", 1, "an artifact, a kind"),
        (b"A grants.stdin\n", 1, "A grants.stdin"),
        (b"a grants.stdin yes\n", 1, "not how a line of the kind grants.stdin is written"),
        (b'\na grants.dirs "/in" rx host="in"\n', 2, "of the kind grants.dirs"),
        (b'a grants.dirs "/in ro host="in"\n', 1, "of the kind grants.dirs"),
        (b"a grants.args []\n", 1, "of the kind grants.args"),
        (b"a grants.stdin\na grants.stdin\n", 2, "says it above as well"),
        (b'a grants.env X "1"\na grants.env X "2"\n', 2, "says it above as well"),
        (b"a grants.stdin\na \xff\n", 2, "is not UTF-8"),
        (b"\0" * 500, 1, "m/wasip1.grants says"),
    ],
)
def test_a_file_that_is_not_of_this_form_is_one_finding_at_its_line(
    data: bytes, line: int, said: str
) -> None:
    finding = only(REVIEW.findings(data, (STDIN,)))
    assert finding.rule == "grants-file"
    assert finding.location == Location("m/wasip1.grants", line)
    assert said in str(finding)
    assert "scons grants" in finding.fix
    assert len(finding.what) < 200


def test_an_empty_file_has_accepted_nothing() -> None:
    assert only(REVIEW.findings(b"", (STDIN,))).rule == "capability-new"


def test_locked_makes_them_errors_and_names_the_command() -> None:
    review = Review("wasip1.toml", Severity.ERROR, "scons wasm-grants")
    for finding in (*review.findings(b"", (STDIN,)), review.missing(), review.unreadable("why")):
        assert finding.severity is Severity.ERROR
        assert "scons wasm-grants" in finding.fix
