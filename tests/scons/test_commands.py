"""The words and options that SCons users know do here what they expect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from project import Build, Project

ALL = {"one", "two", "three"}


def stale(workspace: Project) -> None:
    """Changes every program, so that what a command builds can be seen."""
    for name in ("one/main.go", "two/main.go", "m/three/main.go"):
        workspace.edit(name, "func main() {\n", "func main() {\n\tprintln()\n")


def compiled(build: Build) -> set[str]:
    """The artifacts that a build compiled, or would compile under -n. Whether what follows is stale
    shows only when the module is there."""
    return {Path(path).name.split(".")[0] for verb, path in build.steps if verb == "compile"}


# The words, the directory in which they are typed, and the artifacts that they mean.
SPELLINGS = [
    ([], ".", ALL),
    (["default"], ".", ALL),
    (["one"], ".", {"one"}),
    (["one", "three"], ".", {"one", "three"}),
    ([".:one"], ".", {"one"}),
    (["m/three:three"], ".", {"three"}),
    (["three"], ".", {"three"}),
    (["m"], ".", {"three"}),
    (["m/"], ".", {"three"}),
    (["./m"], ".", {"three"}),
    (["m/three"], ".", {"three"}),
    (["#m/three/"], ".", {"three"}),
    (["build/one"], ".", {"one"}),
    (["build"], ".", ALL),
    (["build/two/two.manifest.json"], ".", {"two"}),
    (["."], ".", ALL),
    (["-u"], "m/three", {"three"}),
    (["-u"], "m", {"three"}),
    (["-u"], ".", ALL),
    (["-u", "three"], "m", {"three"}),
    (["-u", "."], "m/three", {"three"}),
    (["-u", "#m"], "lib", {"three"}),
    (["-D"], "m/three", ALL),
    (["-D", "two"], "m/three", {"two"}),
    (["-C", ".."], "one", ALL),
    (["-C", "..", "m/three"], "one", {"three"}),
    (["-C", "m", "-u"], ".", {"three"}),
]


@pytest.mark.long
def test_a_word_means_the_same_in_every_spelling(workspace: Project) -> None:
    stale(workspace)
    wrong = []
    for words, directory, meant in SPELLINGS:
        shown = workspace.scons("-n", *words, directory=directory)
        if shown.status != 0 or compiled(shown) != meant:
            wrong.append(f"in {directory}: scons {' '.join(words)}\n{shown.output}")
    assert not wrong, "\n".join(wrong)


def test_u_where_nothing_is_declared_is_an_error(workspace: Project) -> None:
    build = workspace.scons("-u", directory="lib")
    assert build.status == 2
    assert 'no artifact is declared at "lib/"' in build.output


def test_the_path_of_an_output_builds_that_and_what_it_needs(workspace: Project) -> None:
    stale(workspace)
    build = workspace.build("-Q", "build/one/one.wasm.br")
    assert build.verbs == ["brotli", "compile", "strip"]


def test_what_is_not_built_by_default_is_built_when_it_is_named(workspace: Project) -> None:
    workspace.edit("wasip1.toml", 'package = "./two"', 'package = "./two"\ndefault = false')
    stale(workspace)
    assert compiled(workspace.scons("-n")) == ALL - {"two"}
    assert compiled(workspace.scons("-n", "two")) == {"two"}
    assert "not built by default" in workspace.build("-h").output


def test_a_name_that_two_members_use_needs_its_directory(empty_project: Project) -> None:
    p = empty_project
    p.write("go.mod", "module example.com/w\n\ngo 1.25\n")
    p.write(
        "wasip1.toml",
        'spec-version = 1\n\n[workspace]\nmembers = ["a", "b"]\n'
        "\n[defaults]\ncompress.formats = []\n",
    )
    for member in ("a", "b"):
        p.write(f"{member}/main.go", f'package main\n\nfunc main() {{\n\tprintln("{member}")\n}}\n')
        p.write(f"{member}/wasip1.toml", 'spec-version = 1\n\n[artifact.same]\npackage = "."\n')
    both = p.scons("same")
    assert both.status == 2
    assert '"same" names 2 artifacts' in both.output
    assert "write one of a:same, b:same" in both.output
    built = p.build("a:same")
    assert "1 artifact: 1 passed" in built.output
    assert (p.root / "build/a/same/same.manifest.json").exists()
    assert not (p.root / "build/b/same").exists()
    p.build()
    modules = [(p.root / f"build/{member}/same/same.wasm").read_bytes() for member in ("a", "b")]
    assert modules[0] != modules[1]


def test_c_leaves_nothing_but_state(workspace: Project) -> None:
    workspace.build("-Q", "-c", "one")
    assert not (workspace.root / "build/one").exists()
    assert (workspace.root / "build/two/two.wasm").exists()
    workspace.write("build/two/notes.txt", "not ours")
    workspace.build("-Q", "-c")
    left = [path for path in workspace.files() if path.startswith("build/")]
    assert [path for path in left if ".wasip1/" not in path] == ["build/two/notes.txt"]
    directories = {path.name for path in (workspace.root / "build").iterdir()}
    assert directories == {".wasip1", "two"}
    (workspace.root / "build/two/notes.txt").unlink()


@pytest.mark.parametrize(("option", "status"), [("-n", 0), ("-q", 1), ("-h", 0)])
def test_looking_writes_nothing(workspace: Project, option: str, status: int) -> None:
    stale(workspace)
    before = workspace.files()
    assert workspace.scons(option).status == status
    assert workspace.files() == before
    bare = Project(workspace.root.parent / "bare", workspace.cache)
    bare.put_back(workspace.sources())
    before = bare.files()
    shown = bare.scons(option)
    assert shown.status == status
    assert bare.files() == before
    assert not (bare.root / "build").exists()


def test_n_shows_what_a_build_then_does(workspace: Project) -> None:
    workspace.edit("one/main.go", '"one"', '"uno"')
    shown = workspace.scons("-Q", "-n")
    assert set(shown.steps) <= set(workspace.build("-Q").steps)
    assert compiled(shown) == {"one"}


def test_s_builds_without_a_line_of_its_steps(workspace: Project) -> None:
    workspace.edit("one/main.go", '"one"', '"uno"')
    silent = workspace.build("-s")
    assert silent.steps == ()
    assert b"uno" in (workspace.root / "build/one/one.wasm").read_bytes()


def test_h_lists_artifacts_arguments_and_profiles(workspace: Project) -> None:
    workspace.edit("wasip1.toml", "[defaults]", "[profile.small]\n\n[defaults]")
    said = workspace.build("-h").output
    for text in (".:one ", "m/three:three ", "PROFILE=", "release, dev, small", "wasip1 doctor"):
        assert text in said


def test_q_says_whether_there_is_something_to_do(workspace: Project) -> None:
    assert workspace.scons("-q").status == 0
    workspace.edit("two/main.go", '"two"', '"due"')
    assert workspace.scons("-q").status == 1
    assert workspace.scons("-q", "one").status == 0
    assert workspace.scons("-q", "two").status == 1


def test_a_build_keeps_going_unless_it_is_told_to_stop(workspace: Project) -> None:
    for name in ("one", "two"):
        workspace.edit(f"{name}/main.go", "println(", "printline(")
    assert workspace.scons("-k").output.count("compile failed") == 2
    assert workspace.scons("-S", "-j1").output.count("compile failed") == 1


def test_a_tree_and_an_explanation_are_shown(workspace: Project) -> None:
    tree = workspace.build("--tree=all", "one").output
    assert "+-build/one/one.manifest.json" in tree
    assert "+-lib/lib.go" in tree
    workspace.edit("lib/lib.go", "42", "43")
    explained = workspace.build("--debug=explain", "one").output
    assert "rebuilding `build/one/one.debug.wasm' because `lib/lib.go' changed" in explained


def test_the_table_says_what_was_not_asked_for(workspace: Project) -> None:
    said = workspace.build("-Q").output
    for name in ALL:
        row = next(line for line in said.splitlines() if line.startswith(f"{name} "))
        assert "no budget" in row
        assert "no checks" in row
        assert row.endswith("pass")


def test_findings_reach_a_pull_request(workspace: Project, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("Before.\n")
    workspace.edit("wasip1.toml", '"./two"', '"./two"\nbudget.wasm = "1KiB"')
    workspace.edit("one/main.go", "println(", "printline(")
    github = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_WORKSPACE": str(workspace.root.parent),
    }
    build = workspace.scons("-Q", env=github)
    assert build.status == 2
    place = workspace.root.name
    assert f"::error file={place}/wasip1.toml,line=14,col=8,title=budget-exceeded::" in build.output
    assert f"::error file={place}/one/main.go,line=6,col=2,title=go::" in build.output
    written = summary.read_text()
    assert written.startswith("Before.\n")
    assert "budget-exceeded" in written
    assert "undefined: printline" in written


def test_a_failure_that_all_artifacts_share_is_reported_once(workspace: Project) -> None:
    workspace.edit("go.mod", "go 1.25", "go 1.99")
    assert "3 artifacts: 3 failed; 1 error\n" in workspace.scons("-Q").output
    report = json.loads((workspace.root / "build/report.json").read_text())
    assert [finding["rule"] for finding in report["findings"]] == ["go-version"]
