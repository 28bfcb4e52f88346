"""Whatever a build writes may fail to be written: it says so, and the next build is right."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from faults import Moment, failing
from project import Project, restored
from workspaces import MAIN, MakeWorkspace, solo_files

SOAK = os.environ.get("WASIP1_SOAK") == "1"


@pytest.fixture(scope="module")
def built_alone(make_workspace: MakeWorkspace) -> Project:
    """One artifact with every kind of output, up to date."""
    p = make_workspace(solo_files("compress.brotli-quality = 0", 'aot.targets = ["pulley64"]'))
    p.build()
    return p


@pytest.fixture
def alone(built_alone: Project) -> Iterator[Project]:
    """`built_alone`, to be broken; the build that mends it leaves nothing to do."""
    with restored(built_alone) as project:
        yield project
    assert not built_alone.build("-Q").steps


# Outputs that can fail in one and the same run, because none of them waits for another. The .cwasm
# is written by wasmtime's own program.
TOGETHER: dict[str, tuple[str, ...]] = {
    "the list of packages": ("/go-deps.json",),
    "the debug module": ("/solo/solo.debug.wasm",),
    "the module": ("/solo.wasm",),
    "what follows from the module": (".imports.json", ".wasm.br", ".wasm.gz", ".checks.json"),
    "the precompiled module": (".cwasm",),
    "the sizes": (".sizes.json",),
    "the verdict": ("gate/@release/solo.json",),
    "the manifest": (".manifest.json",),
}
WAYS: dict[str, tuple[Moment, int, str]] = {
    "EIO": ("write", errno.EIO, "Input/output error"),
    "ENOSPC": ("rename", errno.ENOSPC, "make room on the disk"),
}
OF_OTHERS = ("the precompiled module", "EIO")  # half of it is for no test of ours to write


def place_of(project: Project, end: str) -> Path:
    """The output whose path ends so; what go keeps of its own links is none."""
    found = (project.root / "build").rglob("*")
    return next(path for path in found if str(path).endswith(end) and "stage" not in path.parts)


@pytest.mark.soak
@pytest.mark.parametrize("name", TOGETHER)
def test_an_output_that_cannot_be_written_is_said_and_is_not_there(
    alone: Project, tmp_path: Path, name: str
) -> None:
    outputs = [place_of(alone, end) for end in TOGETHER[name]]
    path = "|".join(f"{re.escape(end)}$" for end in TOGETHER[name])
    ways = [way for way in WAYS if (name, way) != OF_OTHERS]
    for moment, error, said in (WAYS[way] for way in (ways if SOAK else ways[:1])):
        for output in outputs:
            output.unlink(missing_ok=True)
        failed = failing(alone, tmp_path / "faults", path, moment, error)
        told = failed.build.output
        assert len(failed.paths) == len(outputs), told
        assert failed.build.status == 2
        assert told.count("error: cannot ") == len(outputs), told
        assert told.count(said) >= len(outputs), told
        assert told.count("  fix: ") >= len(outputs)
        assert not any(output.exists() for output in outputs)
        assert not (alone.root / "build/solo/solo.manifest.json").exists()
        assert alone.leftovers() == []


@dataclass(frozen=True)
class Kept:
    """Something that a build writes beside outputs: where, how it fails, and what is said."""

    path: str
    moments: tuple[Moment, ...]
    said: str


UNRECORDED = "error: the end of the build was not recorded"
STATE_FILES = {
    "digests": Kept(r"/\.wasip1/\.?digests", ("write",), UNRECORDED),
    "the record of outputs": Kept(r"/\.wasip1/\.?outputs", ("write", "rename"), UNRECORDED),
    "SCons's signatures": Kept(
        r"/sconsign(/|\.)", ("write", "everything"), "the next build makes everything again"
    ),
    "the good build": Kept(r"/good/release", ("write", "rename"), UNRECORDED),
    "the report": Kept(r"/\.?report\.json", ("write",), UNRECORDED),
    "its page": Kept(r"/report/\.?index\.html", ("rename",), UNRECORDED),
    "the lock": Kept(r"/\.wasip1/lock$", ("open",), "fix: remove what is in the way"),
    "the stage of a step": Kept(r"/\.wasip1/tmp/", ("everything",), "fix: make room on the disk"),
    "what go linked": Kept(r"/stage/.*\.linked/", ("write",), "fix: make room on the disk"),
    "the parsed spec": Kept(r"/\.wasip1/spec/", ("write",), ""),  # which only saves time
    "all state": Kept(r"/\.wasip1/(?!tmp|lock)", ("everything",), "error: "),
    "everything": Kept(r"/build/", ("everything",), "error: "),
}


@pytest.mark.parametrize("name", STATE_FILES)
def test_state_that_cannot_be_written_is_said_and_misleads_no_later_build(
    solo: Project, tmp_path: Path, name: str
) -> None:
    """Each edit is undone: then what an earlier build left looks like the truth."""
    kept, clean = STATE_FILES[name], solo.outputs()
    spec = (solo.root / "wasip1.toml").read_text()
    for moment in kept.moments:
        # At the end of a line, and so only the debug module becomes another.
        solo.edit("main.go", '"solo", 1)', '"solo", 1) // other')
        solo.write("wasip1.toml", f"# {moment}\n{spec}")
        failed = failing(solo, tmp_path / "faults", kept.path, moment)
        assert failed.paths, failed.build.output
        assert kept.said in failed.build.output
        solo.write("main.go", MAIN)
        solo.write("wasip1.toml", spec)
        solo.build("-Q")
        assert solo.outputs() == clean, moment
        assert solo.leftovers() == []
