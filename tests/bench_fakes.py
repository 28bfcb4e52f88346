"""Probes that take the time that they are told, on a clock of their own: nothing runs."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wasip1_build.findings import failure
from wasip1_build.measure.bench.probe import Phase, Sample, Series
from wasip1_build.measure.bench.rounds import Entrant, Group, Measured, Rounds, Row


@dataclass
class Clock:
    """Seconds that pass only where something is said to take them."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class FakeProbe:
    """`takes_ns` says how long its nth turn takes; `wrong_at` is the turn whose result is wrong."""

    series: Series
    takes_ns: Callable[[int], int]
    clock: Clock = field(default_factory=Clock)
    facts: Mapping[str, int] = field(default_factory=dict)
    wrong_at: int | None = None
    has_cpu: bool = True
    turns: int = 0

    def once(self) -> Sample:
        ns = self.takes_ns(self.turns)
        self.turns += 1
        self.clock.now_s += ns / 1e9
        if self.turns - 1 == self.wrong_at:
            raise failure("fake", "the output is not what is expected")
        return Sample(ns, ns if self.has_cpu else None, self.facts)


def series(phase: Phase = "execution", way: str = "run cwasm", case: str = "c") -> Series:
    return Series(phase, way, "wasmtime library 49.0.0", case if phase == "execution" else "")


def steady(ns: int) -> Callable[[int], int]:
    """The same each time."""
    return lambda _turn: ns


def measured(
    times: Mapping[Series, list[int]], facts: Mapping[Series, Mapping[str, int]] | None = None
) -> Measured:
    """What came of rounds in which each series took these times in turn."""
    rows = [
        Row("today", each, number, Sample(ns, ns, (facts or {}).get(each, {})))
        for each, values in times.items()
        for number, ns in enumerate(values)
    ]
    return Measured(tuple(rows), rounds=max(map(len, times.values()), default=0))


@dataclass
class Machine:
    """A machine with other work: it is slower for a while and then faster, by up to a half, and
    what runs is disturbed now and then."""

    seed: int

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.pace = self.random.uniform(0.7, 1.5)

    def takes(self, ns: int) -> Callable[[int], int]:
        """How long what takes so long alone takes here, each time."""

        def once(_turn: int) -> int:
            self.pace = min(2.0, max(0.5, self.pace * self.random.lognormvariate(0, 0.03)))
            burst = self.random.uniform(1.2, 2.5) if self.random.random() < 0.05 else 1.0
            return round(ns * self.pace * burst * self.random.lognormvariate(0, 0.06))

        return once


def pairs(machine: Machine, times: Mapping[Series, tuple[int, int]]) -> list[Group]:
    """Today's probe of each series and its base's, by what each takes alone."""
    return [
        (
            Entrant(FakeProbe(each, machine.takes(now))),
            Entrant(FakeProbe(each, machine.takes(before)), "base"),
        )
        for each, (now, before) in times.items()
    ]


def in_turns(groups: list[Group], rounds: int, **how: object) -> Measured:
    """All rounds, with all the time that they take."""
    return Rounds(rounds, until=1e9, clock=Clock(), **how).measure(groups)  # type: ignore[arg-type]
