"""What is told of a sweep: the table, hazards, and suggestions that hold."""

from __future__ import annotations

import json
import re

from swept_figures import MIB, failed, living, swept, tried
from wasip1_build.measure.gc_settings import Setting
from wasip1_build.report.gc_sweep import swept_record, swept_text
from wasip1_build.spec.model import Runtime

OFF = Setting("off", 24 * MIB, 36 * MIB)
FOUND = swept(
    [
        tried(Setting(), 100, 24),
        tried(Setting("200"), 99.9, 40),
        tried(OFF, 80, 25),
        failed(Setting("400"), "check c: out of memory"),
    ]
)


def row(text: str, name: str) -> list[str]:
    """The cells of a setting's row, but for its name."""
    line = next(line for line in text.splitlines() if line.startswith(name))
    return re.split(r"  +", line[len(name) :].strip())


def test_each_setting_has_a_row_with_its_figures() -> None:
    text = swept_text(FOUND, "a machine")
    default = ["100 ms (99.2 ms to 101 ms)", "1", "101 ms", "24.0 MiB", "384", "1", "10", "*"]
    assert row(text, "Go's defaults") == default
    off = ["80 ms (79.4 ms to 80.7 ms)", "0.80", "81 ms", "25.0 MiB", "400", "1.04", "10", "*"]
    assert row(text, "GOGC=off GOMEMLIMIT=24MiB") == off
    assert row(text, "GOGC=200")[1] == "(same)"
    assert row(text, "GOGC=200")[-1] == "10", "nothing marks it"
    assert row(text, "GOGC=400") == ["failed"]
    assert "warning: GOGC=400 fails: check c: out of memory [sweep-failed]" in text
    assert "on a machine" in text
    assert "the live set about 8MiB" in text


def test_a_better_setting_comes_with_lines_of_the_spec_and_of_go() -> None:
    text = swept_text(FOUND, "")
    assert "least time: GOGC=off GOMEMLIMIT=24MiB: CPU 0.80, peak 25.0 MiB (400 pages)" in text
    assert '\nruntime.gogc = "off"\nruntime.memory-limit = "24MiB"\n' in text
    assert "\n\tdebug.SetGCPercent(-1)\n" in text
    assert "no setting is better" not in text


def test_where_no_setting_is_better_by_more_than_noise_that_is_said_and_nothing_else() -> None:
    same = swept([tried(Setting(), 100, 24), tried(Setting("200"), 99.9, 24)])
    text = swept_text(same, "")
    assert "no setting is better by more than the noise" in text
    assert "runtime.gogc" not in text


def test_too_few_rounds_are_said_to_be_too_few() -> None:
    few = [
        tried(Setting(gogc), 100 - number, 24, rounds=3) for number, gogc in ((0, None), (9, "200"))
    ]
    text = swept_text(swept(few), "")
    assert "3 rounds are too few" in text
    assert "--rounds 6 or more" in text
    assert row(text, "GOGC=200")[1] == "0.91?"
    assert row(text, "GOGC=200")[-1] == "10", "no mark"
    settings = swept_record(swept(few))["settings"]
    assert [each["on_pareto_front"] for each in settings] == [None, None]


def test_the_declared_setting_is_named_so_and_removed_lines_are_said() -> None:
    found = swept([tried(Setting("50"), 130, 24), tried(Setting(), 100, 24)], Runtime(gogc="50"))
    text = swept_text(found, "")
    assert text.splitlines()[1].startswith("declared: GOGC=50")
    assert "# (remove runtime.gogc)" in text
    assert "package main" not in text, "there is nothing to set"


def test_json_has_every_run_with_units_and_the_lines() -> None:
    record = json.loads(json.dumps(swept_record(FOUND)))
    default, _two_hundred, off, failing = record["settings"]
    assert default["runs"]["c"][0].keys() == {"cpu_ns", "wall_ns", "peak_memory_bytes"}
    assert (default["declared"], off["declared"]) == (True, False)
    assert off["max_memory_bytes"] == 36 * MIB
    assert off["cpu_ratio"]["is_apart"]
    assert (failing["verdict"], failing["failed"]) == ("fail", "check c: out of memory")
    assert "cpu_ns" not in failing
    assert record["findings"][0]["rule"] == "sweep-failed"
    assert record["suggestions"][0]["spec_lines"][1] == 'runtime.gogc = "off"'
    assert record["gos_default_live_bytes"] == 8 * MIB


def test_the_lifetime_is_in_the_record() -> None:
    assert swept_record(living(FOUND, Runtime(lifetime="pooled")))["lifetime"] == "pooled"
