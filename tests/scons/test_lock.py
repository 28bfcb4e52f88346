"""One build at a time in one tree: a second one waits, or says for whom it will not."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Iterator

import pytest

from project import Project


@pytest.fixture
def small(empty_project: Project) -> Project:
    p = empty_project
    p.write("go.mod", "module example.com/one\n\ngo 1.25\n")
    p.write("main.go", 'package main\n\nfunc main() {\n\tprintln("one")\n}\n')
    p.write("wasip1.toml", 'spec-version = 1\n\n[artifact.one]\npackage = "."\n')
    return p


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


def test_two_builds_started_together_both_succeed(small: Project) -> None:
    argv = [sys.executable, "-m", "SCons", "-Q"]
    both = [
        subprocess.Popen(argv, cwd=small.root, env=small.environment(), stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [each.wait() for each in both] == [0, 0]
    assert small.build("-Q").steps == ()
