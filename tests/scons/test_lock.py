"""One build at a time in one tree: a second one waits, or says for whom it will not."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from project import Project
from workspaces import MakeWorkspace, solo_files

TOGETHER = 20 if os.environ.get("WASIP1_SOAK") == "1" else 2


@pytest.fixture
def small(make_workspace: MakeWorkspace) -> Project:
    return make_workspace(solo_files("compress.formats = []"))


@pytest.fixture
def held(small: Project) -> Iterator[Project]:
    """A tree in which another process builds: this one, under the number of another."""
    lock = small.write("build/.wasip1/lock", "4711 scons PROFILE=dev")
    with lock.open("r+") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield small


def test_with_nowait_a_second_build_fails_at_once_and_names_the_first(held: Project) -> None:
    build = held.scons("-Q", "NOWAIT=1")
    assert build.status == 2
    assert "process 4711 (`scons PROFILE=dev`) builds in this tree" in build.output
    assert build.steps == ()


def test_looking_needs_no_lock(held: Project) -> None:
    assert held.scons("-n", "-Q").status == 0
    assert held.scons("-h").status == 0


def test_a_second_build_waits_and_says_for_whom(small: Project) -> None:
    lock = small.write("build/.wasip1/lock", "4711 scons")
    with lock.open("r+") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        second = subprocess.Popen(
            [sys.executable, "-m", "SCons", "-Q"],
            cwd=small.root,
            env=small.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert second.stdout is not None
        first_line = second.stdout.readline()
        assert first_line == "waiting for process 4711 (`scons`), which builds in this tree\n"
    rest = second.stdout.read()
    assert second.wait() == 0, rest
    assert "1 passed" in rest


def ends_of(*started: subprocess.Popen[str]) -> list[tuple[int, str]]:
    """How builds ended that run at once: the status and the output of each."""
    outputs = [each.communicate()[0] for each in started]
    return [(each.wait(), output) for each, output in zip(started, outputs, strict=True)]


@pytest.fixture
def edited(workspace: Project, number: int) -> Project:
    """`workspace` with an edit of a library."""
    workspace.edit("lib/lib.go", "return 42", "return 42 // edited" if number % 2 else "return 43")
    return workspace


@pytest.mark.soak
@pytest.mark.parametrize("number", range(TOGETHER))
def test_two_builds_started_together_both_succeed(edited: Project, number: int) -> None:
    """Which of them comes first is left to chance; each builds the edit, or finds it built."""
    words = ([], ["one", "-j1"], ["-k", "m/three:three"])[number % 3]
    ends = ends_of(edited.started("-Q"), edited.started("-Q", *words))
    assert [status for status, _ in ends] == [0, 0], ends
    assert edited.build("-Q").steps == ()


@pytest.mark.soak
@pytest.mark.parametrize("number", range(TOGETHER))
def test_one_of_two_that_may_not_wait_does_no_harm(edited: Project) -> None:
    """The impatient one fails at once, or was the first; the other one always succeeds."""
    patient, impatient = ends_of(edited.started("-Q"), edited.started("-Q", "NOWAIT=1"))
    assert patient[0] == 0, patient
    assert impatient[0] == 0 or "builds in this tree" in impatient[1], impatient
    assert edited.build("-Q").steps == ()
