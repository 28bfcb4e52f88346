"""What dominates, what to do about it, and that nothing is said that no figure shows."""

from __future__ import annotations

from bench_fakes import measured, series
from wasip1_build.measure.bench.phases import Account, accounts, advice
from wasip1_build.measure.bench.probe import Series
from wasip1_build.measure.bench.rounds import Measured

MS = 1_000_000
RAW, BR = series("delivery", "fetch raw at 50 Mbit/s"), series("delivery", "fetch br at 50 Mbit/s")
BR, RAW = BR._replace(runtime=""), RAW._replace(runtime="")
JIT, LOAD = series("compilation", "compile module"), series("compilation", "load cwasm")
START, RUN = series("instantiation", "instance per request"), series()
QUICK = {RAW: 40, BR: 10, JIT: 2000, LOAD: 5, START: 1, RUN: 3}


def lives(
    times_ms: dict[Series, int], *, rounds: int = 8, precompiled: bool = True, **how: object
) -> tuple[dict[str, Account], Measured]:
    """The cold start and the steady state of what takes these times, each a little other."""
    facts = how.pop("facts", {})
    result = measured(
        {s: [ms * MS + n for n in range(rounds)] for s, ms in times_ms.items()},
        {RUN: facts},  # type: ignore[dict-item]
    )
    found = accounts(result, is_precompiled=precompiled, **how)  # type: ignore[arg-type]
    return {each.life: each for each in found}, result


def dominating(account: Account) -> str:
    return account.dominating.part if account.dominating else ""


def test_a_cold_start_is_what_is_shipped_and_a_steady_one_what_is_ready() -> None:
    found, _ = lives(QUICK)
    cold, steady = found["cold start"], found["steady state"]
    assert [share.series for share in cold.shares] == [BR, LOAD, START, RUN]
    assert [share.series for share in steady.shares] == [START, RUN]
    assert round(cold.total_ns / MS) == 19
    assert (dominating(cold), dominating(steady)) == ("delivery", "execution")


def test_without_a_cwasm_a_cold_start_compiles() -> None:
    found, result = lives(QUICK, precompiled=False)
    cold = found["cold start"]
    assert dominating(cold) == "compilation"
    said = advice(cold, result, ("br",))
    assert said and said.do.startswith("precompile it: aot.targets")
    assert said.measured == "load cwasm takes 0.0025 times as long as compile module, measured"


def test_no_phase_dominates_where_none_takes_half() -> None:
    found, result = lives({**QUICK, LOAD: 10, RUN: 9, START: 9})
    assert dominating(found["cold start"]) == ""
    assert advice(found["cold start"], result, ("br",)) is None


def test_with_too_few_rounds_nothing_dominates() -> None:
    found, _ = lives(QUICK, rounds=5)
    assert {dominating(each) for each in found.values()} == {""}
    assert found["cold start"].shares[0].low is None


def test_a_gain_that_was_not_measured_is_not_told() -> None:
    found, result = lives({BR: 50, LOAD: 5, START: 1, RUN: 3})
    said = advice(found["cold start"], result, ("br",))
    assert said and said.measured == ""
    found, result = lives({RAW: 50, LOAD: 5, START: 1, RUN: 3})
    said = advice(found["cold start"], result, ())
    assert said and said.do == 'compress it: compress.formats = ["br"]'


def test_host_calls_tell_boundary_from_compute() -> None:
    slow = {**QUICK, RUN: 1000}
    many, result = lives(slow, facts={"host_calls": 200_000}, call_ns=4500)
    assert dominating(many["steady state"]) == "boundary"
    said = advice(many["steady state"], result, ())
    assert said and "batch" in said.do
    assert said.measured.startswith("200,000 host calls, at 4,500 ns each 90 % of the run")
    few, _ = lives(slow, facts={"host_calls": 20}, call_ns=4500)
    assert dominating(few["steady state"]) == "compute"
    between, _ = lives(slow, facts={"host_calls": 100_000}, call_ns=4500)
    assert dominating(between["steady state"]) == "execution"
    unknown, _ = lives(slow, facts={"host_calls": 200_000}, call_ns=None)
    assert dominating(unknown["steady state"]) == "execution"


def test_what_was_measured_in_part_has_no_cold_start() -> None:
    found, _ = lives({LOAD: 5, START: 1, RUN: 3})
    assert set(found) == {"steady state"}
    assert lives({LOAD: 5, START: 1})[0] == {}


def test_native_is_compared_process_with_process() -> None:
    process, native = (
        series(way="process, cwasm"),
        series(way="native process")._replace(runtime="go"),
    )
    found, result = lives({**QUICK, RUN: 300, process: 400, native: 100})
    said = advice(found["steady state"], result, ())
    assert (
        said and said.measured == "process, cwasm takes 4 times as long as native process, measured"
    )


def test_the_cases_come_as_declared_and_not_as_they_were_measured() -> None:
    cases = [series(case=name) for name in ("small", "large", "wrong")]
    result = measured({START: [MS] * 6, **{each: [MS] * 6 for each in reversed(cases)}}, {})
    found = accounts(result, is_precompiled=True, order=[START, *cases])
    assert [each.case for each in found] == ["small", "large", "wrong"]
