"""A table as lines of text, each column as wide as its widest cell."""

from __future__ import annotations

from collections.abc import Sequence

MANY = 30  # beyond so many artifacts, those that were not looked at have no row of their own


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
