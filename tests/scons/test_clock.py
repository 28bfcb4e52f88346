"""Times that are wrong mislead no build: of files, and of the machine's clock."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults import at_another_time
from project import Project, restored
from witness import witnessed
from workspaces import MAIN, MakeWorkspace

DAY_S = 24 * 3600
YEAR_S = 365 * DAY_S


@pytest.fixture
def clocked(built_solo: Project) -> Iterator[Project]:
    """One artifact, up to date: its first version."""
    with restored(built_solo) as project:
        yield project


@pytest.fixture(scope="module")
def versions(built_solo: Project, make_workspace: MakeWorkspace) -> dict[int, dict[str, bytes]]:
    """What a clean build makes of each of two sources; the first of them is there now."""
    second = make_workspace({n: data.decode() for n, data in built_solo.sources().items()})
    second.write("main.go", main(2))
    second.build("-Q")
    return {1: built_solo.outputs(), 2: second.outputs()}


def main(version: int) -> str:
    """The source; each version has the same size."""
    return MAIN.replace('"solo", 1', f'"solo", {version}')


def write_at(project: Project, version: int, mtime_s: float) -> None:
    """The source in another version, last modified then."""
    project.write("main.go", main(version))
    os.utime(project.root / "main.go", (mtime_s, mtime_s))


def test_sources_from_the_future_and_the_past_are_built_when_they_change(
    clocked: Project, versions: dict[int, dict[str, bytes]]
) -> None:
    now = time.time()
    for version, mtime_s in (
        (2, now + 10 * YEAR_S),
        (1, now + 10 * YEAR_S),  # the same time, the same size
        (2, now - 40 * YEAR_S),
        (1, 0),
    ):
        write_at(clocked, version, mtime_s)
        clocked.build("-Q")
        assert clocked.outputs() == versions[version], (version, mtime_s)
        assert not clocked.build("-Q").steps


def test_times_alone_make_nothing_stale(clocked: Project) -> None:
    now = time.time()
    for mtime_s in (now + YEAR_S, now - YEAR_S, 0, now):
        for name in clocked.sources():
            os.utime(clocked.root / name, (mtime_s, mtime_s))
        assert not clocked.build("-Q").steps


def test_outputs_from_the_future_are_looked_at_like_others(
    clocked: Project, versions: dict[int, dict[str, bytes]]
) -> None:
    """Every output and all state: as after a clock that was set back by ten years."""
    times = (time.time() + 10 * YEAR_S,) * 2
    for path in (clocked.root / "build").rglob("*"):
        os.utime(path, times)
    clocked.build("-Q")
    for version in (2, 1):
        write_at(clocked, version, time.time())
        clocked.build("-Q")
        assert clocked.outputs() == versions[version]


# How far off the clock of each build is: by that, or from one question to the next.
CLOCKS = {
    "a day ahead, and right again": ((DAY_S,), (0,)),
    "right, and a day behind": ((0,), (-DAY_S,)),
    "set back in the middle": ((DAY_S, DAY_S, 0), (DAY_S, 0, -DAY_S)),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_a_clock_that_is_set_misleads_no_build(
    clocked: Project, versions: dict[int, dict[str, bytes]], tmp_path: Path, name: str
) -> None:
    first, second = CLOCKS[name]
    for version, offsets_s in ((2, first), (1, second), (2, second), (1, first)):
        write_at(clocked, version, time.time() + offsets_s[0])
        assert at_another_time(clocked, tmp_path / "clock", *offsets_s).status == 0
        assert clocked.outputs() == versions[version], (version, offsets_s)
        for again_s in (first, second):
            again = at_another_time(clocked, tmp_path / "clock", *again_s)
            assert (again.status, again.steps) == (0, ())


def test_once_the_clock_is_right_nothing_is_read_again(clocked: Project, tmp_path: Path) -> None:
    """What was built under a clock that was behind is looked at once more, and then known."""
    write_at(clocked, 2, time.time())
    at_another_time(clocked, tmp_path / "clock", -DAY_S)
    clocked.build("-Q")
    last = witnessed(clocked, tmp_path / "witness", "-Q")
    assert "wasip1_build.plan" not in last.imported
