"""Is one thing less than another, or does it only seem so? Told by runs in pairs, one of each."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")

# How likely it may be that any one of several comparisons finds a difference where there is none.
ERROR = 0.05


class Ratio(NamedTuple):
    """Of the pairs' ratios: their median, and between which two the true one lies.

    `is_sure`: there are pairs enough to say so. `is_apart`: they are, and one is not between the
    two, so that the difference is more than noise.
    """

    median: float
    low: float
    high: float
    is_sure: bool
    is_apart: bool

    @property
    def is_less(self) -> bool:
        """Less by more than noise."""
        return self.is_apart and self.high < 1

    @property
    def is_more(self) -> bool:
        """More by more than noise."""
        return self.is_apart and self.low > 1


def ratio(values: Sequence[int], others: Sequence[int], comparisons: int = 1) -> Ratio:
    """What `values` are to `others`, which were measured in turns with them, the nth after the nth:
    what slows the machine down for a while slows both of a pair.

    Between the kth least and the kth greatest ratio lies the median of all that could be measured,
    but for a probability that the binomial distribution says, whatever the ratios' own is (the
    sign test). It may be ERROR for all `comparisons` together. With fewer pairs than
    `pairs_needed` nothing is apart.
    """
    ratios = sorted(a / b for a, b in zip(values, others, strict=True))
    low, high = interval(ratios, ERROR / comparisons)
    sure = len(ratios) >= pairs_needed(comparisons)
    return Ratio(statistics.median(ratios), low, high, sure, sure and not low <= 1 <= high)


def pairs_needed(comparisons: int) -> int:
    """How many pairs must all say the same until it is no chance."""
    return math.ceil(1 - math.log2(ERROR / comparisons))


def interval(values: Sequence[T], error: float) -> tuple[T, T]:
    """Between which two of at least one sorted value the median of all that could be measured lies,
    but for a probability of `error`; the least and the greatest where there are too few to say."""
    outside = _outside(len(values), error)
    return values[outside], values[-1 - outside]


def _outside(pairs: int, error: float) -> int:
    """How many ratios may be left out at either end."""
    outside, chance = 0, 2 * 0.5**pairs
    while True:
        chance += 2 * math.comb(pairs, outside + 1) * 0.5**pairs
        if chance > error or 2 * (outside + 1) >= pairs:
            return outside
        outside += 1
