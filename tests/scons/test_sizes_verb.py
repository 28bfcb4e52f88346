"""wasip1.sizes.json is written on demand, and every build tells what is not as it was accepted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from project import Build, Project
from wasip1_build.looks import look_at
from wasip1_build.schema_files import schema_path
from witness import witnessed

TOP, MEMBER = "wasip1.sizes.json", "m/three/wasip1.sizes.json"
GROWTH = "budget.growth = { percent = 0.1, bytes = 1000 }\n"
MORE = 'println("two", lib.Answer(), "' + "x" * 9000 + '")'


@pytest.fixture
def accepted(workspace: Project) -> Iterator[Project]:
    """A workspace that is up to date and whose sizes are accepted: one and two at the top, three
    of a member."""
    workspace.build("-Q", "sizes")
    yield workspace


def ledger(project: Project, name: str = TOP) -> dict[str, Any]:
    """The artifacts in a file, which must be as the schema says."""
    record = json.loads((project.root / name).read_text())
    Draft7Validator(json.loads(schema_path("sizes").read_bytes())).validate(record)
    artifacts: dict[str, Any] = record["artifacts"]
    return artifacts


def change(project: Project, artifact: str, name: str = TOP, **sizes: int) -> None:
    """Makes a ledger say that other sizes were accepted, and nothing of owners."""
    record = json.loads((project.root / name).read_text())
    entry = record["artifacts"][artifact]
    entry["size_bytes"] |= sizes
    project.write(name, json.dumps(record))


def grow(project: Project) -> None:
    project.edit("two/main.go", 'println("two", lib.Answer())', MORE)


def add(project: Project, name: str, lines: str) -> None:
    project.write(name, (project.root / name).read_text() + lines)


def row(build: Build, artifact: str) -> list[str]:
    line = next(line for line in build.output.splitlines() if line.startswith(f"{artifact} "))
    return line.split()


def reported(project: Project, artifact: str) -> dict[str, Any]:
    report = json.loads((project.root / "build/report.json").read_text())
    return next(each for each in report["artifacts"] if each["artifact"] == artifact)


def test_each_file_is_written_and_nothing_is_built_twice(workspace: Project) -> None:
    build = workspace.build("-Q", "sizes")
    assert build.steps == ()
    assert sorted(ledger(workspace)) == ["one", "two"]
    [three] = ledger(workspace, MEMBER).values()
    module = workspace.root / "build/m/three/three/three.wasm"
    assert three["size_bytes"]["wasm"] == module.stat().st_size
    assert three["compiler"].startswith("go 1.")
    assert f"sizes      {TOP}\n  one: new, " in build.output
    assert row(build, "three").count("same") == 1
    before = {name: look_at(str(workspace.root / name)) for name in (TOP, MEMBER)}
    again = workspace.build("-Q", "sizes")
    assert "sizes      " not in again.output
    assert {name: look_at(str(workspace.root / name)) for name in before} == before


def test_n_shows_q_answers_and_neither_writes(workspace: Project) -> None:
    assert "accepted when the build has ended" in workspace.build("-Q", "-n", "sizes").output
    assert workspace.scons("-Q", "-q", "sizes").status == 1
    assert not (workspace.root / TOP).exists()
    workspace.build("-Q", "sizes")
    assert workspace.scons("-Q", "-q", "sizes").status == 0
    assert "\n  scons sizes " in workspace.build("-h").output


def test_growth_is_shown_by_the_build_the_next_one_and_a_part(
    accepted: Project, tmp_path: Path
) -> None:
    same = accepted.build("-Q")
    assert "same" in row(same, "two") and "two: wasm" not in same.output
    grow(accepted)
    build = accepted.build("-Q")
    told = next(line for line in build.output.splitlines() if line.startswith("two: wasm +"))
    size = next(s for s in reported(accepted, ".:two")["sizes"] if s["form"] == "wasm")
    delta = size["size_bytes"] - ledger(accepted)["two"]["size_bytes"]["wasm"]
    assert delta > 9000
    assert reported(accepted, ".:two")["moved"]["delta_bytes"]["wasm"] == delta
    assert size["accepted_bytes"] == ledger(accepted)["two"]["size_bytes"]["wasm"]
    assert "moved" not in reported(accepted, ".:one")
    null = witnessed(accepted, tmp_path / "witness", "-Q")
    assert told in null.build.output
    assert "wasip1_build.spec.sizes_file" not in null.imported
    assert not {name for name in null.opened if name.endswith(".sizes.json")}
    assert told not in accepted.build("-Q", "one").output
    shown = accepted.build("-Q", "sizes", "ARTIFACT=two")
    assert f"sizes      {TOP}\n  two: wasm +" in shown.output
    assert "go mod tidy -diff: clean" in shown.output
    assert "same" in row(accepted.build("-Q"), "two")


def test_a_ledger_that_is_another_is_seen_and_makes_no_step_run(
    accepted: Project, tmp_path: Path
) -> None:
    accepted.build("-Q")
    now = ledger(accepted)["two"]["size_bytes"]["wasm"]
    change(accepted, "two", wasm=now - 2000)
    seen = witnessed(accepted, tmp_path / "witness", "-Q")
    assert seen.build.steps == ()
    assert "+1.95KiB" in row(seen.build, "two") and "same" in row(seen.build, "one")
    assert "wasip1_build.spec.load" not in seen.imported
    assert not any(name.endswith(MEMBER) for name in seen.opened)  # only what can be another
    assert "+1.95KiB" in row(accepted.build("-Q"), "two")
    assert "+1.95KiB" in row(accepted.build("-Q", "two"), "two")
    for name in (TOP, MEMBER):
        (accepted.root / name).unlink()
    assert "delta" not in accepted.build("-Q").output
    accepted.write(TOP, '{"spec-version": 1, "artifacts": {}}\n')
    assert "new" in row(accepted.build("-Q"), "two")


def test_growth_beyond_the_budget_fails_until_it_is_accepted(workspace: Project) -> None:
    add(workspace, "wasip1.toml", GROWTH)  # of two, the last artifact of the file
    unknown = workspace.scons("-Q")
    assert unknown.status == 2
    assert "two: its growth is not known [budget-unproved]" in unknown.output
    assert f"there is no {TOP}, and not proved is not passed" in unknown.output
    workspace.build("-Q", "sizes", "ARTIFACT=two")
    assert sorted(ledger(workspace)) == ["two"]
    workspace.build("-Q")
    # Of the ledger, only the artifact's own sizes make its step run.
    add_other = json.loads((workspace.root / TOP).read_text())
    add_other["artifacts"]["one"] = {"compiler": "go 1.2", "size_bytes": {"wasm": 1, "br": 1}}
    workspace.write(TOP, json.dumps(add_other))
    assert workspace.build("-Q").steps == ()
    grow(workspace)
    grown = workspace.scons("-Q")
    assert grown.status == 2
    assert "[budget-growth]" in grown.output
    assert "if the growth is meant: scons sizes, and commit wasip1.sizes.json" in grown.output
    assert "two: wasm +" in grown.output
    workspace.build("-Q", "sizes")
    passed = workspace.build("-Q").output
    assert "budget.growth limits a step, and nothing limits many small ones" in passed
    dev = workspace.build("-Q", "PROFILE=dev", "two")
    assert "two: budget.growth limits nothing under this profile" in dev.output
    assert "sizes are compared only under PROFILE=release" in dev.output
    assert "delta" not in dev.output
    workspace.build("-Q", "-c", "PROFILE=dev")


def test_what_fails_keeps_its_entry_and_what_passes_is_accepted(accepted: Project) -> None:
    before = ledger(accepted)
    change(accepted, "one", wasm=5)
    change(accepted, "two", wasm=5)
    accepted.edit("one/main.go", "lib.Answer()", "lib.Nothing()")
    failed = accepted.scons("-Q", "sizes")
    assert failed.status == 2
    assert ".:one: its sizes are not accepted [sizes-not-accepted]" in failed.output
    assert ".:two: its sizes are not accepted" not in failed.output
    assert ledger(accepted)["one"]["size_bytes"]["wasm"] == 5
    assert ledger(accepted)["two"] == before["two"]


def test_only_those_that_are_named_are_accepted(accepted: Project) -> None:
    change(accepted, "one", wasm=5)
    change(accepted, "two", wasm=5)
    change(accepted, "three", MEMBER, wasm=5)
    accepted.build("-Q", "sizes", "ARTIFACT=two,m/three:three")
    assert ledger(accepted)["one"]["size_bytes"]["wasm"] == 5
    assert ledger(accepted)["two"]["size_bytes"]["wasm"] > 5
    assert ledger(accepted, MEMBER)["three"]["size_bytes"]["wasm"] > 5
    unknown = accepted.scons("-Q", "sizes", "ARTIFACT=none")
    assert unknown.status == 2 and "none" in unknown.output


def test_an_artifact_that_is_gone_is_told_and_taken_out(accepted: Project) -> None:
    accepted.write("m/three/wasip1.toml", "spec-version = 1\n")
    told = accepted.build("-Q")
    assert f"{MEMBER}: note: {MEMBER} has the artifact three, which is not decl" in told.output
    assert "[sizes-gone]" in accepted.build("-Q").output  # by a null build too
    build = accepted.build("-Q", "sizes")
    assert f"sizes      {MEMBER}\n  three: not declared any more\n" in build.output
    assert not (accepted.root / MEMBER).exists()


MARKS, NEWER = "<<<<<<< HEAD\n", '{"spec-version": 9}'


def test_a_damaged_ledger_is_a_warning_in_every_build(accepted: Project) -> None:
    accepted.build("-Q")
    accepted.write(TOP, MARKS)
    for words in (("-Q",), ("-Q", "two")):  # by all of the graph, and by a null build
        build = accepted.build(*words)
        assert f"{TOP}:1: warning: {TOP} has the marks of a merge" in build.output
        assert "fix: scons sizes writes it anew" in build.output
        assert build.steps == ()


def test_what_a_damaged_or_newer_ledger_says_is_not_lost(accepted: Project) -> None:
    for damage, words, lost in (
        (MARKS, ("ARTIFACT=two",), "what it says of one would be lost"),
        (NEWER, (), "it knows version 1, and cannot judge the rest"),
    ):
        accepted.write(TOP, damage)
        refused = accepted.scons("-Q", "sizes", *words)
        assert refused.status == 2
        assert "and is not written [sizes-file]" in refused.output and lost in refused.output
        assert (accepted.root / TOP).read_text() == damage
    accepted.write(TOP, MARKS)
    accepted.build("-Q", "sizes")
    assert sorted(ledger(accepted)) == ["one", "two"]


def test_what_stands_in_the_way_is_said_and_the_other_files_are_written(
    workspace: Project,
) -> None:
    (workspace.root / TOP).mkdir()
    try:
        failed = workspace.scons("-Q", "sizes", "ARTIFACT=two,three")
        assert failed.status == 2
        assert f"{TOP} cannot be read, and is not written" in failed.output
        assert sorted(ledger(workspace, MEMBER)) == ["three"]
    finally:
        (workspace.root / TOP).rmdir()


def test_another_compiler_is_called_that(accepted: Project) -> None:
    record = json.loads((accepted.root / TOP).read_text())
    record["artifacts"]["two"]["compiler"] = "go 1.20.1"
    accepted.write(TOP, json.dumps(record))
    build = accepted.build("-Q")
    assert (
        "two: as large as it was\n  the compiler is another: go 1.20.1, now go 1." in build.output
    )
    assert reported(accepted, ".:two")["moved"]["compiler"]["before"] == "go 1.20.1"


def test_other_profiles_accept_nothing(workspace: Project) -> None:
    refused = workspace.scons("-Q", "sizes", "PROFILE=dev")
    assert refused.status == 2
    assert "`scons sizes` under PROFILE=dev [argument]" in refused.output
    assert not (workspace.root / TOP).exists()


TOOL = 'env = Environment(tools=["wasip1"], toolpath=[PyPackageDir("wasip1_build.tools")])\n'


@pytest.mark.dear
def test_a_workspace_beside_other_things_has_a_ledger_too(workspace: Project) -> None:
    add(workspace, "m/three/wasip1.toml", GROWTH)
    declared = 'env.Wasip1Workspace("m/three/wasip1.toml", prefix="w-")\n'
    workspace.write("SConstruct", TOOL + declared)
    written = workspace.build("-Q", "w-sizes")
    assert "sizes      wasip1.sizes.json\n  three: new, " in written.output
    assert sorted(ledger(workspace, MEMBER)) == ["three"]
    workspace.build("-Q")
    change(workspace, "three", MEMBER, wasm=5)
    grown = workspace.scons("-Q")
    assert grown.status == 2 and "[budget-growth]" in grown.output
    workspace.build("-Q", "w-sizes", "WASIP1_ARTIFACT=three")
    assert ledger(workspace, MEMBER)["three"]["size_bytes"]["wasm"] > 5


FETCHES = """package lib

import "net/http"

func Answer() int {
	if _, err := http.Get("http://example.com"); err != nil {
		return 41
	}
	return 42
}
"""


@pytest.mark.dear
def test_an_import_of_net_http_is_told_with_its_cost_and_its_chain(accepted: Project) -> None:
    before = ledger(accepted)["two"]
    accepted.write("lib/lib.go", FETCHES)
    build = accepted.scons("-Q", "two")
    line = next(line for line in build.output.splitlines() if line.startswith("two: wasm +"))
    chain = ("example.com/w/two", "example.com/w/lib", "net/http")
    assert f"KiB new ({' > '.join(chain)}; brings " in line
    moved = reported(accepted, ".:two")["moved"]
    http = next(each for each in moved["packages"] if each["name"] == "net/http")
    assert (http["before_bytes"], http["module"], tuple(http["chain"])) == (None, "std", chain)
    assert http["delta_bytes"] == http["now_bytes"] > 100_000
    assert http["brings"] > 50 and http["brings_bytes"] > 1_000_000
    parts = (*moved["packages"], *moved["data"], *moved["sections"])
    told = sum(each["delta_bytes"] for each in parts) + moved["rest_bytes"]
    now = next(s for s in reported(accepted, ".:two")["sizes"] if s["form"] == "wasm")
    assert told == now["size_bytes"] - before["size_bytes"]["wasm"]
    assert moved["rest_bytes"] == 0
    assert moved["other_bytes"] < 10_000 < moved["standard_bytes"]
