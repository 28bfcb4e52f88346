"""A module is precompiled for the target asked, by the program or the library, or not at all."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import subprocess
from pathlib import Path

import pytest
import wasmtime

from wasip1_build.digests import Digests
from wasip1_build.findings import Failure
from wasip1_build.steps import aot
from wasip1_build.steps.aot import Aot
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.host import host_target
from wasip1_build.toolchain.tools import Tool, ToolRequest, Tools
from wasip1_build.wasm.precompiled import read_precompiled

TEXT = """(module
  (memory (export "memory") 1)
  (func (export "_start"))
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))"""

# wasmtime panics on riscv64 without the vector extension for any 128-bit value.
VECTORS = """(module (func (export "add") (param v128 v128) (result v128)
    (i8x16.add (local.get 0) (local.get 1))))"""


@pytest.fixture
def context(tmp_path: Path, shared_cache: Path) -> Context:
    digests = Digests(None)
    (tmp_path / "stage").mkdir()
    (tmp_path / "a.wasm").write_bytes(wasmtime.wat2wasm(TEXT))
    tools = Tools(tmp_path, digests, {}, shared_cache / "tools")
    return Context(tmp_path, "build", tools, digests, cpus=2, stage=tmp_path / "stage")


@pytest.fixture
def without_program(context: Context, tmp_path: Path) -> Context:
    """The same on a machine that has the Python library and no wasmtime program."""
    library = Path(wasmtime.__file__).parent
    packages = tmp_path / "packages"
    packages.mkdir()
    (packages / "wasmtime").symlink_to(library)
    (packages / f"wasmtime-{importlib.metadata.version('wasmtime')}.dist-info").mkdir()
    tools = Tools(tmp_path, context.digests, {}, tmp_path / "cache", [str(packages)])
    return dataclasses.replace(context, tools=tools)


def step(
    target: str = host_target(), interruptible: bool = False, program: str | None = None
) -> Aot:
    request = ToolRequest("wasmtime", path=program)
    library = ToolRequest("wasmtime-library")
    return Aot("a.wasm", f"a.{target}.cwasm", target, interruptible, request, library)


def compiled(step: Aot, context: Context) -> Path:
    step.run(context)
    return context.out(step.output)


def stand_in(context: Context, script: str) -> str:
    """A program that says it is wasmtime 49.0.3, and compiles by a shell script."""
    path = context.root / "wasmtime"
    path.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = --version ]; then echo "wasmtime 49.0.3 (f96eabaa1 2026-10-14)"; exit; fi\n'
        'while [ "$1" != -o ]; do shift; done; output=$2\n'
        f"{script}\n"
    )
    path.chmod(0o755)
    return "wasmtime"


def finding(step: Aot, context: Context):
    with pytest.raises(Failure) as failed:
        step.run(context)
    [only] = failed.value.findings
    return only


def call_add(file: Path, interruptible: bool) -> int:
    config = wasmtime.Config()
    config.epoch_interruption = interruptible
    engine = wasmtime.Engine(config)
    store = wasmtime.Store(engine)
    if interruptible:
        store.set_epoch_deadline(1)
    instance = wasmtime.Instance(store, wasmtime.Module.deserialize_file(engine, str(file)), [])
    return instance.exports(store)["add"](store, 40, 2)


def run_program(context: Context, file: Path, *options: str) -> int:
    program = context.tools.find(ToolRequest("wasmtime")).path
    argv = [program, "run", "--allow-precompiled", "-C", "cache=n", *options, file]
    return subprocess.run(argv, env={}, stderr=subprocess.DEVNULL, check=False).returncode


def test_the_file_loads_in_the_program_and_in_the_library(context):
    file = compiled(step(), context)
    assert run_program(context, file) == 0
    assert call_add(file, interruptible=False) == 42


def test_the_same_module_gives_the_same_bytes_twice_and_from_the_library(context, without_program):
    first = compiled(step(), context).read_bytes()
    assert compiled(step(), context).read_bytes() == first
    assert compiled(step(), without_program).read_bytes() == first


@pytest.mark.parametrize(
    "target",
    ["aarch64-unknown-linux-gnu", "x86_64-unknown-linux-musl", "aarch64-apple-darwin", "pulley64"],
)
def test_other_targets_come_from_the_same_program(context, target):
    made = read_precompiled(compiled(step(target), context))
    assert made.engine_major == "49"
    assert made.target.startswith(target)
    assert made.cpu_features == ()


def test_an_interruptible_file_is_for_hosts_that_interrupt_and_for_no_others(context):
    file = compiled(step(interruptible=True), context)
    assert call_add(file, interruptible=True) == 42
    assert run_program(context, file, "-W", "timeout=5s") == 0
    with pytest.raises(wasmtime.WasmtimeError, match="epoch interruption"):
        call_add(file, interruptible=False)
    assert run_program(context, file) != 0


def test_a_plain_file_is_refused_by_hosts_that_interrupt(context):
    file = compiled(step(), context)
    with pytest.raises(wasmtime.WasmtimeError, match="epoch interruption"):
        call_add(file, interruptible=True)


@pytest.mark.parametrize("interruptible", [False, True])
def test_without_the_program_the_library_compiles_for_this_machine(without_program, interruptible):
    file = compiled(step(interruptible=interruptible), without_program)
    assert call_add(file, interruptible) == 42
    assert read_precompiled(compiled(step("pulley64"), without_program)).target.startswith("pulley")


def test_without_the_program_other_targets_say_how_to_get_it(without_program):
    target = "s390x-unknown-linux-gnu"
    assert finding(step(target), without_program).rule == "tool-missing"
    assert step(target).key(without_program)["compiler"] == {"missing": "wasmtime 49.0.3"}


def test_a_library_of_another_major_version_does_not_stand_in(without_program):
    other = dataclasses.replace(step(), wasmtime=ToolRequest("wasmtime", "48.0.0"))
    assert "wasmtime program 48.0.0 is not on this machine" in finding(other, without_program).what


def test_the_key_names_the_compiler_that_will_run(context, without_program):
    program = step().key(context)["compiler"]
    assert (program["program"], program["version"]) == ("wasmtime", "49.0.3")
    library = step().key(without_program)["compiler"]
    assert (library["program"], library["version"]) == ("wasmtime-library", "49.0.0")


def test_what_is_asked_of_the_compiler_is_in_the_key(context):
    plain, interruptible = step(), step(interruptible=True)
    assert plain.key(context) != interruptible.key(context)
    assert plain.key(context) != step("pulley64").key(context)


def test_a_target_that_crashes_the_compiler_is_one_finding_and_others_are_well(context):
    (context.root / "a.wasm").write_bytes(wasmtime.wat2wasm(VECTORS))
    found = finding(step("riscv64gc-unknown-linux-gnu"), context)
    assert found.rule == "aot-crash"
    assert found.what == "a.wasm was not precompiled for riscv64gc-unknown-linux-gnu"
    assert found.why == "wasmtime 49.0.3 crashed (SIGABRT)"
    assert "wasmtime 47 to 49 crash on Go modules for riscv64" in found.fix
    assert "panicked" in found.details
    assert compiled(step("aarch64-unknown-linux-gnu"), context).is_file()


@pytest.mark.parametrize("target", ["nonsense", "i686-unknown-linux-gnu"])
def test_a_target_that_the_compiler_does_not_know_is_named(context, target):
    found = finding(step(target), context)
    assert (found.rule, found.why) == (
        "aot-target",
        f"wasmtime 49.0.3 does not compile for {target}",
    )


def test_a_target_in_another_spelling_is_answered_with_wasmtimes_own(context):
    found = finding(step("x86_64-linux-gnu"), context)
    assert found.rule == "aot-mismatch"
    assert "as wasmtime spells it: x86_64-unknown-linux-gnu" in found.fix


@pytest.mark.parametrize("data", [b"", b"garbage", TEXT.encode(), b"\0asm\x0d\0\1\0"])
def test_what_is_no_module_is_refused_before_anything_runs(context, data):
    (context.root / "a.wasm").write_bytes(data)
    found = finding(step(program="nowhere"), context)
    assert (found.rule, found.what) == ("aot-module", "a.wasm is not a WebAssembly module")


def test_a_missing_module_is_one_finding(context):
    (context.root / "a.wasm").unlink()
    assert finding(step(), context).what == "a.wasm cannot be read"


@pytest.mark.parametrize("machine", ["context", "without_program"])
def test_a_damaged_module_is_refused_by_either_compiler(request, machine):
    context = request.getfixturevalue(machine)
    module = context.root / "a.wasm"
    module.write_bytes(module.read_bytes()[:-3])
    assert finding(step(), context).rule == "aot-module"


def test_a_compiler_that_does_not_end_is_stopped(context, monkeypatch):
    monkeypatch.setattr(aot, "TIMEOUT_S", 0.2)
    program = stand_in(context, "exec sleep 1000")
    found = finding(step(program=program), context)
    assert found.rule == "aot-timeout"


def test_a_compiler_that_needs_too_much_memory_is_one_finding(context, monkeypatch):
    monkeypatch.setattr(aot, "MEMORY_BYTES", 60 << 20)
    monkeypatch.setattr(aot, "MEMORY_PER_THREAD_BYTES", 0)
    source = "".join(f"(func (export {str(n)!r}))" for n in range(200_000)).replace("'", '"')
    (context.root / "a.wasm").write_bytes(wasmtime.wat2wasm(f"(module {source})"))
    assert finding(step(), context).rule == "aot-memory"


def test_a_compiler_that_the_kernel_ends_ran_out_of_memory(context):
    assert finding(step(program=stand_in(context, "kill -9 $$")), context).rule == "aot-memory"


@pytest.mark.parametrize("script", ["kill -SEGV $$", "exit 134", "yes"])
def test_a_compiler_that_dies_or_babbles_has_crashed(context, script):
    assert finding(step(program=stand_in(context, script)), context).rule == "aot-crash"


def test_a_compiler_that_says_no_is_quoted(context):
    found = finding(step(program=stand_in(context, "echo because >&2; exit 1")), context)
    assert (found.rule, found.details) == ("aot-module", "because")


def test_a_program_that_makes_something_else_is_not_believed(context):
    assert finding(step(program=stand_in(context, "echo hello > $output")), context)
    found = compiled(step("aarch64-unknown-linux-gnu"), context)
    other = found.rename(context.root / "other.cwasm")
    program = stand_in(context, f"cp {other} $output")
    mismatch = finding(step(program=program), context)
    assert mismatch.rule == "aot-mismatch"
    assert f"target: asked {host_target()}, got aarch64-unknown-linux-gnu" in mismatch.why


def test_a_file_for_another_engine_is_not_believed(context):
    made = compiled(step(), context).rename(context.root / "made.cwasm")
    program = stand_in(context, f"cp {made} $output")
    script = context.root / program
    script.write_text(script.read_text().replace("49.0.3", "50.0.1"))
    assert "engine: asked 50, got 49" in finding(step(program=program), context).why


def test_an_interruptible_file_where_a_plain_one_was_asked_is_not_believed(context):
    made = compiled(step(interruptible=True), context).rename(context.root / "made.cwasm")
    found = finding(step(program=stand_in(context, f"cp {made} $output")), context)
    assert "interruptible: asked False, got True" in found.why


def test_the_compiler_gets_no_more_threads_than_the_step_may_use(context):
    told = context.root / "told"
    script = f"env > {told}; exit 1"
    finding(step(program=stand_in(context, script)), context)
    lines = told.read_text().splitlines()
    assert "RAYON_NUM_THREADS=2" in lines
    assert not [line for line in lines if line.startswith("HOME=")]


def test_a_program_that_cannot_be_started_is_one_finding(context, monkeypatch):
    gone = Tool("wasmtime", context.root / "gone", "49.0.3", "PATH")
    monkeypatch.setattr(context.tools, "find", lambda _request: gone)
    assert finding(step(), context).rule == "aot-compiler"
