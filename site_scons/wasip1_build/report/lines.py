"""A table as lines of text, each column as wide as its widest cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasip1_build.measure.spread import Spread

MANY = 30  # beyond so many artifacts, those that were not looked at have no row of their own

MOVED = 10  # so many artifacts are told with what moved them


def moved_text(moved: Mapping[str, Sequence[str]]) -> list[str]:
    """What moved artifacts (by DIR:NAME), as lines; of many the first."""
    names = sorted(moved)
    lines = [line for name in names[:MOVED] for line in moved[name]]
    if names[MOVED:]:
        lines.append(f"and {len(names) - MOVED} more have moved: see report.md")
    return lines


def aligned(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[list[str]]:
    """The cells of a table, padded; `right` tells which columns are set to the right.

    The last column is not padded: nothing follows it.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        [
            *(
                cell.rjust(width) if to_right else cell.ljust(width)
                for cell, width, to_right in zip(row[:-1], widths, right, strict=False)
            ),
            row[-1],
        ]
        for row in rows
    ]


def spread_text(each: Spread, shown: Callable[[int], str]) -> str:
    """The median, and in brackets the least and the greatest where they differ."""
    if each.low == each.high:
        return shown(each.median)
    return f"{shown(each.median)} ({shown(each.low)} to {shown(each.high)})"
