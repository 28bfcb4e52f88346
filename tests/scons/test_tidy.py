"""Whether `go mod tidy` would change anything is asked without the network and without a write."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from go_repository import module_proxy as proxy_on_disk
from project import Project
from wasip1_build.cpus import usable_cpus
from wasip1_build.digests import Digests
from wasip1_build.scons.tidy import Tidy
from wasip1_build.steps.go_context import find_go_context
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.tools import ToolRequest, Tools

MAIN = 'package main\n\nimport "example.com/x"\n\nfunc main() { println(x.Version) }\n'
NEEDS = "module example.com/w\n\ngo 1.25\n\nrequire example.com/x v1.2.0\n"


@pytest.fixture
def project(tmp_path: Path, pinned_go: Path) -> Project:
    """A module whose program imports another, which a proxy on disk has."""
    made = Project(tmp_path / "w", tmp_path / "cache")
    made.write("main.go", MAIN)
    made.write("go.mod", NEEDS)
    (made.cache / "home").mkdir(parents=True)
    assert pinned_go.is_file()
    return made


def told(project: Project, **environment: str) -> str:
    """What is said of it, with nothing written but state."""
    environ = {**project.environment(), **environment}
    digests = Digests(None)
    tools = Tools(project.root, digests, environ, project.cache / "tools")
    context = Context(project.root, "build", tools, digests, environ, usable_cpus())
    before = project.sources()
    said = Tidy(context).of(find_go_context(project.root, "."), ToolRequest("go"))
    assert project.sources() == before
    return said


def test_it_is_clean_or_not_or_not_known(project: Project, tmp_path: Path, pinned_go: Path) -> None:
    proxy = proxy_on_disk(tmp_path / "proxy", "example.com/x", ("v1.2.0",))
    reached = {"GOPROXY": proxy, "GONOSUMDB": "*", "GOFLAGS": "-modcacherw"}
    # The module is not in the cache, and no proxy may be asked, nor the origin of a private one.
    for private in ({}, {"GOPRIVATE": "example.com"}, {"GOVCS": "*:all"}):
        unknown = told(project, GOPROXY=proxy, **private)
        assert unknown.startswith("not known: "), unknown
        assert "example.com/x" in unknown
    subprocess.run(
        [str(pinned_go), "mod", "tidy"],
        cwd=project.root,
        env={**project.environment(), **reached},
        capture_output=True,
        check=True,
    )
    assert told(project) == "clean"
    project.write("main.go", "package main\n\nfunc main() {}\n")
    assert told(project) == "not clean: `go mod tidy` in . would change go.mod and go.sum"


def test_what_is_asked_once_is_known(project: Project) -> None:
    context = Context(
        project.root, "build", Tools(project.root, Digests(None), {}, project.cache), Digests(None)
    )
    tidy = Tidy(context, {".": "clean"})
    assert tidy.of(find_go_context(project.root, "."), ToolRequest("go", "0.1")) == "clean"
    tidy.known.clear()
    missing = tidy.of(find_go_context(project.root, "."), ToolRequest("go", "0.1"))
    assert missing.startswith("not known: error: Go 0.1 is not on this machine")
