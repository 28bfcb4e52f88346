"""What `scons bench` prints and writes: for people, for scripts, for benchstat, and as a page."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import jsonschema
import pytest

from bench_fakes import FakeProbe, in_turns, series, steady
from wasip1_build.findings import Severity
from wasip1_build.measure.bench.choice import choices
from wasip1_build.measure.bench.compare import PAIRS, Comparison, compared, moved_facts
from wasip1_build.measure.bench.phases import accounts
from wasip1_build.measure.bench.probe import Series
from wasip1_build.measure.bench.result import Result
from wasip1_build.measure.bench.rounds import Cut, Entrant, Measured, Row, Side
from wasip1_build.measure.bench.rows import Header, Run
from wasip1_build.report.bench import bench_text
from wasip1_build.report.bench_go import go_bytes
from wasip1_build.report.bench_json import bench_json
from wasip1_build.report.bench_page import bench_page, plot
from wasip1_build.schema_files import schema_path

MS = 1_000_000
FETCH = Series("delivery", "fetch br at 50 Mbit/s")
LOAD, START = series("compilation", "load cwasm"), series("instantiation", "instance per request")
RUN = series()
CWASM = Series("execution", "process, cwasm", "wasmtime 49.0.3", "c")
WARM = Series("execution", "process, warm cache", "wazero 1.12.0", "c")
TIMES = {FETCH: 9, LOAD: 4, START: 1, RUN: 30, CWASM: 40, WARM: 80}
HEADER = Header(
    ".:a",
    "release",
    "2026-01-01T00:00:00+00:00",
    {"system": "Linux", "machine": "x86_64", "cpus": 2},
    {"module": "ab" * 32},
    {"wazero": "1.12.0 ef"},
    "01" * 32,
    0,
    {},
)


def result(
    *, rounds: int = 8, run_ms: int = 30, calls: int = 9, base_ms: int | None = None
) -> Result:
    """A module whose run takes so long, beside a base whose run took another time."""
    sides: tuple[Side, ...] = ("today", "base")
    times = {**TIMES, RUN: run_ms}
    groups = [
        tuple(
            Entrant(
                FakeProbe(
                    each,
                    steady((ms if side == "today" or each != RUN else base_ms or ms) * MS),
                    facts={"host_calls": calls} if each == RUN else {},
                ),
                side,
            )
            for side in (sides if base_ms and each in (LOAD, RUN) else sides[:1])
        )
        for each, ms in times.items()
    ]
    measured = in_turns(groups, PAIRS if base_ms else rounds)
    found = accounts(measured, is_precompiled=True)
    run = Run(replace(HEADER, rounds=measured.rounds), measured.rows)
    plain = Result(
        run,
        measured,
        (Cut("wasmedge", "it is not on PATH"),),
        found,
        tuple(choices(measured, "wazero")),
        tuple(TIMES),
    )
    if base_ms is None:
        return plain
    before = Run(
        replace(HEADER, dominating={"steady state of c": "execution"}),
        tuple(row._replace(side="today") for row in measured.rows if row.side == "base"),
    )
    facts = tuple(moved_facts(run.samples(), before.samples()))
    return replace(
        plain,
        comparison=Comparison(compared(measured, [LOAD, RUN]), facts),
        before=before,
        since=("the module",),
        base="old.jsonl",
    )


def rules(each: Result) -> dict[str, Severity]:
    return {finding.rule: finding.severity for finding in each.findings}


def test_the_text_has_figures_and_what_follows() -> None:
    text = bench_text([result()])
    lines = text.splitlines()
    assert lines[0] == ".:a: 8 rounds"
    assert re.fullmatch(
        r"  execution +run cwasm +wasmtime library 49.0.0 +c +8 +30 ms \(30 ms to 30 ms\) .*"
        r"host_calls 9",
        lines[5],
    )
    assert "  steady state of c: 31 ms (computed): instantiation 3 % (3 to 3), " in text
    assert "    execution dominates: make the program itself do less" in text
    assert "wasmtime 49.0.3 wins; wazero 1.12.0 2.00 times (2.00 to 2.00)" in text
    assert "bench.runtime wazero: loses" in text
    assert "  left out: wasmedge: it is not on PATH" in text
    assert "with 95 % certainty" in lines[-1]


def test_with_five_rounds_there_is_n_and_no_interval() -> None:
    text = bench_text([result(rounds=5)])
    assert re.search(r"fetch br at 50 Mbit/s +5 +9 ms +9 ms", text)
    assert "not known which phase dominates: fewer than 6 rounds" in text
    assert "too few rounds to say that it wins" in text
    assert rules(result(rounds=5)) == {}


def test_the_pinned_runtime_is_a_warning_where_it_loses() -> None:
    assert rules(result()) == {"bench-runtime": Severity.WARNING}
    [finding] = result().findings
    assert "takes it 2.00 times as long as wasmtime 49.0.3" in finding.what


def test_a_regression_is_an_error_and_a_gain_is_none() -> None:
    slower = result(run_ms=36, base_ms=30)
    assert rules(slower)["bench-slower"] is Severity.ERROR
    assert "takes 1.20 times the CPU time of old.jsonl" in str(slower.findings[0])
    text = bench_text([slower])
    assert "  compared with old.jsonl; changed since: the module" in text
    assert "    execution: moved\n" in text
    assert "    compilation: not moved\n" in text
    assert "    delivery: not known\n" in text
    assert "bench-slower" not in rules(result(run_ms=20, base_ms=30))


def test_what_dominated_and_did_not_move_is_to_be_reverted() -> None:
    assert rules(result(base_ms=30))["bench-no-gain"] is Severity.WARNING
    assert "no gain in execution: revert" in str(result(base_ms=30).findings[0])
    assert "bench-no-gain" not in rules(result(run_ms=20, base_ms=30))
    same = replace(result(base_ms=30), comparison=Comparison((), same_bytes=True))
    assert "bench-no-gain" not in rules(same)


def test_what_is_faster_with_as_many_host_calls_is_not_from_batching() -> None:
    faster = result(run_ms=20, base_ms=30)
    assert rules(faster)["bench-not-batching"] is Severity.NOTE
    rows = tuple(
        row._replace(sample=row.sample._replace(facts={"host_calls": 500}))
        for row in (faster.before or faster.run).rows
    )
    fewer = replace(faster, before=Run(HEADER, rows))
    assert "bench-not-batching" not in rules(fewer)
    assert "bench-not-batching" not in rules(result(run_ms=36, base_ms=30))


def test_a_wrong_result_and_no_result_are_errors() -> None:
    wrong = in_turns([(Entrant(FakeProbe(RUN, steady(5), wrong_at=2)),)], 8)
    run = Run(HEADER, wrong.rows)
    found = Result(run, wrong, (), (), ())
    assert rules(found) == {"bench-wrong": Severity.ERROR}
    nothing = Result(Run(HEADER, ()), Measured(()), (), (), ())
    assert rules(nothing) == {"bench-nothing": Severity.ERROR}


@pytest.mark.parametrize("each", [result(), result(rounds=3), result(run_ms=36, base_ms=30)])
def test_the_json_fits_its_schema(each: Result) -> None:
    record = json.loads(bench_json([each]))
    jsonschema.validate(record, json.loads(schema_path("bench").read_bytes()))
    [artifact] = record["artifacts"]
    figures = {figure["way"]: figure for figure in artifact["figures"]}
    assert figures["load cwasm"]["wall_ns"]["median"] == 4 * MS
    assert len(artifact["figures"]) == len(TIMES)


GO_LINE = re.compile(r"Benchmark[A-Z][^\s]* 1( [0-9]+ [^\s]+)+")


def test_go_format_is_one_line_for_each_row_and_side() -> None:
    run = result(run_ms=36, base_ms=30).run
    head, lines = go_bytes([run]).decode().split("\n", 3)[:3], go_bytes([run]).decode().split("\n")
    assert head == ["goos: wasip1", "goarch: wasm", "pkg: .:a"]
    assert all(GO_LINE.fullmatch(line) for line in lines[3:-1])
    runs = [line for line in lines if "way=run-cwasm" in line]
    assert len(runs) == PAIRS
    name = "BenchmarkExecution/way=run-cwasm/runtime=wasmtime-library-49.0.0/case=c"
    assert runs[0] == f"{name} 1 36000000 ns/op 36000000 cpu-ns/op 9 host_calls/op"
    assert b" 30000000 ns/op" in go_bytes([run], "base")
    assert go_bytes([Run(HEADER, ())]) == b""


def test_the_page_is_whole_and_runs_nothing_of_what_it_quotes() -> None:
    evil = Series("execution", "run cwasm", "x", "<script>alert(1)</script>")
    found = result()
    rows = (*found.run.rows, Row("today", evil, 0, found.run.rows[0].sample))
    page = bench_page([replace(found, run=replace(found.run, rows=rows))])
    assert "<script" not in page
    assert "default-src 'none'" in page
    drawing = page[page.index("<svg") : page.index("</svg>") + 6]
    tree = ET.fromstring(drawing)
    assert len(tree.findall("g")) == len(TIMES) + 1
    places = [float(dot.get("cx", "")) for dot in tree.iter("circle")]
    assert all(0 < place < 1100 for place in places)
    assert plot([]) == ""
