"""wrong-tool of a program that computes: told by what `scons bench` measured alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bench_fakes import series
from corpus import context_of
from wasip1_build.advise.advise import JudgeAdvice
from wasip1_build.advise.bench_rows import BenchRows
from wasip1_build.advise.call_costs import CallCosts
from wasip1_build.advise.measured import Measured
from wasip1_build.advise.package_costs import PackageCosts
from wasip1_build.files import json_bytes, sha256_of_bytes
from wasip1_build.findings import Finding, Severity
from wasip1_build.measure.bench.probe import Sample
from wasip1_build.measure.bench.rounds import Row
from wasip1_build.measure.bench.rows import Header, Run, rows_bytes

MODULE = b"\0asm\1\0\0\0"
HERE, NATIVE = series(), series(way="native process")._replace(runtime="go 1.27.3")
ROWS = BenchRows("build/report/bench.jsonl", "build/a/a.wasm")


def run(
    here: list[int],
    natively: list[int],
    dominating: str = "compute",
    module: bytes = MODULE,
    artifact: str = ".:a",
) -> Run:
    rows = [
        Row("today", each, number, Sample(ns, ns))
        for each, times in ((HERE, here), (NATIVE, natively))
        for number, ns in enumerate(times)
    ]
    header = Header(
        artifact=artifact,
        profile="release",
        measured_at="2026-01-01T00:00:00+00:00",
        machine={"system": "Linux", "machine": "x86_64", "cpus": 2},
        files={"module": sha256_of_bytes(module)},
        tools={},
        settings="01" * 32,
        rounds=len(here),
        dominating={"steady state of c": dominating} if dominating else {},
    )
    return Run(header, tuple(rows))


def told(root: Path, rows: bytes | None, most: Severity = Severity.NOTE) -> tuple[Finding, ...]:
    (root / "build/report").mkdir(parents=True)
    (root / "build/a").mkdir()
    (root / ROWS.module).write_bytes(MODULE)
    if rows is not None:
        (root / ROWS.rows).write_bytes(rows)
    return ROWS.findings(context_of(root, root / "cache"), ".:a", most)


SLOW: Mapping[str, Any] = {"here": [30, 31, 32, 29, 30, 33], "natively": [10] * 6}


def test_what_computes_and_is_slow_is_told_with_its_ratio(tmp_path: Path) -> None:
    (found,) = told(tmp_path, rows_bytes([run(**SLOW)]))
    assert found.what == ".:a computes, and takes 3.05 times as long as natively"
    assert "c, the compiled code's own time to a native process (2.9 to 3.3 times" in found.why
    assert "2026-01-01" in found.why
    assert (found.severity, found.key) == (Severity.NOTE, "package")


@pytest.mark.parametrize(
    "rows",
    [
        None,
        b"",
        b"{\n",
        rows_bytes([run(**SLOW, artifact=".:b")]),
        rows_bytes([run(**SLOW, module=b"another")]),
        rows_bytes([run(**SLOW, dominating="boundary")]),
        rows_bytes([run(**SLOW, dominating="")]),
        rows_bytes([run([14] * 6, [10] * 6)]),
        rows_bytes([run([14, 30, 30, 30, 14, 30], [10] * 6)]),
        rows_bytes([run([30] * 3, [10] * 3)]),
        rows_bytes([run([30] * 6, [])]),
    ],
    ids=[
        "not measured",
        "an empty file",
        "a damaged file",
        "another artifact",
        "another module",
        "host calls dominate",
        "nothing dominates",
        "little slower",
        "not slower each time",
        "too few rounds",
        "not run natively",
    ],
)
def test_without_that_nothing_is_said(tmp_path: Path, rows: bytes | None) -> None:
    assert told(tmp_path, rows) == ()


def test_a_verdict_depends_on_what_was_measured(tmp_path: Path) -> None:
    told(tmp_path, rows_bytes([run(**SLOW)]))
    before = ROWS.key(context_of(tmp_path, tmp_path / "cache"))
    (tmp_path / ROWS.rows).unlink()
    after = ROWS.key(context_of(tmp_path, tmp_path / "cache"))
    assert None not in before
    assert after == (None, before[1])


@pytest.mark.parametrize(
    ("severity", "strict", "told_as"),
    [
        ("note", False, Severity.NOTE),
        ("warning", False, Severity.WARNING),
        ("error", False, Severity.WARNING),
        ("warning", True, Severity.ERROR),
    ],
)
def test_it_is_judged_beside_what_the_sources_say(
    tmp_path: Path, severity: str, *, strict: bool, told_as: Severity
) -> None:
    told(tmp_path, rows_bytes([run(**SLOW)]))
    said = judge(tmp_path, {"wrong-tool": severity}, strict=strict)
    assert [each.severity for each in said] == [told_as]
    assert judge(tmp_path, {"worker-pool": severity}, strict=strict) == ()


def judge(root: Path, severities: Mapping[str, str], *, strict: bool) -> tuple[Finding, ...]:
    nothing = {"artifacts": {".:a": {"findings": [], "unloaded": []}}}
    (root / "advice.json").write_bytes(json_bytes(nothing))
    packages = PackageCosts("a.sizes.json", "go-deps.json", "./a")
    measured = Measured(packages, CallCosts(".:a", "a.wasm", "a.checks.json"), ROWS)
    step = JudgeAdvice(".:a", "advice.json", measured, severities, strict, "out.json")
    return step.findings(context_of(root, root / "cache"))
