"""Rounds: in turns, within a time, and what was cut is said."""

from __future__ import annotations

from bench_fakes import Clock, FakeProbe, in_turns, series, steady
from wasip1_build.measure.bench.probe import Series
from wasip1_build.measure.bench.rounds import Entrant, Measured, Rounds

A, B, C = (series(case=name) for name in "abc")
LOAD = series("compilation", "load cwasm")


def test_a_first_round_is_thrown_away_and_then_all_are_measured_in_turns() -> None:
    first_slow = [FakeProbe(each, lambda turn: 1000 if turn == 0 else 10) for each in (A, B)]
    result = in_turns([(Entrant(each),) for each in first_slow], 8)
    assert {row.sample.wall_ns for row in result.rows} == {10}
    assert [row.round for row in result.rows] == [n for n in range(8) for _ in "ab"]
    orders = {tuple(row.series for row in result.rows[2 * n : 2 * n + 2]) for n in range(8)}
    assert orders == {(A, B), (B, A)}


def test_the_order_is_the_same_on_every_machine() -> None:
    groups = [(Entrant(FakeProbe(each, steady(10))),) for each in (A, B, C)]
    again = [(Entrant(FakeProbe(each, steady(10))),) for each in (A, B, C)]
    assert in_turns(groups, 9).rows == in_turns(again, 9).rows


def test_of_a_pair_either_is_first_as_often() -> None:
    pair = (Entrant(FakeProbe(A, steady(1))), Entrant(FakeProbe(A, steady(1)), "base"))
    rows = in_turns([pair], 8).rows
    assert [rows[n].side for n in range(0, 16, 2)] == ["base", "today"] * 4


def test_what_is_wrong_once_has_no_figures_and_is_not_run_again() -> None:
    wrong, right = FakeProbe(A, steady(10), wrong_at=3), FakeProbe(B, steady(10))
    result = in_turns([(Entrant(wrong),), (Entrant(right),)], 8)
    assert {row.series for row in result.rows} == {B}
    assert wrong.turns == 4
    [each] = result.wrong
    assert (each.side, each.series) == ("today", A)
    assert "not what is expected" in str(each.problem)
    assert in_turns([(Entrant(FakeProbe(B, steady(10))),)], 8).wrong == ()


def test_what_cannot_be_begun_is_wrong_and_no_traceback() -> None:
    class Missing(FakeProbe):
        def once(self) -> object:  # type: ignore[override]
            raise FileNotFoundError(2, "No such file", "wazero")

    [wrong] = in_turns([(Entrant(Missing(A, steady(1))),)], 2).wrong  # type: ignore[list-item]
    assert "was not begun" in str(wrong.problem)


def within(seconds: float, costs_s: dict[Series, float]) -> Measured:
    clock = Clock()
    groups = [
        (Entrant(FakeProbe(each, steady(round(s * 1e9)), clock)),) for each, s in costs_s.items()
    ]
    return Rounds(20, until=seconds, clock=clock).measure(groups)


def test_what_is_dear_has_fewer_rounds_but_enough() -> None:
    result = within(60, {A: 0.1, LOAD: 5.0})
    assert len(result.samples(A)) > len(result.samples(LOAD)) >= 6
    assert set(result.samples(LOAD)) <= set(result.samples(A))
    assert [cut.what for cut in result.cuts] in ([], [f"rounds {result.rounds + 1} to 20"])


def test_the_dearest_is_cut_where_there_is_no_time_but_not_the_last_of_a_phase() -> None:
    result = within(20, {A: 0.1, B: 1.5, LOAD: 2.0})
    assert result.cuts[0].what == f"execution: run cwasm, {B.runtime}, b"
    assert "6 times 1.5 s were too much" in result.cuts[0].why
    assert len(result.samples(LOAD)) >= 6


def test_nothing_is_begun_when_the_time_for_a_first_turn_is_over() -> None:
    result = within(10, {A: 4.0, B: 0.1})
    assert "first turn" in result.cuts[0].why
    assert not result.samples(B)


def test_one_round_fits_or_is_cut() -> None:
    probe = FakeProbe(A, steady(10**9), clock := Clock())
    short = Rounds(1, until=1.5, clock=clock).measure([(Entrant(probe),)])
    assert (short.rows, short.cuts[0].why) == ((), "1 times 1 s were too much for the time")
    assert len(Rounds(1, until=9, clock=clock).measure([(Entrant(probe),)]).rows) == 1


def test_what_takes_long_has_the_rounds_for_which_there_is_time() -> None:
    clock = Clock()
    short, long = FakeProbe(A, steady(10**9), clock), FakeProbe(B, steady(4 * 10**9), clock)
    how = Rounds(3, until=12, clock=clock)
    result = how.as_time_allows([(Entrant(short),), (Entrant(long),)])
    assert (len(result.samples(A)), len(result.samples(B))) == (3, 2)
    assert [cut.why for cut in result.cuts] == ["there was time for 2 of 3 rounds, each of 4 s"]
    assert clock.now_s <= 12
    late = Rounds(3, until=11, clock=clock).as_time_allows([(Entrant(long),)])
    assert late.cuts[0].why == "there was time for 0 of 3 rounds"
    assert late.rows == ()


def test_where_all_fits_nothing_is_cut() -> None:
    result = within(1000, {A: 0.1, B: 1.5, LOAD: 2.0})
    assert result.cuts == ()
    assert {len(result.samples(each)) for each in (A, B, LOAD)} == {20}
