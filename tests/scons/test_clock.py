"""Times that are wrong mislead no build: of files, and of the machine's clock."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from faults import at_another_time
from project import Project
from witness import witnessed
from workspaces import MAIN, MakeWorkspace

DAY_S = 24 * 3600
YEAR_S = 365 * DAY_S


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
    solo: Project, versions: dict[int, dict[str, bytes]]
) -> None:
    now = time.time()
    for version, mtime_s in (
        (2, now + 10 * YEAR_S),
        (1, now + 10 * YEAR_S),  # the same time, the same size
        (2, now - 40 * YEAR_S),
        (1, 0),
    ):
        write_at(solo, version, mtime_s)
        solo.build("-Q")
        assert solo.outputs() == versions[version], (version, mtime_s)
        assert not solo.build("-Q").steps


def test_times_alone_make_nothing_stale(solo: Project) -> None:
    now = time.time()
    for mtime_s in (now + YEAR_S, now - YEAR_S, 0, now):
        for name in solo.sources():
            os.utime(solo.root / name, (mtime_s, mtime_s))
        assert not solo.build("-Q").steps


def test_outputs_from_the_future_are_looked_at_like_others(
    solo: Project, versions: dict[int, dict[str, bytes]]
) -> None:
    """Every output and all state: as after a clock that was set back by ten years."""
    times = (time.time() + 10 * YEAR_S,) * 2
    for path in (solo.root / "build").rglob("*"):
        os.utime(path, times)
    solo.build("-Q")
    for version in (2, 1):
        write_at(solo, version, time.time())
        solo.build("-Q")
        assert solo.outputs() == versions[version]


# How far off the clock of each build is: by that, or from one question to the next.
CLOCKS = {
    "a day ahead, and right again": ((DAY_S,), (0,)),
    "right, and a day behind": ((0,), (-DAY_S,)),
    "set back in the middle": ((DAY_S, DAY_S, 0), (DAY_S, 0, -DAY_S)),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_a_clock_that_is_set_misleads_no_build(
    solo: Project, versions: dict[int, dict[str, bytes]], tmp_path: Path, name: str
) -> None:
    first, second = CLOCKS[name]
    for version, offsets_s in ((2, first), (1, second), (2, second), (1, first)):
        write_at(solo, version, time.time() + offsets_s[0])
        assert at_another_time(solo, tmp_path / "clock", *offsets_s).status == 0
        assert solo.outputs() == versions[version], (version, offsets_s)
        for again_s in (first, second):
            again = at_another_time(solo, tmp_path / "clock", *again_s)
            assert (again.status, again.steps) == (0, ())


def test_once_the_clock_is_right_nothing_is_read_again(solo: Project, tmp_path: Path) -> None:
    """What was built under a clock that was behind is looked at once more, and then known."""
    write_at(solo, 2, time.time())
    at_another_time(solo, tmp_path / "clock", -DAY_S)
    solo.build("-Q")
    last = witnessed(solo, tmp_path / "witness", "-Q")
    assert "wasip1_build.plan" not in last.imported
