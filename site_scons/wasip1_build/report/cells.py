"""What stands in each cell of the table of artifacts, wherever the table is shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from wasip1_build.report.summary import FORMS, Report, Summary
from wasip1_build.units import human_size

LEGEND = (
    "saved: how much smaller the smallest of wasm, br and gz is than debug"
    " (computed from measured sizes)",
    "budget: how much of the tightest budget is used",
)
CWASM_LEGEND = "cwasm: the largest of an artifact's targets"


@dataclass(frozen=True)
class Column:
    """A heading and how what is below it is set."""

    heading: str
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True)
class Table:
    """Columns, and one row of texts an artifact. An empty text: there is nothing to say."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    legend: tuple[str, ...]


def table_of(report: Report) -> Table:
    """The table of a build. Forms that no artifact has get no column."""
    built = {size.form for artifact in report.artifacts for size in artifact.sizes}
    forms = tuple(form for form in FORMS if form in built)
    repeated = {
        name
        for name, count in Counter(artifact.name for artifact in report.artifacts).items()
        if count > 1
    }
    columns = (
        Column("artifact"),
        *(Column(form, "right") for form in forms),
        *((Column("saved", "right"),) if forms else ()),
        Column("budget"),
        Column("checks"),
        Column("verdict"),
    )
    rows = tuple(_row(artifact, forms, repeated) for artifact in report.artifacts)
    several = any(
        sum(size.form == "cwasm" for size in artifact.sizes) > 1 for artifact in report.artifacts
    )
    legend = (*(LEGEND if forms else ()), *((CWASM_LEGEND,) if several else ()))
    return Table(columns, rows, legend)


def totals_line(report: Report) -> str:
    """The build in one sentence: "3 artifacts: 2 passed, 1 failed; 1 error, 2 warnings"."""
    artifacts = _plural(len(report.artifacts), "artifact")
    verdicts = [
        f"{count} {word}"
        for verdict, word in (("pass", "passed"), ("fail", "failed"), ("not-built", "not built"))
        if (count := sum(artifact.verdict == verdict for artifact in report.artifacts))
    ]
    severities = Counter(str(finding.severity) for finding in report.all_findings)
    findings = [
        _plural(severities[severity], severity)
        for severity in ("error", "warning", "note")
        if severities[severity]
    ]
    line = f"{artifacts}: {', '.join(verdicts)}" if verdicts else artifacts
    return "; ".join([line, ", ".join(findings)] if findings else [line])


def _row(artifact: Summary, forms: tuple[str, ...], repeated: set[str]) -> tuple[str, ...]:
    saved = "" if artifact.saved_percent is None else f"{artifact.saved_percent:.1f} %"
    return (
        artifact.artifact if artifact.name in repeated else artifact.name,
        *(_largest(artifact, form) for form in forms),
        *((saved,) if forms else ()),
        budget_cell(artifact),
        checks_cell(artifact),
        "FAIL" if artifact.verdict == "fail" else artifact.verdict.replace("-", " "),
    )


def _largest(artifact: Summary, form: str) -> str:
    sizes = [size.size_bytes for size in artifact.sizes if size.form == form]
    return human_size(max(sizes)).replace(" ", "") if sizes else ""


def budget_cell(artifact: Summary) -> str:
    """ "87 % br": the budget of which the most is used. Rounded up, so that 100.01 % is over."""
    if not artifact.sizes:
        return ""
    used = [
        (size.size_bytes, size.budget_bytes, size.form)
        for size in artifact.sizes
        if size.budget_bytes is not None
    ]
    memory = artifact.memory
    if "peak_bytes" in memory and "budget_bytes" in memory:
        used.append((memory["peak_bytes"], memory["budget_bytes"], "memory"))
    if not used:
        return "no budget"
    percents = [(-(-100 * actual // max(limit, 1)), form) for actual, limit, form in used]
    percent, form = max(percents, key=lambda each: each[0])
    return f"{percent} % {form}"


def checks_cell(artifact: Summary) -> str:
    """How the declared checks ended; "no checks" where there are none."""
    if artifact.verdict == "not-built" or (artifact.verdict == "fail" and not artifact.checks):
        return ""
    declared = artifact.declared_checks
    failed = sum(verdict != "pass" for _, verdict in declared)
    if not declared:
        return "no checks"
    return f"{failed} failed" if failed else f"{len(declared)} passed"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
