"""What other steps wrote, damaged: never a manifest that breaks its schema."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from manifest_project import (
    CHECKS,
    EXPORT,
    GATE,
    IMPORT,
    IMPORTS,
    OUT,
    RESULTS,
    SIZE,
    SIZES,
    STEP,
    TOOLS,
    made,
    precompiled,
    refused,
    write_project,
)
from small_project import context_in, put, run
from wasip1_build.digests import Digests
from wasip1_build.findings import Failure
from wasip1_build.wasm.precompiled import read_precompiled

HALF = "\ud800"  # half of a surrogate pair: JSON can escape it, UTF-8 cannot write it
# Of each result, what gets into the manifest.
COUNTS: dict[str, tuple[str, ...]] = {
    STEP.imports: ("imports", "exports"),
    STEP.sizes: ("sizes",),
    f"{OUT}/a.checks.json": ("checks",),
    STEP.gate: ("verdict",),
}
# Members of the results and of the manifest, so that what is added is often one that counts.
MEMBERS = (
    *("artifact", "budget_bytes", "checks", "exports", "extra", "form", "imports", "kind"),
    *("module", "name", "size_bytes", "sizes", "target", "type", "verdict"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1 << 70, 0.0, 1.0, 1.5, float("nan")),
    *("", HALF, "\x00", "\U0001f600", "pass", "fail", "func", "widget", "wasm", "debug"),
    *([], [7], [None], {}, IMPORT, EXPORT, SIZE),
)
EXAMPLES = 400 * (10 if os.environ.get("WASIP1_SOAK") else 1)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path)


@pytest.fixture(scope="module")
def damaged_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all examples of a property, each of which writes the results anew."""
    return write_project(tmp_path_factory.mktemp("damaged"))


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
    ("name", "content", "place"),
    [
        (STEP.imports, IMPORTS | {"imports": [7]}, "imports[0]"),
        (STEP.imports, IMPORTS | {"imports": {}}, "imports"),
        (STEP.imports, IMPORTS | {"imports": [IMPORT, IMPORT | {"type": 7}]}, "imports[1].type"),
        (STEP.imports, IMPORTS | {"imports": [EXPORT]}, "imports[0].module"),
        (STEP.imports, IMPORTS | {"imports": [IMPORT | {"name": HALF}]}, "imports[0].name"),
        (STEP.imports, IMPORTS | {"exports": [{"name": "x", "kind": "widget"}]}, "exports[0].kind"),
        (STEP.sizes, SIZES | {"sizes": []}, "sizes"),
        (STEP.sizes, SIZES | {"sizes": [SIZE | {"form": "debug"}]}, "sizes[0].form"),
        (STEP.sizes, SIZES | {"sizes": [SIZE | {"size_bytes": "many"}]}, "sizes[0].size_bytes"),
        (STEP.sizes, SIZES | {"sizes": [SIZE | {"size_bytes": True}]}, "sizes[0].size_bytes"),
        (STEP.sizes, SIZES | {"sizes": [SIZE | {"size_bytes": -1}]}, "sizes[0].size_bytes"),
        (STEP.sizes, SIZES | {"sizes": [SIZE | {"budget_bytes": None}]}, "sizes[0].budget_bytes"),
        (STEP.sizes, SIZES | {"sizes": [SIZE | {"target": None}]}, "sizes[0].target"),
        (STEP.checks, {"findings": []}, "checks"),
        (STEP.checks, CHECKS | {"checks": [{"verdict": "pass"}]}, "checks[0].name"),
        (STEP.checks, CHECKS | {"checks": [{"name": "a", "verdict": "fail"}]}, "checks[0].verdict"),
    ],
)
def test_a_member_that_the_schema_would_refuse_is_a_failure_that_names_it(
    name: str, content: dict[str, Any], place: str, project: Path
) -> None:
    put(project, name, content)
    (finding,) = refused(project).findings
    assert finding.rule == "result-damaged"
    assert finding.what == f"{name} is damaged"
    assert finding.why == f'its member "{place}" is missing or malformed'


@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_whatever_is_in_the_results_the_manifest_fits_its_schema_or_is_refused(
    data: st.DataObject, damaged_project: Path
) -> None:
    for name, content in RESULTS.items():
        put(damaged_project, name, content)
    name = data.draw(st.sampled_from(sorted(COUNTS)))
    content = {"": {member: copy.deepcopy(RESULTS[name][member]) for member in COUNTS[name]}}
    for _ in range(data.draw(st.integers(1, 2))):
        _damage(content, data)
    put(damaged_project, name, json.dumps(content[""]).encode())
    (damaged_project / STEP.output).unlink(missing_ok=True)
    try:
        made(damaged_project, replace(STEP, files=STEP.files[:1]))
    except Failure as problem:
        event("refused")
        assert name in str(problem)
        assert not (damaged_project / STEP.output).exists()
    else:
        event("made")


def _damage(root: dict[str, Any], data: st.DataObject) -> None:
    """Replaces, removes, adds or repeats one member or entry, anywhere in a JSON document."""
    holder, key = data.draw(st.sampled_from(list(_places(root))))
    value = copy.deepcopy(data.draw(st.sampled_from(VALUES)))
    match data.draw(st.sampled_from(["replace", "replace", "remove", "add", "repeat"])):
        case "add" if isinstance(holder[key], dict):
            holder[key][data.draw(st.sampled_from(MEMBERS))] = value
        case "add" if isinstance(holder[key], list):
            holder[key].append(value)
        case "repeat" if isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        case "remove" if holder is not root:
            del holder[key]
        case _:
            holder[key] = value


def _places(holder: Any) -> Iterator[tuple[Any, Any]]:
    """Every member and entry of a JSON document, by what holds it and its key there."""
    pairs = holder.items() if isinstance(holder, dict) else enumerate(holder)
    for key, value in list(pairs):
        yield holder, key
        if isinstance(value, (dict, list)):
            yield from _places(value)


def test_code_for_an_engine_that_is_no_version_of_wasmtime_is_a_failure(project: Path) -> None:
    cwasm = precompiled()
    version = read_precompiled(cwasm).engine_major.encode()
    written = bytes([len(version)]) + version
    assert cwasm.count(written) == 1
    other = written.replace(version, version[:-1] + b"x")
    put(project, STEP.files[-1].path, cwasm.replace(written, other))
    (finding,) = refused(project).findings
    assert finding.what == f"{STEP.files[-1].path} is damaged"
    assert other[1:].decode() in finding.why


def test_a_file_that_is_no_precompiled_module_is_a_failure(project: Path) -> None:
    put(project, STEP.files[-1].path, b"not an ELF")
    assert "a.pulley64.cwasm" in str(refused(project))


def test_a_missing_file_is_a_failure(project: Path) -> None:
    (project / STEP.files[0].path).unlink()
    assert refused(project).findings[0].rule == "output-missing"


def test_a_file_that_cannot_be_read_is_a_failure(project: Path) -> None:
    context = context_in(project, TOOLS)
    with pytest.raises(Failure) as caught:
        run(STEP, replace(context, digests=Digests(None, _unreadable)))
    (finding,) = caught.value.findings
    assert (finding.rule, finding.what) == ("output-missing", f"{OUT}/a.wasm cannot be read")


def _unreadable(path: Path) -> str:
    raise PermissionError(13, "Permission denied", str(path))
