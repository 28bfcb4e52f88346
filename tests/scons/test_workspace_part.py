"""A workspace beside other nodes: what is up to date are plain files to SCons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from project import Build, Project, restored
from witness import Witnessed, witnessed
from workspaces import TWO, MakeWorkspace

SCONSTRUCT = """\
env = Environment(tools=["install", "wasip1"], toolpath=[PyPackageDir("wasip1_build.tools")])
wasm = env.Wasip1Workspace("wasip1.toml", prefix="wasm-")
for name in ("alpha", "beta"):
    env.Install("out", wasm[name]["wasm"])
env.Command("stamp.txt", [], "echo made > $TARGET")
env.AlwaysBuild("stamp.txt")
"""


@pytest.fixture(scope="module")
def built_beside(make_workspace: MakeWorkspace) -> Project:
    """Two programs, installed beside a node that is always built."""
    project = make_workspace({**TWO, "SConstruct": SCONSTRUCT})
    project.build("-Q")
    project.build("-Q")  # the first one made the directory out/ in the Go module
    return project


@pytest.fixture
def built(built_beside: Project) -> Iterator[Project]:
    """`built_beside`, to be changed."""
    with restored(built_beside) as project:
        yield project


def was_part(run: Witnessed) -> bool:
    """Whether the spec was not even taken from its store."""
    return not any(name.endswith(".wasip1/spec/release") for name in run.opened)


def artifacts(build: Build) -> set[str]:
    paths = (path for verb, path in build.steps if verb not in ("list", "launcher"))
    return {Path(path).name.partition(".")[0] for path in paths}


def installed(project: Project) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project.root / "out").iterdir()}


def test_where_nothing_changed_everything_else_is_still_built(
    built: Project, tmp_path: Path
) -> None:
    run = witnessed(built, tmp_path / "witness", "-Q")
    assert was_part(run)
    assert run.build.steps == ()
    assert "echo made > stamp.txt" in run.build.output
    assert "out/" not in run.build.output


def test_what_changed_is_built_and_installed(built: Project, tmp_path: Path) -> None:
    before = installed(built)
    built.edit("beta/main.go", "println(", 'println("b", ')
    run = witnessed(built, tmp_path / "witness", "-Q")
    assert was_part(run)
    assert artifacts(run.build) == {"beta"}
    assert 'Install file: "build/beta/beta.wasm" as "out/beta.wasm"' in run.build.output
    after = installed(built)
    assert (after["alpha.wasm"], after["beta.wasm"] != before["beta.wasm"]) == (
        before["alpha.wasm"],
        True,
    )
    assert after["beta.wasm"] == built.outputs()["beta/beta.wasm"]


def test_an_installed_copy_of_what_is_up_to_date_is_put_back(built: Project) -> None:
    before = installed(built)
    (built.root / "out/alpha.wasm").unlink()
    assert built.build("-Q").steps == ()
    assert installed(built) == before


def test_its_words_and_directories_stay(built: Project) -> None:
    built.edit("beta/main.go", "println(", 'println("b", ')
    assert "`wasm-alpha' is up to date" in built.build("-Q", "wasm-alpha").output
    assert artifacts(built.build("-Q", "wasm-beta")) == {"beta"}
    assert built.build("-Q", "-c").output.count("Removed") > 10
    assert artifacts(built.build("-Q")) == {"alpha", "beta"}


def test_a_failure_is_met_again_and_nothing_else(built: Project) -> None:
    built.edit("beta/main.go", "println", "printline")
    for _ in range(2):
        build = built.scons("-Q", "-k")
        assert build.status == 2
        assert "undefined: printline" in build.output
        assert artifacts(build) == {"beta"}
    built.edit("beta/main.go", "printline", "println")
    assert artifacts(built.build("-Q")) == {"beta"}
    assert built.build("-Q").steps == ()


def test_sources_that_others_come_to_make_bring_the_whole_graph(
    built: Project, tmp_path: Path
) -> None:
    """The first build after that knows nothing of it until it ends, and goes on."""
    built.write("greeting.in", "HELLO ")
    (built.root / "alpha/greeting.txt").unlink()
    built.build("-Q", "-k", "stamp.txt")
    built.write("alpha/greeting.txt", "hello ")
    built.build("-Q")
    built.write(
        "SConstruct",
        SCONSTRUCT
        + 'env.Command("alpha/greeting.txt", "greeting.in", Copy("$TARGET", "$SOURCE"))\n',
    )
    for words in (["wasm-alpha"], []):
        build = built.build("-Q", *words)
        assert b"HELLO" in built.outputs()["alpha/alpha.wasm"], build.output
    built.write("greeting.in", "HALLO ")
    again = witnessed(built, tmp_path / "witness", "-Q", "wasm-alpha")
    assert not was_part(again)
    assert b"HALLO" in built.outputs()["alpha/alpha.wasm"]
    assert built.build("-Q").steps == ()
