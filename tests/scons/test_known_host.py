"""A module for a host that is known by name, from its spec to its verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from project import Project, restored
from rules_project import TOOL
from workspaces import MakeWorkspace

MAIN = """package main

//go:wasmimport extism:host/env input_length
func length() uint64

//go:wasmexport measure
func measure() int32 { return int32(length()) }

func main() {}
"""
SPEC = """spec-version = 1

[artifact.plugin]
package = "."
kind = "reactor"
exports = ["measure"]
compress.formats = []
imports.embedder = "extism"

[[artifact.plugin.check]]
name = "asks-for-the-input"
invoke = { export = "measure", returns = [0] }
expect.calls = { "extism:host/env.input_length" = 1 }
"""
HOST = "functions = {'extism:host/env.input_length': lambda guest: 41}\n"
MANIFEST = "build/plugin/plugin.manifest.json"


@pytest.fixture(scope="module")
def built(make_workspace: MakeWorkspace) -> Project:
    p = make_workspace(
        {
            "go.mod": "module example.com/plugin\n\ngo 1.25\n",
            "main.go": MAIN,
            "host.py": HOST,
            "wasip1.toml": SPEC,
        }
    )
    p.build("-Q")
    return p


@pytest.fixture
def plugin(built: Project) -> Iterator[Project]:
    with restored(built) as p:
        yield p


def test_its_functions_are_declared_and_checks_have_stubs_of_them(plugin: Project) -> None:
    assert (plugin.root / MANIFEST).exists()
    record = json.loads((plugin.root / "build/plugin/plugin.checks.json").read_bytes())
    called = [form["calls"] for check in record["checks"] for form in check["forms"]]
    assert called == [{}, {"extism:host/env.input_length": 1}]


def test_a_check_can_give_its_functions(plugin: Project) -> None:
    plugin.edit("wasip1.toml", "returns = [0] }", 'returns = [41] }\nhost = "host.py"')
    plugin.build("-Q")


def test_wasip1_run_gives_its_functions_too(plugin: Project) -> None:
    run = plugin.wasip1("run", "--host", "host.py", "--invoke", "measure", "plugin")
    assert run.status == 0, run.output
    assert "41" in run.output


def test_a_command_for_a_host_with_functions_gets_no_launcher(plugin: Project) -> None:
    plugin.write("main.go", "package main\n\nfunc main() {}\n")
    for host, functions in {"fastly": True, "wazero": False}.items():
        spec = SPEC.split("[[")[0].replace("extism", host)
        plugin.write(
            "wasip1.toml",
            spec.replace('kind = "reactor"\n', "").replace('exports = ["measure"]\n', ""),
        )
        build = plugin.build("-Q")
        assert ("it imports functions of its own host" in build.output) == functions
        assert (plugin.root / "build/plugin/run").exists() != functions


def test_what_another_host_would_not_take_is_told_at_the_line_of_the_spec(plugin: Project) -> None:
    plugin.edit("wasip1.toml", '"extism"', '"spin"')
    plugin.edit("wasip1.toml", "expect.calls", "# expect.calls")
    build = plugin.scons("-Q")
    assert build.status == 2
    where = "wasip1.toml:8:9: "
    assert f"{where}error: the module is a reactor; Spin runs a command" in build.output
    assert 'imports input_length from the unknown module "extism:host/env"' in build.output
    assert "what Spin provides (nothing more)" in build.output
    assert build.output.count("that is unverified [embedder-unverified]") == 1
    assert not (plugin.root / MANIFEST).exists()


def test_unverified_data_is_a_note_and_no_failure(plugin: Project) -> None:
    plugin.edit("wasip1.toml", '"extism"', '"wasmedge"')
    plugin.edit(
        "wasip1.toml",
        "compress.formats = []",
        'compress.formats = []\nimports.host."extism:host/env".input_length = "() -> i64"',
    )
    build = plugin.build("-Q")
    assert "note: the module was compared with data of WasmEdge" in build.output
    assert build.output.count("[embedder-unverified]") == 1
    assert (plugin.root / MANIFEST).exists()
    again = plugin.build("-Q")
    assert again.steps == ()
    assert "is up to date" in again.output


def test_only_what_the_host_decides_is_made_again(plugin: Project) -> None:
    plugin.edit("wasip1.toml", '"extism"', '"extism"\nimports.host.user.other = "()"')
    assert set(plugin.build("-Q").verbs) <= {"check", "gate", "manifest", "measure", "verify"}


def test_rule_by_rule_it_is_a_setting(plugin: Project) -> None:
    plugin.write(
        "SConstruct",
        f"""{TOOL}
module = env.WasmStrip(env.GoWasm(
    "own/plugin.debug.wasm", ".", kind="reactor", exports=["measure"],
    imports={{"embedder": ARGUMENTS["host"]}},
))
env.WasmManifest([
    module, env.WasmImports(module), env.WasmCheck(module), env.WasmBudget(module)
])
""",
    )
    plugin.build("-Q", "host=extism")
    refused = plugin.scons("-Q", "host=spin")
    assert "Spin runs a command" in refused.output
    unknown = plugin.scons("-Q", "host=extizm")
    assert 'unknown embedder "extizm"' in unknown.output
    assert 'did you mean "extism"?' in unknown.output
