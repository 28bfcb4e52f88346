"""The manifest: all that is known of an artifact, the same bytes wherever it is built."""

from __future__ import annotations

import copy
import importlib.metadata
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import wasmtime

from small_project import MODULE, context_in, put, read, run
from wasip1_build.files import sha256_of_bytes
from wasip1_build.findings import Failure, Location
from wasip1_build.schema_files import schema_path
from wasip1_build.spec import model
from wasip1_build.steps.compress import encoder_version
from wasip1_build.steps.manifest import Manifest, ManifestFile
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.tools import ToolRequest

TOOLS = {"go": "1.27.3", "wasmtime": "49.0.3"}
OUT = "build/dir/a"
ARTIFACT = model.Artifact(
    name="a",
    directory="dir",
    package="./cmd/a",
    aot_targets=("pulley64",),
    grants=model.Grants(
        dirs=(model.DirGrant("dir/data", "/data", "ro", "pictures"),),
        env={"MODE": "fast"},
        env_inherit=("TZ", "HOME"),
        args=("--width", "320"),
    ),
    budget=model.Budget(wasm=1 << 20, memory=64 << 20),
    runtime=model.Runtime(timeout_s=0.25, max_memory_bytes=96 << 20),
    locations={"": Location("dir/wasip1.toml", 3)},
)
STEP = Manifest(
    artifact=ARTIFACT,
    files=(
        ManifestFile(f"{OUT}/a.wasm", "module"),
        ManifestFile(f"{OUT}/a.wasm.br", "br"),
        ManifestFile(f"{OUT}/a.wasm.gz", "gz"),
        ManifestFile(f"{OUT}/a.pulley64.cwasm", "cwasm", "pulley64"),
    ),
    imports=f"{OUT}/a.imports.json",
    sizes=f"{OUT}/a.sizes.json",
    checks=f"{OUT}/a.checks.json",
    gate="build/.wasip1/gate/dir/a.json",
    output=f"{OUT}/a.manifest.json",
    tools=(ToolRequest("go"), ToolRequest("wasmtime")),
    flags=("-trimpath", "-buildvcs=false"),
)
IMPORTS = {
    "artifact": "dir:a",
    "imports": [
        {"module": "wasi_snapshot_preview1", "name": "fd_write", "kind": "func", "type": "(i32)"},
        {"module": "wasi_snapshot_preview1", "name": "fd_write", "kind": "func", "type": "(i32)"},
    ],
    "exports": [{"name": "memory", "kind": "memory", "type": "1"}, {"name": "t", "kind": "table"}],
    "memory": {"min_pages": 1, "max_pages": None},
    "evidence": {},
    "findings": [],
}
SIZES = {
    "sizes": [
        {"form": "wasm", "size_bytes": len(MODULE), "budget_bytes": 1 << 20, "over_bytes": 0},
        {"form": "cwasm", "size_bytes": 9, "target": "pulley64"},
    ],
    "memory": {"form": "memory", "peak_bytes": 12345},
    "findings": [],
}
CHECKS = {
    "checks": [{"name": "greets", "verdict": "pass", "forms": [{"elapsed_ns": 5}]}],
    "peak_memory_bytes": 12345,
    "findings": [],
}
GATE: dict[str, Any] = {"artifact": "dir:a", "verdict": "pass", "findings": []}


def precompiled(text: str = "(module (func))", *, interruptible: bool = False) -> bytes:
    """A module's code for pulley64, with or without epoch interruption."""
    config = wasmtime.Config()
    config.target = "pulley64"
    config.epoch_interruption = interruptible
    return bytes(wasmtime.Module(wasmtime.Engine(config), text).serialize())


@pytest.fixture(scope="module")
def cwasm() -> bytes:
    return precompiled()


@pytest.fixture
def project(tmp_path: Path, cwasm: bytes) -> Path:
    return _project(tmp_path, cwasm)


def _project(root: Path, cwasm: bytes) -> Path:
    for file in STEP.files:
        put(root, file.path, MODULE if file.role == "module" else file.role.encode())
    put(root, STEP.files[-1].path, cwasm)
    for name, content in (
        (STEP.imports, IMPORTS),
        (STEP.sizes, SIZES),
        (f"{OUT}/a.checks.json", CHECKS),
        (STEP.gate, GATE),
    ):
        put(root, name, content)
    return root


def made(root: Path, step: Manifest = STEP, context: Context | None = None) -> dict[str, Any]:
    run(step, context or context_in(root, TOOLS))
    result: dict[str, Any] = read(root, step.output)
    return result


def refused(root: Path, step: Manifest = STEP) -> Failure:
    with pytest.raises(Failure) as caught:
        made(root, step)
    assert not (root / step.output).exists()
    return caught.value


def test_it_names_what_was_built_from_what_by_what(project: Path) -> None:
    manifest = made(project)
    assert manifest["artifact"] == "dir:a"
    assert manifest["package"] == "./cmd/a"
    assert manifest["compiler"] == {"name": "go", "version": "1.27.3"}
    assert manifest["toolchain"] == TOOLS | {
        "brotli": encoder_version("brotli"),
        "deflate": encoder_version("deflate"),
    }
    assert manifest["build_flags"] == ["-trimpath", "-buildvcs=false"]
    assert manifest["verdict"] == "pass"


def test_every_file_has_its_digest_and_names_the_module_that_it_comes_from(project: Path) -> None:
    manifest = made(project)
    module = {"path": "a.wasm", "sha256": sha256_of_bytes(MODULE), "size_bytes": len(MODULE)}
    assert manifest["module"] == module
    files = {file["path"]: file for file in manifest["files"]}
    assert list(files) == sorted(files)
    assert files["a.wasm"] == module | {"role": "module"}
    assert files["a.wasm.gz"] == {
        "path": "a.wasm.gz",
        "role": "gz",
        "sha256": sha256_of_bytes(b"gz"),
        "size_bytes": 2,
        "encoding": "gzip",
        "module_sha256": module["sha256"],
    }
    cwasm = files["a.pulley64.cwasm"]
    assert cwasm["engine"] == importlib.metadata.version("wasmtime").partition(".")[0]
    assert (cwasm["target"], cwasm["interruptible"]) == ("pulley64", False)


def declared(interruptible: bool) -> Manifest:
    return replace(STEP, artifact=replace(ARTIFACT, aot_interruptible=interruptible))


@pytest.mark.parametrize("compiled", [True, False])
def test_whether_code_can_be_interrupted_is_what_the_file_proves(
    compiled: bool, project: Path
) -> None:
    put(project, STEP.files[-1].path, precompiled(interruptible=compiled))
    assert made(project, declared(not compiled))["files"][0]["interruptible"] is compiled


@pytest.mark.parametrize("said", [True, False])
def test_whether_code_can_be_interrupted_is_what_the_spec_says_where_the_file_does_not(
    said: bool, project: Path
) -> None:
    put(project, STEP.files[-1].path, precompiled("(module)"))
    assert made(project, declared(said))["files"][0]["interruptible"] is said


def test_grants_and_runtime_are_there_in_units_but_no_inherited_value(project: Path) -> None:
    manifest = made(project)
    assert manifest["grants"] == {
        "dirs": [{"host": "dir/data", "guest": "/data", "mode": "ro", "reason": "pictures"}],
        "env": {"MODE": "fast"},
        "env_inherit": ["HOME", "TZ"],
        "args": ["--width", "320"],
        "stdin": False,
    }
    assert manifest["runtime"] == {
        "lifetime": "oneshot",
        "gogc": None,
        "memory_limit_bytes": None,
        "max_memory_bytes": 96 << 20,
        "timeout_ns": 250_000_000,
    }


def test_imports_keep_their_order_and_their_repetitions(project: Path) -> None:
    assert made(project)["imports"] == IMPORTS["imports"]


def test_sizes_and_checks_are_there_but_nothing_that_was_measured(project: Path) -> None:
    manifest = made(project)
    assert manifest["sizes"] == [
        {"form": "wasm", "size_bytes": len(MODULE), "budget_bytes": 1 << 20},
        {"form": "cwasm", "size_bytes": 9, "target": "pulley64"},
    ]
    assert manifest["memory_budget_bytes"] == 64 << 20
    assert manifest["checks"] == [{"name": "greets", "verdict": "pass"}]
    assert "12345" not in (project / STEP.output).read_text()


def test_it_is_the_same_bytes_below_another_root(tmp_path: Path, cwasm: bytes) -> None:
    texts = []
    for name in ("one", "another/place"):
        root = _project(tmp_path / name, cwasm)
        made(root)
        texts.append((root / STEP.output).read_bytes())
        assert str(tmp_path).encode() not in texts[-1]
    assert texts[0] == texts[1]
    assert texts[0].endswith(b"}\n")
    assert b"\r" not in texts[0]
    keys = list(json.loads(texts[0]))
    assert keys == sorted(keys)


def test_an_artifact_without_checks_has_none(project: Path) -> None:
    assert made(project, replace(STEP, checks=None))["checks"] == []


def test_the_library_is_named_where_there_is_no_wasmtime_program(project: Path) -> None:
    tools = {"go": "1.27.3", "wasmtime-library": "49.0.0"}
    manifest = made(project, context=context_in(project, tools))
    assert manifest["toolchain"]["wasmtime-library"] == "49.0.0"
    assert "wasmtime" not in manifest["toolchain"]


def test_a_missing_compiler_is_a_failure(project: Path) -> None:
    with pytest.raises(Failure, match="go is not on this machine"):
        made(project, context=context_in(project, {}))


def test_lines_of_the_spec_are_not_in_the_key_but_tools_and_grants_are(tmp_path: Path) -> None:
    context = context_in(tmp_path, TOOLS)
    key = STEP.key(context)
    assert json.dumps(key, sort_keys=True)
    moved = replace(ARTIFACT, locations={"": Location("dir/wasip1.toml", 99)})
    assert replace(STEP, artifact=moved).key(context) == key
    granted = replace(ARTIFACT, grants=model.Grants(stdin=True))
    assert replace(STEP, artifact=granted).key(context) != key
    assert STEP.key(context_in(tmp_path, TOOLS | {"go": "1.26.0"})) != key
    assert STEP.key(context_in(tmp_path, {})) != key


@pytest.mark.parametrize("gate", [GATE | {"verdict": "fail"}, {}], ids=["fail", "nothing"])
def test_without_a_passed_gate_there_is_no_manifest(gate: dict[str, Any], project: Path) -> None:
    put(project, STEP.gate, gate)
    assert refused(project).findings[0].rule == "manifest-refused"


@pytest.mark.parametrize("name", [STEP.imports, STEP.sizes, STEP.checks, STEP.gate])
@pytest.mark.parametrize("damage", [b"", b'{"sizes": [', b"[]", b"\x80"])
def test_a_damaged_result_is_a_failure(name: str, damage: bytes, project: Path) -> None:
    put(project, name, damage)
    assert refused(project).findings[0].rule == "result-damaged"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (STEP.imports, IMPORTS | {"imports": [7]}),
        (STEP.imports, IMPORTS | {"exports": [{"name": "x", "kind": "widget"}]}),
        (STEP.sizes, SIZES | {"sizes": [{"form": "wasm", "size_bytes": "many"}]}),
        (STEP.checks, CHECKS | {"checks": [{"name": "greets", "verdict": "fail"}]}),
    ],
)
def test_a_result_that_does_not_fit_the_schema_is_a_failure(
    name: str, content: dict[str, Any], project: Path
) -> None:
    put(project, name, content)
    (finding,) = refused(project).findings
    assert finding.rule == "manifest-invalid"
    assert finding.why.startswith("at ")


def test_a_file_that_is_no_precompiled_module_is_a_failure(project: Path) -> None:
    put(project, STEP.files[-1].path, b"not an ELF")
    assert "a.pulley64.cwasm" in str(refused(project))


def test_a_missing_file_is_a_failure(project: Path) -> None:
    (project / STEP.files[0].path).unlink()
    assert refused(project).findings[0].rule == "output-missing"


def _rename(record: dict[str, Any], old: str, new: str) -> None:
    record[new] = record.pop(old)


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.update(extra=1),
        lambda m: m["files"][0].update(extra=1),
        lambda m: m["grants"].update(network=True),
        lambda m: m["module"].update(path="/somewhere/a.wasm"),
        lambda m: m["module"].update(sha256="AB" * 32),
        lambda m: m.update({"spec-version": 2}),
        lambda m: m.update(verdict="fail"),
        lambda m: m.pop("imports"),
        lambda m: _rename(m["files"][0], "engine", "motor"),
        lambda m: m["files"][-1].pop("encoding"),
        lambda m: m["files"][1].update(target="pulley64"),
        lambda m: m["files"][1].update(role="debug"),
        lambda m: m["sizes"][0].update(form="debug"),
    ],
)
def test_the_schema_refuses(change: Callable[[Any], Any], project: Path) -> None:
    schema = json.loads(schema_path("manifest").read_bytes())
    manifest = made(project)
    jsonschema.validate(manifest, schema)
    changed = copy.deepcopy(manifest)
    change(changed)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(changed, schema)
