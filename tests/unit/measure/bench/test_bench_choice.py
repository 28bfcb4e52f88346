"""Which runtime wins, and what that says of the pinned one."""

from __future__ import annotations

from bench_fakes import measured
from wasip1_build.measure.bench.choice import Choice, choices
from wasip1_build.measure.bench.probe import Series

TITLES = {"wasmtime": "wasmtime 49.0.3", "wazero": "wazero 1.12.0", "node": "node 24.19.0"}
KEPT = {"wasmtime": "process, cwasm", "wazero": "process, warm cache", "node": "process"}


def kept(pinned: str | None = None, rounds: int = 12, noise: int = 3, **times: int) -> Choice:
    """The one choice between runtimes that keep their code."""
    found = {
        Series("execution", KEPT[name], TITLES[name], "c"): [
            us * 1000 + n * noise % 7 for n in range(rounds)
        ]
        for name, us in times.items()
    }
    return next(iter(choices(measured(found), pinned)))


def test_the_fastest_wins_where_all_others_are_slower_by_more_than_noise() -> None:
    choice = kept(wasmtime=10, wazero=20, node=30)
    assert choice.winner and choice.winner.runtime == "wasmtime 49.0.3"
    assert [round(each.ratio.median) for each in choice.rivals if each.ratio] == [2, 3]
    assert choice.verdict is None


def test_equals_have_no_winner() -> None:
    choice = kept("wazero", wasmtime=10, wazero=10, node=30)
    assert choice.winner is None
    assert choice.verdict == "no difference"


def test_the_pinned_one_wins_loses_or_is_not_known() -> None:
    assert kept("wasmtime", wasmtime=10, wazero=20).verdict == "wins"
    assert kept("wazero", wasmtime=10, wazero=20).verdict == "loses"
    assert kept("node", wasmtime=10, wazero=20).verdict == "not known"
    assert kept("wazero", rounds=5, wasmtime=10, wazero=20).verdict == "not known"
    assert kept("wasmtime", rounds=5, wasmtime=10, wazero=20).verdict == "not known"


def test_one_runtime_is_no_choice_and_cold_is_not_compared_with_warm() -> None:
    one = {Series("execution", "process, cwasm", TITLES["wasmtime"], "c"): [5] * 8}
    assert list(choices(measured(one), "wasmtime")) == []
    cold = {Series("execution", "process, cold cache", TITLES["wazero"], "c"): [50] * 8}
    assert list(choices(measured(one | cold), "wasmtime")) == []
