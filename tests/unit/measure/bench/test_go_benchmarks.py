"""What Go's benchmarks print is read, one at a time; one that says nothing has no figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from wasip1_build.findings import Failure
from wasip1_build.measure.bench.go_benchmarks import (
    Figures,
    GoBenchmark,
    Package,
    Side,
    only,
    parsed,
)

# As go 1.27 prints it, on one CPU.
PRINTED = """goos: linux
pkg: example.com/tool
BenchmarkSum/n=1000          \t   81504\t      1568 ns/op\t       0 B/op\t       0 allocs/op
BenchmarkFast \t 1000000000\t         0.2500 ns/op
BenchmarkCopy\t 100\t 12.5 ns/op\t 80.00 MB/s\t 7 B/op\t 1 allocs/op
BenchmarkBroken
    main_test.go:7: no
PASS
"""


def benchmark(place: Path, text: str, name: str = "BenchmarkCopy") -> GoBenchmark:
    program = place / "native.test"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    side = Side("go 1.27.3", (), {"PATH": "/usr/bin:/bin"})
    return GoBenchmark(side, Package("example.com/tool", place), program, name)


def test_figures_are_read_with_their_units() -> None:
    assert parsed(PRINTED) == {
        "BenchmarkSum/n=1000": Figures(1568.0, 0, 0),
        "BenchmarkFast": Figures(0.25),
        "BenchmarkCopy": Figures(12.5, 7, 1),
    }


def test_one_benchmark_is_selected_part_by_part() -> None:
    assert only("BenchmarkSum/n=1000/a.b") == r"^BenchmarkSum$/^n=1000$/^a\.b$"


def test_a_benchmark_runs_alone_without_tests_and_tells_one_operation(tmp_path: Path) -> None:
    probe = benchmark(tmp_path, f'echo "$*" > flags; cat <<"END"\n{PRINTED}END')
    sample = probe.once()
    assert (sample.wall_ns, sample.cpu_ns) == (12, None)
    facts = {"bytes_per_op": 7, "allocs_per_op": 1, "picoseconds_per_op": 12_500}
    assert dict(sample.facts) == facts
    flags = (tmp_path / "flags").read_text()
    assert "-test.run=^$ -test.bench=^BenchmarkCopy$ " in flags
    assert "-test.cpu=1" in flags
    assert probe.series.case == "example.com/tool.BenchmarkCopy"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f'cat <<"END"\n{PRINTED}END\nexit 1', "it ends with 1"),
        ("echo PASS", "it ends with 0: PASS"),
        ("echo panic: no >&2; exit 2", "it ends with 2: panic: no"),
    ],
    ids=["fails", "says nothing", "panics"],
)
def test_a_benchmark_that_fails_or_says_nothing_has_no_figures(
    tmp_path: Path, text: str, why: str
) -> None:
    with pytest.raises(Failure, match="printed no figures") as raised:
        benchmark(tmp_path, text).once()
    assert raised.value.findings[0].why.startswith(why)
