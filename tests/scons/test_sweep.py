"""`wasip1 sweep` on real Go programs: figures that hold, hazards that show, and refusals."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from project import Project
from wasip1_build.findings import Failure
from wasip1_build.measure.aside import Apart
from wasip1_build.measure.gc_settings import Need, Setting
from wasip1_build.measure.gc_sweep import Sweeping, Swept
from wasip1_build.measure.gc_tradeoff import hazards, suggestions
from wasip1_build.report.gc_lines import go_lines
from wasip1_build.spec.cached import load_workspace
from wasip1_build.spec.model import Runtime

MIB = 1 << 20
# Keeps 8 MiB and makes 64 MiB of garbage.
CHURN = """package main

import "os"

var live, garbage [][]byte

func main() {
	for range 256 {
		live = append(live, make([]byte, 32<<10))
	}
	garbage = make([][]byte, 1)
	for range 2048 {
		garbage[0] = make([]byte, 32<<10)
	}
	os.Stdout.WriteString("done\\n")
}
"""
# A recursive allocator that does nothing else, so that no collection comes to its end.
TREES = """package main

type tree struct{ left, right *tree }

func build(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{build(depth - 1), build(depth - 1)}
}

func (t *tree) count() int {
	if t.left == nil {
		return 1
	}
	return 1 + t.left.count() + t.right.count()
}

func main() {
	long, total := build(16), 0
	for range 12 {
		total += build(16).count()
	}
	println(total, long.count())
}
"""
SPEC = """spec-version = 1

[artifact.churn]
package = "./churn"
grants.stdin = true

[[artifact.churn.check]]
name = "ends"
expect = { stdout = "done\\n", stderr = "" }

[artifact.churn.bench]
cases = [{ name = "input", stdin-file = "go.mod" }]

[artifact.trees]
package = "./trees"
runtime.gogc = 50

[[artifact.trees.check]]
name = "counts"
expect = { stderr = "1572852 131071\\n" }

[artifact.idle]
package = "./trees"

[artifact.tiny]
package = "./trees"
compiler = "tinygo"
"""


@pytest.fixture
def programs(empty_project: Project) -> Project:
    p = empty_project
    p.write("go.mod", "module example.com/sweep\n\ngo 1.25\n")
    p.write("churn/main.go", CHURN)
    p.write("trees/main.go", TREES)
    p.write("wasip1.toml", SPEC)
    return p


@pytest.fixture
def sweep(programs: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sweeps an artifact with settings of the test's own after the declared one."""
    for name, value in programs.environment().items():
        monkeypatch.setenv(name, value)

    def run(name: str, *settings: Setting, rounds: int, only: tuple[str, ...] = ()) -> Swept:
        workspace = load_workspace(programs.root, "wasip1.toml", "release")
        artifact = next(each for each in workspace.artifacts if each.name == name)
        apart = Apart(programs.root, workspace, os.environ, tmp_path / "scratch", 2)

        def chosen(runtime: Runtime, _need: Need | None) -> tuple[Setting, ...]:
            return (Setting(runtime.gogc), *settings)

        return Sweeping(apart, rounds, only, choose=chosen).of(artifact)

    return run


def test_peaks_are_those_of_the_settings_and_a_failing_one_is_not_timed(sweep: Any) -> None:
    off = Setting("off", 64 * MIB, 128 * MIB)
    capped = Setting("off", 64 * MIB, 32 * MIB)
    swept = sweep("churn", off, capped, rounds=1)
    assert swept.checks == ("ends", "bench.input")
    default, without, failing = swept.tried
    assert swept.need.live_bytes in (8 * MIB, 9 * MIB)
    assert 16 * MIB < default.peak.low < 32 * MIB < 60 * MIB < without.peak.low < 70 * MIB
    assert default.collected > without.collected
    assert all(each.cpu_ns[0] > 0 and each.wall_ns[0] > 0 for each in (default, without))
    assert (failing.failed, failing.samples) == ("check ends: out of memory", {})
    assert [each.finding.rule for each in hazards(swept)] == ["sweep-failed"]


def test_the_go_form_does_what_the_setting_does(programs: Project, sweep: Any) -> None:
    text = "\n".join(go_lines(Setting("off", 64 * MIB, 128 * MIB)))
    programs.write("churn/gc_wasip1.go", text)
    [built_in] = sweep("churn", rounds=1, only=("ends",)).tried
    assert 60 * MIB < built_in.peak.low < 70 * MIB


@pytest.mark.dear
def test_a_low_gogc_that_raises_the_peak_is_seen_and_gos_default_suggested(sweep: Any) -> None:
    swept = sweep("trees", Setting(), rounds=6)
    [hazard] = hazards(swept)
    assert hazard.finding.rule == "sweep-low-gogc"
    assert str(hazard.finding.location).startswith("wasip1.toml:16")
    assert swept.declared.peak.low > swept.tried[1].peak.high + 4 * MIB
    assert "memory" in suggestions(swept)[0].goal
    assert suggestions(swept)[0].weighed.tried is swept.tried[1]


def test_a_check_that_fails_as_declared_is_an_error_at_its_line(
    programs: Project, sweep: Any
) -> None:
    programs.edit("wasip1.toml", '"done\\n"', '"gone\\n"')
    with pytest.raises(Failure) as caught:
        sweep("churn", rounds=1)
    assert str(caught.value).startswith("wasip1.toml:9:12: error: check ends: stdout differs")


@pytest.mark.dear
def test_the_command_prints_json_and_writes_nothing_into_the_workspace(programs: Project) -> None:
    before = programs.files()
    done = programs.wasip1("sweep", "churn", "--check", "ends", "--rounds", "1", "--json")
    assert programs.files() == before
    assert done.status == 0, done.output
    record = json.loads(done.output[done.output.index("{\n") :])
    names = [each["name"] for each in record["settings"]]
    assert names[:4] == ["Go's defaults", "GOGC=50", "GOGC=200", "GOGC=400"]
    assert sum(name.startswith("GOMEMLIMIT=") for name in names) >= 1
    off = [each for each in record["settings"] if each["gogc"] == "off"]
    assert off and all(each["memory_limit_bytes"] < each["max_memory_bytes"] for each in off)
    assert record["suggestions"] == [], "one round proves nothing"
    assert (record["checks"], record["rounds"]) == (["ends"], 1)


@pytest.mark.parametrize(
    ("words", "rule", "fix"),
    [
        (("idle",), "wasip1.toml:22:1: error: idle has nothing to run", "[[artifact.idle.check]]"),
        (("tiny",), "wasip1.toml:27:1: error: tiny is compiled by TinyGo", "runtime.max-memory"),
        (("churn", "--check", "end"), 'churn has no check "end"', "ends, bench.input"),
        (("."), "means 4 artifacts", "name one"),
        (("churn", "--rounds", "0"), "a number from 1 on", "--rounds"),
    ],
    ids=["no checks", "tinygo", "unknown check", "several", "no rounds"],
)
def test_what_cannot_be_swept_is_refused_before_anything_is_compiled(
    programs: Project, words: tuple[str, ...], rule: str, fix: str
) -> None:
    done = programs.wasip1("sweep", *words)
    assert done.status == 2
    assert rule in done.output
    assert fix in done.output
    assert "compiling" not in done.output
