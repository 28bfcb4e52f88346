"""wasip1.grants is written on demand, and every build says what is not as it was accepted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from project import Build, Project
from wasip1_build.looks import look_at
from witness import witnessed

NEW = "[capability-new]"
GRANT = 'grants.env-inherit = ["TZ"]\n'
FILES = ("wasip1.grants", "m/three/wasip1.grants")


@pytest.fixture
def accepted(workspace: Project) -> Iterator[Project]:
    """A workspace that is up to date and whose capabilities are accepted: three artifacts, none of
    which may do anything."""
    workspace.build("-Q", "grants")
    yield workspace


def lines(project: Project, name: str) -> list[str]:
    text = (project.root / name).read_text()
    return [line for line in text.splitlines() if not line.startswith("#")]


def grant(project: Project) -> None:
    """Grants one more capability, in a member's file."""
    path = project.root / "m/three/wasip1.toml"
    project.write("m/three/wasip1.toml", path.read_text() + GRANT)


def told(build: Build) -> int:
    """How often a build tells of something new."""
    return build.output.count(NEW)


def reported(project: Project) -> list[dict[str, Any]]:
    report = json.loads((project.root / "build/report.json").read_text())
    return list(report["findings"])


def test_each_file_is_written_and_what_it_says_is_shown(workspace: Project) -> None:
    build = workspace.build("-Q", "grants")
    assert build.steps == ()
    assert lines(workspace, "wasip1.grants") == ["one none", "two none"]
    assert lines(workspace, "m/three/wasip1.grants") == ["three none"]
    assert "grants     m/three/wasip1.grants\n  + three none\n" in build.output


def test_a_file_that_says_the_same_is_not_touched(accepted: Project) -> None:
    before = {name: look_at(str(accepted.root / name)) for name in FILES}
    grant(accepted)
    build = accepted.build("-Q", "grants")
    assert "  - three none\n  + three grants.env-inherit TZ\n" in build.output
    assert " wasip1.grants" not in build.output
    assert look_at(str(accepted.root / FILES[0])) == before[FILES[0]]
    assert look_at(str(accepted.root / FILES[1])) != before[FILES[1]]
    assert accepted.build("-Q", "grants").output.count("grants     ") == 0


def test_n_shows_q_answers_and_neither_writes(workspace: Project) -> None:
    shown = workspace.build("-Q", "-n", "grants")
    assert "  + three none" in shown.output
    assert workspace.scons("-Q", "-q", "grants").status == 1
    assert not any((workspace.root / name).exists() for name in FILES)
    workspace.build("-Q", "grants")
    assert workspace.scons("-Q", "-q", "grants").status == 0
    workspace.build("-Q", "-c", "grants")
    assert all((workspace.root / name).exists() for name in FILES)


def test_a_file_whose_artifacts_are_gone_is_told_and_removed(accepted: Project) -> None:
    accepted.write("m/three/wasip1.toml", "spec-version = 1\n")
    gone = accepted.scons("-Q", "-n")
    assert "m/three/wasip1.grants has the artifact three" in gone.output
    accepted.build("-Q", "grants")
    assert not (accepted.root / "m/three/wasip1.grants").exists()


def test_where_nothing_was_ever_accepted_nothing_is_said(workspace: Project) -> None:
    grant(workspace)
    assert told(workspace.build("-Q", "-n")) == 0


def test_every_build_tells_once_of_what_differs(accepted: Project, tmp_path: Path) -> None:
    accepted.build("-Q")
    grant(accepted)
    place = "m/three/wasip1.toml:5:23: warning: three: grants.env-inherit TZ is not in "
    # Of one that it does not build, of all, of a null build, and of one that makes a part.
    for words in (("-n",), ("one",), ("-Q",), ("-Q", "two")):
        build = accepted.build(*words)
        assert told(build) == 1, words
        assert place in build.output
    null = witnessed(accepted, tmp_path / "witness", "-Q")
    assert "wasip1_build.spec.load" not in null.imported
    assert told(null.build) == 1
    assert null.build.output.endswith("3 artifacts: 3 passed; 1 warning, 3 notes\n")
    accepted.edit("one/main.go", 'println("one"', 'println("1"')
    part = witnessed(accepted, tmp_path / "witness", "-Q")
    assert "wasip1_build.spec.load" not in part.imported
    assert "compile" in part.build.verbs
    assert told(part.build) == 1
    [finding] = reported(accepted)
    assert finding["location"] == {"file": "m/three/wasip1.toml", "line": 5, "column": 23}
    assert told(accepted.build("-Q", "PROFILE=dev", "-n")) == 1


def test_a_file_that_was_edited_or_appears_is_looked_at(accepted: Project) -> None:
    accepted.build("-Q")
    accepted.edit("wasip1.grants", "two none", "two grants.stdin")
    edited = accepted.build("-Q")
    assert "wasip1.grants:4: warning: two: grants.stdin was accepted" in edited.output
    for name in FILES:
        (accepted.root / name).unlink()
    assert "capability" not in accepted.build("-Q").output
    accepted.write("wasip1.grants", "one none\n")
    appeared = accepted.build("-Q")
    assert "wasip1.toml:12:1: warning: the artifact two is not in wasip1.grants" in appeared.output
    assert "  | + two none\n" in appeared.output
    # What is accepted while other things are built is not told any more.
    both = accepted.build("-Q", "grants", "one")
    assert "capability" not in both.output
    assert "warning" not in accepted.build("-Q").output


def test_locked_refuses_before_anything_is_built(accepted: Project) -> None:
    assert accepted.build("-Q", "LOCKED=1").status == 0
    grant(accepted)
    accepted.edit("one/main.go", 'println("one"', 'println("1"')
    assert accepted.scons("-Q", "-n", "LOCKED=1").status == 2
    before = accepted.outputs()
    refused = accepted.scons("-Q", "LOCKED=1")
    assert refused.status == 2
    assert refused.steps == ()
    assert (
        "three: grants.env-inherit TZ is not in m/three/wasip1.grants [capability-new]"
        in refused.output
    )
    assert "warning" not in refused.output
    assert refused.output.endswith("LOCKED=1: nothing was built\n")
    assert [each["severity"] for each in reported(accepted)] == ["error"]
    assert {k: v for k, v in accepted.outputs().items() if "report" not in k} == {
        k: v for k, v in before.items() if "report" not in k
    }
    accepted.build("-Q", "grants")
    assert "compile" in accepted.build("-Q", "LOCKED=1").verbs
    assert reported(accepted) == []


def test_locked_refuses_also_what_a_build_before_has_only_told(accepted: Project) -> None:
    grant(accepted)
    assert told(accepted.build("-Q")) == 1
    assert accepted.scons("-Q", "LOCKED=1").status == 2
    assert accepted.scons("-Q", "three", "LOCKED=1").status == 2
    assert accepted.build("-Q", "LOCKED=0").status == 0
    assert accepted.scons("-Q", "-c", "LOCKED=1", "two").status == 0
    assert accepted.scons("-h", "LOCKED=1").status == 0


def test_locked_asks_for_the_file(workspace: Project) -> None:
    refused = workspace.scons("-Q", "LOCKED=1")
    assert refused.status == 2
    assert "wasip1.toml: error: there is no wasip1.grants [grants-file]" in refused.output
    assert "m/three/wasip1.toml: error: there is no m/three/wasip1.grants" in refused.output


def test_arguments_that_contradict_are_refused(workspace: Project) -> None:
    both = workspace.scons("-Q", "grants", "LOCKED=1")
    assert both.status == 2 and "LOCKED=1 with `scons grants`" in both.output
    word = workspace.scons("-Q", "LOCKED=true")
    assert word.status == 2 and "LOCKED=true is neither 0 nor 1" in word.output


def test_a_file_that_cannot_be_read_as_one_is_told_and_written_anew(accepted: Project) -> None:
    conflict = "<<<<<<< HEAD\none none\n=======\none grants.stdin\n>>>>>>> topic\n"
    accepted.write("wasip1.grants", conflict)
    build = accepted.build("-Q", "-n")
    assert "wasip1.grants:1: warning: wasip1.grants has the marks of a merge" in build.output
    assert accepted.scons("-Q", "LOCKED=1").status == 2
    accepted.build("-Q", "grants")
    assert lines(accepted, "wasip1.grants") == ["one none", "two none"]


def test_what_stands_in_the_place_of_a_file_is_told_and_the_others_are_written(
    workspace: Project,
) -> None:
    place = workspace.root / "wasip1.grants"
    place.mkdir()
    try:
        assert "wasip1.grants cannot be read" in workspace.build("-Q", "-n").output
        failed = workspace.scons("-Q", "grants")
        assert failed.status == 2
        assert "error: wasip1.grants cannot be written: " in failed.output
        assert lines(workspace, "m/three/wasip1.grants") == ["three none"]
    finally:
        place.rmdir()


def test_on_a_runner_it_is_an_annotation(accepted: Project) -> None:
    grant(accepted)
    build = accepted.build("-Q", "-n", env={"GITHUB_ACTIONS": "true"})
    assert "::warning file=m/three/wasip1.toml,line=5,col=23,title=capability-new::" in build.output


def test_the_help_lists_the_verb_and_the_argument(workspace: Project) -> None:
    shown = workspace.build("-h").output
    assert "\n  scons grants " in shown
    assert "\n  LOCKED=... " in shown


TOOL = 'env = Environment(tools=["wasip1"], toolpath=[PyPackageDir("wasip1_build.tools")])\n'


@pytest.mark.dear
def test_a_workspace_beside_other_things_is_reviewed_too(workspace: Project) -> None:
    workspace.write(
        "SConstruct", TOOL + 'env.Wasip1Workspace("m/three/wasip1.toml", prefix="w-")\n'
    )
    written = workspace.build("-Q", "w-grants")
    assert "grants     wasip1.grants\n  + three none\n" in written.output
    workspace.build("-Q")
    assert workspace.build("-Q", "WASIP1_LOCKED=1", "LOCKED=1", "OTHER=1").steps == ()
    grant(workspace)
    for _ in range(2):  # the second declares what is up to date as plain files
        build = workspace.build("-Q")
        assert told(build) == 1
        assert "m/three/wasip1.toml:5:23: warning: three: grants.env-inherit TZ" in build.output
        assert "fix: if that is meant: scons w-grants" in build.output
    assert workspace.build("-Q", "LOCKED=1").status == 0
    refused = workspace.scons("-Q", "WASIP1_LOCKED=1")
    assert refused.status == 2
    assert "m/three/wasip1.toml:5:23: error: three: grants.env-inherit TZ" in refused.output
    assert workspace.scons("-Q", "WASIP1_LOCKED=1", "w-grants").status == 2
    assert told(workspace.build("-Q", "w-grants")) == 0
    assert told(workspace.build("-Q", "WASIP1_LOCKED=1")) == 0
