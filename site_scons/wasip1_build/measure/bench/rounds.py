"""How are many things measured in turns, within a time, so that what disturbs one disturbs all?"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, failure
from wasip1_build.measure.bench.estimate import NEEDED
from wasip1_build.measure.bench.probe import Probe, Sample, Series
from wasip1_build.units import human_time

# How much of the time what is thrown away may take.
WARM_UP = 0.35

# Whose files are measured: this build's, or those of the run with which it is compared.
Side = Literal["today", "base"]


class Entrant(NamedTuple):
    """A probe, and of whose files."""

    probe: Probe
    side: Side = "today"


# What is measured back to back, in turned order each time: one thing, or a thing and its base.
Group = tuple[Entrant, ...]


class Row(NamedTuple):
    """One measurement. Rows of the same round were made one soon after the other."""

    side: Side
    series: Series
    round: int
    sample: Sample


class Cut(NamedTuple):
    """What was not measured, or not as often, because there was no time."""

    what: str
    why: str


class Wrong(NamedTuple):
    """What came out wrong when it was measured, and so has no figures."""

    side: Side
    series: Series
    problem: Failure


@dataclass(frozen=True)
class Measured:
    """What came of all rounds of one artifact. `rounds` is how many were begun."""

    rows: tuple[Row, ...]
    cuts: tuple[Cut, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    rounds: int = 0

    def __add__(self, other: Measured) -> Measured:
        """What came of both."""
        return Measured(
            self.rows + other.rows,
            self.cuts + other.cuts,
            self.wrong + other.wrong,
            max(self.rounds, other.rounds),
        )

    def samples(self, series: Series, side: Side = "today") -> dict[int, Sample]:
        """By round."""
        return {
            row.round: row.sample for row in self.rows if (row.series, row.side) == (series, side)
        }


@dataclass(frozen=True)
class Rounds:
    """How often and how long. `needed` are the rounds without which nothing can be said;
    `until` is when all must be over, by `clock`, in seconds."""

    number: int
    until: float
    needed: int = NEEDED
    tell: Callable[[str], None] = lambda _line: None
    clock: Callable[[], float] = time.monotonic

    def measure(self, groups: Sequence[Group]) -> Measured:
        """Everything once for nothing, and then round by round.

        In each round the order is another, the same on every machine (a fixed seed). What takes so
        long that it would leave no time for the rest takes part in each second round, in each
        fourth and so on, as long as it has `needed`; then the dearest are cut.
        """
        running = _Running(self, groups)
        running.warm_up()
        running.fit()
        return running.measured()

    def as_time_allows(self, groups: Sequence[Group]) -> Measured:
        """The same of what takes seconds a turn, after all else: nothing is thrown away, and no
        turn is begun that would not end in time."""
        return _Running(self, groups).as_time_allows()


class _Runner:
    """One group while rounds go on."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.series = group[0].probe.series
        self.cost_s = 0.0
        self.stride = 1
        self.turns = 0

    def runs(self, rounds: int) -> int:
        """In how many of so many rounds it takes part."""
        return -(-rounds // self.stride)

    def rarer(self, rounds: int) -> int:
        """In how many it would with twice the stride."""
        return -(-rounds // (2 * self.stride))

    def once(self) -> Iterator[tuple[Entrant, Sample]]:
        """Each of the group, begun with another each time. Raises _Stop."""
        first = self.turns % len(self.group)
        self.turns += 1
        for entrant in self.group[first:] + self.group[:first]:
            try:
                yield entrant, entrant.probe.once()
            except Failure as problem:
                raise _Stop(Wrong(entrant.side, self.series, problem)) from None
            except OSError as error:
                what = f"{named(self.series)} was not begun: {error}"
                wrong = Wrong(entrant.side, self.series, failure("bench-start", what))
                raise _Stop(wrong) from None


class _Stop(Exception):  # noqa: N818  (no error of ours: a result)
    def __init__(self, wrong: Wrong) -> None:
        super().__init__()
        self.wrong = wrong


class _Running:
    """The rounds of one artifact."""

    def __init__(self, how: Rounds, groups: Sequence[Group]) -> None:
        self.how = how
        self.going = [_Runner(group) for group in groups]
        self.rounds = how.number
        self.rows: list[Row] = []
        self.cuts: list[Cut] = []
        self.wrong: list[Wrong] = []

    def warm_up(self) -> None:
        """A round that is thrown away, and tells what a turn of each takes."""
        self.how.tell(f"warm-up: {len(self.going)} measurements")
        now = self.how.clock()
        latest = now + WARM_UP * (self.how.until - now)
        for runner in tuple(self.going):
            start = self.how.clock()
            if start >= latest:
                self._cut(runner, "the time for a first turn of each was over")
                continue
            self._turn(runner, None)
            runner.cost_s = self.how.clock() - start

    def fit(self) -> None:
        """Makes the rounds fit into the time that is left."""
        left = self.how.until - self.how.clock()
        most = self.how.number
        least = min(self.how.needed, most)
        while self.going and not any(
            self._fits(rounds, least, left) for rounds in range(most, least - 1, -1)
        ):
            dearest = max(self._spared(), key=lambda each: each.cost_s)
            cost = human_time(round(dearest.cost_s * 1e9))
            self._cut(dearest, f"{least} times {cost} were too much for the time")

    def _fits(self, rounds: int, least: int, left_s: float) -> bool:
        """Whether so many rounds do, each with at least so many turns; so many are planned."""
        for each in self.going:
            each.stride = 1
        self.rounds = rounds
        while sum(each.cost_s * each.runs(rounds) for each in self.going) > left_s:
            rarer = [each for each in self.going if least <= each.rarer(rounds) < each.runs(rounds)]
            if not rarer:
                return False
            max(rarer, key=lambda each: each.cost_s * each.runs(rounds)).stride *= 2
        return True

    def _spared(self) -> list[_Runner]:
        """What may be cut: as long as there is such, not the last of a phase."""
        phases = [each.series.phase for each in self.going]
        several = [each for each in self.going if phases.count(each.series.phase) > 1]
        return several or self.going

    def measured(self) -> Measured:
        """All rounds, or those for which there was time."""
        begun = 0
        for number in range(self.rounds if self.going else 0):
            turn = [each for each in self.going if number % each.stride == 0]
            random.Random(number).shuffle(turn)
            if self.how.clock() >= self.how.until:
                break
            begun += 1
            self.how.tell(f"round {number + 1} of {self.rounds}: {len(turn)} measurements")
            for runner in turn:
                if self.how.clock() < self.how.until:
                    self._turn(runner, number)
        if begun < self.how.number and self.going:
            what = f"rounds {begun + 1} to {self.how.number}"
            self.cuts.append(Cut(what, "they were too much for the time"))
        return Measured(tuple(self.rows), tuple(self.cuts), tuple(self.wrong), begun)

    def as_time_allows(self) -> Measured:
        """In each round those for which there still is time."""
        every = tuple(self.going)
        for number in range(self.how.number):
            self.how.tell(f"round {number + 1} of {self.how.number} of what takes long")
            turn = [each for each in every if each in self.going and each.turns == number]
            random.Random(number).shuffle(turn)
            for runner in turn:
                start = self.how.clock()
                if start + runner.cost_s < self.how.until:
                    self._turn(runner, number)
                    runner.cost_s = self.how.clock() - start
        for runner in (each for each in self.going if each.turns < self.how.number):
            cost = f", each of {human_time(round(runner.cost_s * 1e9))}" if runner.turns else ""
            why = f"there was time for {runner.turns} of {self.how.number} rounds{cost}"
            self.cuts.append(Cut(named(runner.series), why))
        rounds = max((each.turns for each in every), default=0)
        return Measured(tuple(self.rows), tuple(self.cuts), tuple(self.wrong), rounds)

    def _turn(self, runner: _Runner, number: int | None) -> None:
        """One turn; what is wrong once is not measured any more, and what it had is forgotten."""
        done: list[Row] = []
        try:
            for entrant, sample in runner.once():
                done.append(Row(entrant.side, runner.series, number or 0, sample))
        except _Stop as stop:
            self.going.remove(runner)
            self.wrong.append(stop.wrong)
            self.rows = [row for row in self.rows if row.series != runner.series]
            return
        self.rows += done if number is not None else []

    def _cut(self, runner: _Runner, why: str) -> None:
        self.going.remove(runner)
        self.cuts.append(Cut(named(runner.series), why))


def named(series: Series) -> str:
    """A series in a line: "execution: run, wasmtime 49.0.3, check thumbnails"."""
    parts = [series.way, series.runtime, series.case]
    return f"{series.phase}: {', '.join(part for part in parts if part)}"
