"""How do several runs of several things compare? Medians, ratios of pairs, and their spread."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from bench.cost import Cost

T = TypeVar("T")


@dataclass(frozen=True)
class Spread:
    """The median of some numbers, their least and their greatest."""

    median: float
    low: float
    high: float

    @staticmethod
    def of(values: Sequence[float]) -> Spread:
        """Of at least one number."""
        return Spread(statistics.median(values), min(values), max(values))

    def record(self) -> dict[str, float]:
        """As JSON has it, to the tenth of a millisecond (or of a thousandth of a ratio)."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def interleaved(
    runs: Mapping[str, Callable[[], T]], repetitions: int, *, warm: bool = True
) -> dict[str, list[T]]:
    """What each costs, so many times, in turns: what slows the machine down slows all of them.

    `warm`: everything runs once before, uncounted, so that all find the same caches.
    """
    for run in runs.values() if warm else ():
        run()
    costs: dict[str, list[T]] = {name: [] for name in runs}
    for _ in range(repetitions):
        for name, run in runs.items():
            costs[name].append(run())
    return costs


def compared(costs: Mapping[str, Sequence[Cost]], base: str) -> list[dict[str, object]]:
    """One row a thing: its seconds, and their ratios to the base's of the same turn."""
    rows: list[dict[str, object]] = []
    for name, each in costs.items():
        pairs = list(zip(each, costs[base], strict=True))
        rows.append(
            {
                "what": name,
                "wall_s": Spread.of([cost.wall_s for cost in each]).record(),
                "cpu_s": Spread.of([cost.cpu_s for cost in each]).record(),
                "wall_ratio": Spread.of([a.wall_s / b.wall_s for a, b in pairs]).record(),
                "cpu_ratio": Spread.of([a.cpu_s / b.cpu_s for a, b in pairs]).record(),
            }
        )
    return rows
