"""How much more time does one thing take than another? Told by pairs, the order turned each time.

The signed-rank interval (Hodges and Lehmann, 1963): of two equal things, either of a pair may as
well be the slower, and by as much. That is all it takes for granted, and it finds a difference in
about two thirds of the pairs that the sign test of measure.noise needs.
"""

from __future__ import annotations

import functools
import math
import statistics
from collections.abc import Sequence

from wasip1_build.measure.noise import ERROR, Ratio


def signed_rank(values: Sequence[int], others: Sequence[int], comparisons: int = 1) -> Ratio:
    """What `values` are to `others`, the nth measured beside the nth: the ratio for which either
    would be the greater as often and by as much, between the two that cannot be told from it. All
    `comparisons` together have the probability ERROR of a wrong one. At least one pair; with fewer
    than `pairs_needed` nothing is apart.
    """
    logs = [math.log(a / b) for a, b in zip(values, others, strict=True)]
    means = sorted(
        (one + other) / 2 for index, one in enumerate(logs) for other in logs[: index + 1]
    )
    left_out = _left_out(len(logs), ERROR / comparisons)
    outside = max(left_out, 1) - 1
    low, high = math.exp(means[outside]), math.exp(means[-1 - outside])
    sure = left_out > 0
    middle = math.exp(statistics.median(means))
    return Ratio(middle, low, high, sure, sure and not low <= 1 <= high)


@functools.cache
def _left_out(pairs: int, error: float) -> int:
    """Which of the sorted means, counted from one, is the end of the interval; 0: there are too few
    pairs. From how many of all 2**pairs signs give each sum of ranks."""
    ways = [1]
    for rank in range(1, pairs + 1):
        more = ways + [0] * rank
        for sum_, count in enumerate(ways):
            more[sum_ + rank] += count
        ways = more
    found = total = 0
    while found < len(ways) // 2 and 2 * (total + ways[found]) <= error * 2**pairs:
        total += ways[found]
        found += 1
    return found
