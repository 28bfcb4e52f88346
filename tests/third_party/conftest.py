"""Go programs that no one here wrote, each in a workspace of its own under projects/."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from project import SCONSTRUCT, Project
from run_go import run_go

PROJECTS = Path(__file__).parent / "projects"
Copy = Callable[[str], Project]


@pytest.fixture
def go(pinned_go: Path) -> Callable[..., str]:
    """Runs the pinned Go in a workspace as a developer does: go(project, "mod", "vendor")."""
    return functools.partial(run_go, pinned_go)


@pytest.fixture
def third_party(module_proxy: None, tmp_path: Path, shared_cache: Path) -> Copy:  # noqa: ARG001
    """Makes a copy of one of the projects that scons can build."""

    def copy(name: str) -> Project:
        project = Project(tmp_path / name, shared_cache)
        shutil.copytree(PROJECTS / name, project.root)
        project.write("SConstruct", SCONSTRUCT)
        return project

    return copy
