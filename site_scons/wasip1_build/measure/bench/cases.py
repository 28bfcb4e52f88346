"""Which runs of an artifact are timed, and whether one did what it must."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure
from wasip1_build.measure.bench.probe import LeftOut
from wasip1_build.runtime.grants import not_granted
from wasip1_build.runtime.trial import Subject, try_once
from wasip1_build.runtime.verdict import Run, judge
from wasip1_build.spec.model import Check


@dataclass(frozen=True)
class Runs:
    """What all runs have in common: the machine code for this machine, and how they are verified.

    `path` says where a file of a check is; `cpus` may be used to compile.
    """

    subject: Subject
    module: Path
    code: Path
    path: Callable[[str], Path]
    cpus: int = 1

    def problems(self, check: Check, run: Run) -> str:
        """What a run did not do as expected, in one line; "" where it did."""
        try:
            self.require(check, run, "")
        except Failure as problem:
            return problem.findings[0].what
        return ""

    def require(self, check: Check, run: Run, how: str) -> None:
        """Raises Failure, which says `how` it ran, where a run did not do as expected."""
        found = judge(check, run, self.subject.limits(check), lambda name: self._read(name))
        if found:
            before = f"{how}: " if how else ""
            scratch = f"{self.subject.scratch}/"  # where it is kept what a case wrote first
            said = (before + each.what.replace(scratch, "") for each in found)
            raise Failure(
                tuple(replace(each, what=what) for each, what in zip(found, said, strict=True))
            )

    def once(self, check: Check) -> Run:
        """One run of the machine code. Raises OSError."""
        return try_once(self.subject, check, "cwasm", self.code)

    def _read(self, name: str) -> bytes:
        return self.path(name).read_bytes()


class Cases(NamedTuple):
    """What is timed. `unsteady` are those, by name, whose stdout differs from run to run: another
    program's cannot be compared with it."""

    checks: tuple[Check, ...]
    unsteady: frozenset[str]
    left_out: tuple[LeftOut, ...]


def cases(
    runs: Runs, checks: Iterable[Check], bench: Iterable[Check], passed: frozenset[str]
) -> Cases:
    """The declared checks that `passed`, and the cases of bench that end well.

    One that does not say what stdout must be is expected to write what it writes here, if it does
    so twice. Raises OSError where a process cannot be started.
    """
    found: list[Check] = []
    unsteady: list[str] = []
    left_out: list[LeftOut] = []
    for check in checks:
        if check.name not in passed:
            left_out.append(LeftOut(f"check {check.name}", "it does not pass"))
            continue
        steady = _proved(runs, check)
        found.append(steady or check)
        unsteady += [] if steady else [check.name]
    for case in bench:
        steady, why = _proved_case(runs, case)
        found += [steady] if steady else []
        left_out += [] if steady else [LeftOut(case.name, why)]
    return Cases(tuple(found), frozenset(unsteady), tuple(left_out))


def _proved_case(runs: Runs, case: Check) -> tuple[Check | None, str]:
    refused = not_granted(runs.subject.grants, case, runs.subject.exports)
    problem = refused[0].what if refused else runs.problems(case, runs.once(case))
    if problem:
        return None, problem
    steady = _proved(runs, case)
    return steady, "" if steady else "what it writes differs from run to run: no run is verified"


def _proved(runs: Runs, check: Check) -> Check | None:
    """The check with what it is expected to write; None where that differs from run to run."""
    expect = check.expect
    if expect.stdout is not None or expect.stdout_file is not None:
        return check
    first, second = runs.once(check).outcome.stdout, runs.once(check).outcome.stdout
    if first != second:
        return None
    file = runs.subject.scratch / f"{check.name}.first-run"
    file.write_bytes(first)
    return replace(check, expect=replace(expect, stdout_file=str(file)))
