"""Budgets as bars, for who looks at a terminal: "######## 96 % wasm" says more at a glance."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wasip1_build.report.lines import aligned

CELLS = 8  # of a bar: each an eighth of the budget, and with eight signs a sixty-fourth
_PARTS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")  # Unicode 16.0, 2580 to 259F: Block Elements
_PERCENT = re.compile(r"(\d+) % ")
NEAR = 90  # percent, from which on a bar is a warning


def bar(percent: int) -> str:
    """A bar of CELLS columns; all of it is full from 100 on."""
    eighths = min(percent, 100) * 8 * CELLS // 100
    return ("█" * (eighths // 8) + _PARTS[eighths % 8]).ljust(CELLS)


def percent_of(cell: str) -> int | None:
    """What a budget's cell says ("96 % wasm"); None where there is no budget."""
    found = _PERCENT.match(cell)
    return int(found[1]) if found else None


def with_bars(cells: list[str]) -> list[str]:
    """The cells of a column of budgets, each with its bar before it."""
    percents = [percent_of(cell) for cell in cells]
    bars = [" " * CELLS if percent is None else bar(percent) for percent in percents]
    return [f"{before} {cell}" for before, cell in zip(bars, cells, strict=True)]


def colored(cell: str, colors: Mapping[str, str], reset: str) -> str:
    """A cell whose bar has the colour of its verdict: over the budget, near it, or far from it."""
    percent = percent_of(cell[CELLS + 1 :])
    if percent is None:
        return cell
    name = "FAIL" if percent > 100 else "warning" if percent >= NEAR else "pass"
    return f"{colors[name]}{cell[:CELLS]}{reset}{cell[CELLS:]}"


def width_of(rows: list[list[str]]) -> int:
    """The columns that a table takes."""
    return max(len("  ".join(row)) for row in aligned(rows, [False] * len(rows[0])))
