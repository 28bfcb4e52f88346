"""Which runtime is the fastest for a case, and is it the one that the spec pins?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from wasip1_build.dataclass import dataclass
from wasip1_build.measure.bench.probe import Series
from wasip1_build.measure.bench.rounds import Measured
from wasip1_build.measure.noise import Ratio
from wasip1_build.measure.signed_rank import signed_rank

# How whole processes run a case: what each can keep is kept, or nothing is. node keeps nothing.
PROCESSES = {
    "a process, its code kept where it can be": (
        "process, cwasm",
        "process, warm cache",
        "process",
    ),
    "a process that compiles": ("process, cache off", "process, cold cache", "process"),
}

Verdict = Literal["wins", "loses", "no difference", "not known"]


class Rival(NamedTuple):
    """A runtime, and what its time is to the fastest's; None where no round measured both."""

    series: Series
    ratio: Ratio | None


@dataclass(frozen=True)
class Choice:
    """The runtimes that did the same: `way` says what, as in PROCESSES. `fastest` has the least
    median; `rivals` are the others. `pinned` is bench.runtime, or ""; `verdict` is on it, None
    where none is pinned."""

    way: str
    case: str
    fastest: Series
    rivals: tuple[Rival, ...]
    pinned: str = ""
    verdict: Verdict | None = None

    @property
    def winner(self) -> Series | None:
        """The fastest, where each other is slower by more than noise."""
        sure = all(each.ratio and each.ratio.is_more for each in self.rivals)
        return self.fastest if sure else None


def choices(measured: Measured, pinned: str | None) -> Iterator[Choice]:
    """One for each way and case that several runtimes did."""
    groups: dict[tuple[str, str], list[Series]] = {}
    every = dict.fromkeys(row.series for row in measured.rows if row.side == "today")
    for what, ways in PROCESSES.items():
        for series in every:
            if series.way in ways:
                groups.setdefault((what, series.case), []).append(series)
    for (way, case), group in groups.items():
        if len({runtime_name(each) for each in group}) > 1:
            yield _choice(measured, way, case, group, pinned or "")


def _choice(measured: Measured, way: str, case: str, group: list[Series], pinned: str) -> Choice:
    fastest, *others = sorted(group, key=lambda each: _median(measured, each))
    rivals = tuple(Rival(each, _ratio(measured, each, fastest, len(others))) for each in others)
    choice = Choice(way, case, fastest, rivals, pinned)
    return Choice(way, case, fastest, rivals, pinned, _verdict(choice)) if pinned else choice


def _verdict(choice: Choice) -> Verdict:
    """On the pinned one."""
    if runtime_name(choice.fastest) == choice.pinned:
        others = [each for each in choice.rivals if runtime_name(each.series) != choice.pinned]
        if all(each.ratio and each.ratio.is_more for each in others):
            return "wins"
        sure = all(each.ratio and each.ratio.is_sure for each in others)
        return "no difference" if sure else "not known"
    own = [each.ratio for each in choice.rivals if runtime_name(each.series) == choice.pinned]
    if not own or not all(own):
        return "not known"
    if all(each and each.is_more for each in own):
        return "loses"
    return "no difference" if all(each and each.is_sure for each in own) else "not known"


def runtime_name(series: Series) -> str:
    """The name alone: "wazero" of "wazero 1.12.0"."""
    return series.runtime.split(" ", 1)[0]


def _median(measured: Measured, series: Series) -> int:
    times = sorted(each.wall_ns for each in measured.samples(series).values())
    return times[len(times) // 2]


def _ratio(measured: Measured, series: Series, other: Series, comparisons: int) -> Ratio | None:
    """Of wall time: what a user waits for."""
    one, two = measured.samples(series), measured.samples(other)
    rounds = sorted(one.keys() & two.keys())
    if not rounds:
        return None
    times = [max(1, one[each].wall_ns) for each in rounds]
    return signed_rank(times, [max(1, two[each].wall_ns) for each in rounds], comparisons)
