"""No module and no tool can do more to a build than make its own artifact fail, in bounded time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from project import Project
from wasip1_build.wasm.leb128 import encode_unsigned
from wasm_writer import HEADER

MISBEHAVIOUR = """package main

import "os"

var kept [][]byte

func main() {
	block := make([]byte, 1<<20)
	switch os.Args[1] {
	case "loops":
		for i := 0; ; i++ {
			if i == -1 {
				println(i)
			}
		}
	case "eats":
		for {
			kept = append(kept, make([]byte, 1<<20))
		}
	case "floods":
		for {
			os.Stdout.Write(block)
		}
	case "fills":
		file, err := os.Create("/data/full")
		for err == nil {
			_, err = file.Write(block)
		}
	case "crowds":
		for {
			file, err := os.CreateTemp("/data", "")
			if err != nil {
				return
			}
			file.Close()
		}
	case "greets":
		println("hello")
	}
}
"""
IMPORTER = """package main

//go:wasmimport env emit
func emit(value int32)

func main() { emit(1) }
"""
GOOD = """spec-version = 1

[defaults]
compress.formats = []

[artifact.misbehaves]
package = "./misbehaves"
runtime.max-memory = "16MiB"
grants.dirs = [{ host = "data", guest = "/data", mode = "rw", reason = "to be filled" }]

[[artifact.misbehaves.check]]
name = "greets"
args = ["greets"]
expect = { stderr = "hello\\n" }

[artifact.importer]
package = "./importer"
imports.host.env.emit = "(i32)"

[artifact.guest]
package = "./guest"
kind = "reactor"
exports = ["render"]
"""
BAD = (
    GOOD.replace('stderr = "hello\\n"', 'stderr = "good day\\n"')
    .replace("[artifact.importer]", 'imports.deny = ["path_*"]\n\n[artifact.importer]')
    .replace('"(i32)"', '"(i64)"')
    .replace('["render"]', '["render", "resize"]')
)


def misbehaving_checks() -> Iterator[str]:
    for name in ("loops", "eats", "floods", "fills", "crowds"):
        timeout = 'timeout = "1s"\n' if name == "loops" else ""
        yield f'\n[[artifact.misbehaves.check]]\nname = "{name}"\nargs = ["{name}"]\n{timeout}'


# What one run says of all of that, at the lines of the spec that it is about.
SAID = [
    "error: check greets: stderr differs from what is expected [check-stderr]",
    "  | -good day\n  | +hello\n",
    "error: check loops: it did not end within 1 s [check-timeout]",
    "error: check eats: it exited with 2, expected 0 [check-exit]",
    "fatal error: out of memory",
    "error: check floods: it wrote more than 16 MiB",
    "error: check fills: it filled its granted directories: 256 MiB",
    "error: check crowds: it filled its granted directories:",
    "error: the module imports path_",
    'which imports.deny forbids by "path_*" [import-deny]',
    'the module imports "emit" from "env" as (i32); imports.host declares (i64)',
    'error: the module does not export "resize" [export-missing]',
    "misbehaves: wasm is ",
    "over its budget of 1,024 B (1.00 KiB) [budget-exceeded]",
]


@pytest.mark.long
def test_all_findings_of_all_artifacts_come_in_one_run_and_leave_nothing(
    empty_project: Project,
) -> None:
    p = empty_project
    p.write("go.mod", "module example.com/w\n\ngo 1.25\n")
    p.write("misbehaves/main.go", MISBEHAVIOUR)
    p.write("importer/main.go", IMPORTER)
    p.write(
        "guest/main.go",
        "package main\n\n//go:wasmexport render\nfunc render() {}\n\nfunc main() {}\n",
    )
    p.write("data/keep.txt", "keep")
    p.write("wasip1.toml", GOOD)
    p.build("-Q")
    clean = p.outputs()
    before = p.sources()

    bad = BAD.replace("[artifact.importer]", 'budget.wasm = "1KiB"\n\n[artifact.importer]', 1)
    start, end = bad.index("imports.deny"), bad.index("[artifact.importer]")
    keys, bad = bad[start:end], bad[:start] + "".join(misbehaving_checks()) + "\n" + bad[end:]
    bad = bad.replace("[[artifact.misbehaves.check]]", f"{keys}[[artifact.misbehaves.check]]", 1)
    p.write("wasip1.toml", bad)
    build = p.scons("-Q")
    assert build.status == 2
    missing = [text for text in SAID if text not in build.output]
    assert not missing, f"{missing} not in\n{build.output}"
    assert "3 artifacts: 3 failed" in build.output
    assert not list((p.root / "build").rglob("*.manifest.json"))
    assert p.leftovers() == []
    assert {name: p.sources()[name] for name in before if name != "wasip1.toml"} == {
        name: data for name, data in before.items() if name != "wasip1.toml"
    }

    p.write("wasip1.toml", GOOD)
    p.build("-Q")
    assert p.outputs() == clean


RULES = """env = Environment(tools=["wasip1"], toolpath=[PyPackageDir("wasip1_build.tools")])
for name in ("truncated", "hostile", "empty", "text"):
    source = f"in/{name}.wasm"
    env.WasmStrip(f"out/{name}.strip.wasm", source)
    env.WasmImports(f"out/{name}.imports.json", source)
    env.Brotli(f"out/{name}.br", source, quality=1)
    env.Cwasm(f"out/{name}.cwasm", source, WASM_TARGET="pulley64")
    env.WasmCheck(f"out/{name}.checks.json", source)
"""


def test_a_file_that_is_no_module_fails_each_builder_that_reads_it(
    empty_project: Project, hello_wasm: Path
) -> None:
    p = empty_project
    p.write("SConstruct", RULES)
    hello = hello_wasm.read_bytes()
    p.write("in/truncated.wasm", hello[: len(hello) // 2])
    p.write("in/hostile.wasm", HEADER + b"\x01" + encode_unsigned(5) + encode_unsigned(2**32 - 1))
    p.write("in/empty.wasm", b"")
    p.write("in/text.wasm", "this is no module, though it has its name\n" * 10)
    build = p.scons("-Q", "-k")
    assert build.status == 2
    for name in ("truncated", "hostile", "empty", "text"):
        for form in ("strip.wasm", "imports.json", "cwasm"):
            assert f"scons: *** [out/{name}.{form}]" in build.output
            assert not (p.root / f"out/{name}.{form}").exists()
        # A check succeeds in saying that the module cannot be run: who asks for a verdict reads it.
        assert '"verdict": "fail"' in (p.root / f"out/{name}.checks.json").read_text()
    assert "in/truncated.wasm is not a valid WebAssembly module: a code section" in build.output
    assert "4294967295 types, more than" in build.output
    # A sidecar is of any bytes.
    assert (p.root / "out/truncated.br").exists()
    assert p.leftovers() == []


# A compiler that crashes for one target, as wasmtime 49 does for riscv64 (which the spec refuses).
CRASHING = """#!/bin/sh
case "$*" in *s390x*) kill -ABRT $$;; esac
exec {wasmtime} "$@"
"""


@pytest.mark.long
def test_a_compiler_that_crashes_for_one_target_fails_only_that(
    workspace: Project, tmp_path: Path
) -> None:
    workspace.edit(
        "wasip1.toml",
        'package = "./one"',
        'package = "./one"\naot.targets = ["s390x-unknown-linux-gnu"]',
    )
    workspace.build("-Q", "one")
    workspace.edit("wasip1.toml", '["s390x', '["pulley64", "s390x')
    real = workspace.wasmtime()
    crashing = tmp_path / "wasmtime"
    crashing.write_text(CRASHING.format(wasmtime=real))
    crashing.chmod(0o755)
    pin = f'[toolchain]\nwasmtime = {{ path = "{crashing}" }}\n\n[defaults]'
    workspace.edit("wasip1.toml", "[defaults]", pin)
    build = workspace.scons("-Q")
    assert build.status == 2
    assert "one.s390x-unknown-linux-gnu.cwasm] precompile failed" in build.output
    assert "crashed (SIGABRT)" in build.output
    directory = workspace.root / "build/one"
    assert (directory / "one.pulley64.cwasm").exists()
    assert not (directory / "one.s390x-unknown-linux-gnu.cwasm").exists()
    assert not (directory / "one.manifest.json").exists()
    assert (workspace.root / "build/two/two.manifest.json").exists()
