"""All probes of an artifact whose module was written by hand; of a real Go program in the soak."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import wasmtime
from bench_runs import FAILS, wat

from wasip1_build.findings import Failure
from wasip1_build.measure.aside import Apart, Aside
from wasip1_build.measure.bench.pooled import LEAST, Pooled
from wasip1_build.measure.bench.probe import Probe
from wasip1_build.measure.bench.probes import probes_of
from wasip1_build.measure.bench.subject import BenchSubject, built_files
from wasip1_build.spec.cached import load_workspace
from wasip1_build.steps.aot import Aot
from wasip1_build.steps.budget import Budget
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.compress import Brotli, Gzip
from wasip1_build.steps.gate import Gate
from wasip1_build.steps.imports import VerifyImports
from wasip1_build.steps.manifest import Manifest

SPEC = """spec-version = 1
[artifact.a]
package = "."
compress.formats = {formats}
aot.targets = {targets}
grants.stdin = true
budget.wasm = "1MiB"
[[artifact.a.check]]
name = "says"
expect = {{ stdout = "ok" }}
[artifact.a.bench]
go = "./none"
cases = [{{ name = "empty" }}]
"""
# Not for this machine: nothing of it is compiled here.
ONLY_WASIP1 = "//go:build wasip1\n\npackage main\n\nfunc main() {}\n"
MADE = (VerifyImports, Brotli, Gzip, Aot, RunChecks, Budget, Gate, Manifest)


def workspace(root: Path, spec: str, **files: str) -> Aside:
    """A workspace with one artifact, nothing of it made yet."""
    root.mkdir()
    (root / "wasip1.toml").write_text(spec)
    (root / "go.mod").write_text("module example.com/a\n\ngo 1.25\n")
    for name, text in files.items():
        (root / name.replace("_go", ".go")).write_text(text)
    read = load_workspace(root, "wasip1.toml", "release")
    scratch = root.with_name(f"{root.name}-scratch")
    kept = {name: os.environ[name] for name in ("HOME", "GOPROXY") if name in os.environ}
    environ = {**kept, "PATH": "/nowhere", "WASIP1_CACHE_DIR": str(root.with_name("cache"))}
    return Apart(root, read, environ, scratch, cpus=2).aside(read.artifacts[0], "made")


def subject_of(aside: Aside, *runtimes: str) -> BenchSubject:
    context = aside.context.staged(Path(aside.context.build_dir) / "stage")
    return BenchSubject(aside.planned, context, built_files(aside.planned, context), runtimes)


def by_hand(root: Path, *, formats: str, targets: str) -> Aside:
    """The same, with all that follows from a module that is there."""
    aside = workspace(root, SPEC.format(formats=formats, targets=targets), main_go=ONLY_WASIP1)
    module = aside.path(aside.first(RunChecks).module)
    module.parent.mkdir(parents=True)
    module.write_bytes(bytes(wasmtime.wat2wasm(wat())))
    aside.path(aside.planned.names.file("debug.wasm")).write_bytes(module.read_bytes())
    aside.run(aside.of(*MADE))
    return aside


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aside]:
    place = tmp_path_factory.mktemp("probes")
    yield by_hand(place / "work", formats='["br", "gz"]', targets='["host"]')


def ways(probes: tuple[Probe, ...]) -> list[tuple[str, str, str]]:
    return [(each.series.phase, each.series.way, each.series.case) for each in probes]


def test_every_phase_has_its_probes_and_each_can_be_asked(made: Aside) -> None:
    with probes_of(subject_of(made, "node")) as found:
        here = [each for each in ways(found.probes) if not each[1].startswith("pooled host")]
        samples = [probe.once() for probe in found.probes if "compile" not in probe.series.way]
    assert here == [
        ("delivery", "fetch raw at 50 Mbit/s", ""),
        ("delivery", "fetch gz at 50 Mbit/s", ""),
        ("delivery", "fetch br at 50 Mbit/s", ""),
        ("compilation", "compile module", ""),
        ("compilation", "load cwasm", ""),
        ("instantiation", "instance per request", ""),
        ("execution", "run cwasm", "bench.empty"),
        ("execution", "load cwasm per request", "bench.empty"),
        ("execution", "run cwasm", "says"),
        ("execution", "load cwasm per request", "says"),
        ("execution", "recompile per request", "bench.empty"),
    ]
    assert all(sample.wall_ns > 0 for sample in samples)
    assert set(found.digests) == {"module", "cwasm", found.probes[3].series.runtime}
    left_out = {each.what: each.why for each in found.left_out}
    assert "it is not on PATH" in left_out["node"]


def test_a_host_serves_each_case_and_the_first_to_several_threads(made: Aside) -> None:
    pytest.importorskip("wasip1_build.runtime.host.host")
    with probes_of(subject_of(made, "node")) as found:
        pooled = [each for each in found.probes if isinstance(each, Pooled)]
        assert [(each.series.way, each.series.case) for each in pooled] == [
            ("pooled host", "bench.empty"),
            ("pooled host, 2 threads", "bench.empty"),
            ("pooled host, 8 threads", "bench.empty"),
            ("pooled host", "says"),
        ]
        facts = pooled[1].once().facts
        assert facts["threads"] == 2
        assert facts["requests"] >= 2 * LEAST
        with pytest.raises(Failure, match="does not do there what it must") as raised:
            replace(pooled[0], check=FAILS).once()
    assert raised.value.findings[0].why == "stdout differs from what is expected"


def test_what_native_go_cannot_build_is_said(made: Aside) -> None:
    with probes_of(subject_of(made, "native")) as found:
        left_out = {each.what: each.why for each in found.left_out}
    assert left_out["native"].startswith("it does not build for this machine: ")
    assert "build constraints exclude all Go files" in left_out["native"]
    assert "go benchmarks of ./none" in left_out


@pytest.mark.dear
def test_an_earlier_runs_files_are_measured_without_what_does_not_depend_on_them(
    made: Aside,
) -> None:
    with probes_of(replace(subject_of(made), is_base=True)) as found:
        left_out = {each.what for each in found.left_out}
        runtimes = {each.series.runtime.partition(" ")[0] for each in found.probes}
    assert "pooled host" in left_out
    assert "native" not in left_out
    assert runtimes <= {"", "wasmtime"}


@pytest.mark.dear
def test_machine_code_is_made_where_the_build_makes_none(tmp_path: Path) -> None:
    aside = by_hand(tmp_path / "work", formats="[]", targets="[]")
    with probes_of(subject_of(aside, "node")) as found:
        left_out = {each.what: each.why for each in found.left_out}
        loads = [each for each in found.probes if each.series.way == "load cwasm"]
        assert loads[0].once().facts["size_bytes"] > 0
    assert left_out["fetch br"] == 'compress.formats has no "br"'
    assert left_out["fetch gz"] == 'compress.formats has no "gz"'


# --- a real Go program ------------------------------------------------------------------------

PROGRAM = """package main

import "os"

func Sum(n int) int {
	s := 0
	for i := range n {
		s += i * i % 7
	}
	return s
}

func main() {
	data, err := os.ReadFile(os.Args[1])
	if err != nil {
		os.Exit(3)
	}
	os.Stdout.Write(data)
	if len(os.Args) > 2 {
		os.Stdout.WriteString(os.Args[1])
	}
}
"""
BENCHMARK = """package main

import "testing"

func BenchmarkSum(b *testing.B) {
	b.Run("n=1000", func(b *testing.B) {
		for range b.N {
			Sum(1000)
		}
	})
}
"""
GO_SPEC = """spec-version = 1
[artifact.a]
package = "."
compress.formats = ["gz"]
aot.targets = ["host"]
budget.wasm = "4MiB"
grants.dirs = [{ host = "data", guest = "/data" }]
[[artifact.a.check]]
name = "reads"
args = ["/data/in.txt"]
[artifact.a.bench]
go = "./..."
cases = [{ name = "names", args = ["/data/in.txt", "x"] }]
"""


@pytest.mark.dear
def test_a_go_program_is_measured_natively_too_where_it_does_the_same(tmp_path: Path) -> None:
    root = tmp_path / "work"
    aside = workspace(root, GO_SPEC, main_go=PROGRAM, main_test_go=BENCHMARK)
    (root / "data").mkdir()
    (root / "data/in.txt").write_text("in\n")
    aside.run(aside.shared)
    aside.run(aside.planned.steps)
    with probes_of(subject_of(aside, "native")) as found:
        native = [each for each in found.probes if each.series.way == "native process"]
        benchmarks = [each for each in found.probes if each.series.way == "go benchmark"]
        counted = [each for each in found.probes if each.series.way == "run cwasm"]
        assert [each.series.case for each in native] == ["reads"]
        assert {each.series.case for each in benchmarks} == {"example.com/a.BenchmarkSum/n=1000"}
        assert len(benchmarks) == 2
        assert all(each.once().wall_ns > 0 for each in (*native, *benchmarks))
        facts = counted[0].once().facts
    assert facts["instructions"] > 100_000
    assert facts["host_calls"] > facts["fd_writes"] > 0
    left_out = {each.what: each.why for each in found.left_out}
    assert "stdout differs" in left_out["native, bench.names"]
