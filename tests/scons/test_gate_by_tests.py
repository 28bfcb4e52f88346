"""A module of TinyGo passes only where the tests of what it links passed, and the same tests gate a
module of Go that asks for it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from project import Build, Project
from tinygo_project import use

MAIN = """package main

import "example.com/gated/lib"

func main() { println(lib.Answer()) }
"""
LIB = "package lib\n\nfunc Answer() int { return 42 }\n"
LIB_TEST = """package lib

import (
	"testing"

	"example.com/gated/wanted"
)

func TestAnswer(t *testing.T) {
	if Answer() != wanted.Answer {
		t.Error("another answer")
	}
}
"""
WANTED = "package wanted\n\nconst Answer = 42\n"
# Nobody links it.
OTHER_TEST = """package other

import "testing"

func TestNothing(t *testing.T) { t.Error("fails") }
"""
SPEC = """spec-version = 1

[defaults]
compress.formats = []

[artifact.small]
package = "./hello"
compiler = "tinygo"

[artifact.big]
package = "./hello"
"""
PROOF = "build/small/small.tests.json"


@pytest.fixture
def gated(empty_project: Project, tinygo: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """One program by both compilers, with a library that is tested."""
    p = empty_project
    p.write("go.mod", "module example.com/gated\n\ngo 1.25\n")
    p.write("hello/main.go", MAIN)
    p.write("lib/lib.go", LIB)
    p.write("lib/lib_test.go", LIB_TEST)
    p.write("wanted/wanted.go", WANTED)
    p.write("other/other_test.go", OTHER_TEST)
    p.write("wasip1.toml", SPEC)
    use(monkeypatch, tinygo)
    return p


def manifest(project: Project, name: str) -> dict[str, Any]:
    text = (project.root / f"build/{name}/{name}.manifest.json").read_text()
    found: dict[str, Any] = json.loads(text)
    return found


def ran_tests_of(build: Build) -> list[str]:
    """The packages of which tests ran, each once for a run."""
    return sorted(Path(path).stem for verb, path in build.steps if verb == "test")


def test_what_is_linked_is_tested_once_and_written_down(gated: Project) -> None:
    build = gated.build("-Q")
    assert ran_tests_of(build) == ["lib"]
    assert manifest(gated, "small")["tests"] == {
        "gate": True,
        "packages": [{"import_path": "example.com/gated/lib", "verdict": "pass"}],
        "untested": ["hello"],
    }
    assert manifest(gated, "big")["tests"] == {"gate": False}
    assert gated.build("-Q").steps == ()
    assert gated.build("-Q", "--tree=status").steps == ()


def test_only_what_an_edit_can_change_is_tested_again(gated: Project) -> None:
    gated.build("-Q")
    # A test alone: nothing is compiled but that.
    gated.edit("lib/lib_test.go", "another answer", "a wrong answer")
    build = gated.build("-Q")
    assert ran_tests_of(build) == ["lib"]
    assert "strip" not in build.verbs
    # What only a test imports.
    gated.edit("wanted/wanted.go", "const Answer = 42", "const Answer = 40 + 2 // the same")
    build = gated.build("-Q")
    assert "compile" in build.verbs
    assert "strip" not in build.verbs
    # What nobody links, tests too.
    gated.edit("other/other_test.go", '"fails"', '"fails again"')
    build = gated.build("-Q")
    assert {"compile", "test"} & set(build.verbs) == set()
    assert gated.build("-Q").steps == ()


def test_a_failing_test_fails_the_artifact_and_only_that(gated: Project) -> None:
    gated.build("-Q")
    gated.edit("wanted/wanted.go", "42", "41")
    build = gated.scons("-Q")
    assert build.status == 2
    assert "another answer" in build.output
    assert "error: example.com/gated/lib: TestAnswer failed [test]" in build.output
    assert "2 artifacts: 1 passed, 1 failed; 1 error" in build.output
    assert not (gated.root / "build/small/small.manifest.json").exists()
    assert json.loads((gated.root / PROOF).read_text())["packages"][0]["verdict"] == "fail"
    assert gated.scons("-Q").status == 2
    gated.edit("wanted/wanted.go", "41", "42")
    gated.build("-Q")


@pytest.mark.dear
def test_tests_that_come_to_a_linked_package_count(gated: Project) -> None:
    gated.build("-Q")
    gated.write("hello/main_test.go", OTHER_TEST.replace("package other", "package main"))
    build = gated.scons("-Q")
    assert build.status == 2
    assert "error: example.com/gated/hello: TestNothing failed [test]" in build.output
    (gated.root / "hello/main_test.go").unlink()
    gated.build("-Q")
    gated.write("lib/more_test.go", OTHER_TEST.replace("package other", "package lib"))
    assert gated.scons("-Q").status == 2
    (gated.root / "lib/more_test.go").unlink()
    gated.build("-Q")


READS = """package lib

import (
	_ "embed"
	"os"
	"strings"
	"testing"
)

//go:embed embedded/words.txt
var words string

func TestFiles(t *testing.T) {
	names, _ := os.ReadDir("testdata")
	data, _ := os.ReadFile("testdata/a.txt")
	if len(names) != 1 || string(data)+words != "ab" || strings.Contains(words, "x") {
		t.Error("other files")
	}
}
"""
Edit = Callable[[Project], object]
BREAKS: dict[str, Edit] = {
    "a file beside the tests": lambda p: p.write("lib/testdata/a.txt", "c"),
    "a new file beside the tests": lambda p: p.write("lib/testdata/b.txt", ""),
    "what a test embeds": lambda p: p.write("lib/embedded/words.txt", "x"),
    "what only a test imports": lambda p: p.edit("wanted/wanted.go", "42", "41"),
    "another import of a test": lambda p: p.edit("lib/lib_test.go", "gated/wanted", "gated/wrong"),
    "a test gone": lambda p: (p.root / "lib/reads_test.go").write_text(
        "package lib\n\nvar _ = x\n"
    ),
    "a build line": lambda p: p.edit(
        "lib/lib.go", "package lib", "//go:build !wasip1\n\npackage lib"
    ),
}


@pytest.mark.soak
def test_each_edit_of_what_tests_read_is_seen_and_its_undoing_too(gated: Project) -> None:
    p = gated
    p.write("wasip1.toml", SPEC[: SPEC.index("[artifact.small]")] + GATED_GO)
    p.write("wrong/wrong.go", 'package wanted\n\nconst Answer = "none"\n')
    p.write("lib/reads_test.go", READS)
    p.write("lib/testdata/a.txt", "a")
    p.write("lib/embedded/words.txt", "b")
    p.build("-Q")
    before = p.sources()
    for name, edit in list(BREAKS.items())[:: 1 if os.environ.get("WASIP1_SOAK") == "1" else 3]:
        edit(p)
        assert p.scons("-Q").status == 2, name
        p.put_back(before)
        assert p.scons("-Q").status == 0, name
    assert p.build("-Q").steps == ()


GATED_GO = """[artifact.big]
package = "./hello"
test.gate = true
"""


@pytest.mark.dear
def test_a_package_that_comes_to_be_linked_is_tested(gated: Project) -> None:
    gated.build("-Q")
    gated.write("other/other.go", "package other\n\nconst Two = 2\n")
    gated.edit("hello/main.go", "gated/lib", 'gated/lib"\n\nimport _ "example.com/gated/other')
    build = gated.scons("-Q")
    assert build.status == 2
    assert "error: example.com/gated/other: TestNothing failed [test]" in build.output


def test_without_a_test_nothing_is_proved(gated: Project) -> None:
    (gated.root / "lib/lib_test.go").unlink()
    build = gated.scons("-Q")
    assert build.status == 2
    said = "wasip1.toml:6:1: error: no test of what .:small links has run under TinyGo on wasip1"
    assert said in build.output
    # To accept that is one line, and written down.
    gated.edit("wasip1.toml", 'compiler = "tinygo"', 'compiler = "tinygo"\ntest.gate = false')
    gated.build("-Q")
    assert manifest(gated, "small")["tests"] == {"gate": False}
    assert not (gated.root / PROOF).exists()


def test_tests_that_do_not_compile_are_no_proof(gated: Project) -> None:
    gated.edit("lib/lib_test.go", "Answer() !=", "Nobody() !=")
    build = gated.scons("-Q", "small")
    assert build.status == 2
    assert "lib/lib_test.go:10:5: error: the tests of lib do not build" in build.output


def test_scons_test_and_the_gate_run_the_same_tests(gated: Project) -> None:
    declared = 'compiler = "tinygo"\ntest.packages = ["./lib"]'
    gated.edit("wasip1.toml", 'compiler = "tinygo"', declared)
    build = gated.build("-Q", "test")
    assert "ok  \texample.com/gated/lib" in build.output
    assert ran_tests_of(gated.build("-Q")) == []
    assert ran_tests_of(gated.build("-Q", "test")) == []
    assert gated.build("-Q").steps == ()


def test_what_the_gate_tests_are_inputs_to_query_and_affected(gated: Project) -> None:
    asked = gated.wasip1("query", "inputs", "small")
    assert {"test\tlib/lib_test.go", "test\twanted/wanted.go"} <= set(asked.output.splitlines())
    assert "other" not in asked.output
    assert gated.wasip1("query", "dependents", "lib/lib_test.go").output == ".:small\n"


def test_a_module_of_go_is_gated_where_it_asks_for_it(gated: Project) -> None:
    gated.edit("wasip1.toml", "[artifact.big]", "[artifact.big]\ntest.gate = true")
    gated.build("-Q", "big")
    assert manifest(gated, "big")["tests"]["gate"] is True
    gated.edit("lib/lib.go", "42", "43")
    build = gated.scons("-Q", "big")
    assert build.status == 2
    assert "error: example.com/gated/lib: TestAnswer failed [test]" in build.output


def test_a_test_that_is_skipped_proves_nothing(gated: Project) -> None:
    gated.write("wasip1.toml", SPEC[: SPEC.index("[artifact.small]")] + GATED_GO)
    gated.write("lib/lib_test.go", SKIPS)
    build = gated.scons("-Q")
    assert build.status == 2
    assert "[not-proved]" in build.output


SKIPS = 'package lib\n\nimport "testing"\n\nfunc TestNot(t *testing.T) { t.Skip("not here") }\n'
