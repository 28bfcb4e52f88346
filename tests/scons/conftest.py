"""Workspaces for tests that run a real scons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from project import SCONSTRUCT, Project, restored
from rules_project import SMALL
from tinygo_project import tinygo_in
from workspaces import TWO, WORKSPACE, Files, MakeWorkspace, solo_files


@pytest.fixture(scope="session")
def tinygo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program: TinyGo itself or the stand-in."""
    return tinygo_in(tmp_path_factory.mktemp("tinygo"))


@pytest.fixture(scope="session")
def make_workspace(
    tmp_path_factory: pytest.TempPathFactory, shared_cache: Path, pinned_go: Path
) -> MakeWorkspace:
    """Makes a workspace of these files, with an SConstruct and nothing built."""
    assert pinned_go.is_file()
    (shared_cache / "home").mkdir(exist_ok=True)

    def make(files: Files) -> Project:
        p = Project(tmp_path_factory.mktemp("made") / "workspace", shared_cache)
        for name, text in ({"SConstruct": SCONSTRUCT} | dict(files)).items():
            p.write(name, text)
        return p

    return make


# To build a tree takes seconds and to mend one a fraction of that, and a copy of a tree is not
# up to date. So one is built for all the tests of a worker, and each leaves it as it found it.


@pytest.fixture(scope="session")
def built_workspace(make_workspace: MakeWorkspace) -> Project:
    """Two programs at the top and one of a member, the first two with a library; up to date."""
    p = make_workspace(WORKSPACE)
    p.build()
    return p


@pytest.fixture
def workspace(built_workspace: Project) -> Iterator[Project]:
    """`built_workspace`, to be broken."""
    with restored(built_workspace) as p:
        yield p


@pytest.fixture(scope="session")
def built_solo(make_workspace: MakeWorkspace) -> Project:
    """One artifact, up to date."""
    p = make_workspace(solo_files('compress = { formats = ["br"], brotli-quality = 0 }'))
    p.build()
    return p


@pytest.fixture
def solo(built_solo: Project) -> Iterator[Project]:
    """`built_solo`, to be broken."""
    with restored(built_solo) as p:
        yield p


@pytest.fixture(scope="session")
def built_two(make_workspace: MakeWorkspace) -> Project:
    """Two small programs that share a library: `alpha` embeds a file and reads a directory; up to
    date."""
    p = make_workspace(TWO)
    p.build()
    return p


@pytest.fixture
def project(built_two: Project) -> Iterator[Project]:
    """`built_two`, to be changed."""
    with restored(built_two) as p:
        yield p


@pytest.fixture
def empty_project(make_workspace: MakeWorkspace) -> Project:
    """A workspace with an SConstruct and nothing declared."""
    return make_workspace({})


@pytest.fixture
def plain(empty_project: Project) -> Project:
    """A Go module with a program that prints one word."""
    p = empty_project
    p.write("go.mod", "module example.com/plain\n\ngo 1.25\n")
    p.write("cmd/small/main.go", SMALL)
    return p
