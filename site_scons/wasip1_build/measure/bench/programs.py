"""How long does a program take that does what a case does: its whole process, from start to end?"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from wasip1_build import process
from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure
from wasip1_build.measure.bench import program_child
from wasip1_build.measure.bench.cases import Runs
from wasip1_build.measure.bench.probe import LeftOut, Probe, Sample, Series
from wasip1_build.measure.cost import Cost
from wasip1_build.runtime.launch import Limits, Outcome
from wasip1_build.runtime.request import Response
from wasip1_build.runtime.scratch_watch import ScratchWatch
from wasip1_build.runtime.trial import Place, try_in_copies
from wasip1_build.runtime.verdict import Run
from wasip1_build.spec.model import Check

# A runtime compiles the module before it runs it, which is no time of the case's own limit.
COMPILES_S = 120.0


class Command(NamedTuple):
    """What is started; `env` is its whole environment."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path


@dataclass(frozen=True)
class ByProgram:
    """A case by a program, on private copies of what is granted and with the case's stdin."""

    runs: Runs
    check: Check
    series: Series
    command: Callable[[Place], Command]

    def once(self) -> Sample:
        """One process. Raises Failure where it does not do what the case expects; OSError."""
        costs: list[Cost] = []

        def run(place: Place) -> Outcome:
            outcome, cost = _ran(self.command(place), place, self.runs.subject.limits(self.check))
            costs.append(cost)
            return outcome

        run_ = try_in_copies(self.runs.subject, self.check, "program", run)
        self._require(run_)
        return Sample(costs[0].wall_ns, costs[0].cpu_ns)

    def _require(self, run: Run) -> None:
        self.runs.require(self.check, run, f"{self.series.runtime}, {self.series.way}")


def tried(probe: Probe, what: str) -> Probe | LeftOut:
    """A probe that did once what it must, or why it is left out."""
    try:
        probe.once()
    except Failure as problem:
        first = problem.findings[0]
        return LeftOut(what, ": ".join(part for part in (first.what, first.why) if part))
    except OSError as error:
        return LeftOut(what, f"it cannot be started: {error}")
    return probe


def _ran(command: Command, place: Place, limits: Limits) -> tuple[Outcome, Cost]:
    watch = ScratchWatch(
        place.written,
        place.directory,
        timeout_s=limits.timeout_s + COMPILES_S,
        size_bytes=limits.scratch_bytes,
        files=limits.scratch_files,
    )
    told = place.directory / "told.json"
    result = process.run(
        (sys.executable, "-I", "-S", program_child.__file__, str(told), *command.argv),
        env=command.env,
        cwd=command.cwd,
        stdin=place.stdin,
        file_bytes=limits.scratch_bytes,
        output_bytes=limits.output_bytes,
        watch=watch,
    )
    watch.overfull()  # what was written since it was asked last
    killed = watch.reason or ("output" if result.killed else "")
    record = {} if killed else _record(told)
    code: int = record.get("code", result.returncode or -1)
    response = Response("ended", exit=code) if code >= 0 else None
    outcome = Outcome(response, result.stdout, result.stderr, killed, code)
    return outcome, Cost(record.get("wall_ns", 0), record.get("cpu_ns", 0))


def _record(told: Path) -> dict[str, int]:
    try:
        record: dict[str, int] = json.loads(told.read_text())
    except (OSError, ValueError):  # who should have written it was killed
        return {}
    return record
