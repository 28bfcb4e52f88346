"""How many instructions and host calls has a run? Counted exactly, in runs that are not timed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from wasip1_build.dataclass import dataclass
from wasip1_build.measure.bench.cases import Runs
from wasip1_build.measure.bench.probe import LeftOut
from wasip1_build.runtime.counted import counted_run, fd_write_calls, host_calls, imports_of
from wasip1_build.runtime.request import HostFunction
from wasip1_build.runtime.trial import Subject, compile_form, try_once
from wasip1_build.runtime.verdict import Run
from wasip1_build.spec.model import Check


class Counts(NamedTuple):
    """Of each case by its name: facts, beside what could not be counted."""

    facts: dict[str, dict[str, int]]
    left_out: tuple[LeftOut, ...]


def counts(runs: Runs, checks: tuple[Check, ...]) -> Counts:
    """Host calls, and instructions where two runs have the same number of them. Raises OSError
    where a process cannot be started."""
    found: dict[str, dict[str, int]] = {check.name: {} for check in checks}
    left_out: list[LeftOut] = []
    for counter in (_HostCalls(runs), _Instructions(runs)):
        why = counter.why_not()
        if why:
            left_out.append(LeftOut(counter.what, why))
            continue
        for check in checks:
            counted = counter.of(check)
            if isinstance(counted, str):
                left_out.append(LeftOut(f"{counter.what} of {check.name}", counted))
            else:
                found[check.name] |= counted
    return Counts(found, tuple(left_out))


@dataclass(frozen=True)
class _HostCalls:
    """Calls of imports, and those of fd_write among them."""

    runs: Runs
    what: str = "host calls"

    def why_not(self) -> str:
        """Why they cannot be counted; "" where they can."""
        imported = self._imports()
        return imported if isinstance(imported, str) else ""

    def of(self, check: Check) -> dict[str, int] | str:
        """The facts of one run, or why there are none."""
        imported = self._imports()
        assert not isinstance(imported, str), imported
        run = counted_run(self.runs.subject, check, self.runs.code, imported)
        if problem := self.runs.problems(check, run):
            return problem
        calls, writes = host_calls(run), fd_write_calls(run)
        if calls is None or writes is None:
            return "the engine did not count them"
        return {"host_calls": calls, "fd_writes": writes}

    def _imports(self) -> tuple[HostFunction, ...] | str:
        return imports_of(self.runs.module, self.runs.module.name)


@dataclass(frozen=True)
class _Instructions:
    """Units of the engine's fuel, for which the module is compiled once more."""

    runs: Runs
    what: str = "instructions"

    def why_not(self) -> str:
        """Compiles for it; why that fails, "" where it does not."""
        outcome = compile_form(self._subject, self.runs.module, self._code, self.runs.cpus)
        response = outcome.response
        if response is None:
            return "the module was not compiled in time" if outcome.killed else "the engine crashed"
        return "" if response.stage == "ended" else response.error

    def of(self, check: Check) -> dict[str, int] | str:
        """The fact of two runs, or why there is none."""
        runs = [try_once(self._subject, check, "cwasm", self._code) for _ in range(2)]
        for run in runs:
            if problem := self.runs.problems(check, run):
                return f"with a fixed clock and fixed random numbers, {problem}"
        first, second = (_instructions(run) for run in runs)
        if first != second:
            return f"two runs had {first} and {second}: what the program does is not determined"
        return {"instructions": first}

    @property
    def _subject(self) -> Subject:
        return replace(self.runs.subject, fueled=True, counted=None)

    @property
    def _code(self) -> Path:
        return self.runs.subject.scratch / "fuel.code"


def _instructions(run: Run) -> int:
    assert run.outcome.response is not None, "a run without a response did not pass"
    return run.outcome.response.instructions or 0
