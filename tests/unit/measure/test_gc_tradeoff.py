"""Hazards, the Pareto front and suggestions, on figures that are made up: each said, and unsaid."""

from __future__ import annotations

from dataclasses import replace

from swept_figures import MIB, failed, living, swept, tried
from wasip1_build.findings import Location
from wasip1_build.measure.gc_settings import Setting
from wasip1_build.measure.gc_sweep import Swept
from wasip1_build.measure.gc_tradeoff import hazards, suggestions, weighed
from wasip1_build.spec.model import Artifact, Runtime

DEFAULT = tried(Setting(), 100, 24, collected=9)
OFF = Setting("off", 24 * MIB, 36 * MIB)


def rules(found: Swept) -> list[str]:
    return [hazard.finding.rule for hazard in hazards(found)]


def front(found: Swept) -> list[str]:
    return [each.tried.setting.name for each in weighed(found) if each.is_on_front]


def suggested(found: Swept) -> list[tuple[str, str]]:
    return [(each.goal, each.weighed.tried.setting.name) for each in suggestions(found)]


def test_a_lower_gogc_with_a_higher_peak_is_a_hazard_with_both_peaks() -> None:
    found = swept([DEFAULT, tried(Setting("50"), 130, 215, collected=2)])
    [hazard] = hazards(found)
    assert hazard.finding.rule == "sweep-low-gogc"
    assert "to 215 MiB (3440 pages), from 24.0 MiB (384 pages)" in hazard.finding.what
    assert "2 ended, 9 with" in hazard.finding.why


def test_a_lower_gogc_with_a_lower_or_equal_peak_is_none() -> None:
    assert rules(swept([DEFAULT, tried(Setting("50"), 130, 16)])) == []
    assert rules(swept([DEFAULT, tried(Setting("50"), 130, 24)])) == []


def test_a_higher_gogc_with_a_higher_peak_is_what_one_expects() -> None:
    assert rules(swept([DEFAULT, tried(Setting("400"), 80, 60)])) == []


def test_a_hazard_of_what_is_declared_is_at_its_line_and_compares_with_gos_default() -> None:
    runtime = Runtime(gogc="50")
    where = Location("wasip1.toml", 7, 1)
    artifact = Artifact("a", ".", ".", runtime=runtime, locations={"runtime": where})
    found = replace(swept([tried(Setting("50"), 130, 215), DEFAULT]), artifact=artifact)
    [hazard] = hazards(found)
    assert hazard.finding.location == where


def test_a_limit_below_the_live_set_that_costs_time_or_memory_is_a_hazard() -> None:
    limit = Setting(None, 6 * MIB)
    [slow] = hazards(swept([DEFAULT, tried(limit, 240, 20, collected=150)]))
    assert slow.finding.rule == "sweep-low-limit"
    assert "GOMEMLIMIT=6MiB, below the live set of 8MiB, costs 2.4" in slow.finding.what
    assert "raises" not in slow.finding.what
    assert "150 collections, 9 without" in slow.finding.why
    [large] = hazards(swept([DEFAULT, tried(limit, 100, 290)]))
    assert "raises the peak to 290 MiB" in large.finding.what
    assert "costs" not in large.finding.what


def test_a_limit_above_it_is_one_only_where_it_costs_time_for_nothing_or_raises_the_peak() -> None:
    limit = Setting(None, 9 * MIB)
    assert rules(swept([DEFAULT, tried(limit, 130, 16)])) == []
    assert rules(swept([DEFAULT, tried(limit, 130, 24)])) == ["sweep-low-limit"]
    [large] = hazards(swept([DEFAULT, tried(limit, 100, 290)]))
    assert "above the live set of 8MiB, raises the peak" in large.finding.what
    [unknown] = hazards(swept([DEFAULT, tried(limit, 100, 290)], live_mib=None))
    assert "live" not in unknown.finding.what


def test_a_limit_that_costs_nothing_or_that_nothing_reaches_is_none() -> None:
    assert rules(swept([DEFAULT, tried(Setting(None, 6 * MIB), 100, 20)])) == []
    assert rules(swept([DEFAULT, tried(Setting("off", 48 * MIB, 72 * MIB), 80, 47)])) == []


def test_off_far_over_its_limit_is_a_hazard() -> None:
    assert rules(swept([DEFAULT, tried(OFF, 80, 32)])) == []
    [hazard] = hazards(swept([DEFAULT, tried(OFF, 80, 33)]))
    assert hazard.finding.rule == "sweep-over-limit"
    assert "the peak is 33.0 MiB (528 pages)" in hazard.finding.what
    with_collector = tried(Setting(None, 24 * MIB), 100, 33)
    assert rules(swept([DEFAULT, with_collector])) == []


def test_a_setting_that_fails_a_check_is_said_with_why_and_never_weighed() -> None:
    found = swept([DEFAULT, failed(OFF, "check c: out of memory")])
    [hazard] = hazards(found)
    assert hazard.finding.what.endswith("GOMEMLIMIT=24MiB fails: check c: out of memory")
    assert [each.tried for each in weighed(found)] == [DEFAULT]
    assert suggestions(found) == ()


def test_on_the_front_is_what_nothing_beats_in_both() -> None:
    found = swept(
        [
            DEFAULT,
            tried(Setting("50"), 130, 16),
            tried(Setting("200"), 110, 40),  # slower and larger
            tried(Setting("400"), 80, 60),
            tried(OFF, 80, 25),  # as fast as 400 with less
        ]
    )
    assert front(found) == ["Go's defaults", "GOGC=50", "GOGC=off GOMEMLIMIT=24MiB"]


def test_noise_beats_nothing() -> None:
    found = swept([DEFAULT, tried(Setting("200"), 99.9, 24)])
    assert front(found) == ["Go's defaults", "GOGC=200"]
    assert suggested(found) == []


def test_the_fastest_with_the_least_memory_and_the_smallest_are_suggested() -> None:
    found = swept(
        [
            DEFAULT,
            tried(Setting("50"), 130, 16),
            tried(Setting("400"), 79.9, 60),
            tried(OFF, 80, 25),
        ]
    )
    assert suggested(found) == [("time", "GOGC=off GOMEMLIMIT=24MiB"), ("memory", "GOGC=50")]


def test_what_lives_on_is_offered_less_memory_first_and_no_more_memory_for_time() -> None:
    found = swept([DEFAULT, tried(Setting("50"), 130, 16), tried(Setting("400"), 80, 60)])
    assert suggested(found) == [("time", "GOGC=400"), ("memory", "GOGC=50")]
    pooled = living(found, Runtime(lifetime="pooled"))
    assert suggested(pooled) == [("memory", "GOGC=50")]
    both = swept([DEFAULT, tried(Setting("50"), 90, 16)], Runtime(lifetime="resident"))
    assert suggested(both) == [("time and memory", "GOGC=50")]


def test_a_hazard_is_never_suggested() -> None:
    trap = tried(Setting(None, 6 * MIB), 240, 20)
    assert suggested(swept([DEFAULT, trap])) == []


def test_of_what_cannot_be_told_apart_the_one_that_asks_for_least_is_suggested() -> None:
    off, limit = Setting("off", 12 * MIB, 18 * MIB), Setting(None, 12 * MIB)
    found = swept([DEFAULT, tried(off, 119.9, 14), tried(limit, 120, 14)])
    assert suggested(found) == [("memory", "GOMEMLIMIT=12MiB")]


def test_too_few_rounds_say_nothing() -> None:
    few = [tried(Setting(), 100, 24, rounds=5), tried(Setting("50"), 300, 215, rounds=5)]
    assert (rules(swept(few)), suggested(swept(few))) == ([], [])
