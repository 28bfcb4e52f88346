"""Artifacts of TinyGo: what is selected, built, rebuilt and said; on a real one where it is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import tinygo_stand_in
from project import Build, Project
from tinygo_project import use

MAIN = 'package main\n\nvar version = "none"\n\nfunc main() {\n\tprintln(who(), version)\n}\n'
WHO = '//go:build {tag}\n\npackage main\n\nfunc who() string {{\n\treturn "{name}"\n}}\n'
SPEC = """spec-version = 1

[defaults]
compress.formats = []

[artifact.small]
package = "./hello"
compiler = "tinygo"
test.gate = false
define = { "main.version" = "1 2" }

[[artifact.small.check]]
name = "says"
expect = { exit = 0 }

[artifact.big]
package = "./hello"
"""
REACTOR = """
[artifact.add]
package = "./add"
compiler = "tinygo"
test.gate = false
kind = "reactor"
exports = ["add"]
tinygo = { gc = "leaking", scheduler = "none", panic = "trap", stack-size = "32KiB", opt = "2" }

[[artifact.add.check]]
name = "adds"
invoke = { export = "add", args = [2, 3], returns = [5] }
"""
ADD = "package main\n\n//go:wasmexport add\nfunc add(a, b int32) int32 { return a + b }\n\n"


@pytest.fixture
def two(empty_project: Project, tinygo: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """One program by both compilers; each sees a source of its own."""
    p = empty_project
    p.write("go.mod", "module example.com/two\n\ngo 1.25\n")
    p.write("hello/main.go", MAIN)
    p.write("hello/small.go", WHO.format(tag="tinygo", name="by-tinygo"))
    p.write("hello/big.go", WHO.format(tag="!tinygo", name="by-go"))
    p.write("wasip1.toml", SPEC)
    use(monkeypatch, tinygo)
    return p


def stand_in(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in of a test's own, to be broken."""
    program = tinygo_stand_in.install(directory)
    use(monkeypatch, program)
    return program


def manifest(project: Project, name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(
        (project.root / f"build/{name}/{name}.manifest.json").read_text()
    )
    return found


def built(build: Build) -> set[str]:
    """The artifacts of which something was made."""
    return {Path(path).name.partition(".")[0] for verb, path in build.steps if verb != "list"}


def test_both_compilers_make_a_module_of_one_package(two: Project) -> None:
    build = two.build("-Q")
    assert "2 artifacts: 2 passed" in build.output
    compiler = manifest(two, "small")["compiler"]
    assert isinstance(compiler, dict)
    assert compiler["name"] == "tinygo"
    toolchain = manifest(two, "small")["toolchain"]
    assert isinstance(toolchain, dict)
    assert toolchain.keys() >= {"tinygo", "go"}
    assert manifest(two, "small")["build_flags"] == [
        "-target=wasip1",
        "-no-debug",
        "-ldflags='-X=main.version=1 2'",
    ]
    small, big = ((two.root / f"build/{n}/{n}.debug.wasm").read_bytes() for n in ("small", "big"))
    assert (b"by-tinygo" in small, b"by-tinygo" in big) == (True, False)
    assert two.build("-Q").steps == ()
    assert two.build("-Q", "--tree=status").steps == ()


def test_a_reactor_is_called_by_its_exports(two: Project) -> None:
    two.write("add/main.go", f"{ADD}func main() {{}}\n")
    two.write("wasip1.toml", SPEC + REACTOR)
    two.build("-Q", "add")
    assert manifest(two, "add")["kind"] == "reactor"


Edit = Callable[[Project], object]
EDITS: dict[str, tuple[Edit, set[str], int]] = {
    "a source that only TinyGo sees": (
        lambda p: p.edit("hello/small.go", "by-tinygo", "tiny"),
        {"small"},
        0,
    ),
    "a source that only Go sees": (
        lambda p: p.edit("hello/big.go", "by-go", "large"),
        {"big"},
        0,
    ),
    "a source of both": (
        lambda p: p.edit("hello/main.go", "who(),", "who(), true,"),
        {"small", "big"},
        0,
    ),
    "a new source for TinyGo": (
        lambda p: p.write("hello/more.go", "//go:build tinygo\n\npackage main\n"),
        {"small"},
        2,
    ),
    "a value of -X": (
        lambda p: p.edit("wasip1.toml", "1 2", "1 3"),
        {"small"},
        0,
    ),
    "the garbage collector, which is a tag": (
        lambda p: p.edit(
            "wasip1.toml", 'compiler = "tinygo"', 'compiler = "tinygo"\ntinygo.gc = "leaking"'
        ),
        {"small"},
        1,
    ),
    "what a panic does": (
        lambda p: p.edit(
            "wasip1.toml", 'compiler = "tinygo"', 'compiler = "tinygo"\ntinygo.panic = "trap"'
        ),
        {"small"},
        0,
    ),
}


def test_an_edit_rebuilds_what_its_compiler_sees(two: Project) -> None:
    two.build("-Q")
    for name, (edit, artifacts, listings) in EDITS.items():
        edit(two)
        build = two.build("-Q")
        assert built(build) == artifacts, name
        assert build.verbs.count("list") == listings, name
        assert two.build("-Q").steps == (), name


def test_release_modules_of_two_checkouts_are_the_same_bytes(two: Project, tmp_path: Path) -> None:
    two.build("-Q", "small")
    other = Project(tmp_path / "elsewhere" / "deeper", two.cache)
    shutil.copytree(two.root, other.root, ignore=shutil.ignore_patterns("build", ".sconsign*"))
    other.build("-Q", "small")
    first, second = ((p.root / "build/small/small.wasm").read_bytes() for p in (two, other))
    assert first == second


def test_without_tinygo_all_else_is_built_and_one_message_says_how_to_get_it(two: Project) -> None:
    two.edit("wasip1.toml", "[artifact.big]", f"{MORE}\n[artifact.big]")
    build = two.scons("-Q", env={"PATH": "/usr/bin:/bin"})
    assert build.status == 2
    assert build.output.count("error: TinyGo is not on this machine") == 1
    assert "tinygo-org/tinygo/releases" in build.output
    assert "3 artifacts: 1 passed, 2 failed; 1 error" in build.output
    assert (two.root / "build/big/big.manifest.json").is_file()
    two.build("-Q")


MORE = """[artifact.more]
package = "./hello"
compiler = "tinygo"
test.gate = false
tags = ["more"]
"""


def test_a_compile_error_has_its_place(two: Project) -> None:
    two.edit("hello/small.go", '"by-tinygo"', "nothing")
    build = two.scons("-Q")
    assert build.status == 2
    assert "hello/small.go:6:9: error: TinyGo cannot build ./hello [tinygo]" in build.output
    assert "2 artifacts: 1 passed, 1 failed; 1 error" in build.output
    two.edit("hello/small.go", "nothing", '"by-tinygo"')
    two.build("-Q")


def test_what_needs_a_scheduler_says_so(two: Project) -> None:
    two.edit("hello/main.go", "package main\n", 'package main\n\nimport "fmt"\n')
    two.edit("hello/main.go", "println(who()", "fmt.Println(who()")
    chosen = 'compiler = "tinygo"\ntinygo.scheduler = "none"'
    two.edit("wasip1.toml", 'compiler = "tinygo"', chosen)
    build = two.scons("-Q", "small")
    assert build.status == 2
    assert "leave tinygo.scheduler out" in build.output


def test_a_flag_that_tinygo_does_not_know_is_told_without_its_manual(two: Project) -> None:
    chosen = 'compiler = "tinygo"\ntinygo.flags = ["-bogus"]'
    two.edit("wasip1.toml", 'compiler = "tinygo"', chosen)
    build = two.scons("-Q", "small")
    assert build.status == 2
    assert "flag provided but not defined: -bogus" in build.output
    assert "baudrate" not in build.output


def test_a_go_that_tinygo_does_not_support_is_said_before_anything_is_compiled(
    two: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = stand_in(tmp_path / "old", monkeypatch)
    (program.parents[1] / "GO").write_text("19 23")
    build = two.scons("-Q", "small")
    assert build.status == 2
    assert "does not work with Go 1.27.3" in build.output
    assert "it works with Go 1.19 to 1.23" in build.output
    assert "compile" not in [verb for verb, _ in build.steps if verb == "strip"]


def test_a_missing_wasm_opt_is_said_before_anything_is_compiled(
    two: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = stand_in(tmp_path / "bare", monkeypatch)
    program.with_name("wasm-opt").unlink()
    build = two.scons("-Q", "small")
    assert build.status == 2
    assert "cannot find wasm-opt" in build.output
    assert build.output.count("error:") == 1
    # An optimizer that comes is met by the next build.
    found = program.with_name("wasm-opt")
    found.write_text("#!/bin/sh\n")
    found.chmod(0o755)
    two.build("-Q", "small")


def test_another_optimizer_compiles_again(
    two: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = stand_in(tmp_path / "own", monkeypatch)
    two.build("-Q")
    program.with_name("wasm-opt").write_text("#!/bin/sh\necho wasm-opt version 109\n")
    build = two.build("-Q")
    assert {"list", "compile"} <= set(build.verbs)
    assert built(build) == {"small"}


def test_another_version_than_the_one_asked_for_is_refused(two: Project) -> None:
    two.edit("wasip1.toml", "spec-version = 1", 'spec-version = 1\ntoolchain.tinygo = "0.1.0"')
    build = two.scons("-Q", "small")
    assert build.status == 2
    assert "TinyGo 0.1.0 is not on this machine" in build.output


def test_the_go_beside_tinygo_must_be_there(two: Project) -> None:
    asked = 'spec-version = 1\ntoolchain.tinygo = { go = "1.25.1" }'
    two.edit("wasip1.toml", "spec-version = 1", asked)
    build = two.scons("-Q")
    assert build.status == 2
    assert "Go 1.25.1 is not on this machine, and TinyGo compiles its standard lib" in build.output
    assert "2 artifacts: 1 passed, 1 failed; 1 error" in build.output


TESTED = 'compiler = "tinygo"\ntest.packages = ["./..."]'
TEST = """package main

import "testing"

func TestWho(t *testing.T) {
	if who() != "by-tinygo" {
		t.Error("another compiler's source")
	}
}
"""


def test_go_tests_run_under_tinygo_and_once(two: Project) -> None:
    two.edit("wasip1.toml", 'compiler = "tinygo"', TESTED)
    two.write("hello/who_test.go", TEST)
    build = two.build("-Q", "test")
    assert "ok  \texample.com/two/hello" in build.output
    again = two.build("-Q", "test")
    assert "(cached)" in again.output
    assert "\ncompile " not in again.output
    two.edit("hello/small.go", "by-tinygo", "tiny")
    failed = two.scons("-Q", "test")
    assert failed.status == 2
    assert "error: example.com/two/hello: TestWho failed [test]" in failed.output
    assert "another compiler's source" in failed.output
    two.edit("hello/big.go", "by-go", "large")
    assert "\ncompile " not in two.scons("-Q", "test").output


def test_tests_that_tinygo_cannot_compile_are_a_failure(two: Project) -> None:
    two.edit("wasip1.toml", 'compiler = "tinygo"', TESTED)
    two.write("hello/who_test.go", TEST.replace("who() !=", "nobody() !="))
    build = two.scons("-Q", "test")
    assert build.status == 2
    assert "hello/who_test.go:6:5: error: the tests of hello do not build [tinygo]" in build.output
    assert "FAIL\texample.com/two/hello [build failed]" in build.output


def test_without_tinygo_its_tests_are_not_passed(two: Project) -> None:
    two.edit("wasip1.toml", 'compiler = "tinygo"', TESTED)
    two.write("hello/who_test.go", TEST)
    build = two.scons("-Q", "test", env={"PATH": "/usr/bin:/bin"})
    assert build.status == 2
    assert "error: TinyGo is not on this machine" in build.output
    assert "\nok " not in build.output
