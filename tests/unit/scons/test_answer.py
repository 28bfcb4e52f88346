"""What a null build says: the table of the build before it, as this stream can show it."""

from __future__ import annotations

import io
import sys

import pytest

from wasip1_build.scons.fast import Good, answer

GOOD = Good(
    token="",
    identity=(),
    search_path=None,
    there="",
    looks=(),
    absent=(),
    words={"": ("x:a", "x:b"), "a": ("x:a",)},
    stale=(),
    heading=("artifact", "budget", "verdict"),
    right=(False, False, False),
    rows={"x:a": ("a", "75 % br", "pass"), "x:b": ("b", "no budget", "pass")},
    legend=("budget: how much",),
    totals="2 artifacts: 2 passed",
    warnings=(),
    moved={},
)


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_in_a_log_it_is_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert answer(GOOD, []).splitlines() == [
        "scons: `default' is up to date.",
        "artifact  budget     verdict",
        "a         75 % br    pass",
        "b         no budget  pass",
        "budget: how much",
        "2 artifacts: 2 passed",
    ]


def test_on_a_terminal_it_has_colours_and_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    row = answer(GOOD, ["a"]).splitlines()[2]
    assert row == "a         \x1b[32m██████  \x1b[0m 75 % br  \x1b[32mpass\x1b[0m"
