"""Each mistake ends with status 2 and a message that says the fact, the place and the fix.

The `workspace` fixture proves, after each of them, that the next good build is a clean one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from project import Build, Project

Edit = Callable[[Project], object]


def edit(name: str, old: str, new: str) -> Edit:
    return lambda project: project.edit(name, old, new)


def write(name: str, text: str) -> Edit:
    return lambda project: project.write(name, text)


def both(*edits: Edit) -> Edit:
    return lambda project: [one(project) for one in edits]


def toolchain(line: str) -> Edit:
    return edit("wasip1.toml", "[defaults]", f"[toolchain]\n{line}\n\n[defaults]")


def requires(build: Build, texts: Iterable[str]) -> None:
    assert build.status == 2, build.output
    for text in texts:
        assert text in build.output, f"no {text!r} in\n{build.output}"


ONE, MAIN = 'package = "./one"', "one/main.go"
IMPORT = 'import "example.com/w/lib"'

# Nothing runs where the spec is wrong: the edit, and what is said.
SPEC: dict[str, tuple[Edit, list[str]]] = {
    "broken TOML": (
        edit("wasip1.toml", ONE, "package = [\n"),
        ["wasip1.toml:", "error: this is not valid TOML"],
    ),
    "an unknown key": (
        edit("wasip1.toml", ONE, f"{ONE}\nbugdet.wasm = 3"),
        [
            'wasip1.toml:11:1: error: unknown key "bugdet" in [artifact.one]',
            'did you mean "budget"?',
        ],
    ),
    "a missing package directory": (
        edit("wasip1.toml", "./one", "./onw"),
        ['wasip1.toml:10:1: error: there is no directory "onw"', "correct the path"],
    ),
    "mistakes in two files": (
        both(
            edit("wasip1.toml", "./one", "./onw"),
            edit("m/three/wasip1.toml", 'package = "."', "package = 3"),
        ),
        ["wasip1.toml:10:1: error: there is no directory", "m/three/wasip1.toml:4:1: error: "],
    ),
    "a target that the compiler refuses": (
        edit("wasip1.toml", ONE, f'{ONE}\naot.targets = ["riscv64gc-unknown-linux-gnu"]'),
        ["wasip1.toml:11:16: error: there is no precompilation for", "riscv64", "pulley64"],
    ),
    "no go.mod above the package": (
        lambda project: (project.root / "go.mod").unlink(),
        ["wasip1.toml:10:1: error: no go.mod at or above one", "go mod init"],
    ),
}


@pytest.mark.parametrize(("change", "said"), SPEC.values(), ids=SPEC.keys())
def test_a_wrong_spec_runs_nothing(workspace: Project, change: Edit, said: list[str]) -> None:
    change(workspace)
    build = workspace.scons("-Q")
    requires(build, said)
    assert build.steps == ()


# What Go finds concerns the artifacts whose packages it is in, and no others.
GO: dict[str, tuple[Edit, list[str], set[str]]] = {
    "a package that is no main package": (
        edit("wasip1.toml", "./one", "./lib"),
        ["wasip1.toml:10:1: error: ./lib is package lib, not package main", "cmd/NAME"],
        {"one"},
    ),
    "a compile error": (
        edit(MAIN, "println(", "printline("),
        ["one/main.go:6:2: error: go cannot build ./one", "undefined: printline"],
        {"one"},
    ),
    "a compile error in a library": (
        edit("lib/lib.go", "return 42", 'return "42"'),
        ["lib/lib.go:4:9: error: go cannot build ./one", "go cannot build ./two"],
        {"one", "two"},
    ),
    "an error in a file's head": (
        edit(MAIN, 'import "', 'import ("'),
        ["one/main.go:5:1: error: go cannot build ./one", "missing import path"],
        {"one"},
    ),
    "an import of a missing package": (
        edit(MAIN, 'w/lib"', 'w/lib2"'),
        ["one/main.go:3:8: error: ", "example.com/w/lib2"],
        {"one"},
    ),
    "an import of a module that is not in go.mod": (
        edit(MAIN, IMPORT, f'{IMPORT}\nimport _ "example.org/other"'),
        ["one/main.go:4:8: error: ", "no required module provides package example.org/other"],
        {"one"},
    ),
    "a go.mod for a newer Go": (
        edit("go.mod", "go 1.25", "go 1.99"),
        ["go.mod:3: error: go.mod asks for Go 1.99", 'set go = "1.99" under [toolchain]'],
        {"one", "two", "three"},
    ),
    "a module outside the go.work above it": (
        both(
            write("go.work", "go 1.25\n\nuse ./m/three\n"),
            write("m/three/go.mod", "module example.com/three\n\ngo 1.25\n"),
        ),
        ["go.work:3: error: the module in . is not a member of go.work", "add `use .` to go.work"],
        {"one", "two"},
    ),
    "a Go that is not here in the version asked for": (
        toolchain('go = "1.20.0"'),
        ["error: Go 1.20.0 is not on this machine", "wasip1 doctor --fetch", "[toolchain]"],
        {"one", "two", "three"},
    ),
    "no Go where the spec says": (
        toolchain('go = { path = "tools/go" }'),
        ["error: Go is not on this machine", "tools/go", "[toolchain]"],
        {"one", "two", "three"},
    ),
}
MANIFESTS = {
    "one": "build/one/one.manifest.json",
    "two": "build/two/two.manifest.json",
    "three": "build/m/three/three/three.manifest.json",
}


@pytest.mark.parametrize(("change", "said", "failed"), GO.values(), ids=GO.keys())
def test_what_go_refuses_fails_the_artifacts_that_need_it(
    workspace: Project, change: Edit, said: list[str], failed: set[str]
) -> None:
    change(workspace)
    requires(workspace.scons("-Q"), said)
    sealed = {name for name, path in MANIFESTS.items() if (workspace.root / path).exists()}
    assert sealed == MANIFESTS.keys() - failed


def test_without_go_the_graph_can_be_looked_at(workspace: Project) -> None:
    toolchain('go = { path = "tools/go" }')(workspace)
    before = workspace.files()
    shown = workspace.scons("-Q", "-n")
    assert shown.status == 0
    assert ("compile", "build/one/one.debug.wasm") in shown.steps
    assert workspace.scons("-Q", "-q").status == 1
    assert "m/three:three" in workspace.build("-h").output
    assert workspace.files() == before
    workspace.build("-Q", "-c")
    assert not list((workspace.root / "build").rglob("*.manifest.json"))


def test_what_can_be_built_without_the_missing_tool_is_built(workspace: Project) -> None:
    """A wasmtime that is not there fails the precompilation alone: modules, checks and sidecars
    need none."""
    toolchain('wasmtime = { path = "tools/wasmtime" }')(workspace)
    workspace.edit("wasip1.toml", ONE, f'{ONE}\naot.targets = ["pulley64"]')
    workspace.write("one/other.go", 'package main\n\nfunc init() {\n\tprintln("other")\n}\n')
    build = workspace.scons("-Q")
    requires(build, ["the wasmtime program is not on this machine", "tools/wasmtime"])
    assert {"compile", "strip", "brotli", "verify", "check"} <= set(build.verbs)
    assert not (workspace.root / MANIFESTS["one"]).exists()
    assert (workspace.root / MANIFESTS["two"]).exists()


def test_all_mistakes_of_a_workspace_come_in_one_run(workspace: Project) -> None:
    workspace.edit(MAIN, "println(", "printline(")
    workspace.edit("wasip1.toml", '"./two"', '"./two"\nbudget.wasm = "1KiB"')
    workspace.edit("m/three/main.go", "println(", "printout(")
    build = workspace.scons("-Q")
    requires(
        build,
        [
            "one/main.go:6:2: error:",
            "wasip1.toml:14:8: error: two: wasm is",
            "m/three/main.go:4:2: error:",
            "3 artifacts: 3 failed; 3 errors",
        ],
    )


WORDS = {
    "an unknown argument": (["FOO=1"], ["unknown argument FOO=", "known: PROFILE"]),
    "an argument with a typo": (["PROFIL=dev"], ["unknown argument PROFIL=", "PROFILE=?"]),
    "an unknown target": (["tow"], ['no artifact is declared at "tow"', 'did you mean "two"?']),
    "an unknown directory": (["m/tree"], ['"m/tree"', "did you mean", "m/three"]),
    "a directory without artifacts": (["lib/"], ['no artifact is declared at "lib']),
    "an unknown profile": (["PROFILE=relese"], ["unknown profile", 'did you mean "release"?']),
}


@pytest.mark.parametrize(("words", "said"), WORDS.values(), ids=WORDS.keys())
def test_a_wrong_word_on_the_command_line_builds_nothing(
    workspace: Project, words: list[str], said: list[str]
) -> None:
    build = workspace.scons("-Q", *words)
    requires(build, said)
    assert build.steps == ()


def test_a_failed_listing_is_no_dependency_cycle(empty_project: Project) -> None:
    """SCons's issue 2901: what it visits after a shared prerequisite has failed, it takes for a
    cycle, in the order in which nodes happen to lie in memory."""
    p = empty_project
    names = [f"program{number}" for number in range(6)]
    p.write("go.mod", "module example.com/w\n\ngo 1.99\n")
    for name in names:
        p.write(f"{name}/main.go", "package main\n\nfunc main() {}\n")
    declared = "".join(f'\n[artifact.{name}]\npackage = "./{name}"\n' for name in names)
    p.write("wasip1.toml", f"spec-version = 1\n\n[defaults]\ncompress.formats = []\n{declared}")
    for jobs in ("-j1", "-j2", "-j6"):
        build = p.scons("-Q", jobs)
        assert build.output.count("go.mod asks for Go 1.99") == 1, build.output
        assert "6 artifacts: 6 failed; 1 error" in build.output
        assert "cycle" not in build.output
        assert build.status == 2
    p.edit("go.mod", "1.99", "1.25")
    p.build("-Q", "program3")
