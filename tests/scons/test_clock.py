"""Times that are wrong mislead no build: of files, and of the machine's clock."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from faults import at_another_time
from project import SCONSTRUCT, Project
from witness import witnessed

DAY_S = 24 * 3600
YEAR_S = 365 * DAY_S
MAIN = 'package main\n\nfunc main() {\n\tprintln("v0")\n}\n'


@pytest.fixture(scope="module")
def clocked(
    tmp_path_factory: pytest.TempPathFactory, shared_cache: Path, pinned_go: Path
) -> Project:
    """One artifact, up to date."""
    assert pinned_go.is_file()
    (shared_cache / "home").mkdir(exist_ok=True)
    p = Project(tmp_path_factory.mktemp("clock") / "workspace", shared_cache)
    p.write("SConstruct", SCONSTRUCT)
    p.write("go.mod", "module example.com/clock\n\ngo 1.25\n")
    p.write("main.go", MAIN)
    p.write("wasip1.toml", 'spec-version = 1\n\n[artifact.a]\npackage = "."\n')
    p.edit("wasip1.toml", '"."\n', '"."\ncompress.formats = []\n')
    p.build()
    return p


@pytest.fixture
def versions(clocked: Project) -> dict[str, dict[str, bytes]]:
    """What a clean build makes of each of two sources; the first of them is there now."""
    return {text: clean_outputs(clocked, text) for text in ("v0", "v1")}


def clean_outputs(project: Project, text: str) -> dict[str, bytes]:
    fresh = Project(project.root.parent / text, project.cache)
    if not (fresh.root / "build").exists():
        fresh.put_back(project.sources() | {"main.go": MAIN.replace("v0", text).encode()})
        fresh.build("-Q")
    return fresh.outputs()


def write_at(project: Project, text: str, mtime_s: float) -> None:
    """The source in another version of the same size, last modified then."""
    project.write("main.go", MAIN.replace("v0", text))
    os.utime(project.root / "main.go", (mtime_s, mtime_s))


def test_sources_from_the_future_and_the_past_are_built_when_they_change(
    clocked: Project, versions: dict[str, dict[str, bytes]]
) -> None:
    now = time.time()
    for text, mtime_s in (
        ("v1", now + 10 * YEAR_S),
        ("v0", now + 10 * YEAR_S),  # the same time, the same size
        ("v1", now - 40 * YEAR_S),
        ("v0", 0),
    ):
        write_at(clocked, text, mtime_s)
        clocked.build("-Q")
        assert clocked.outputs() == versions[text], (text, mtime_s)
        assert not clocked.build("-Q").steps


def test_times_alone_make_nothing_stale(clocked: Project) -> None:
    now = time.time()
    for mtime_s in (now + YEAR_S, now - YEAR_S, 0, now):
        for name in clocked.sources():
            os.utime(clocked.root / name, (mtime_s, mtime_s))
        assert not clocked.build("-Q").steps


def test_outputs_from_the_future_are_looked_at_like_others(
    clocked: Project, versions: dict[str, dict[str, bytes]]
) -> None:
    """Every output and all state: as after a clock that was set back by ten years."""
    times = (time.time() + 10 * YEAR_S,) * 2
    for path in (clocked.root / "build").rglob("*"):
        os.utime(path, times)
    clocked.build("-Q")
    write_at(clocked, "v1", time.time())
    clocked.build("-Q")
    assert clocked.outputs() == versions["v1"]
    write_at(clocked, "v0", time.time())
    clocked.build("-Q")
    assert clocked.outputs() == versions["v0"]


# How far off the clock of each build is: by that, or from one question to the next.
CLOCKS = {
    "a day ahead, and right again": ((DAY_S,), (0,)),
    "right, and a day behind": ((0,), (-DAY_S,)),
    "set back in the middle": ((DAY_S, DAY_S, 0), (DAY_S, 0, -DAY_S)),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_a_clock_that_is_set_misleads_no_build(
    clocked: Project, versions: dict[str, dict[str, bytes]], tmp_path: Path, name: str
) -> None:
    first, second = CLOCKS[name]
    for text, offsets_s in (("v1", first), ("v0", second), ("v1", second), ("v0", first)):
        write_at(clocked, text, time.time() + offsets_s[0])
        assert at_another_time(clocked, tmp_path / "clock", *offsets_s).status == 0
        assert clocked.outputs() == versions[text], (text, offsets_s)
        for again_s in (first, second):
            again = at_another_time(clocked, tmp_path / "clock", *again_s)
            assert (again.status, again.steps) == (0, ())


def test_once_the_clock_is_right_nothing_is_read_again(clocked: Project, tmp_path: Path) -> None:
    """What was built under a clock that was behind is looked at once more, and then known."""
    write_at(clocked, "v1", time.time())
    at_another_time(clocked, tmp_path / "clock", -DAY_S)
    clocked.build("-Q")
    last = witnessed(clocked, tmp_path / "witness", "-Q")
    assert "wasip1_build.plan" not in last.imported
    write_at(clocked, "v0", time.time())
    clocked.build("-Q")
