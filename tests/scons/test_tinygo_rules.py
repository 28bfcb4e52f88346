"""TinyGoWasm: a module of TinyGo in a graph by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from project import Project
from tinygo_project import use

GRAPH = """env = Environment(tools=["wasip1"], toolpath=[PyPackageDir("wasip1_build.tools")])
small = env.TinyGoWasm(
    "./hello", define={"main.version": "1.4"}, gc="leaking", stack_size="64KiB", OPTION
)
module = env.WasmStrip(small)
checks = env.WasmCheck(module, checks=[{"name": "runs"}])
sizes = env.WasmBudget([module, checks], wasm="8MiB")
env.WasmManifest([module, env.WasmImports(module), checks, sizes])
"""
MAIN = 'package main\n\nvar version = "none"\n\nfunc main() { println(version) }\n'


@pytest.fixture
def by_hand(empty_project: Project, tinygo: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    p = empty_project
    p.write("go.mod", "module example.com/small\n\ngo 1.25\n")
    p.write("hello/main.go", MAIN)
    p.write("SConstruct", GRAPH.replace("OPTION", ""))
    use(monkeypatch, tinygo)
    return p


def test_it_is_built_verified_and_up_to_date(by_hand: Project) -> None:
    by_hand.build("-Q")
    manifest = json.loads((by_hand.root / "hello.manifest.json").read_text())
    assert manifest["compiler"]["name"] == "tinygo"
    assert {"-gc=leaking", "-stack-size=65536B", "-no-debug"} <= set(manifest["build_flags"])
    assert manifest["tests"] == {"gate": False}
    assert (by_hand.root / "hello.tinygo.wasm").is_file()
    assert (by_hand.root / "hello.wasm").is_file()
    assert by_hand.build("-Q").steps == ()
    by_hand.edit("hello/main.go", "println(", 'println("version", ')
    assert {"compile", "strip"} <= set(by_hand.build("-Q").verbs)


def test_what_tinygo_refuses_is_refused_where_it_is_written(by_hand: Project) -> None:
    by_hand.write("SConstruct", GRAPH.replace("OPTION", 'flags=["-trimpath"]'))
    build = by_hand.scons("-Q")
    assert build.status == 2
    assert "TinyGoWasm at SConstruct:2" in build.output
    assert "-trimpath" in build.output
