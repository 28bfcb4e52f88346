"""What is a figure worth that was measured several times? Its median, and how sure that is."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple

from wasip1_build.measure.noise import ERROR, interval, pairs_needed

# With fewer measurements no interval says with 95 % where the median lies: not even from the least
# to the greatest of five (93.8 %).
NEEDED = pairs_needed(1)


class Estimate(NamedTuple):
    """Of nanoseconds, or of bytes. `low` and `high` are None where there are too few measurements:
    else the median of all that could be measured on this machine, as it was then, lies between
    them, but for a probability of ERROR, however the measurements are distributed."""

    n: int
    median: int
    low: int | None = None
    high: int | None = None

    @property
    def is_sure(self) -> bool:
        """Whether there is an interval."""
        return self.low is not None


def estimate(values: Sequence[int]) -> Estimate:
    """Of at least one number."""
    median = round(statistics.median(values))
    if len(values) < NEEDED:
        return Estimate(len(values), median)
    low, high = interval(sorted(values), ERROR)
    return Estimate(len(values), median, low, high)
