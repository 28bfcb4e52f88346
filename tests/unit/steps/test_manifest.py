"""The manifest: all that is known of an artifact, the same bytes wherever it is built."""

from __future__ import annotations

import importlib.metadata
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from manifest_project import (
    ARTIFACT,
    IMPORTS,
    SCHEMA,
    SIZE,
    STEP,
    TOOLS,
    made,
    precompiled,
    write_project,
)
from small_project import MODULE, context_in, put, read, run
from wasip1_build.files import sha256_of_bytes
from wasip1_build.findings import Failure, Location
from wasip1_build.spec import model
from wasip1_build.steps.budget import Form
from wasip1_build.steps.compress import encoder_version
from wasip1_build.steps.manifest import Manifest, Role
from wasip1_build.wasm.types import ExternKind


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path)


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


def test_budgets_of_calls_are_there_where_they_are_set(project: Path) -> None:
    assert "call_budgets" not in made(project)
    budget = replace(ARTIFACT.budget, host_calls=1000, fd_write=0)
    manifest = made(project, replace(STEP, artifact=replace(ARTIFACT, budget=budget)))
    assert manifest["call_budgets"] == {"host_calls": 1000, "fd_write_calls": 0}


def test_it_is_the_same_bytes_below_another_root(tmp_path: Path) -> None:
    texts = []
    for name in ("one", "another/place"):
        root = write_project(tmp_path / name)
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


def test_what_may_be_written_is_what_the_schema_lists() -> None:
    properties = SCHEMA.schema["properties"]
    for side in ("imports", "exports"):
        kinds = properties[side]["items"]["properties"]["kind"]["enum"]
        assert kinds == list(get_args(ExternKind))
    assert properties["sizes"]["items"]["properties"]["form"]["enum"] == list(get_args(Form))
    assert properties["files"]["items"]["properties"]["role"]["enum"] == list(get_args(Role))
    assert properties["kind"]["enum"] == list(get_args(model.Kind))
    assert properties["compiler"]["properties"]["name"]["enum"] == list(get_args(model.Compiler))
    lifetimes = properties["runtime"]["properties"]["lifetime"]["enum"]
    assert lifetimes == list(get_args(model.Lifetime))


def test_a_module_alone_has_a_manifest(project: Path) -> None:
    bare = model.Artifact(name="a", directory=".", package=".")
    put(project, STEP.imports, {"imports": [], "exports": []})
    put(project, STEP.sizes, {"sizes": [{"form": "wasm", "size_bytes": 0}]})
    step = replace(STEP, artifact=bare, files=STEP.files[:1], checks=None, tools=STEP.tools[:1])
    manifest = made(project, replace(step, flags=()))
    assert [file["role"] for file in manifest["files"]] == ["module"]
    assert manifest["imports"] == manifest["exports"] == manifest["checks"] == []
    assert manifest["sizes"] == [{"form": "wasm", "size_bytes": 0}]
    assert manifest["toolchain"] == {"go": "1.27.3"}


def test_a_module_with_everything_has_a_manifest(project: Path) -> None:
    artifact = replace(
        ARTIFACT,
        kind="reactor",
        exports=("render",),
        grants=replace(
            ARTIFACT.grants,
            dirs=(*ARTIFACT.grants.dirs, model.DirGrant("/srv/\u00e9", "/out", "rw", outside=True)),
            stdin=True,
        ),
        runtime=model.Runtime("oneshot", "off", 64 << 20, 96 << 20, 5.0),
    )
    kinds = get_args(ExternKind)
    ports = [{"name": kind, "kind": kind, "type": "(i32) -> i32"} for kind in kinds]
    put(project, STEP.imports, {"imports": [{"module": "", **p} for p in ports], "exports": ports})
    sizes = [{"form": form, "size_bytes": 1, "budget_bytes": 2} for form in get_args(Form)]
    put(project, STEP.sizes, {"sizes": [*sizes, SIZE | {"form": "cwasm", "target": "pulley64"}]})
    manifest = made(project, replace(STEP, artifact=artifact))
    assert {file["role"] for file in manifest["files"]} == set(get_args(Role))
    assert manifest["exports"] == ports
    assert manifest["sizes"][:4] == sizes
    assert manifest["runtime"]["gogc"] == "off"


@pytest.mark.parametrize("name", ["Hello", "v1.2", "a b"])
def test_a_module_of_an_sconscript_may_have_any_name(name: str, project: Path) -> None:
    named = replace(STEP, artifact=replace(ARTIFACT, name=name))
    assert made(project, named)["artifact"] == f"dir:{name}"


def test_a_manifest_is_written_without_jsonschema(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema", None)  # an import of it raises ImportError
    run(STEP, context_in(project, TOOLS))
    assert read(project, STEP.output)["verdict"] == "pass"


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
    changed = made(project)
    change(changed)
    with pytest.raises(jsonschema.ValidationError):
        SCHEMA.validate(changed)
