"""Runs of checks under settings of Go's collector: in turns, each in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, Finding
from wasip1_build.measure.cases import CASE
from wasip1_build.measure.gc_settings import Need, Setting
from wasip1_build.measure.gctrace import Collections, collections, traced
from wasip1_build.measure.spread import Spread
from wasip1_build.runtime.request import Response
from wasip1_build.runtime.trial import INSTANTIATES, Subject, try_once
from wasip1_build.runtime.verdict import Run, judge
from wasip1_build.spec.model import Check

OFTEN = "20"  # a GOGC under which what is live is seen more often than with Go's default
NO_MEMORY = b"out of memory"  # in what Go prints of it, then it exits with 2


class Sample(NamedTuple):
    """One run of one check: of its run phase, or where a reactor is only started, of that."""

    wall_ns: int
    cpu_ns: int
    peak_memory_bytes: int


@dataclass(frozen=True)
class Tried:
    """One setting: its runs by check, in the order of rounds, or how a check of it failed.

    `collections` are of one more run of each check, which was traced and not timed.
    """

    setting: Setting
    samples: Mapping[str, tuple[Sample, ...]]
    collections: Mapping[str, Collections]
    failed: str = ""  # "check NAME: out of memory"; "" where all passed each time

    @property
    def cpu_ns(self) -> tuple[int, ...]:
        """Of each round, what its checks used together."""
        return tuple(sum(each.cpu_ns for each in one) for one in self._rounds())

    @property
    def wall_ns(self) -> tuple[int, ...]:
        """Of each round, how long its checks took together."""
        return tuple(sum(each.wall_ns for each in one) for one in self._rounds())

    @property
    def peaks_bytes(self) -> tuple[int, ...]:
        """Of each round, the highest peak of its checks."""
        return tuple(max(each.peak_memory_bytes for each in one) for one in self._rounds())

    @property
    def peak(self) -> Spread:
        """The same over all rounds."""
        return Spread.of(self.peaks_bytes)

    @property
    def collected(self) -> int:
        """How many collections the traced runs of all checks had together."""
        return sum(each.number for each in self.collections.values())

    def _rounds(self) -> Iterator[tuple[Sample, ...]]:
        return zip(*self.samples.values(), strict=True)


@dataclass(frozen=True)
class Runner:
    """Checks and the machine code that they run. `path` says where a file of a check is."""

    subject: Subject
    code: Path
    checks: tuple[Check, ...]
    path: Callable[[str], Path]

    def in_turns(
        self, settings: tuple[Setting, ...], rounds: int, tell: Callable[[str], None]
    ) -> tuple[Tried, ...]:
        """Every setting once in each round, which begins with another each time: what slows the
        machine down for a while, or comes of the order, touches all. One that fails is not run
        again. Raises OSError where a process cannot be started."""
        trials = [_Trial(self, setting) for setting in settings]
        for number in range(rounds):
            going = sum(not each.failed for each in trials)
            tell(f"round {number + 1} of {rounds}: {going} settings")
            first = number % len(trials)
            for trial in trials[first:] + trials[:first]:
                trial.run_once()
        tell("tracing the collections of each setting")
        return tuple(trial.tried() for trial in trials)

    def need(self, default: Setting) -> Need | None:
        """What the checks need under Go's defaults; None where one of them fails so."""
        peaks: list[int] = []
        live: list[int] = []
        for check in self.checks:
            run = self.run(default, check)
            if self.problems(default, check, run) or run.peak_memory_bytes is None:
                return None
            peaks.append(run.peak_memory_bytes)
            for setting in (default, replace(default, gogc=OFTEN)):
                most = self.collections(setting, check).live_bytes
                live += [] if most is None else [most]
        return Need(max(peaks), max(live, default=None))

    def proved(self, setting: Setting) -> Runner:
        """The same, its cases expected to write to stdout what they write under a setting, if they
        do so twice. Raises Failure where a check fails under it."""
        runs = {check.name: self.run(setting, check) for check in self.checks}
        found = (self.problems(setting, check, runs[check.name]) for check in self.checks)
        if findings := sum(found, ()):
            raise Failure(findings)
        checks = (
            self._expecting(check, setting, runs[check.name].outcome.stdout)
            if check.name.startswith(CASE)
            else check
            for check in self.checks
        )
        return replace(self, checks=tuple(checks))

    def _expecting(self, case: Check, setting: Setting, stdout: bytes) -> Check:
        if self.run(setting, case).outcome.stdout != stdout:
            return case  # what it writes differs from run to run
        file = self.subject.scratch / f"{case.name}.stdout"
        file.write_bytes(stdout)
        return replace(case, expect=replace(case.expect, stdout_file=str(file)))

    def run(self, setting: Setting, check: Check) -> Run:
        """One run. Raises OSError where its process cannot be started."""
        return try_once(self._under(setting), check, "cwasm", self.code)

    def collections(self, setting: Setting, check: Check) -> Collections:
        """Those of one more run, which is neither timed nor judged: its stderr tells of them."""
        grants, check = traced(self.subject.grants, check)
        subject = replace(self._under(setting), grants=grants)
        return collections(try_once(subject, check, "cwasm", self.code).outcome.stderr)

    def problems(self, setting: Setting, check: Check, run: Run) -> tuple[Finding, ...]:
        """What a run did not do as expected."""
        limits = self._under(setting).limits(check)
        return judge(check, run, limits, lambda name: self.path(name).read_bytes())

    def start_memory_bytes(self) -> int:
        """How large the memory is before any code of the module runs; 0 where it exports none."""
        linked = replace(self.subject, kind="command")
        return try_once(linked, INSTANTIATES, "cwasm", self.code).peak_memory_bytes or 0

    def _under(self, setting: Setting) -> Subject:
        return replace(
            self.subject,
            gogc=setting.gogc,
            memory_limit_bytes=setting.memory_limit_bytes,
            max_memory_bytes=setting.max_memory_bytes,
        )


class _Trial:
    """What is known of one setting while rounds go on."""

    def __init__(self, runner: Runner, setting: Setting) -> None:
        self.runner, self.setting = runner, setting
        self.samples: dict[str, list[Sample]] = {check.name: [] for check in runner.checks}
        self.failed = ""

    def run_once(self) -> None:
        """Each check once, until one fails."""
        for check in self.runner.checks:
            if self.failed:
                return
            run = self.runner.run(self.setting, check)
            problems = self.runner.problems(self.setting, check, run)
            sample = _sample(run)
            if problems or sample is None:
                self.failed = why_failed(check, run, problems)
            else:
                self.samples[check.name].append(sample)

    def tried(self) -> Tried:
        """What came out, with a trace of collections."""
        samples = {} if self.failed else self.samples
        return Tried(
            self.setting,
            {name: tuple(each) for name, each in samples.items()},
            {} if self.failed else self._collections(),
            self.failed,
        )

    def _collections(self) -> dict[str, Collections]:
        checks = self.runner.checks
        return {check.name: self.runner.collections(self.setting, check) for check in checks}


def why_failed(check: Check, run: Run, problems: tuple[Finding, ...]) -> str:
    """How a check failed, in a few words."""
    subject = f"check {check.name}: "
    if run.outcome.response is not None and NO_MEMORY in run.outcome.stderr:
        return f"{subject}out of memory"
    if problems:
        return problems[0].what
    return f"{subject}the module exports no memory that could be measured"


def _sample(run: Run) -> Sample | None:
    response: Response | None = run.outcome.response
    if response is None or response.peak_memory_bytes is None:
        return None
    phase = "run" if "run" in response.phases_ns else "start"
    wall_ns, cpu_ns = response.phases_ns[phase], response.phases_cpu_ns[phase]
    return Sample(wall_ns, max(1, cpu_ns), response.peak_memory_bytes)
