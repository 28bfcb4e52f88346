"""`scons bench` by a real scons, on real programs: what it prints, keeps, compares and refuses."""

from __future__ import annotations

import json

import jsonschema
import pytest

from project import Build, Project
from wasip1_build.measure.bench.rows import read_rows
from wasip1_build.schema_files import schema_path
from workspaces import MakeWorkspace

MAIN = """package main

import "os"

const rounds = 2_000_000

func main() {
	x := uint32(1)
	for i := 0; i < rounds; i++ {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
	}
	if x == 0 {
		os.Exit(3)
	}
	os.Stdout.WriteString("done\\n")
}
"""
SPEC = """spec-version = 1

[artifact.work]
package = "."
compress.formats = ["gz"]
aot.targets = ["host"]

[[artifact.work.check]]
name = "works"
expect = { stdout = "done\\n" }
"""
# Nothing but the library: no program on PATH, and no native build.
ALONE = ("-sQ", "bench", "RUNTIME=wasmedge")


@pytest.fixture(scope="module")
def measured(make_workspace: MakeWorkspace) -> tuple[Project, Build]:
    files = {"go.mod": "module example.com/w\n\ngo 1.25\n", "main.go": MAIN, "wasip1.toml": SPEC}
    project = make_workspace(files)
    return project, project.build(*ALONE, "ROUNDS=1", "FORMAT=json", "BUDGET=120s")


def test_a_run_is_told_as_json_and_kept_in_every_form(measured: tuple[Project, Build]) -> None:
    project, build = measured
    record = json.loads(build.output[build.output.index("{") :])
    jsonschema.validate(record, json.loads(schema_path("bench").read_bytes()))
    [artifact] = record["artifacts"]
    phases = {figure["phase"] for figure in artifact["figures"]}
    assert phases == {"delivery", "compilation", "instantiation", "execution"}
    assert {figure["n"] for figure in artifact["figures"]} == {1}
    assert {figure["wall_ns"]["low"] for figure in artifact["figures"]} == {None}
    report = project.root / "build/report"
    rows = read_rows(report / "bench.jsonl", "x")[".:work"].rows
    assert len(rows) == len(artifact["figures"])
    assert (report / "bench.txt").read_text().count("\nBenchmark") == len(rows)
    assert "<svg" in (report / "bench.html").read_text()
    page = (report / "index.html").read_text()
    kept = json.loads(page.partition('id="bench">')[2].partition("</script>")[0])[".:work"]
    assert len(kept["figures"]) == len(rows)
    assert f'"h":"{kept["module"]}"' in page  # so that it is seen to be of this module
    calls = json.loads((project.root / "build/.wasip1/bench.calls.json").read_bytes())[".:work"]
    assert calls["module"].startswith(kept["module"])
    assert {case["fd_writes"] > 0 and 0 <= case["percent"] <= 100 for case in calls["cases"]} == {
        True
    }
    assert project.leftovers() == []


def test_wrong_arguments_are_refused_before_anything_is_built(
    measured: tuple[Project, Build],
) -> None:
    project, _ = measured
    build = project.scons("-Q", "bench", "BASE=main.go")
    assert build.status == 2
    assert "main.go:1: error: main.go is not the file of a run" in build.output
    assert build.steps == ()
    alone = project.scons("-Q", "BASE=x")
    assert "BASE= is for `scons bench`" in alone.output


def test_looking_measures_nothing(measured: tuple[Project, Build]) -> None:
    project, _ = measured
    before = project.files()
    assert project.build("-n", "-Q", "bench").output.splitlines()[0] == "bench      .:work"
    assert "scons bench" in project.build("-Q", "-h").output
    assert project.files() == before


def test_too_little_time_is_an_error_and_not_a_result(measured: tuple[Project, Build]) -> None:
    project, _ = measured
    rows = (project.root / "build/report/bench.jsonl").read_bytes()
    build = project.scons(*ALONE, "BUDGET=1ms")
    assert build.status == 2
    assert "nothing was measured" in build.output
    assert (project.root / "build/report/bench.jsonl").read_bytes() == rows


AGAIN = (*ALONE, "BASE=base.jsonl", "ROUNDS=1", "BUDGET=60s")


@pytest.mark.dear
def test_the_same_files_have_not_moved_until_a_build_makes_others(
    measured: tuple[Project, Build],
) -> None:
    project, _ = measured
    project.write("base.jsonl", (project.root / "build/report/bench.jsonl").read_bytes())
    same = project.build(*AGAIN)
    assert "every phase: not moved: the same files on the same tools and settings" in same.output
    assert "run `scons bench" not in project.build("-Q", "work").output
    project.edit("main.go", "2_000_000", "4_000_000")
    said = project.build("-Q").output
    assert ".:work: the .cwasm and the .gz and the module changed since it was measured" in said
    project.edit("main.go", "4_000_000", "2_000_000")


@pytest.mark.dear
def test_other_files_are_measured_beside_those_of_the_base_while_they_are_kept(
    measured: tuple[Project, Build],
) -> None:
    project, _ = measured
    project.write("base.jsonl", (project.root / "build/report/bench.jsonl").read_bytes())
    project.edit("main.go", "2_000_000", "4_000_000")
    slower = project.scons(*AGAIN)
    assert slower.status == 2
    assert "[bench-slower]" in slower.output
    assert "changed since: the .cwasm, the .gz, the module" in slower.output
    for kept in (project.root / "build/.wasip1/bench").iterdir():
        kept.unlink()
    gone = project.build(*AGAIN)
    assert "not kept in this build directory any more" in gone.output
    assert "execution: not known" in gone.output
    assert "run cwasm" in gone.output
    project.edit("main.go", "4_000_000", "2_000_000")
