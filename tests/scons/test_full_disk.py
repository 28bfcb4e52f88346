"""Where nothing more can be written a build says so, and the next with room is a clean one."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from project import Build, Project


@pytest.fixture
def copy(built_workspace: Project, tmp_path: Path) -> Project:
    """The same sources as `built_workspace`, and nothing built."""
    project = Project(tmp_path / "copy", built_workspace.cache)
    project.put_back(built_workspace.sources())
    return project


def artifact(project: Project) -> dict[str, bytes]:
    """The outputs of the artifact `one`."""
    return {name: data for name, data in project.outputs().items() if name.startswith("one/")}


def requires_unfinished(build: Build, project: Project, *texts: str) -> None:
    assert build.status == 2, build.output
    for text in texts:
        assert text in build.output, f"no {text!r} in\n{build.output}"
    assert not (project.root / "build/one/one.manifest.json").exists()
    assert project.leftovers() == []


# What does not fit, and what is said. The debug module has 1.9 MB, its compressed form 0.5 MB.
LIMITS = {
    "the list of packages": (1000, "cannot list build/.wasip1/go-deps/"),
    "half of a module": (1_000_000, "go did not write all of build/one/one.debug.wasm"),
    "a module's last section": (1_900_000, "go did not write all of build/one/one.debug.wasm"),
}


@pytest.mark.parametrize(("file_bytes", "said"), LIMITS.values(), ids=LIMITS.keys())
def test_a_file_that_cannot_become_whole_is_no_output(
    copy: Project, built_workspace: Project, file_bytes: int, said: str
) -> None:
    """Go's linker ends with status 0 then, and leaves half a module."""
    limited = copy.scons("-Q", "one", file_bytes=file_bytes)
    requires_unfinished(limited, copy, said, "ulimit -f")
    copy.build("-Q", "one")
    assert artifact(copy) == artifact(built_workspace)


@pytest.fixture
def small_disk(copy: Project) -> Iterator[Path]:
    """A build directory on a file system of its own, with 3 MB."""
    directory = copy.root / "build"
    directory.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(directory)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("needs the right to mount a file system")
    yield directory
    subprocess.run(["umount", str(directory)], check=True)


def test_a_full_disk_is_said_and_half_of_nothing_is_kept(
    copy: Project, built_workspace: Project, small_disk: Path
) -> None:
    full = copy.scons("-Q", "one")
    requires_unfinished(full, copy, "No space left on device", "make room on the disk")
    again = copy.scons("-Q", "one")
    requires_unfinished(again, copy, "make room on the disk")
    subprocess.run(["mount", "-o", "remount,size=100m", str(small_disk)], check=True)
    copy.build("-Q", "one")
    assert artifact(copy) == artifact(built_workspace)


OBSTACLES = {
    "a file for the build directory": ("build", False, "build"),
    "a file for the state": ("build/.wasip1", False, "build/.wasip1"),
    "a file for an artifact's directory": ("build/one", False, "build/one"),
    "a directory for an output": ("build/one/one.wasm", True, "build/one/one.wasm"),
}


@pytest.mark.parametrize(("name", "directory", "said"), OBSTACLES.values(), ids=OBSTACLES.keys())
def test_what_is_in_the_way_is_named_and_stays(
    copy: Project, name: str, directory: bool, said: str
) -> None:
    obstacle = copy.root / name
    obstacle.parent.mkdir(parents=True, exist_ok=True)
    if directory:
        obstacle.mkdir()
    else:
        obstacle.write_text("mine")
    build = copy.scons("-Q", "one")
    assert build.status == 2
    assert said in build.output
    assert "fix: remove what is in" in build.output
    assert obstacle.is_dir() if directory else obstacle.read_text() == "mine"
