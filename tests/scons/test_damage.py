"""What is done to outputs and to state between two builds is seen, and mended."""

from __future__ import annotations

import itertools
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from project import Project
from workspaces import MAIN


@pytest.fixture
def solo(solo: Project) -> Iterator[Project]:
    """One artifact, to be damaged; each test leaves it up to date."""
    clean = solo.outputs()
    yield solo
    assert solo.outputs() == clean
    assert solo.leftovers() == []
    assert not solo.build("-Q").steps


def outputs(project: Project) -> list[Path]:
    """The artifact's own files."""
    return sorted(path for path in (project.root / "build/solo").rglob("*") if path.is_file())


def tamper(path: Path) -> None:
    """Another byte in the middle, the same size, the time put back."""
    times = path.stat()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


DAMAGES: tuple[Callable[[Path], None], ...] = (tamper, truncate, os.unlink)


def test_all_outputs_damaged_at_once_are_made_again(solo: Project) -> None:
    files = outputs(solo)
    clean = {path: path.read_bytes() for path in files}
    assert len(files) == 11
    for path in files:
        tamper(path)
    assert solo.scons("-q").status == 1
    solo.build("-Q")
    assert {path: path.read_bytes() for path in files} == clean


def test_each_output_damaged_alone_is_made_again(solo: Project) -> None:
    for path, damage in zip(outputs(solo), itertools.cycle(DAMAGES), strict=False):
        clean = path.read_bytes()
        damage(path)
        build = solo.build("-Q")
        name = str(path.relative_to(solo.root))
        shown = "build/solo/run/wasmtime" if "/run/" in name else name  # a step's first output
        assert shown in {made for _, made in build.steps}
        assert path.read_bytes() == clean


@pytest.mark.parametrize("with_the_last_build", [False, True])
def test_signatures_that_are_put_back_make_no_output_right(
    solo: Project, *, with_the_last_build: bool
) -> None:
    state = solo.root / "build/.wasip1"
    kept = [*state.glob("sconsign/*")] + [state / "good/release"] * with_the_last_build
    before = {path: path.read_bytes() for path in kept}
    solo.write("main.go", MAIN.replace('"solo", 1', '"solo", 2'))
    solo.build("-Q")
    solo.write("main.go", MAIN)
    for path, data in before.items():
        path.write_bytes(data)
    assert "compile" in solo.build("-Q").verbs


def test_the_outputs_of_another_build_are_replaced(solo: Project, tmp_path: Path) -> None:
    """As `git checkout` of committed outputs, or a copied build directory, leaves them."""
    directory = solo.root / "build/solo"
    solo.edit("main.go", '"solo", 1', '"solo", 2')
    solo.build("-Q")
    shutil.copytree(directory, tmp_path / "older")
    solo.edit("main.go", '"solo", 2', '"solo", 1')
    solo.build("-Q")
    newer = solo.outputs()
    shutil.copytree(tmp_path / "older", directory, dirs_exist_ok=True)
    assert solo.outputs() != newer
    solo.build("-Q")
    assert solo.outputs() == newer


def test_a_copied_workspace_builds_the_same(solo: Project, tmp_path: Path) -> None:
    """State that tells of another place is of no use, and does no harm."""
    copy = Project(tmp_path / "copy", solo.cache)
    shutil.copytree(solo.root, copy.root)
    copy.build("-Q")
    assert copy.outputs() == solo.outputs()
    copy.edit("main.go", '"solo", 1', '"solo", 2')
    copy.build("-Q")
    assert copy.outputs() != solo.outputs()


def states(project: Project) -> list[Path]:
    """Every file of state, but for the lock: it is no more than its name."""
    found = sorted((project.root / "build/.wasip1").rglob("*"))
    return [path for path in found if path.is_file() and path.name != "lock"]


def scramble(path: Path) -> None:
    path.write_bytes(random.Random(path.name).randbytes(max(64, path.stat().st_size)))


STATE_DAMAGES = {"cut short": truncate, "deleted": os.unlink, "random bytes": scramble}


@pytest.mark.parametrize("damage", STATE_DAMAGES.values(), ids=STATE_DAMAGES.keys())
def test_damaged_state_costs_time_and_nothing_else(
    solo: Project, damage: Callable[[Path], None]
) -> None:
    files = states(solo)
    names = {part for path in files for part in path.parts}
    assert {"sconsign", "digests", "outputs", "go-deps.json", "solo.json"} <= names
    for path in files:
        damage(path)
    clean = solo.outputs()
    solo.build("-Q")
    assert solo.outputs() == clean


@pytest.mark.long
def test_each_file_of_state_can_be_damaged_alone(solo: Project) -> None:
    """One that is right beside one that is wrong must not be believed for both."""
    one = solo.outputs()
    solo.edit("main.go", '"solo", 1', '"solo", 2')
    solo.build("-Q")
    two = solo.outputs()
    versions = [("1", one), ("2", two)]
    # Of the many files of one table two will do.
    tables = [*itertools.groupby(states(solo), key=lambda path: path.parent)]
    for path in [path for _, files in tables for path in list(files)[:2]]:
        (after, expected), (before, _) = versions
        scramble(path)
        solo.edit("main.go", f'"solo", {before}', f'"solo", {after}')
        solo.build("-Q")
        assert solo.outputs() == expected, path
        versions.reverse()
    solo.write("main.go", MAIN)
    solo.build("-Q")


def test_state_of_a_newer_version_is_refused_by_name_and_stays(solo: Project) -> None:
    mark = solo.root / "build/.wasip1/format"
    before = mark.read_bytes()
    newer = int(before) + 1
    mark.write_text(f"{newer}\n")
    outputs = solo.outputs()
    for words in ((), ("solo",), ("-n",)):
        build = solo.scons("-Q", *words)
        assert build.status == 2
        assert f"build/.wasip1 was written by a newer wasip1-scons: it has format {newer}" in (
            build.output
        )
        assert "fix: build with that version, or remove" in build.output
    assert solo.outputs() == outputs
    assert mark.read_text() == f"{newer}\n"
    mark.write_bytes(before)


@pytest.mark.parametrize("older", ["0\n", "", "damaged"])
def test_state_of_an_older_version_is_built_upon(solo: Project, older: str) -> None:
    (solo.root / "build/.wasip1/format").write_text(older)
    solo.build("-Q")
    assert (solo.root / "build/.wasip1/format").read_text() == "2\n"
