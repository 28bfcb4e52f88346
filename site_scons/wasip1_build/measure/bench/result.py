"""All that a run of the benchmark says of one artifact."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding, Severity
from wasip1_build.measure.bench.choice import Choice
from wasip1_build.measure.bench.compare import PHASES, Comparison
from wasip1_build.measure.bench.estimate import Estimate, estimate
from wasip1_build.measure.bench.phases import Account, Advice, advice
from wasip1_build.measure.bench.probe import Phase, Series
from wasip1_build.measure.bench.rounds import Cut, Measured, named
from wasip1_build.measure.bench.rows import Run

MEASURES = {"cpu": "CPU time", "wall": "wall time", "instructions": "instructions"}
SLOWER = "bench-slower"
NOTHING = "bench-nothing"
NO_GAIN = "bench-no-gain"
NOT_BATCHING = "bench-not-batching"
WRONG = "bench-wrong"
NOT_PINNED = "bench-runtime"
NOT_KNOWN = "bench-not-known"


@dataclass(frozen=True)
class Figure:
    """One series. `facts` are their medians: most are the same each time."""

    series: Series
    wall: Estimate
    cpu: Estimate | None
    facts: dict[str, int]


@dataclass(frozen=True)
class Result:
    """One artifact. `order` is that of its probes, `formats` are those in which it is compressed;
    `since` is what is another than when the base was measured, in words; `base` is how messages
    call that run."""

    run: Run
    measured: Measured
    left_out: tuple[Cut, ...]
    accounts: tuple[Account, ...]
    choices: tuple[Choice, ...]
    order: tuple[Series, ...] = ()
    formats: tuple[str, ...] = ()
    comparison: Comparison | None = None
    before: Run | None = None
    since: tuple[str, ...] = ()
    base: str = ""

    @property
    def artifact(self) -> str:
        """DIR:NAME."""
        return self.run.header.artifact

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every series, in the order of a module's life."""
        found = [
            Figure(
                series,
                estimate([each.wall_ns for each in samples]),
                estimate([each.cpu_ns for each in samples if each.cpu_ns is not None])
                if all(each.cpu_ns is not None for each in samples)
                else None,
                {
                    name: statistics.median_high(
                        each.facts[name] for each in samples if name in each.facts
                    )
                    for name in dict.fromkeys(name for each in samples for name in each.facts)
                },
            )
            for series, samples in self.run.samples().items()
        ]
        places = {series: place for place, series in enumerate(self.order)}
        return tuple(
            sorted(
                found,
                key=lambda each: (
                    PHASES.index(each.series.phase),
                    places.get(each.series, len(places)),
                ),
            )
        )

    def advice(self, account: Account) -> Advice | None:
        """The one thing to do about what dominates."""
        return advice(account, self.measured, self.formats)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong, what is slower than in the base, and what did not come of a change."""
        return (
            *_nothing(self),
            *_wrong(self),
            *_slower(self),
            *_no_gain(self),
            *_batching(self),
            *_pinned(self),
        )


def _nothing(result: Result) -> Iterator[Finding]:
    """Without a figure nothing was measured, and that is no success."""
    if not result.run.rows and not result.measured.wrong:
        yield Finding(
            NOTHING,
            Severity.ERROR,
            f"{result.artifact}: nothing was measured",
            "the time was over before a round could be begun",
            "give it more: BUDGET=10m; or less to do: ARTIFACT=, RUNTIME=wasmtime",
        )


def _wrong(result: Result) -> Iterator[Finding]:
    """What was wrong in a base is told where its figures are not known."""
    for each in result.measured.wrong:
        if each.side == "base":
            continue
        for finding in each.problem.findings:
            yield Finding(
                WRONG,
                Severity.ERROR,
                f"{result.artifact}: {named(each.series)} has no figures: {finding.what}",
                finding.why,
                finding.fix,
                details=finding.details,
            )


def _slower(result: Result) -> Iterator[Finding]:
    for each in result.comparison.slower if result.comparison else ():
        assert each.ratio is not None, "what is slower has a ratio"
        low, high = each.ratio.low, each.ratio.high
        yield Finding(
            SLOWER,
            Severity.ERROR,
            f"{result.artifact}: {named(each.series)} takes {each.ratio.median:.2f} times the "
            f"{MEASURES[each.measure]} of {result.base}",
            each.why
            or f"in pairs, measured in turns, {low:.2f} to {high:.2f} times: more than noise",
            "find what changed since, and undo it; or take today's run as the new base",
            key="package",
        )


def _no_gain(result: Result) -> Iterator[Finding]:
    """Where something was changed and what dominated did not move."""
    comparison, before = result.comparison, result.before
    if not comparison or not before or comparison.same_bytes:
        return
    for life, part in sorted(set(before.header.dominating.items())):
        phase: Phase = _phase(part)
        if comparison.verdict(phase) == "not moved":
            yield Finding(
                NO_GAIN,
                Severity.WARNING,
                f"{result.artifact}: no gain in {part}: revert",
                f"{part} dominated the {life} in {result.base}, and it has not moved",
                "revert the change, if it was to make that faster",
                key="package",
            )


def _phase(part: str) -> Phase:
    return next((phase for phase in PHASES if phase == part), "execution")


def _batching(result: Result) -> Iterator[Finding]:
    comparison = result.comparison
    for each in comparison.compared if comparison else ():
        if each.series.phase != "execution" or not each.is_faster or not result.before:
            continue
        before = [s.facts.get("host_calls") for s in result.before.samples().get(each.series, [])]
        now = [s.facts.get("host_calls") for s in result.run.samples()[each.series]]
        if None in before or None in now or not before:
            continue
        if min(n for n in now if n is not None) >= max(b for b in before if b is not None):
            yield Finding(
                NOT_BATCHING,
                Severity.NOTE,
                f"{result.artifact}: {named(each.series)} is faster, but not from batching",
                f"it makes {now[0]} host calls, and made {before[0]}",
            )


def _pinned(result: Result) -> Iterator[Finding]:
    for choice in result.choices:
        if choice.verdict == "loses":
            own = next(
                each for each in choice.rivals if each.series.runtime.startswith(choice.pinned)
            )
            assert own.ratio is not None, "what loses has a ratio"
            yield Finding(
                NOT_PINNED,
                Severity.WARNING,
                f"{result.artifact}: bench.runtime is {choice.pinned}, and {choice.way} of "
                f"{choice.case} takes it {own.ratio.median:.2f} times as long as "
                f"{choice.fastest.runtime}",
                f"in turns, {own.ratio.low:.2f} to {own.ratio.high:.2f} times: more than noise",
                "run it there, or pin what is fastest for what it does most",
                key="bench.runtime",
            )
