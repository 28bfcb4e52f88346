"""What stands in each cell of the table of artifacts, wherever the table is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from wasip1_build.dataclass import dataclass
from wasip1_build.report.rendering import SEVERITIES, Rendered, Rendering, shown_names
from wasip1_build.report.summary import FORMS, Summary
from wasip1_build.units import human_size, signed_size

LEGEND = (
    "saved: how much smaller the smallest of wasm, br and gz is than debug"
    " (computed from measured sizes)",
    "budget: how much of the tightest budget is used",
)
DELTA_LEGEND = "delta: how much larger wasm is than the size that `scons sizes` accepted last"
CWASM_LEGEND = "cwasm: the largest of an artifact's targets"


@dataclass(frozen=True)
class Column:
    """A heading and how what is below it is set."""

    heading: str
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True)
class Table:
    """Columns, and by artifact (DIR:NAME) one row of texts. An empty text: nothing to say."""

    columns: tuple[Column, ...]
    rows: Mapping[str, tuple[str, ...]]
    legend: tuple[str, ...]


COLUMNS = (
    Column("artifact"),
    *(Column(form, "right") for form in FORMS),
    Column("saved", "right"),
    Column("delta", "right"),
    Column("budget"),
    Column("checks"),
    Column("verdict"),
)


def cells_of(artifact: Summary) -> dict[str, str]:
    """The texts of one artifact's row by heading, but for its name; only forms that it has."""
    delta = delta_cell(artifact)
    saved = "" if artifact.saved_percent is None else f"{artifact.saved_percent:.1f} %"
    forms = {form: _largest(artifact, form) for form in FORMS}
    return {
        **{form: text for form, text in forms.items() if text},
        **({"saved": saved} if any(forms.values()) else {}),
        **({"delta": delta} if delta else {}),
        "budget": budget_cell(artifact),
        "checks": checks_cell(artifact),
        "verdict": "FAIL" if artifact.verdict == "fail" else artifact.verdict.replace("-", " "),
    }


def table_of(build: Rendering) -> Table:
    """The table of a build. Forms that no artifact has get no column."""
    used = {heading for each in build.artifacts.values() for heading in each.cells}
    always = {"artifact", "budget", "checks", "verdict"}
    columns = tuple(column for column in COLUMNS if column.heading in used | always)
    headings = tuple(column.heading for column in columns[1:])
    names = shown_names(build.artifacts)
    rows = {
        artifact: (names[artifact], *_cells(each, headings))
        for artifact, each in build.artifacts.items()
    }
    several = any(each.targets > 1 for each in build.artifacts.values())
    sized = "saved" in used
    legend = (
        *(LEGEND if sized else ()),
        *((DELTA_LEGEND,) if "delta" in used else ()),
        *((CWASM_LEGEND,) if several else ()),
    )
    return Table(columns, rows, legend)


def has_all_of(artifact: Rendered, table: Table) -> bool:
    """Whether an artifact has each of a table's cells, so that its own texts are the table's."""
    return len(artifact.cells) + 1 == len(table.columns)


def _cells(artifact: Rendered, headings: Sequence[str]) -> Iterable[str]:
    if len(artifact.cells) == len(headings):
        return artifact.cells.values()
    return [artifact.cells.get(heading, "") for heading in headings]


def totals_line(build: Rendering) -> str:
    """The build in one sentence: "3 artifacts: 2 passed, 1 failed; 1 error, 2 warnings"."""
    artifacts = _plural(len(build.artifacts), "artifact")
    verdicts = [
        f"{count} {word}"
        for verdict, word in (("pass", "passed"), ("fail", "failed"), ("not-built", "not built"))
        if (count := build.count(verdict))
    ]
    findings = [
        _plural(count, severity)
        for severity, count in zip(SEVERITIES, build.findings, strict=True)
        if count
    ]
    line = f"{artifacts}: {', '.join(verdicts)}" if verdicts else artifacts
    return "; ".join([line, ", ".join(findings)] if findings else [line])


def _largest(artifact: Summary, form: str) -> str:
    sizes = [size.size_bytes for size in artifact.sizes if size.form == form]
    return human_size(max(sizes)).replace(" ", "") if sizes else ""


def delta_cell(artifact: Summary) -> str:
    """ "+12.0KiB": how much larger the module is than it was accepted; "same" where it is not, ""
    where nothing was accepted anywhere."""
    if artifact.moved and artifact.moved.before is None:
        return "new"
    module = next((size for size in artifact.sizes if size.form == "wasm"), None)
    if module is None or module.accepted_bytes is None:
        return ""
    delta_bytes = module.size_bytes - module.accepted_bytes
    return signed_size(delta_bytes).replace(" ", "") if delta_bytes else "same"


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
    used += [
        (each.calls, each.budget_calls, each.budget)
        for each in artifact.calls
        if each.calls is not None
    ]
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
