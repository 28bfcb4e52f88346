"""The step that runs an artifact's checks and writes A.checks.json."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import wasmtime

from wasip1_build.digests import Digests
from wasip1_build.findings import Failure
from wasip1_build.spec.model import (
    Check,
    DirGrant,
    Embedder,
    Expect,
    FunctionType,
    Grants,
    Imports,
    ProvidedFunctions,
)
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.tools import ToolRequest, Tools
from wasip1_build.wasm.preview1 import MODULE as PREVIEW1

HELLO = """(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "env" "emit" (func $emit (param i32)))
  (memory (export "memory") 3)
  (data (i32.const 0) "\\08\\00\\00\\00\\03\\00\\00\\00hi\\n")
  (func (export "_start") (call $emit (i32.const 1))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))"""
STEP = RunChecks(
    artifact="examples/hello:hello",
    module="build/hello.wasm",
    cwasm=None,
    interruptible=False,
    output="build/hello.checks.json",
    kind="command",
    exports=(),
    imports=Imports(host={"env": {"emit": FunctionType(("i32",), ())}}),
    grants=Grants(dirs=(DirGrant("data", "/data", "rw", reason="scratch"),)),
    max_memory_bytes=None,
    gogc=None,
    memory_limit_bytes=None,
    checks=(
        Check(
            "greets",
            stdin_file="in.txt",
            host="host.py",
            expect=Expect(stdout_file="want.txt", files={"/data/b": "b.txt", "/data/a": "a.txt"}),
        ),
        Check("counts", expect=Expect(stdout="hi\n", calls={"env.emit": 1})),
    ),
    library=ToolRequest("wasmtime-library"),
)
COUNTS = replace(STEP, checks=STEP.checks[1:])
# A host that is known by name, and has a function that the module does not import.
PROXY = Embedder(
    name="proxy",
    functions=(
        ProvidedFunctions("env", {"emit": FunctionType(("i32",), ())}, ""),
        ProvidedFunctions("proxy", {"log": FunctionType(("i64",), ("i32",))}, ""),
        ProvidedFunctions(PREVIEW1, {"sock_accept": FunctionType((), ())}, ""),
    ),
)


@dataclass
class Bench:
    """A workspace on disk, and a context that runs steps in it."""

    root: Path
    context: Context

    def write(self, name: str, content: bytes | str = "") -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, step: RunChecks) -> dict[str, Any]:
        """What the step wrote, in a stage of its own."""
        self.context = self.context.staged(Path(tempfile.mkdtemp(dir=self.root)))
        step.run(self.context)
        record: dict[str, Any] = json.loads(self.context.out(step.output).read_bytes())
        return record

    def key(self, step: RunChecks) -> str:
        """The step's key, as the text that would be signed."""
        return json.dumps(step.key(self.context), sort_keys=True)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    root = tmp_path / "workspace"
    digests = Digests(None)
    tools = Tools(root, digests, {}, tmp_path / "cache")
    context = Context(root, "build", tools, digests)
    bench = Bench(root, context)
    bench.write("build/hello.wasm", bytes(wasmtime.wat2wasm(HELLO)))
    bench.write("data/in", "in")
    return bench


def test_the_result_says_what_each_form_of_each_check_did(bench: Bench) -> None:
    config = wasmtime.Config()
    config.gc_support = False
    config.wasm_threads = False
    module = wasmtime.Module(wasmtime.Engine(config), HELLO)
    bench.write("build/hello.cwasm", bytes(module.serialize()))
    record = bench.run(replace(COUNTS, cwasm="build/hello.cwasm"))
    assert record["artifact"] == "examples/hello:hello"
    assert record["findings"] == []
    assert record["peak_memory_bytes"] == 3 * 65536
    verdicts = [(check["name"], check["verdict"]) for check in record["checks"]]
    assert verdicts == [("instantiates", "pass"), ("counts", "pass")]
    wasm, cwasm = record["checks"][1]["forms"]
    assert wasm == {
        "form": "wasm",
        "ended": "ended",
        "exit": 0,
        "peak_memory_bytes": 3 * 65536,
        "calls": {"env.emit": 1},
        "stdout_sha256": "98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4",
        "stdout_bytes": 3,
        "stderr_bytes": 0,
    }
    assert cwasm == {**wasm, "form": "cwasm"}


def test_the_functions_of_a_known_host_are_stubs_of_which_those_called_are_told(
    bench: Bench,
) -> None:
    checks = (Check("counts", expect=Expect(stdout="hi\n", calls={"env.emit": 1, "proxy.log": 0})),)
    step = replace(STEP, imports=Imports(embedder=PROXY), checks=checks)
    record = bench.run(step)
    assert record["findings"] == []
    assert [form["calls"] for form in record["checks"][1]["forms"]] == [{"env.emit": 1}]
    own = Imports(embedder=PROXY, host={"env": {"own": FunctionType((), ())}})
    told = bench.run(replace(step, imports=own))["checks"][1]["forms"][0]["calls"]
    assert told == {"env.emit": 1, "env.own": 0}


def test_the_result_is_the_same_bytes_each_time_and_names_no_path(bench: Bench) -> None:
    first = bench.run(COUNTS)
    text = bench.context.out(COUNTS.output).read_text()
    assert bench.run(COUNTS) == first
    assert bench.context.out(COUNTS.output).read_text() == text
    assert str(bench.root.parent) not in text


def test_it_succeeds_and_reports_where_a_check_fails(bench: Bench) -> None:
    wrong = replace(COUNTS, checks=(Check("greets", expect=Expect(stdout="ho\n")),))
    record = bench.run(wrong)
    assert record["checks"][1]["verdict"] == "fail"
    (finding,) = record["findings"]
    assert (finding["rule"], finding["key"]) == ("check-stdout", "check.greets.expect.stdout")
    assert finding["details"] == "--- expected\n+++ got\n-ho\n+hi"


def test_a_run_that_is_killed_is_recorded_without_what_it_happened_to_write(bench: Bench) -> None:
    bench.write(
        "build/hello.wasm",
        bytes(wasmtime.wat2wasm('(module (func (export "_start") (loop $l (br $l))))')),
    )
    record = bench.run(replace(COUNTS, checks=(Check("ends", timeout_s=0.3),)))
    forms = record["checks"][1]["forms"]
    assert forms == [{"form": "wasm", "ended": "timeout", "peak_memory_bytes": None}]
    assert record["peak_memory_bytes"] is None


def test_nothing_of_a_run_is_left_in_its_scratch_directory(bench: Bench) -> None:
    bench.run(COUNTS)
    assert sorted(os.listdir(bench.context.scratch())) == ["module.code", "pristine"]
    assert os.listdir(bench.root / "data") == ["in"]


def test_every_file_that_a_check_names_is_an_input() -> None:
    assert STEP.inputs == (
        "build/hello.wasm",
        "in.txt",
        "host.py",
        "want.txt",
        "a.txt",
        "b.txt",
    )
    assert replace(STEP, cwasm="build/hello.cwasm").inputs[1] == "build/hello.cwasm"


def test_files_in_granted_directories_are_discovered(bench: Bench) -> None:
    bench.write("data/sub/deep", "x")
    (bench.root / "data/link").symlink_to("in")
    found = STEP.discovered(bench.context)
    data = bench.root.resolve() / "data"
    assert found == (str(data / "in"), str(data / "sub/deep"))


def test_a_directory_that_cannot_be_granted_changes_the_key_and_fails_the_run(
    bench: Bench,
) -> None:
    good = bench.key(STEP)
    (bench.root / "data/link").symlink_to("/etc")
    assert STEP.discovered(bench.context) == ()
    assert bench.key(STEP) != good
    with pytest.raises(Failure, match="leaves the granted directory"):
        bench.run(STEP)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: (data / "in").write_text("out"),
        lambda data: (data / "in").chmod(0o755),
        lambda data: (data / "in").rename(data / "other"),
        lambda data: (data / "link").symlink_to("in"),
        lambda data: (data / "empty").mkdir(),
    ],
)
def test_every_change_in_a_granted_directory_changes_the_key(
    bench: Bench, change: Callable[[Path], object]
) -> None:
    before = bench.key(STEP)
    assert bench.key(STEP) == before
    change(bench.root / "data")
    assert bench.key(STEP) != before


@pytest.mark.parametrize(
    "change",
    [
        {"artifact": "other:hello"},
        {"cwasm": "build/hello.cwasm"},
        {"interruptible": True},
        {"kind": "reactor"},
        {"exports": ("run",)},
        {"imports": Imports(host={"env": {"emit": FunctionType(("i64",), ())}})},
        {"imports": replace(STEP.imports, embedder=PROXY)},
        {"grants": replace(STEP.grants, stdin=True)},
        {"grants": replace(STEP.grants, args=("x",))},
        {"grants": replace(STEP.grants, env={"A": "1"})},
        {"grants": replace(STEP.grants, env_inherit=("A",))},
        {"grants": Grants(dirs=(DirGrant("data", "/data", "ro"),))},
        {"grants": Grants(dirs=(DirGrant("data", "/other", "rw"),))},
        {"max_memory_bytes": 65536},
        {"gogc": "off"},
        {"memory_limit_bytes": 1},
        {"checks": STEP.checks[:1]},
        {"checks": (STEP.checks[0], replace(STEP.checks[1], timeout_s=1.0))},
        {"checks": (STEP.checks[0], Check("counts", expect=Expect(stdout="ho\n")))},
        {"library": ToolRequest("wasmtime-library", "1.0.0")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_field_that_decides_the_result_is_in_the_key(
    bench: Bench, change: dict[str, Any]
) -> None:
    assert bench.key(replace(STEP, **change)) != bench.key(STEP)


def test_the_reason_for_a_grant_is_not_in_the_key(bench: Bench) -> None:
    other = Grants(dirs=(DirGrant("data", "/data", "rw", reason="another"),))
    assert bench.key(replace(STEP, grants=other)) == bench.key(STEP)


def test_a_missing_library_is_in_the_key_and_fails_the_run(bench: Bench) -> None:
    missing = replace(STEP, library=ToolRequest("wasmtime-library", "1.0.0"))
    assert "missing" in bench.key(missing)
    with pytest.raises(Failure, match=r"wasmtime 1\.0\.0"):
        bench.run(missing)


@pytest.mark.parametrize("host", [".", "build", "build/data"])
def test_a_granted_directory_that_builds_write_into_is_refused(bench: Bench, host: str) -> None:
    (bench.root / host).mkdir(exist_ok=True)
    step = replace(STEP, grants=Grants(dirs=(DirGrant(host, "/data"),)))
    assert step.discovered(bench.context) == ()
    with pytest.raises(Failure, match="where builds are written"):
        bench.run(step)


def test_an_expected_file_that_is_not_there_fails_the_run(bench: Bench) -> None:
    step = replace(COUNTS, checks=(Check("greets", expect=Expect(stdout_file="no.txt")),))
    with pytest.raises(Failure, match=r"no\.txt cannot be read"):
        bench.run(step)


def test_what_the_engine_compiled_is_kept_and_a_damaged_copy_is_none(bench: Bench) -> None:
    cache = bench.root / "tools"
    bench.context = replace(bench.context, cache=cache)
    first = bench.run(COUNTS)
    kept = [path for path in cache.rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        path.write_bytes(b"damaged")
    assert bench.run(COUNTS) == first


def test_a_cache_that_cannot_be_written_changes_nothing(bench: Bench) -> None:
    without = bench.run(COUNTS)
    bench.context = replace(bench.context, cache=bench.write("a file"))
    assert bench.run(COUNTS) == without
