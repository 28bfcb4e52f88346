"""Pairs by signed ranks: against exact tables, and how often equal things are called different."""

from __future__ import annotations

import random

from wasip1_build.measure.noise import pairs_needed
from wasip1_build.measure.signed_rank import _left_out, signed_rank


def test_the_ends_are_those_of_the_published_tables() -> None:
    # Critical values of the two-sided test at 0.05 (Wilcoxon 1945 and every table since): the
    # greatest sum of ranks that is significant; the interval's ends are the next means.
    published = {6: 0, 7: 2, 8: 3, 10: 8, 15: 25, 20: 52, 25: 89, 30: 137}
    assert {pairs: _left_out(pairs, 0.05) - 1 for pairs in published} == published
    assert _left_out(5, 0.05) == 0


def test_with_fewer_pairs_than_needed_nothing_is_apart() -> None:
    needed = pairs_needed(7)
    assert not signed_rank([20] * (needed - 1), [10] * (needed - 1), 7).is_apart
    found = signed_rank([20] * needed, [10] * needed, 7)
    assert found.is_more
    assert round(found.median, 6) == 2


def test_equal_things_are_called_different_no_more_often_than_is_said() -> None:
    rng = random.Random(5)

    def times() -> list[int]:
        return [round(1e6 * rng.lognormvariate(0, 0.2)) for _ in range(20)]

    wrong = sum(signed_rank(times(), times()).is_apart for _ in range(400))
    assert wrong <= 32  # 20 are expected; 33 or more would be one chance in 250


def test_one_wild_pair_decides_nothing() -> None:
    found = signed_rank([100] * 19 + [100_000], [100 + n % 3 - 1 for n in range(20)])
    assert not found.is_apart
    assert 0.98 < found.median < 1.02
