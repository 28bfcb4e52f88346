"""`wasip1 compare` on a real TinyGo, and its refusal of anything that only plays one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import tinygo_stand_in
from project import Project
from tinygo_project import use
from wasip1_build.measure.aside import Apart
from wasip1_build.measure.by_compiler import Comparing, variant
from wasip1_build.spec.cached import load_workspace

MAIN = """package main

import (
	"os"
	"strconv"

	"example.com/one/lib"
)

func main() { os.Stdout.WriteString(strconv.Itoa(lib.Answer()) + "\\n") }
"""
TEST = """package lib

import "testing"

func TestAnswer(t *testing.T) {
	if Answer() != 42 {
		t.Error("another answer")
	}
}
"""
SPEC = """spec-version = 1

[artifact.one]
package = "./one"
go-flags = ["-gcflags=-l"]

[[artifact.one.check]]
name = "says"
expect = { stdout = "42\\n" }
"""


@pytest.fixture
def one(empty_project: Project) -> Project:
    p = empty_project
    p.write("go.mod", "module example.com/one\n\ngo 1.25\n")
    p.write("one/main.go", MAIN)
    p.write("lib/lib.go", "package lib\n\nfunc Answer() int { return 42 }\n")
    p.write("lib/lib_test.go", TEST)
    p.write("wasip1.toml", SPEC.replace('go-flags = ["-gcflags=-l"]\n', ""))
    return p


def test_both_compilers_are_measured_or_a_stand_in_refused(
    one: Project, tinygo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, tinygo)
    before = one.files()
    done = one.wasip1("compare", "one", "--json", "--rounds", "2")
    assert one.files() == before
    if done.status == 2:
        assert "is a stand-in (0.42.0-stand-in)" in done.output
        assert "{" not in done.output
        return
    assert done.status == 0, done.output
    record = json.loads(done.output[done.output.index("{") :])["compilers"]
    assert record["tinygo"]["sizes_bytes"]["wasm"] < record["go"]["sizes_bytes"]["wasm"]
    for side in record.values():
        assert side["checks"] == {"instantiates": "pass", "says": "pass"}
        assert [each["verdict"] for each in side["tests"]] == ["pass"]
        assert {"load", "start", "run says"} == side["phases_ns"].keys()


def test_a_stand_in_is_refused_before_anything_is_built(
    one: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, tinygo_stand_in.install(tmp_path / "tinygo"))
    done = one.wasip1("compare", "one")
    assert done.status == 2
    assert "[stand-in]" in done.output
    assert "compiling" not in done.output


def test_without_tinygo_the_message_says_how_to_get_it(one: Project) -> None:
    done = one.wasip1("compare", "one", env={"PATH": "/usr/bin:/bin"})
    assert done.status == 2
    assert "error: TinyGo is not on this machine" in done.output
    assert one.wasip1("compare", "nothing").status == 2


@pytest.mark.dear
def test_one_side_is_built_checked_tested_and_timed(
    one: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in one.environment().items():
        monkeypatch.setenv(name, value)
    workspace = load_workspace(one.root, "wasip1.toml", "release")
    apart = Apart(one.root, workspace, os.environ, tmp_path / "scratch", 2)
    [go] = Comparing(apart, rounds=2).of(workspace.artifacts[0], ("go",))
    assert go.cold.cpu_ns > go.again.cpu_ns > 0
    assert go.checks == {"instantiates": "pass", "says": "pass"}
    assert [(test.import_path, test.verdict) for test in go.tests] == [
        ("example.com/one/lib", "pass")
    ]
    assert all(0 < each.low <= each.median <= each.high for each in go.phases.values())
    assert go.sizes_bytes["br"] < go.sizes_bytes["wasm"]
    assert (go.findings, go.left_out) == ((), ())


def test_what_only_go_has_is_left_out_and_named(one: Project) -> None:
    one.write("wasip1.toml", SPEC)
    [artifact] = load_workspace(one.root, "wasip1.toml", "release").artifacts
    by_tinygo, left_out = variant(artifact, "tinygo")
    assert (by_tinygo.compiler, by_tinygo.go_flags, left_out) == ("tinygo", (), ("go-flags",))
    assert variant(artifact, "go") == (variant(artifact, "go")[0], ())
