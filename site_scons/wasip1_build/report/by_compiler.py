"""What one artifact is by Go and by TinyGo, as a table, and what is gained and lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Severity
from wasip1_build.measure.by_compiler import Measured
from wasip1_build.measure.cost import Cost
from wasip1_build.measure.spread import Spread
from wasip1_build.report.lines import aligned, spread_text
from wasip1_build.steps.test_record import TestRecord
from wasip1_build.units import human_size, human_time

NAMES = {"go": "Go", "tinygo": "TinyGo"}
_PHASES = ("load", "start")


@dataclass(frozen=True)
class Row:
    """One measure of both. `values` are numbers of which less is better; `apart` says whether they
    differ by more than they spread."""

    phase: str
    measure: str
    cells: tuple[str, str]
    values: tuple[int, int] | None = None
    apart: bool = True

    @property
    def ratio(self) -> str:
        """TinyGo's number, Go's being one."""
        if self.values is None or not self.values[0]:
            return ""
        return f"{self.values[1] / self.values[0]:.2f}" if self.apart else "(same)"


def compared_text(go: Measured, tinygo: Measured, about: str) -> str:
    """The table with what follows from it; `about` says what was measured on what."""
    rows = list(_rows(go, tinygo))
    table = [("phase", "measure", "Go", "TinyGo", "TinyGo/Go")]
    table += [(row.phase, row.measure, *row.cells, row.ratio) for row in rows]
    lines = ["  ".join(cells).rstrip() for cells in aligned(table, (False, False, True, True))]
    lines += ["", *_gained(rows), *_lost(go, tinygo, rows), about]
    return "\n".join(lines) + "\n"


def compared_record(go: Measured, tinygo: Measured) -> dict[str, Any]:
    """The same as JSON: bytes, nanoseconds and counts, every measurement's spread with it."""
    return {each.compiler: _record(each) for each in (go, tinygo)}


def _rows(go: Measured, tinygo: Measured) -> Iterator[Row]:
    for form in ("wasm", "br", "gz"):
        yield _sizes("delivery", form, go, tinygo)
    for name, costs in {
        "from nothing": (go.cold, tinygo.cold),
        "again": (go.again, tinygo.again),
    }.items():
        yield _cost(f"{name}, CPU", [cost.cpu_ns for cost in costs])
        yield _cost(f"{name}, wall", [cost.wall_ns for cost in costs])
    yield _sizes("compilation", "cwasm", go, tinygo)
    for phase in _PHASES:
        yield from _times("instantiation", phase, phase, go, tinygo)
    for name in dict.fromkeys((*go.phases, *tinygo.phases)):
        if name not in _PHASES:
            yield from _times("execution", name, name, go, tinygo)
    if go.peak_memory_bytes and tinygo.peak_memory_bytes:
        peaks = (go.peak_memory_bytes, tinygo.peak_memory_bytes)
        cells = (human_size(peaks[0]), human_size(peaks[1]))
        yield Row("execution", "peak memory", cells, peaks)
    yield Row("proof", "checks passed", (_passed(go.checks), _passed(tinygo.checks)))
    yield Row("proof", "tests passed", (_tests(go.tests), _tests(tinygo.tests)))


def _sizes(phase: str, form: str, go: Measured, tinygo: Measured) -> Row:
    sizes = (go.sizes_bytes[form], tinygo.sizes_bytes[form])
    return Row(phase, form, (human_size(sizes[0]), human_size(sizes[1])), sizes)


def _cost(name: str, costs: list[int]) -> Row:
    """Measured once, so what is within a fifth says nothing."""
    first, second = costs
    apart = abs(first - second) > max(first, second) / 5
    return Row("compilation", name, (human_time(first), human_time(second)), (first, second), apart)


def _times(phase: str, name: str, key: str, go: Measured, tinygo: Measured) -> Iterator[Row]:
    a, b = go.phases.get(key), tinygo.phases.get(key)
    if a and b:
        cells = (_spread(a), _spread(b))
        yield Row(phase, name, cells, (a.median, b.median), a.is_apart(b))
    elif a or b:
        yield Row(phase, name, (_spread(a) if a else "—", _spread(b) if b else "—"))


def _gained(rows: list[Row]) -> Iterator[str]:
    better = [row for row in rows if row.values and row.apart and row.values[1] < row.values[0]]
    if better:
        yield "TinyGo gains: " + ", ".join(f"{row.measure} {row.ratio}" for row in better)


def _lost(go: Measured, tinygo: Measured, rows: list[Row]) -> Iterator[str]:
    worse = [row for row in rows if row.values and row.apart and row.values[1] > row.values[0]]
    if worse:
        yield "TinyGo loses: " + ", ".join(f"{row.measure} {row.ratio}" for row in worse)
    if not any(test.verdict == "pass" and test.tests for test in tinygo.tests):
        yield "not proved: no test of what it links ran under TinyGo"
    for side in (go, tinygo):
        yield from (f"{NAMES[side.compiler]}: {what}" for what in _wrong(side))


def _wrong(side: Measured) -> Iterator[str]:
    """What did not pass, and what was left out."""
    for check, verdict in side.checks.items():
        if verdict != "pass":
            yield f"check {check}: {verdict}"
    for test in side.tests:
        if test.verdict not in ("pass", "no tests"):
            yield f"tests of {test.import_path}: {test.verdict}{_why(test)}"
    for finding in side.findings:
        if finding.severity is Severity.ERROR:
            yield f"{finding.what} [{finding.rule}]"
    for key in side.left_out:
        yield f"has no {key}: built without it"


def _why(test: TestRecord) -> str:
    return "".join(f" ({finding.why})" for finding in test.findings[:1] if finding.why)


def _passed(checks: Mapping[str, str]) -> str:
    return f"{sum(verdict == 'pass' for verdict in checks.values())} of {len(checks)}"


def _tests(records: tuple[TestRecord, ...]) -> str:
    top = [test for record in records for test in record.tests if "/" not in test.name]
    if not top:
        return "none ran"
    return f"{sum(test.status == 'pass' for test in top)} of {len(top)}"


def _spread(each: Spread) -> str:
    return spread_text(each, human_time)


def _record(each: Measured) -> dict[str, Any]:
    return {
        "version": each.version,
        "sizes_bytes": dict(each.sizes_bytes),
        "compilation": {"cold": _cost_record(each.cold), "again": _cost_record(each.again)},
        "phases_ns": {name: spread._asdict() for name, spread in each.phases.items()},
        "peak_memory_bytes": each.peak_memory_bytes,
        "checks": dict(each.checks),
        "tests": [
            {
                "import_path": record.import_path,
                "verdict": record.verdict,
                "tests": {test.name: test.status for test in record.tests},
            }
            for record in each.tests
        ],
        "findings": [finding.to_json() for finding in each.findings],
        "left_out": list(each.left_out),
    }


def _cost_record(cost: Cost) -> dict[str, int]:
    return cost._asdict()
