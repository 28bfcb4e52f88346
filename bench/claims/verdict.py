"""Does a claim hold? Said by the figures: by where their interval lies to the range claimed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from bench.claims.claim import Claim, Row
from wasip1_build.measure.noise import pairs_needed, ratio

Verdict = Literal["holds", "below", "above", "not known"]
# Quantities that are the same in every run. Times are not, and peaks of memory not always.
EXACT = frozenset({"size_bytes", "host_calls", "named_frames", "cpus"})


class Judged(NamedTuple):
    """A figure: the median, and between which two the true one lies; the same where it is exact.

    `is_sure`: it is exact, or there are pairs enough for an interval.
    """

    median: float
    low: float
    high: float
    is_sure: bool
    pairs: int

    def within(self, at_least: float | None, at_most: float | None) -> Verdict:
        """Where the whole interval lies; "not known" where a part of it lies elsewhere."""
        if not self.is_sure:
            return "not known"
        if at_least is not None and self.high < at_least:
            return "below"
        if at_most is not None and self.low > at_most:
            return "above"
        if (at_least is None or self.low >= at_least) and (at_most is None or self.high <= at_most):
            return "holds"
        return "not known"


class Overall(NamedTuple):
    """For what a claim holds, for what it does not, and for what the figures do not say."""

    holds: tuple[str, ...]
    fails: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def words(self) -> str:
        """ "holds", "does not hold", "holds for 2 of 5", "not known" or "not measured"."""
        total = len(self.holds) + len(self.fails) + len(self.unknown)
        if not total:
            return "not measured"
        if len(self.holds) == total:
            return "holds"
        if self.holds:
            return f"holds for {len(self.holds)} of {total}"
        return "does not hold" if self.fails else "not known"

    @property
    def is_mixed(self) -> bool:
        """Whether it is one thing here and another there."""
        return sum(map(bool, self)) > 1


def ratio_of(row: Row, quantity: str) -> Judged:
    """After to before, pair by pair."""
    before, after = row.quantities[quantity]
    return _judged(after, before, exact=quantity in EXACT)


def saved(row: Row, quantity: str) -> Judged:
    """Before less after, pair by pair, in the quantity's unit."""
    before, after = row.quantities[quantity]
    less = [a - b for a, b in zip(before, after, strict=True)]
    return _judged(less, [1] * len(less), exact=quantity in EXACT)


def verdict_of(claim: Claim, row: Row) -> Verdict:
    """Whether what one row found lies within what is claimed."""
    figure = (saved if claim.of_saved else ratio_of)(row, claim.quantity)
    return figure.within(claim.at_least, claim.at_most)


def overall(claim: Claim, rows: Sequence[Row]) -> Overall:
    """What the rows that decide say together."""
    found: dict[Verdict, list[str]] = {"holds": [], "below": [], "above": [], "not known": []}
    for row in rows:
        if row.decides and claim.quantity in row.quantities:
            found[verdict_of(claim, row)].append(row.what)
    return Overall(
        tuple(found["holds"]), tuple(found["below"] + found["above"]), tuple(found["not known"])
    )


def _judged(values: Sequence[int], others: Sequence[int], *, exact: bool) -> Judged:
    found = ratio(values, others)
    sure = exact or len(values) >= pairs_needed(1)
    return Judged(found.median, found.low, found.high, sure, len(values))
