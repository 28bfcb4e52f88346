"""unsupported-call: what it finds, what looks so and is none, and whether its table is true."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus import Case, advised, artifact_of, cases, workspace
from unsupported_programs import PROGRAMS, program
from wasip1_build.findings import Finding
from wasip1_build.process import run
from wasip1_build.steps.advisor import SOURCES
from wasip1_build.steps.unsupported import RULE, symbol
from wasip1_build.wasm.linked_names import linked_names

CASES = cases(RULE)


@pytest.fixture(scope="module")
def found(
    tmp_path_factory: pytest.TempPathFactory, shared_cache: Path, pinned_go: Path
) -> dict[str, tuple[Finding, ...]]:
    """By artifact, what one run finds in all cases."""
    assert pinned_go.is_file()
    root = tmp_path_factory.mktemp("corpus")
    workspace(RULE, root)
    return advised(root, shared_cache, (RULE,))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_corpus_is_found_and_nothing_else(
    case: Case, found: dict[str, tuple[Finding, ...]]
) -> None:
    said = [each for each in found[artifact_of(case)] if each.rule == RULE]
    places = {
        (each.location.file, each.location.line, each.what.split()[0])
        for each in said
        if each.location
    }
    assert places == case.wanted
    assert len(said) == len(places)


def test_every_case_that_must_be_found_wants_something_and_no_other_does() -> None:
    assert all(bool(case.wanted) == case.name.startswith("found/") for case in CASES)
    kinds = [case.name.partition("/")[0] for case in CASES]
    assert min(kinds.count("found"), kinds.count("not")) >= 8


# A tenth of the table that needs little code; the whole takes 16 MB of module and its compilation.
SMALL = (
    *("net.Dial", "net.Listen", "net.LookupHost", "(*net.Dialer).DialContext"),
    *("os.Pipe", "os.StartProcess", "(*os/exec.Cmd).Run", "os/exec.LookPath"),
)
FOR_EVER = "waits for ever"  # what was not over within two seconds


def groups() -> list[dict[str, Any]]:
    """The table as it is written."""
    found: list[dict[str, Any]] = json.loads((SOURCES / "unsupported/calls.json").read_bytes())
    return found


TABLE = {call: does for group in groups() for call, does in group["calls"].items()}
WHOLE = pytest.param(tuple(TABLE), marks=pytest.mark.dear, id="whole")


@pytest.mark.parametrize("calls", [pytest.param(SMALL, id="small"), WHOLE])
def test_each_call_does_on_wasip1_what_the_table_says(
    calls: tuple[str, ...],
    go_module: Callable[[str], Path],
    wasmtime_cli: Path,
    tmp_path: Path,
) -> None:
    module, compiled = go_module(program(calls)), tmp_path / "calls.cwasm"
    subprocess.run([wasmtime_cli, "compile", "-o", compiled, module], check=True)
    (tmp_path / "d").mkdir()
    untrue = {}
    for call in calls:
        argv = [wasmtime_cli, "run", "--allow-precompiled", "--dir", "d::/d", compiled, call]
        kind, _, message = TABLE[call].partition(": ")
        limit_s = 2 if kind == FOR_EVER else 120
        printed = run(argv, env={}, cwd=tmp_path, timeout_s=limit_s, together=True)
        text = printed.stdout.decode()
        ended = text.startswith("= ") or "\n= " in text
        if (
            message not in text
            or ended != (kind == "fails")
            or (printed.killed != "") != (kind == FOR_EVER)
        ):
            untrue[call] = text[:300]
    assert untrue == {}


@pytest.mark.parametrize("calls", [pytest.param(SMALL, id="small"), WHOLE])
def test_a_module_that_makes_a_call_has_its_name(
    calls: tuple[str, ...], go_module: Callable[[str], Path]
) -> None:
    names = linked_names(go_module(program(calls)).read_bytes())
    assert names is not None
    # A variable; and functions that only return an error, of which inlining leaves nothing.
    others = ("net/http.DefaultTransport", "syscall.")
    functions = [call for call in calls if not call.startswith(others)]
    assert [call for call in functions if symbol(call).encode() not in names] == []


def test_a_module_that_makes_none_has_none_of_the_names(hello_stripped_by_go: Path) -> None:
    names = linked_names(hello_stripped_by_go.read_bytes())
    assert names is not None
    assert names.isdisjoint(symbol(call).encode() for call in TABLE)


def test_every_call_of_the_table_has_a_program() -> None:
    assert sorted(PROGRAMS) == sorted(TABLE)
