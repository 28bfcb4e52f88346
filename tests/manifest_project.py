"""An artifact with all that a manifest tells of it, made by hand, and its manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import wasmtime

from small_project import MODULE, context_in, put, read, run
from wasip1_build.findings import Failure, Location
from wasip1_build.schema_files import schema_path
from wasip1_build.spec import model
from wasip1_build.steps.manifest import Manifest, ManifestFile
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.tools import ToolRequest

SCHEMA = jsonschema.Draft7Validator(json.loads(schema_path("manifest").read_bytes()))
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
RESULTS: dict[str, Any] = {
    STEP.imports: IMPORTS,
    STEP.sizes: SIZES,
    f"{OUT}/a.checks.json": CHECKS,
    STEP.gate: GATE,
}
IMPORT = {"module": "m", "name": "f", "kind": "func", "type": "()"}
EXPORT = {"name": "f", "kind": "func", "type": "()"}
SIZE = {"form": "wasm", "size_bytes": 1}


def precompiled(text: str = "(module (func))", *, interruptible: bool = False) -> bytes:
    """A module's code for pulley64, with or without epoch interruption."""
    config = wasmtime.Config()
    config.target = "pulley64"
    config.epoch_interruption = interruptible
    return bytes(wasmtime.Module(wasmtime.Engine(config), text).serialize())


def write_project(root: Path) -> Path:
    """The files of an artifact, as its other steps leave them; returns the root."""
    for file in STEP.files:
        put(root, file.path, MODULE if file.role == "module" else file.role.encode())
    put(root, STEP.files[-1].path, precompiled())
    for name, content in RESULTS.items():
        put(root, name, content)
    return root


def made(root: Path, step: Manifest = STEP, context: Context | None = None) -> dict[str, Any]:
    """The manifest, which fits its schema whatever it is made from."""
    run(step, context or context_in(root, TOOLS))
    result: dict[str, Any] = read(root, step.output)
    SCHEMA.validate(result)
    return result


def refused(root: Path, step: Manifest = STEP) -> Failure:
    """Why there is no manifest, which then does not exist either."""
    with pytest.raises(Failure) as caught:
        made(root, step)
    assert not (root / step.output).exists()
    return caught.value
