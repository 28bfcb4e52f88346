"""The table and the findings as a person sees them, on any stream."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from report_files import CHECKS, SIZES, outcome
from wasip1_build.findings import Finding, Location, Severity
from wasip1_build.report.bars import bar
from wasip1_build.report.console import Style, findings_text, style_of, table
from wasip1_build.report.render import render
from wasip1_build.report.rendering import Rendering
from wasip1_build.report.summary import Outcome
from wasip1_build.report.summary import report as summarized
from wasip1_build.report.terminal import rows_text


def report(profile: str, outcomes: Iterable[Outcome]) -> Rendering:
    return render(summarized(profile, outcomes), Path())


ASCII = Style(encoding="ascii")
OVER = {
    "sizes": [
        {"form": "wasm", "size_bytes": 801, "budget_bytes": 800},
    ],
}
FAILED_CHECKS = CHECKS | {
    "checks": [
        {"name": "greets", "verdict": "fail"},
        {"name": "counts", "verdict": "pass"},
        {"name": "instantiates", "verdict": "pass"},
    ]
}
ERROR = Finding("budget-exceeded", Severity.ERROR, "too large", "the budget", "a\nb")


TABLE = """\
artifact    debug     wasm      br      gz    cwasm   saved  budget      checks     verdict
hello     2.36MiB  2.31MiB  524KiB  685KiB  5.15MiB  78.3 %  90 % br     1 passed   pass
broken          —        —       —       —        —       —  —           —          FAIL
filter       900B     801B       —       —        —  11.0 %  101 % wasm  1 failed   FAIL
later           —        —       —       —        —       —  —           —          not built
plain           —   900KiB       —       —        —       —  no budget   no checks  pass
saved: how much smaller the smallest of wasm, br and gz is than debug (computed from measured sizes)
budget: how much of the tightest budget is used
cwasm: the largest of an artifact's targets
5 artifacts: 2 passed, 2 failed, 1 not built; 1 error
"""


def mixed(directory: Path) -> list[Outcome]:
    return [
        outcome(directory, ".:hello"),
        outcome(
            directory,
            "examples/filter:filter",
            debug_bytes=900,
            sizes=SIZES | OVER,
            checks=FAILED_CHECKS,
            gate=None,
            manifest=None,
            findings=(ERROR,),
        ),
        Outcome("examples/broken:broken", failed=True),
        Outcome("examples/later:later"),
        outcome(
            directory,
            "examples/plain:plain",
            debug_bytes=None,
            sizes=SIZES | {"sizes": [{"form": "wasm", "size_bytes": 900 << 10}]},
            checks=CHECKS | {"checks": CHECKS["checks"][:1]},
        ),
    ]


def test_the_table_of_a_build(tmp_path: Path) -> None:
    assert table(report("release", mixed(tmp_path))) == TABLE


def test_the_table_fits_a_hundred_columns(tmp_path: Path) -> None:
    shown = table(report("release", [outcome(tmp_path, ".:thumbnail-filter")]))
    assert max(map(len, shown.splitlines())) <= 100


def test_forms_that_no_artifact_has_get_no_column(tmp_path: Path) -> None:
    sizes = SIZES | {"sizes": SIZES["sizes"][:1]}
    heading = table(report("dev", [outcome(tmp_path, ".:a", sizes=sizes)])).split("\n")[0]
    assert heading.split() == ["artifact", "debug", "wasm", "saved", "budget", "checks", "verdict"]


def test_artifacts_of_one_name_are_told_apart() -> None:
    shown = table(report("dev", [Outcome("a:x"), Outcome("b:x"), Outcome("c:y")]))
    assert [line.split()[0] for line in shown.splitlines()[1:4]] == ["a:x", "b:x", "y"]


def test_a_budget_that_is_just_exceeded_does_not_look_full(tmp_path: Path) -> None:
    exceeded = [{"form": "wasm", "size_bytes": 1_000_001, "budget_bytes": 1_000_000}]
    shown = table(report("dev", [outcome(tmp_path, ".:a", sizes=SIZES | {"sizes": exceeded})]))
    assert "101 % wasm" in shown


def test_memory_is_a_budget_too(tmp_path: Path) -> None:
    memory = {"memory": {"peak_bytes": 3 << 20, "budget_bytes": 2 << 20}}
    shown = table(report("dev", [outcome(tmp_path, ".:a", sizes=SIZES | memory)]))
    assert "150 % memory" in shown


def test_of_many_only_those_that_are_asked_for_have_a_row(tmp_path: Path) -> None:
    built = report("release", mixed(tmp_path))
    names = list(built.artifacts)
    some = table(built, shown=names[:1]).splitlines()
    assert some[1].startswith(names[0].rpartition(":")[2])
    assert some[2] == f"and {len(names) - 1} more, up to date"
    assert some[-1] == table(built).splitlines()[-1]


def test_a_table_without_unicode_is_ascii(tmp_path: Path) -> None:
    built = report("release", mixed(tmp_path))
    assert table(built, ASCII).isascii()
    assert len(table(built, ASCII)) == len(table(built))


def test_colour_marks_the_verdict_and_moves_nothing(tmp_path: Path) -> None:
    built = report("release", mixed(tmp_path))
    colored = table(built, Style(color=True))
    assert "\x1b[31mFAIL\x1b[0m" in colored
    assert "\x1b[32mpass\x1b[0m" in colored
    for code in ("\x1b[31m", "\x1b[32m", "\x1b[0m"):
        colored = colored.replace(code, "")
    assert colored == table(built)


def test_findings_say_where_what_why_and_how() -> None:
    finding = Finding(
        "imports", Severity.ERROR, "it dials", "sockets", "allow", Location("wasip1.toml", 3, 1)
    )
    assert findings_text([finding, ERROR]) == (
        "wasip1.toml:3:1: error: it dials [imports]\n  why: sockets\n  fix: allow\n\n"
        "error: too large [budget-exceeded]\n  why: the budget\n  fix: a\n       b\n\n"
    )
    assert findings_text([]) == ""


def test_colour_marks_the_severity() -> None:
    text = findings_text([ERROR], Style(color=True))
    assert text.startswith("\x1b[31merror:\x1b[0m too large")


def test_what_a_module_printed_cannot_move_the_cursor() -> None:
    finding = Finding("check", Severity.ERROR, "wrong", details="\x1b[2Jgone\r\x9b31m\u202e\ttab")
    text = findings_text([finding], Style(color=True))
    assert "\\x1b[2Jgone\\x0d\\x9b31m\\x202e\ttab" in text


def test_what_a_stream_cannot_show_is_escaped() -> None:
    finding = Finding("check", Severity.NOTE, "größer", details="日本")
    assert findings_text([finding], ASCII).isascii()
    assert "größer" in findings_text([finding])


class Stream(io.TextIOWrapper):
    def __init__(self, terminal: bool, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("terminal", "environment", "color"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colour_only_on_a_terminal_that_wants_it(
    terminal: bool, environment: dict[str, Any], color: bool
) -> None:
    assert style_of(Stream(terminal, "utf-8"), environment).color is color


def test_signs_outside_ascii_only_where_the_stream_has_them() -> None:
    assert style_of(Stream(False, "UTF-8"), {}).unicode
    assert not style_of(Stream(False, "latin-1"), {}).unicode
    assert not style_of(Stream(False, "ascii"), {}).unicode


WIDE = Style(columns=120)


def test_on_a_wide_terminal_budgets_have_bars(tmp_path: Path) -> None:
    rows = table(report("release", mixed(tmp_path)), WIDE).splitlines()[1:6]
    assert rows[0].endswith("78.3 %  ███████▏ 90 % br     1 passed   pass")
    assert rows[2].endswith("11.0 %  ████████ 101 % wasm  1 failed   FAIL")
    assert rows[4].endswith("     —           no budget   no checks  pass")


@pytest.mark.parametrize(
    "style", [Style(), Style(columns=100), Style(encoding="ascii", columns=200)]
)
def test_a_log_a_narrow_terminal_and_one_without_blocks_have_no_bars(
    style: Style, tmp_path: Path
) -> None:
    shown = table(report("release", mixed(tmp_path)), style)
    assert "█" not in shown and "\\u2588" not in shown
    assert "90 % br" in shown


@pytest.mark.parametrize(
    ("percent", "shown"),
    [
        (0, ""),
        (1, ""),
        (2, "▏"),
        (50, "████"),
        (99, "███████▉"),
        (100, "████████"),
        (900, "████████"),
    ],
)
def test_a_bar_is_full_from_a_hundred_percent_on(percent: int, shown: str) -> None:
    assert bar(percent) == shown.ljust(8)


@pytest.mark.parametrize(
    ("cell", "color"), [("89 % br", 32), ("90 % br", 33), ("100 % br", 33), ("101 % br", 31)]
)
def test_a_bar_has_the_colour_of_how_much_is_used(cell: str, color: int) -> None:
    rows = [["artifact", "budget", "verdict"], ["a", cell, "pass"]]
    _, line = rows_text(rows, [False] * 3, Style(color=True, columns=80))
    assert line.startswith(f"a         \x1b[{color}m")
    plain = rows_text(rows, [False] * 3, Style(columns=80))[1]
    assert re.sub(r"\x1b\[\d+m", "", line) == plain


def test_what_has_no_budget_has_no_bar() -> None:
    rows = [["artifact", "budget", "verdict"], ["a", "no budget", "pass"], ["b", "—", "FAIL"]]
    lines = rows_text(rows, [False] * 3, Style(color=True, columns=80))
    assert lines[1] == "a                  no budget  \x1b[32mpass\x1b[0m"
    assert "█" not in "".join(lines)


def test_a_terminal_has_its_width_and_a_file_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "77")
    assert style_of(Stream(True, "utf-8"), {}).columns == 77
    assert style_of(Stream(False, "utf-8"), {}).columns == 0
    assert style_of(Stream(True, "utf-8"), {"TERM": "dumb"}).columns == 0
