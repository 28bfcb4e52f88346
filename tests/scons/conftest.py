"""Workspaces for tests that run a real scons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from project import SCONSTRUCT, Project


@pytest.fixture(scope="module")
def built_workspace(
    tmp_path_factory: pytest.TempPathFactory, shared_cache: Path, pinned_go: Path
) -> Project:
    """Two programs at the top and one of a member, the first two with a library; up to date."""
    assert pinned_go.is_file()
    (shared_cache / "home").mkdir(exist_ok=True)
    p = Project(tmp_path_factory.mktemp("built") / "workspace", shared_cache)
    p.write("SConstruct", SCONSTRUCT)
    p.write("go.mod", "module example.com/w\n\ngo 1.25\n")
    p.write("lib/lib.go", "package lib\n\nfunc Answer() int {\n\treturn 42\n}\n")
    for name in ("one", "two"):
        p.write(
            f"{name}/main.go",
            'package main\n\nimport "example.com/w/lib"\n\n'
            f'func main() {{\n\tprintln("{name}", lib.Answer())\n}}\n',
        )
    p.write("m/three/main.go", 'package main\n\nfunc main() {\n\tprintln("three")\n}\n')
    p.write("m/three/wasip1.toml", 'spec-version = 1\n\n[artifact.three]\npackage = "."\n')
    p.write("wasip1.toml", WORKSPACE)
    p.build()
    return p


@pytest.fixture
def workspace(built_workspace: Project) -> Iterator[Project]:
    """`built_workspace`, to be broken: what a test did to its sources is undone, and then the next
    build must give the bytes that the clean one gave, and leave nothing unfinished behind."""
    sources, outputs = built_workspace.sources(), built_workspace.outputs()
    yield built_workspace
    built_workspace.put_back(sources)
    built_workspace.build("-Q")
    assert built_workspace.outputs() == outputs
    assert built_workspace.leftovers() == []


@pytest.fixture
def empty_project(tmp_path: Path, shared_cache: Path, pinned_go: Path) -> Project:
    """A workspace with an SConstruct and nothing declared."""
    assert pinned_go.is_file()
    (shared_cache / "home").mkdir(exist_ok=True)
    project = Project(tmp_path / "project", shared_cache)
    project.write("SConstruct", SCONSTRUCT)
    return project


@pytest.fixture
def project(empty_project: Project) -> Project:
    """Two small programs that share a library: `alpha` embeds a file and reads a directory."""
    p = empty_project
    p.write("go.mod", "module example.com/two\n\ngo 1.25\n")
    p.write("lib/lib.go", "package lib\n\nfunc Answer() int {\n\treturn 42\n}\n")
    p.write(
        "alpha/main.go",
        "package main\n\n"
        'import (\n\t_ "embed"\n\t"os"\n\n\t"example.com/two/lib"\n)\n\n'
        "//go:embed greeting.txt\nvar greeting string\n\n"
        'var version = "none"\n\n'
        "func main() {\n"
        '\tdata, err := os.ReadFile("/data/name.txt")\n'
        "\tif err != nil {\n\t\tpanic(err)\n\t}\n"
        '\tos.Stdout.WriteString(greeting + string(data) + version + "\\n")\n'
        "\tos.Exit(lib.Answer() - 42)\n}\n",
    )
    p.write("alpha/greeting.txt", "hello ")
    p.write("alpha/data/name.txt", "world ")
    p.write(
        "beta/main.go",
        'package main\n\nimport "example.com/two/lib"\n\n'
        "func main() {\n\tprintln(lib.Answer())\n}\n",
    )
    p.write("wasip1.toml", SPEC)
    return p


SPEC = """spec-version = 1

[defaults]
compress.formats = ["br", "gz"]
compress.brotli-quality = 1

[profile.dev]
compress.formats = []

[artifact.alpha]
package = "./alpha"
aot.targets = ["x86_64-unknown-linux-gnu"]
grants.dirs = [{ host = "alpha/data", guest = "/data", mode = "ro", reason = "the name" }]
budget.wasm = "4MiB"

[[artifact.alpha.check]]
name = "greets"
expect = { exit = 0, stdout = "hello world none\\n" }

[artifact.beta]
package = "./beta"
budget.wasm = "4MiB"
"""

WORKSPACE = """spec-version = 1

[workspace]
members = ["m/*"]

[defaults]
compress.formats = ["gz"]

[artifact.one]
package = "./one"

[artifact.two]
package = "./two"
"""
