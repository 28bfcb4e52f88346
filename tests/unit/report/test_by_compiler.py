"""What is told of two compilers' modules: figures, and only what they prove."""

from __future__ import annotations

from dataclasses import replace

from wasip1_build.findings import Finding, Severity
from wasip1_build.measure.by_compiler import Measured
from wasip1_build.measure.cost import Cost
from wasip1_build.measure.spread import Spread
from wasip1_build.report.by_compiler import compared_record, compared_text
from wasip1_build.runtime.go_test_output import TestOutcome
from wasip1_build.steps.test_record import TestRecord

PASSED = TestRecord("m/lib", "lib", "wasmtime", "pass", tests=(TestOutcome("TestA", "pass"),))
GO = Measured(
    compiler="go",
    version="1.27.3",
    cold=Cost(2_000_000_000, 4_000_000_000),
    again=Cost(1_000_000_000, 1_000_000_000),
    sizes_bytes={"wasm": 2048, "br": 1024, "gz": 1024, "cwasm": 4096},
    phases={"load": Spread(100, 90, 110), "run says": Spread(1000, 900, 1100)},
    checks={"instantiates": "pass", "says": "pass"},
    peak_memory_bytes=1 << 20,
    tests=(PASSED,),
    findings=(),
    left_out=(),
)
TINY = replace(
    GO,
    compiler="tinygo",
    version="0.42.0",
    cold=Cost(2_100_000_000, 8_000_000_000),
    sizes_bytes={"wasm": 1024, "br": 256, "gz": 512, "cwasm": 1024},
    phases={"load": Spread(20, 10, 30), "run says": Spread(950, 890, 1300)},
)


def rows(go: Measured, tinygo: Measured) -> dict[str, str]:
    """The last column by measure."""
    lines = compared_text(go, tinygo, "").split("\n\n")[0].splitlines()[1:]
    return {line[15:].partition("  ")[0]: line.split()[-1] for line in lines}


def test_less_is_gained_and_more_is_lost() -> None:
    said = compared_text(GO, TINY, "about it")
    [gained] = [line for line in said.splitlines() if line.startswith("TinyGo gains: ")]
    [lost] = [line for line in said.splitlines() if line.startswith("TinyGo loses: ")]
    assert "wasm 0.50, br 0.25" in gained
    assert "load 0.20" in gained
    assert lost == "TinyGo loses: from nothing, CPU 2.00"
    assert said.endswith("about it\n")


def test_what_may_be_noise_is_called_the_same() -> None:
    told = rows(GO, TINY)
    assert (told["run says"], told["from nothing, wall"]) == ("(same)", "(same)")
    assert "run says" not in compared_text(GO, TINY, "").split("gains")[1]


def test_what_was_not_run_has_no_ratio_and_is_said() -> None:
    failing = replace(
        TINY,
        checks={"instantiates": "pass", "says": "fail"},
        phases={},
        tests=(replace(PASSED, verdict="fail", tests=(TestOutcome("TestA", "fail"),)),),
        findings=(Finding("import-sockets", Severity.ERROR, "it imports sock_recv"),),
        left_out=("go-flags",),
    )
    said = compared_text(GO, failing, "")
    assert rows(GO, failing)["run says"] == "—"
    assert "TinyGo: check says: fail\n" in said
    assert "TinyGo: tests of m/lib: fail\n" in said
    assert "TinyGo: it imports sock_recv [import-sockets]\n" in said
    assert "TinyGo: has no go-flags: built without it\n" in said
    assert "not proved" in said
    assert "not proved" not in compared_text(GO, TINY, "")


def test_json_has_every_figure_with_its_unit() -> None:
    record = compared_record(GO, TINY)
    assert record["tinygo"]["sizes_bytes"]["br"] == 256
    assert record["go"]["phases_ns"]["load"] == {"median": 100, "low": 90, "high": 110}
    assert record["go"]["tests"][0]["tests"] == {"TestA": "pass"}
