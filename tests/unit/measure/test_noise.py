"""A difference is told from noise by how many pairs agree, not by how large it is."""

from __future__ import annotations

import random

import pytest

from wasip1_build.measure.noise import ERROR, pairs_needed, ratio


def test_pairs_that_all_agree_are_apart_from_so_many_on() -> None:
    assert pairs_needed(1) == 6  # 2 * 2**-6 is the first below 0.05
    assert ratio([90] * 6, [100] * 6).is_less
    assert ratio([110] * 6, [100] * 6).is_more
    few = ratio([50] * 5, [100] * 5)
    assert (few.is_apart, few.is_less, few.median) == (False, False, 0.5)


def test_more_comparisons_need_more_pairs() -> None:
    assert pairs_needed(10) == 9
    assert ratio([90] * 8, [100] * 8).is_less
    assert not ratio([90] * 8, [100] * 8, comparisons=10).is_less
    assert ratio([90] * 9, [100] * 9, comparisons=10).is_less


def test_one_pair_that_disagrees_is_left_out_only_where_there_are_many() -> None:
    values = [90] * 9 + [150]
    assert ratio(values[-6:], [100] * 6).high == 1.5
    assert ratio(values, [100] * 10).is_less  # of ten, one at each end may be
    assert not ratio(values, [100] * 10, comparisons=10).is_less


def test_what_slows_both_of_a_pair_is_no_difference_and_hides_none() -> None:
    base = [100, 100, 300, 100, 100, 250, 100, 100]
    assert not ratio(base, base).is_apart
    assert ratio([each * 9 // 10 for each in base], base).is_less


def test_equal_values_are_the_same() -> None:
    same = ratio([7] * 20, [7] * 20)
    assert (same.median, same.low, same.high, same.is_apart) == (1, 1, 1, False)


@pytest.mark.parametrize("pairs", [6, 10, 15])
def test_pure_noise_is_seldom_called_a_difference(pairs: int) -> None:
    rolled = random.Random(pairs)
    trials, found = 2000, 0
    for _ in range(trials):
        values, others = (
            [rolled.randint(100_000, 200_000) for _ in range(pairs)] for _ in range(2)
        )
        found += ratio(values, others).is_apart
    assert found / trials < 1.3 * ERROR
