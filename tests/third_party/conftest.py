"""Go programs that no one here wrote, each in a workspace of its own under projects/."""

from __future__ import annotations

import functools
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from project import SCONSTRUCT, Project

PROJECTS = Path(__file__).parent / "projects"
# A query for the latest version is answered by a proxy and by no cache.
PROBE = ("list", "-m", "golang.org/x/term@latest")

Copy = Callable[[str], Project]


def run_go(go: Path, project: Project, *words: str, timeout_s: float | None = None) -> str:
    """What the pinned Go says, as a developer would ask it, in a workspace."""
    argv = [str(go), *words]
    environment = {**project.environment(), "GOTOOLCHAIN": "local"}
    done = subprocess.run(
        argv, cwd=project.root, env=environment, capture_output=True, text=True, timeout=timeout_s
    )
    if done.returncode:
        raise OSError(f"{' '.join(words)}: {done.stderr}")
    return done.stdout


@pytest.fixture(scope="session")
def module_proxy(
    pinned_go: Path, shared_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Skips where Go modules cannot be had."""
    project = Project(tmp_path_factory.mktemp("probe"), shared_cache)
    (shared_cache / "home").mkdir(exist_ok=True)
    try:
        run_go(pinned_go, project, *PROBE, timeout_s=20)
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"no Go module proxy answers: {error}")


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
