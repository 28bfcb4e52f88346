"""Which settings are tried follows from what is declared and what was seen."""

from __future__ import annotations

import pytest

from wasip1_build.measure.gc_settings import MIB, Need, Setting, cap_over, settings
from wasip1_build.spec.model import Lifetime, Runtime

NEED = Need(peak_bytes=23 * MIB + MIB // 2, live_bytes=8 * MIB)


def names(runtime: Runtime, need: Need | None = NEED) -> list[str]:
    return [each.name for each in settings(runtime, need)]


def test_limits_lie_around_the_live_set_and_the_peak() -> None:
    assert names(Runtime()) == [
        "Go's defaults",
        "GOGC=50",
        "GOGC=200",
        "GOGC=400",
        "GOMEMLIMIT=6MiB",  # three quarters of the live set
        "GOMEMLIMIT=12MiB",  # a quarter over 9 MiB: a trace rounds 8.9 down
        "GOMEMLIMIT=17MiB",  # half-way to the peak
        "GOGC=off GOMEMLIMIT=17MiB",
        "GOGC=off GOMEMLIMIT=24MiB",  # the peak
        "GOGC=off GOMEMLIMIT=47MiB",  # twice that
    ]


def test_what_is_declared_comes_first_and_once() -> None:
    assert names(Runtime(gogc="200"))[:4] == ["GOGC=200", "Go's defaults", "GOGC=50", "GOGC=400"]
    declared = Runtime(gogc="off", memory_limit_bytes=24 * MIB, max_memory_bytes=36 * MIB)
    found = names(declared)
    assert found[0] == "GOGC=off GOMEMLIMIT=24MiB"
    assert len(found) == len(set(found))


def test_gogc_100_is_gos_default_and_not_tried_twice() -> None:
    assert names(Runtime(gogc="100"))[:2] == ["GOGC=100", "GOGC=50"]
    assert Setting("100").is_gos_default
    assert not Setting("100", MIB).is_gos_default


@pytest.mark.parametrize("lifetime", ["pooled", "resident"])
def test_off_is_not_tried_where_it_is_refused(lifetime: Lifetime) -> None:
    assert not any(each.is_off for each in settings(Runtime(lifetime=lifetime), NEED))


def test_off_is_tried_with_a_limit_and_a_cap_only() -> None:
    for each in (each for each in settings(Runtime(), NEED) if each.is_off):
        assert each.memory_limit_bytes is not None
        assert each.max_memory_bytes == cap_over(each.memory_limit_bytes)
        assert each.max_memory_bytes % 65536 == 0


def test_a_declared_cap_holds_for_all_and_no_limit_is_above_it() -> None:
    found = settings(Runtime(max_memory_bytes=24 * MIB), NEED)
    assert {each.max_memory_bytes for each in found} == {24 * MIB}
    assert max(each.memory_limit_bytes or 0 for each in found) == 24 * MIB


def test_without_collections_there_is_no_limit_to_try_but_for_off() -> None:
    small = Need(peak_bytes=45 * 65536, live_bytes=None)
    assert names(Runtime(), small)[4:] == [
        "GOGC=off GOMEMLIMIT=3MiB",
        "GOGC=off GOMEMLIMIT=5888KiB",
    ]
    assert names(Runtime(), None) == ["Go's defaults", "GOGC=50", "GOGC=200", "GOGC=400"]


def test_no_limit_is_tried_that_changes_nothing() -> None:
    """From the peak on, and of a live set that a whole MiB cannot tell from nothing."""
    tight = Need(peak_bytes=9 * MIB, live_bytes=8 * MIB)
    limits = [each.memory_limit_bytes for each in settings(Runtime(), tight) if not each.is_off]
    assert limits[4:] == [6 * MIB]
    nothing = Need(peak_bytes=4 * MIB, live_bytes=0)
    assert not any(
        each.memory_limit_bytes for each in settings(Runtime(), nothing) if not each.is_off
    )
