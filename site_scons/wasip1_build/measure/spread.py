"""Several measurements of one thing: their median, the least and the greatest."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple


class Spread(NamedTuple):
    """Of nanoseconds, or of bytes."""

    median: int
    low: int
    high: int

    @staticmethod
    def of(values: Sequence[int]) -> Spread:
        """Of at least one number."""
        return Spread(round(statistics.median(values)), min(values), max(values))

    def is_apart(self, other: Spread) -> bool:
        """Whether every measurement of one is less than every one of the other. Where that is not
        so, a difference may be noise."""
        return self.high < other.low or other.high < self.low
