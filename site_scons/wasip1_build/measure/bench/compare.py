"""What has changed since an earlier run? Said of each phase, and only what the figures show.

Both runs' files are measured anew, in pairs and in turns. What one run measured and what another
did at another time cannot be compared as closely: of the same files, on a machine with other work,
the medians of twelve runs of 20 rounds lay up to 2.5 times apart in wall time and 1.5 times in CPU
time, a fixed calculation between them up to 1.6 and 1.2 times, and dividing by that did not bring
them closer (1.1 to 2.4). In pairs, each run's median ratio of CPU time was within 5 % of 1 for what
takes 5 ms or more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from wasip1_build.dataclass import dataclass
from wasip1_build.measure.bench.probe import Phase, Sample, Series
from wasip1_build.measure.bench.rounds import Measured
from wasip1_build.measure.noise import Ratio, pairs_needed
from wasip1_build.measure.signed_rank import signed_rank

# What is smaller is not called a change: where code lies in memory alone makes as much.
MARGIN = 0.02
# How many pairs are tried for. On two cores with the work of five, of pairs of equal runs of 30 ms
# of CPU time in which one was made 1.2 times as long, 40 found it in 100 of 100, of 3.5 ms in 88;
# 20 in 60 and 40. None of 1,200 equal ones was called different.
PAIRS = 40
# What is not moved has changed by less than that, with the usual certainty.
NOTABLE = 0.10
# Of twenty comparisons of equal builds, one in twenty may find any difference at all.
RUNS = 20

Measure = Literal["cpu", "wall", "instructions"]
Verdict = Literal["moved", "not moved", "not known"]
PHASES: tuple[Phase, ...] = ("delivery", "compilation", "instantiation", "execution")


class Compared(NamedTuple):
    """One series beside the base's. `measure` is what the ratio (today's to the base's) is of:
    "cpu" where it can be told, for it is steadier, else "wall"; "instructions" where those alone
    tell. None where there is no pair."""

    series: Series
    measure: Measure
    ratio: Ratio | None
    verdict: Verdict
    why: str = ""  # it is not known

    @property
    def is_slower(self) -> bool:
        """By more than noise and MARGIN."""
        return self.verdict == "moved" and self.ratio is not None and self.ratio.low > 1

    @property
    def is_faster(self) -> bool:
        """The same."""
        return self.verdict == "moved" and self.ratio is not None and self.ratio.high < 1


class FactMoved(NamedTuple):
    """A count or size that was the same each time in both runs, or was one thing and is another."""

    series: Series
    name: str
    before: int
    now: int


@dataclass(frozen=True)
class Comparison:
    """One artifact beside itself in an earlier run. `why_not` says why nothing was measured in
    pairs; "" where it was."""

    compared: tuple[Compared, ...]
    facts: tuple[FactMoved, ...] = ()
    same_bytes: bool = False
    why_not: str = ""

    def verdict(self, phase: Phase) -> Verdict:
        """Of a phase: moved if anything of it did, not moved if nothing of it did, all known."""
        if self.same_bytes:
            return "not moved"
        verdicts = [each.verdict for each in self.compared if each.series.phase == phase]
        if "moved" in verdicts:
            return "moved"
        return "not known" if not verdicts or "not known" in verdicts else "not moved"

    @property
    def slower(self) -> tuple[Compared, ...]:
        """Regressions."""
        return tuple(each for each in self.compared if each.is_slower)

    def moved_fact(self, series: Series, name: str) -> FactMoved | None:
        """What moved of a count, where it did."""
        return next((f for f in self.facts if (f.series, f.name) == (series, name)), None)


def pairs_for(series: int) -> int:
    """How many pairs are needed to say anything of so many series."""
    return pairs_needed(max(1, series) * RUNS)


def compared(measured: Measured, pairs: Iterable[Series]) -> tuple[Compared, ...]:
    """Each series that was to be measured of both. Where the time does not tell, the instructions
    do that both execute, if there are notably more or less of them."""
    every = tuple(pairs)
    found = (_by_time(measured, series, len(every) * RUNS) for series in every)
    return tuple(
        _by_work(measured, each) if each.verdict == "not known" else each for each in found
    )


def _by_work(measured: Measured, each: Compared) -> Compared:
    now = _constant(measured.samples(each.series).values()).get("instructions")
    base = _constant(measured.samples(each.series, "base").values()).get("instructions")
    if not now or not base or 1 / (1 + NOTABLE) <= now / base <= 1 + NOTABLE:
        return each
    ratio = now / base
    exactly = Ratio(ratio, ratio, ratio, is_sure=True, is_apart=True)
    return Compared(each.series, "instructions", exactly, "moved", f"of the time, {each.why}")


def _by_time(measured: Measured, series: Series, comparisons: int) -> Compared:
    now, base = measured.samples(series), measured.samples(series, "base")
    rounds = sorted(now.keys() & base.keys())
    measure, values = _values([now[each] for each in rounds], [base[each] for each in rounds])
    if not rounds:
        return Compared(series, measure, None, "not known", _why_none(measured, series))
    found = signed_rank(*values, comparisons)
    if not found.is_sure:
        shown = "1 pair" if len(rounds) == 1 else f"{len(rounds)} pairs"
        why = f"{shown}, and it takes {pairs_needed(comparisons)} to say anything"
        return Compared(series, measure, found, "not known", why)
    if found.low > 1 + MARGIN or found.high < 1 / (1 + MARGIN):
        return Compared(series, measure, found, "moved")
    usual = signed_rank(*values)
    if usual.low >= 1 / (1 + NOTABLE) and usual.high <= 1 + NOTABLE:
        return Compared(series, measure, found, "not moved")
    why = (
        f"from {found.low:.2f} to {found.high:.2f} times as much, as far as {len(rounds)} pairs say"
    )
    return Compared(series, measure, found, "not known", why)


def _values(
    now: list[Sample], base: list[Sample]
) -> tuple[Literal["cpu", "wall"], tuple[list[int], list[int]]]:
    """What is compared of pairs: CPU time where each sample has it. A time of nothing is 1 ns."""
    if all(sample.cpu_ns for sample in (*now, *base)):
        return "cpu", ([each.cpu_ns or 1 for each in now], [each.cpu_ns or 1 for each in base])
    return "wall", ([max(1, each.wall_ns) for each in now], [max(1, e.wall_ns) for e in base])


def _why_none(measured: Measured, series: Series) -> str:
    for wrong in measured.wrong:
        if wrong.series == series:
            whose = "this build's" if wrong.side == "today" else "the base's"
            return f"{whose} result was wrong: {wrong.problem.findings[0].what}"
    return "it could not be measured of both"


def moved_facts(
    now: Mapping[Series, Iterable[Sample]], before: Mapping[Series, Iterable[Sample]]
) -> Iterator[FactMoved]:
    """Counts and sizes that are constant in each of two runs, and differ between them. They need no
    pairs: time does nothing to them."""
    for series in now.keys() & before.keys():
        today, base = _constant(now[series]), _constant(before[series])
        for name in sorted(today.keys() & base.keys()):
            if today[name] != base[name]:
                yield FactMoved(series, name, base[name], today[name])


def _constant(samples: Iterable[Sample]) -> dict[str, int]:
    seen: dict[str, set[int]] = {}
    for sample in samples:
        for name, value in sample.facts.items():
            seen.setdefault(name, set()).add(value)
    return {name: values.pop() for name, values in seen.items() if len(values) == 1}
