"""Beside an earlier run: a slow-down is found, equal builds are not accused, the rest not known."""

from __future__ import annotations

import os

import pytest

from bench_fakes import FakeProbe, Machine, in_turns, pairs, series, steady
from wasip1_build.measure.bench.compare import (
    PAIRS,
    Comparison,
    compared,
    moved_facts,
    pairs_for,
)
from wasip1_build.measure.bench.probe import Sample
from wasip1_build.measure.bench.rounds import Entrant, Measured

LOAD, START = series("compilation", "load cwasm"), series("instantiation", "instance")
FETCH = series("delivery", "fetch br")
RUNS = [series(case=name) for name in "abc"]
ALONE = {FETCH: 150_000_000, LOAD: 40_000_000, START: 4_000_000}
ALONE |= dict.fromkeys(RUNS, 30_000_000)
SEEDS = 200 if os.environ.get("WASIP1_SOAK") == "1" else 20


def beside(seed: int, factor: float = 1.0, rounds: int = PAIRS) -> Comparison:
    """Today's build beside the base's, on a machine with other work; `factor` is what became of
    the runs."""
    times = {each: (ns, ns) for each, ns in ALONE.items()}
    times |= {each: (round(ALONE[each] * factor), ALONE[each]) for each in RUNS}
    found = in_turns(pairs(Machine(seed), times), rounds)
    return Comparison(compared(found, times))


def test_an_unchanged_build_is_not_accused_in_any_of_many_runs() -> None:
    for seed in range(SEEDS):
        found = beside(seed)
        assert found.slower == (), seed
        assert "moved" not in {each.verdict for each in found.compared}


def test_a_slow_down_by_a_fifth_is_found_and_in_its_phase_alone() -> None:
    runs = unmoved = 0
    for seed in range(SEEDS):
        found = beside(seed, factor=1.2)
        slower = {each.series for each in found.slower}
        assert slower, seed
        assert slower <= set(RUNS)
        assert found.verdict("compilation") != "moved"
        unmoved += found.verdict("compilation") == "not moved"
        runs += len(slower)
    assert runs >= 0.95 * len(RUNS) * SEEDS
    assert unmoved >= 0.9 * SEEDS


def test_a_gain_is_no_regression() -> None:
    found = beside(1, factor=0.7)
    assert found.slower == ()
    assert all(each.is_faster for each in found.compared if each.series in RUNS)


def test_with_too_few_pairs_nothing_is_said() -> None:
    needed = pairs_for(len(ALONE))
    found = beside(1, factor=3.0, rounds=needed - 1)
    assert {each.verdict for each in found.compared} == {"not known"}
    assert f"it takes {needed}" in found.compared[0].why
    assert beside(1, factor=3.0, rounds=needed).verdict("execution") == "moved"


def test_what_is_too_noisy_is_not_known_and_not_called_unmoved() -> None:
    noisy = [Entrant(FakeProbe(LOAD, lambda turn: (1 + turn * 7 % 13) * 1000), s) for s in _SIDES]
    noisy[1] = Entrant(FakeProbe(LOAD, lambda turn: (1 + turn * 5 % 11) * 1000), "base")
    [found] = compared(in_turns([tuple(noisy)], PAIRS), [LOAD])
    assert found.verdict == "not known"
    assert "times as much" in found.why


_SIDES = ("today", "base")


def by_work(now: int, before: int) -> Comparison:
    """Runs whose time says nothing, of so many instructions."""
    counts = {"today": now, "base": before}
    group = tuple(
        Entrant(FakeProbe(RUNS[0], steady(5), facts={"instructions": counts[side]}), side)
        for side in _SIDES
    )
    return Comparison(compared(in_turns([group], 3), RUNS[:1]))


def test_instructions_tell_where_the_time_does_not() -> None:
    [slower] = by_work(1200, 1000).slower
    assert slower.measure == "instructions"
    assert slower.ratio and slower.ratio.median == 1.2
    assert by_work(800, 1000).slower == ()
    assert by_work(1050, 1000).verdict("execution") == "not known"


def test_without_cpu_time_wall_time_is_compared() -> None:
    group = tuple(Entrant(FakeProbe(FETCH, steady(500), has_cpu=False), side) for side in _SIDES)
    [found] = compared(in_turns([group], PAIRS), [FETCH])
    assert (found.measure, found.verdict) == ("wall", "not moved")


@pytest.mark.parametrize("side", _SIDES)
def test_what_is_wrong_of_either_is_not_known(side: str) -> None:
    group = tuple(
        Entrant(FakeProbe(LOAD, steady(5), wrong_at=2 if each == side else None), each)
        for each in _SIDES
    )
    [found] = compared(in_turns([group], PAIRS), [LOAD])
    assert found.verdict == "not known"
    assert ("this build's" if side == "today" else "the base's") in found.why


def test_a_phase_without_pairs_is_not_known_and_the_same_files_have_not_moved() -> None:
    assert Comparison((), why_not="gone").verdict("delivery") == "not known"
    assert Comparison((), same_bytes=True).verdict("delivery") == "not moved"
    assert compared(Measured(()), [LOAD])[0].verdict == "not known"


def test_counts_that_are_constant_are_compared_without_pairs() -> None:
    def samples(*calls: int) -> list[Sample]:
        return [Sample(1, 1, {"host_calls": each, "size_bytes": 9}) for each in calls]

    [moved] = moved_facts({RUNS[0]: samples(5, 5)}, {RUNS[0]: samples(7, 7)})
    assert (moved.name, moved.before, moved.now) == ("host_calls", 7, 5)
    assert list(moved_facts({RUNS[0]: samples(5, 6)}, {RUNS[0]: samples(7, 7)})) == []
    assert list(moved_facts({RUNS[0]: samples(5, 5)}, {RUNS[1]: samples(7, 7)})) == []
