"""What can a stream show, and how do the rows of a table look on it?

A null build shows a table, so this imports nothing that makes one.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TextIO

from wasip1_build.report.lines import aligned

BUDGET = "budget"  # the heading of the column that can have bars
RESET = "\x1b[0m"
COLORS = {
    "error": "\x1b[31m",
    "warning": "\x1b[33m",
    "note": "\x1b[36m",
    "FAIL": "\x1b[31m",
    "pass": "\x1b[32m",
}


class Style(NamedTuple):
    """What the stream can show; `columns` are those of a terminal, 0 of a file or a log."""

    color: bool = False
    encoding: str = "utf-8"
    columns: int = 0

    @property
    def unicode(self) -> bool:
        """Whether signs outside ASCII can be shown."""
        return self.encoding.lower().replace("-", "") in ("utf8", "utf16", "utf32")


def style_of(stream: TextIO, environment: Mapping[str, str]) -> Style:
    """Colour only on a terminal that has it, and never under NO_COLOR (https://no-color.org)."""
    terminal = stream.isatty() and environment.get("TERM") != "dumb"
    color = terminal and not environment.get("NO_COLOR")
    columns = shutil.get_terminal_size().columns if terminal else 0
    return Style(color, stream.encoding or "ascii", columns)


PLAIN = Style()


def rows_text(rows: list[list[str]], right: Sequence[bool], style: Style) -> list[str]:
    """The lines of a table whose first row are headings, the last of them the verdict."""
    at = rows[0].index(BUDGET) if BUDGET in rows[0] else -1
    has_bars = False
    if style.columns and style.unicode and at >= 0:
        from wasip1_build.report.bars import CELLS, width_of, with_bars  # (a log needs none of it)

        if has_bars := width_of(rows) + CELLS + 1 <= style.columns:
            shown = with_bars([row[at] for row in rows])
            rows = [
                [*row[:at], cell, *row[at + 1 :]] for row, cell in zip(rows, shown, strict=True)
            ]
    lines = aligned(rows, right)
    return [
        "  ".join(lines[0]),
        *(_colored(line, style, at if has_bars else -1) for line in lines[1:]),
    ]


def _colored(cells: list[str], style: Style, bar: int = -1) -> str:
    """A row; `bar` is the place of the cell that begins with one."""
    *before, verdict = cells
    if style.color and verdict in COLORS:
        verdict = f"{COLORS[verdict]}{verdict}{RESET}"
    if style.color and bar >= 0:
        from wasip1_build.report.bars import colored  # as above

        before[bar] = colored(before[bar], COLORS, RESET)
    return "  ".join([*before, verdict])
