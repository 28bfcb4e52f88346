"""One artifact is measured: today's files, and beside them those of an earlier run."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure
from wasip1_build.measure.bench.choice import choices
from wasip1_build.measure.bench.compare import (
    Comparison,
    compared,
    moved_facts,
    pairs_for,
)
from wasip1_build.measure.bench.estimate import NEEDED
from wasip1_build.measure.bench.host_call import host_call_ns
from wasip1_build.measure.bench.kept import Kept
from wasip1_build.measure.bench.outdated import changed, surroundings
from wasip1_build.measure.bench.phases import Account, accounts, shipped
from wasip1_build.measure.bench.probe import Probe, Series
from wasip1_build.measure.bench.probes import NATIVE, Probes, probes_of
from wasip1_build.measure.bench.result import Result
from wasip1_build.measure.bench.rounds import Cut, Entrant, Group, Measured, Rounds
from wasip1_build.measure.bench.rows import Header, Run
from wasip1_build.measure.bench.settings import settings_of, toolchain_of
from wasip1_build.measure.bench.subject import BenchSubject

NO_PROGRAM = NATIVE  # of a base's files nothing is built natively, and no program runs them
# How much of the time is for what does not take seconds of CPU time a turn, as this does.
OTHERS = 0.6
DEAR = ("compile", "recompile", "process, cache off", "process, cold cache")
# The library's and the program's own ways that say most of a module: those are measured in pairs.
PAIRED = ("compile module", "load cwasm", "instance per request", "run cwasm")


@dataclass(frozen=True)
class Benchmark:
    """How artifacts are measured. `rounds` has the number and the time; `base` are the runs of an
    earlier file by artifact, under the name `base_name`; `kept` is where files are kept."""

    rounds: Rounds
    kept: Kept
    profile: str
    cpus: int
    base: Mapping[str, Run] | None = None
    base_name: str = ""
    probes_of: Callable[..., Any] = probes_of
    call_ns: Callable[[BenchSubject], int | None] = lambda subject: call_ns(subject)

    def of(self, subject: BenchSubject) -> Result:
        """Measures one artifact. Raises Failure where nothing of it can be measured; OSError."""
        before = (self.base or {}).get(subject.artifact.id)
        with ExitStack() as stack:
            today: Probes = stack.enter_context(self.probes_of(subject, self.rounds.tell))
            now = self._header(subject, today)
            base, why_not = self._base(stack, subject, before, now)
            groups = _groups(today.probes, base.probes if base else ())
            pairs = [group[0].probe.series for group in groups if len(group) > 1]
            measured = self._measured(groups, pairs_for(len(pairs)) if pairs else NEEDED)
        left_out = tuple(Cut(*each) for each in today.left_out)
        order = tuple(probe.series for probe in today.probes)
        found = accounts(
            measured,
            is_precompiled=subject.files.cwasm is not None,
            call_ns=self.call_ns(subject),
            order=order,
        )
        header = replace(now, rounds=measured.rounds, dominating=_dominating(found))
        run = Run(header, measured.rows)
        comparison = _comparison(measured, pairs, before, run, why_not) if self.base else None
        return Result(
            run=run,
            measured=measured,
            left_out=left_out,
            accounts=found,
            choices=tuple(choices(measured, subject.artifact.bench.runtime)),
            order=order,
            formats=subject.artifact.compress_formats,
            comparison=comparison,
            before=before,
            since=changed(before.header, header) if before else (),
            base=self.base_name,
        )

    def _measured(self, groups: list[Group], needed: int) -> Measured:
        """What takes seconds a turn comes after all else, so that it takes no time from it."""
        dear = [group for group in groups if _is_dear(group)]
        others = [group for group in groups if not _is_dear(group)]
        now, until = self.rounds.clock(), self.rounds.until
        first_until = now + OTHERS * (until - now) if dear else until
        measured = replace(self.rounds, until=first_until, needed=needed).measure(others)
        return measured + self.rounds.as_time_allows(dear)

    def _base(
        self, stack: ExitStack, subject: BenchSubject, before: Run | None, now: Header
    ) -> tuple[Probes | None, str]:
        """The base's probes; or none, and why: "" where the bytes are the same."""
        if before is None:
            return None, f"{self.base_name} has no run of it"
        if before.header.files == now.files:
            others = surroundings(before.header, now)
            return None, f"{' and '.join(others)} changed, its files did not" if others else ""
        files = self.kept.files(before.header.files)
        if files is None:
            return None, "the files that it measured are not kept in this build directory any more"
        try:
            other = replace(subject, files=files, is_base=True, runtimes=(NO_PROGRAM,))
            return stack.enter_context(self.probes_of(other, self.rounds.tell)), ""
        except Failure as problem:
            return None, f"its files cannot be measured today: {problem.findings[0].what}"

    def _header(self, subject: BenchSubject, today: Probes) -> Header:
        return Header(
            artifact=subject.artifact.id,
            profile=self.profile,
            measured_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            machine=machine(self.cpus),
            files=self.kept.put(subject.files),
            tools=tools_of(today.digests) | toolchain_of(subject.planned, subject.context),
            settings=settings_of(subject.artifact),
            rounds=0,
            dominating={},
        )


def call_ns(subject: BenchSubject) -> int | None:
    """What a small host call costs in the library that runs the checks."""
    place = subject.context.scratch() / "call"
    return host_call_ns(subject.checking.subject(subject.context.staged(place)))


def machine(cpus: int) -> dict[str, Any]:
    """On what it is measured."""
    return {"system": platform.system(), "machine": platform.machine(), "cpus": cpus}


def tools_of(digests: Mapping[str, str]) -> dict[str, str]:
    """Programs and libraries by name, each with its version and digest: "wazero" is "1.12.0
    SHA256", so that another version of one is another value and not another tool."""
    found: dict[str, str] = {}
    for title, digest in digests.items():
        name, _, version = title.rpartition(" ")
        if title not in ("module", "cwasm") and name != "go":  # (the native program is no tool)
            found[name or title] = f"{version} {digest}" if name else digest
    return found


def _groups(today: Iterable[Probe], base: Iterable[Probe]) -> list[Group]:
    """In the order in which they are begun: first what is compared."""
    fetched = shipped([probe.series for probe in today])
    others = {p.series: p for p in base if p.series.way in PAIRED or p.series == fetched}
    found = [
        (Entrant(probe), Entrant(others[probe.series], "base"))
        if probe.series in others
        else (Entrant(probe),)
        for probe in today
    ]
    return sorted(found, key=lambda group: group[0].probe.series.way not in PAIRED)


def _is_dear(group: Group) -> bool:
    return group[0].probe.series.way.startswith(DEAR)


def _comparison(
    measured: Measured, pairs: list[Series], before: Run | None, run: Run, why_not: str
) -> Comparison:
    if before is None:
        return Comparison((), why_not=why_not)
    if not pairs and not why_not:
        return Comparison((), same_bytes=True)
    facts = tuple(moved_facts(run.samples(), before.samples()))
    return Comparison(compared(measured, pairs), facts, why_not=why_not)


def _dominating(found: Iterable[Account]) -> dict[str, str]:
    """The part that dominated, by life and case."""
    return {
        f"{each.life} of {each.case}": each.dominating.part for each in found if each.dominating
    }
