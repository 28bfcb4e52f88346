"""Does a program mostly compute, and was it measured to take much longer than natively?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wasip1_build.advise.rules import WRONG_TOOL
from wasip1_build.findings import Failure, Finding, Severity
from wasip1_build.measure.bench.native import WAY as NATIVE
from wasip1_build.measure.bench.phases import RUN
from wasip1_build.measure.bench.probe import Series
from wasip1_build.measure.bench.rows import Run, read_rows
from wasip1_build.measure.noise import Ratio, ratio

MUCH = 1.5  # times as long: for less a second target is hardly worth its keeping
DOMINATING = ("compute", "execution")


def computing(rows: Path, artifact: str, module: str, most: Severity) -> tuple[Finding, ...]:
    """One for an artifact (DIR:NAME) with a case that shows it. Nothing where the rows cannot be
    read, or are of another module than that with this SHA-256."""
    try:
        run = read_rows(rows, rows.name).get(artifact)
    except Failure:
        return ()  # `scons bench` makes it anew
    if run is None or run.header.files.get("module") != module:
        return ()
    worst = max(_slow(run), key=lambda found: found[1].median, default=None)
    return (_finding(run, *worst, most),) if worst else ()


def _slow(run: Run) -> Iterator[tuple[str, Ratio]]:
    """The cases that compute, and take much longer than natively: how much.

    The guest's own time is set against all of the native process, so that starting the one or the
    other speaks for neither.
    """
    by_series: dict[Series, dict[int, int]] = {}
    for row in run.rows:
        if row.side == "today" and row.series.phase == "execution":
            by_series.setdefault(row.series, {})[row.round] = max(1, row.sample.wall_ns)
    natively = {each.case: times for each, times in by_series.items() if each.way == NATIVE}
    for series, here in by_series.items():
        part = run.header.dominating.get(f"steady state of {series.case}")
        rounds = sorted(here.keys() & natively.get(series.case, {}).keys())
        if series.way not in RUN or part not in DOMINATING or not rounds:
            continue
        native = natively[series.case]
        found = ratio([here[each] for each in rounds], [native[each] for each in rounds])
        if found.is_sure and found.low > MUCH:
            yield series.case, found


def _finding(run: Run, case: str, found: Ratio, most: Severity) -> Finding:
    artifact = run.header.artifact
    return Finding(
        WRONG_TOOL,
        most,
        f"{artifact} computes, and takes {found.median:.3g} times as long as natively",
        why=f"measured by `scons bench` at {run.header.measured_at}, of this module: {case}, the "
        f"compiled code's own time to a native process ({found.low:.3g} to {found.high:.3g} times "
        "in pairs). Execution dominates, so that there is little to gain elsewhere",
        fix="run it natively where that is allowed. What wasip1 is for is to hold code that is not "
        "trusted, or one file for every machine: where that is why, this is its price",
        key="package",
    )
