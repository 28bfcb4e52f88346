"""GoWasm, WasmStrip, Brotli, ...: a graph by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from manifest_project import SCHEMA
from project import Project
from rules_project import TOOL, ran, settled

GRAPH = """
debug = env.GoWasm(
    "out/hello.debug.wasm",
    "./cmd/hello",
    define={"main.version": "1.4"},
    grants={"dirs": [{"host": "data", "guest": "/data", "mode": "ro", "reason": "a name"}]},
    runtime={"max-memory": "96MiB"},
)
module = env.WasmStrip(debug)
br = env.Brotli(module, quality=1)
gz = env.Gzip(module)
native = env.Cwasm(module)
other = env.Cwasm(module, WASM_TARGET="pulley64")
imports = env.WasmImports(module)
want = env.Command("out/want.txt", "want.in", Copy("$TARGET", "$SOURCE"))
checks = env.WasmCheck(
    [module, native], checks=[{"name": "greets", "expect": {"stdout-file": want}}]
)
files = [module, br, gz, native, other]
sizes = env.WasmBudget(files + [checks], wasm="3MiB", memory="64MiB")
env.WasmManifest(files + [imports, checks, sizes])
"""
MAIN = """package main

import (
	_ "embed"
	"os"
)

//go:embed greeting.txt
var greeting string

var version = "none"

func main() {
	data, err := os.ReadFile("/data/name.txt")
	if err != nil {
		panic(err)
	}
	os.Stdout.WriteString(greeting + string(data) + version)
}
"""


@pytest.fixture
def hello(plain: Project) -> Project:
    """A Go module with a program that embeds a file and reads a granted directory."""
    plain.write("cmd/hello/main.go", MAIN)
    plain.write("cmd/hello/greeting.txt", "hello ")
    plain.write("data/name.txt", "world ")
    plain.write("want.in", "hello world 1.4")
    plain.write("SConstruct", TOOL + GRAPH)
    return plain


def refused(project: Project, call: str) -> str:
    """What scons says of an SConstruct with a call that is wrong."""
    project.write("SConstruct", TOOL + call + "\n")
    build = project.scons("-Q", "-n")
    assert build.status == 2, build.output
    return build.output


@pytest.mark.dear
@pytest.mark.long
def test_a_whole_graph_by_hand_is_rebuilt_exactly(hello: Project) -> None:
    once = "list compile strip verify brotli gzip check measure gate manifest precompile precompile"
    assert hello.build("-Q").verbs == sorted(once.split())
    assert settled(hello)
    made = hello.outputs("out")
    manifest: dict[str, Any] = json.loads(made["hello.manifest.json"])
    SCHEMA.validate(manifest)
    roles = sorted(file["role"] for file in manifest["files"])
    assert roles == ["br", "cwasm", "cwasm", "gz", "module"]
    assert manifest["runtime"]["max_memory_bytes"] == 96 << 20
    assert manifest["grants"]["dirs"][0]["host"] == "data"
    assert [check["name"] for check in manifest["checks"]] == ["instantiates", "greets"]
    assert manifest["toolchain"].keys() == {"go", "wasmtime", "brotli", "deflate"}

    hello.edit("cmd/hello/main.go", "package main\n", "package main // prints\n")
    assert ran(hello.build("-Q")) == {"compile": 1, "strip": 1}
    hello.edit("SConstruct", "quality=1", "quality=2")
    assert ran(hello.build("-Q")) == {"brotli": 1, "measure": 1, "gate": 1, "manifest": 1}
    hello.edit("SConstruct", 'wasm="3MiB"', 'wasm="4MiB"')
    assert ran(hello.build("-Q")) == {"measure": 1, "gate": 1, "manifest": 1}
    hello.edit("SConstruct", 'name": "greets"', 'name": "says"')
    assert ran(hello.build("-Q")) == {"check": 1, "measure": 1, "gate": 1, "manifest": 1}
    hello.write("data/name.txt", "moon ")
    hello.write("want.in", "hello moon 1.4")
    assert "check" in ran(hello.build("-Q"))
    assert settled(hello)

    hello.edit("SConstruct", 'memory="64MiB"', 'memory="64KiB"')
    failed = hello.scons("-Q")
    assert failed.status == 2
    assert "over its budget of 65,536 B" in failed.output
    assert not (hello.root / "out/hello.manifest.json").exists()
    hello.edit("SConstruct", 'memory="64KiB"', 'memory="64MiB"')
    assert "manifest" in ran(hello.build("-Q"))
    assert settled(hello)


def test_a_manifest_goes_when_a_step_before_it_fails(plain: Project) -> None:
    graph = (
        'module = env.WasmStrip(env.GoWasm("out/small.debug.wasm", "./cmd/small"))\n'
        "env.WasmManifest([module, env.WasmImports(module), env.WasmBudget(module)])\n"
    )
    plain.write("SConstruct", TOOL + graph)
    plain.build("-Q")
    assert (plain.root / "out/small.manifest.json").is_file()
    plain.edit("cmd/small/main.go", "println(", "printn(")
    assert plain.scons("-Q").status == 2
    assert not (plain.root / "out/small.manifest.json").exists()


def test_targets_are_beside_their_sources_by_default(plain: Project) -> None:
    plain.write(
        "cmd/SConscript",
        'Import("env")\nmodule = env.WasmStrip(env.GoWasm("./small"))\n'
        'made = [module, env.Brotli(module), env.Cwasm(module, WASM_TARGET="pulley64")]\n'
        "print(*[node.path for node in Flatten(made)])\n",
    )
    plain.write("SConstruct", TOOL + 'Export("env")\nSConscript("cmd/SConscript")\n')
    named = "cmd/small.wasm cmd/small.wasm.br cmd/small.pulley64.cwasm\n"
    assert named in plain.build("-Q", "cmd/small.wasm").output
    assert (plain.root / "cmd/small.wasm").is_file()
    plain.write("SConstruct", TOOL + 'Export("env")\nSConscript("cmd/SConscript", variant_dir="v")')
    assert named.replace("cmd/", "v/") in plain.build("-Q", "v/small.wasm").output
    assert "is up to date" in plain.build("-Q", "v/small.wasm").output
    assert [path.parent for path in plain.root.rglob(".sconsign*")] == [plain.root]


def test_rules_and_a_workspace_share_one_state(plain: Project) -> None:
    plain.write(
        "wasip1.toml",
        'spec-version = 1\n\n[artifact.small]\npackage = "./cmd/small"\ncompress.formats = []\n',
    )
    plain.write(
        "SConstruct",
        TOOL + 'env.Wasip1Workspace()\nenv.WasmStrip(env.GoWasm("own/small.debug.wasm", '
        '"./cmd/small"))\n',
    )
    assert ran(plain.build("-Q"))["list"] == 1
    assert settled(plain)


def test_an_output_of_two_rules_is_refused(plain: Project) -> None:
    twice = 'a = env.GoWasm("a.debug.wasm", "./cmd/small")\nenv.WasmStrip("x.wasm", a)\n'
    said = refused(plain, twice + 'env.WasmStrip("x.wasm", a, keep=["name"])')
    assert "x.wasm is made twice, in different ways" in said
    assert "SConstruct:6" in said


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('env.GoWasm("a.wasm", "./cmd/none")', 'there is no directory "cmd/none"'),
        ('env.GoWasm("a.wasm", "./cmd/small", kinds="command")', 'did you mean "kind"?'),
        ('env.GoWasm("a.wasm", "./cmd/small", kind="library")', '"kind" in [artifact.a] cannot be'),
        ('env.GoWasm("a.wasm", "./cmd/small", kind="reactor")', "exports nothing"),
        ('env.GoWasm("a.wasm", "./cmd/small", go_flags=["-ldflags=-s"])', "-ldflags is refused"),
        ('env.WasmStrip("b.wasm", "a.wasm", runtime={"max-memory": "1MiBs"})', '"1MiBs"'),
        ('env.WasmStrip("b.wasm", "a.wasm", runtime={"max-memory": 1000})', "multiple of 64KiB"),
        ('env.WasmStrip("a.wasm")', "a.wasm would be stripped onto itself"),
        ('env.WasmImports("a.wasm", imports={"allow": ["fd_wrote"]})', 'did you mean "fd_write"?'),
        ('env.WasmImports("a.wasm", imports={"host": {"env": {"f": "i32"}}})', '"i32"'),
        ('env.WasmCheck("a.wasm", grants={"dirs": [{"host": "..", "guest": "/d"}]})', "outside"),
        ('env.WasmCheck("a.wasm", checks=[{"name": "x", "stdin-file": "no"}])', 'no file "no"'),
        ('env.WasmCheck("a.wasm", checks=[{"nam": "x"}])', 'unknown key "nam"'),
        ('env.WasmBudget("a.wasm", wasm="3 MB")', '"3 MB"'),
        ('env.WasmBudget(["a.wasm", "a.wasm.br"])', "a.wasm.br is no module"),
        ('env.WasmBudget(["a.wasm", "b.wasm"])', "2 modules among the sources"),
        ('env.Brotli("a.wasm", quality=12)', '"compress.brotli-quality"'),
        ('env.Cwasm("a.wasm", WASM_TARGET="aarch64-linux-gnu")', "aarch64-unknown-linux-gnu"),
        ('env.WasmManifest("a.wasm")', "cannot be made from these sources"),
    ],
)
def test_what_is_wrong_with_a_call_is_said_with_its_line(
    plain: Project, call: str, said: str
) -> None:
    output = refused(plain, call)
    name = call.partition("(")[0].removeprefix("env.")
    assert f"scons: *** {name} at SConstruct:4\n" in output
    assert said in output


def test_files_made_under_other_grants_are_no_one_manifest(plain: Project) -> None:
    said = refused(
        plain,
        'm = env.WasmStrip(env.GoWasm("./cmd/small"))\n'
        'i = env.WasmImports(m, grants={"args": ["a"]})\n'
        'c = env.WasmCheck(m, grants={"args": ["b"]})\n'
        "env.WasmManifest([m, i, c, env.WasmBudget(m)])",
    )
    assert "its files were made under different grants" in said


def test_a_module_that_another_builder_makes_can_be_processed(plain: Project) -> None:
    plain.write(
        "SConstruct",
        TOOL + 'first = env.GoWasm("first.debug.wasm", "./cmd/small")\n'
        'copied = env.Command("second.debug.wasm", first, Copy("$TARGET", "$SOURCE"))\n'
        "module = env.WasmStrip(copied)\n"
        "env.WasmBudget([module, env.Gzip(module), env.WasmCheck(module)], wasm=5000000)\n",
    )
    plain.build("-Q")
    assert (plain.root / "second.wasm.gz").is_file()
    assert settled(plain)


# --- Sources that other nodes generate -----------------------------------------------------------
