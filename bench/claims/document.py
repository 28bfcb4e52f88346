"""The tables of docs/claims.md, with what they say of each claim, from the raw figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from bench.claims.claim import Claim, Row
from bench.claims.claims import CLAIMS
from bench.claims.verdict import Judged, Overall, overall, ratio_of, saved, verdict_of
from bench.spread import Spread
from bench.tables import TABLES as OF_A_RUN
from bench.tables import Result, table


class Unit(NamedTuple):
    """How a quantity is shown: its name, and what of it is one of the unit."""

    title: str
    size: float


UNITS: Mapping[str, Unit] = {
    "size_bytes": Unit("KiB", 1 << 10),
    "peak_memory_bytes": Unit("peak MiB", 1 << 20),
    "wall_ns": Unit("wall ms", 1e6),
    "cpu_ns": Unit("CPU ms", 1e6),
    "host_calls": Unit("host calls", 1),
    "named_frames": Unit("named frames", 1),
    "cpus": Unit("CPUs", 1),
}


def overview(result: Result) -> str:
    """A line for each claim."""
    rows = [
        (
            f"[{claim.says}](#{claim.name})",
            claim.phase,
            _claimed(claim),
            _found(claim, _rows(result, claim)),
            overall(claim, _rows(result, claim)).words,
        )
        for claim in CLAIMS
    ]
    return table(("claim", "phase", "claimed", "found (medians)", ""), rows)


def one(claim: Claim, result: Result) -> str:
    """The claim, its verdict, and a line for each thing and quantity."""
    rows = _rows(result, claim)
    left_out = "".join(
        f"\nNot measured: {each['what']}: {each['why']}.\n"
        for each in result["claims"][claim.name]["left_out"]
    )
    found = _detailed(overall(claim, rows))
    head = f"**Claimed:** {claim.says} ({_claimed(claim)})\n\n**Found:** {found}.\n"
    if not rows:
        return head + left_out
    columns = ("", "before", "after", "", "before", "after", "ratio", "n", "verdict")
    lines = [line for row in rows for line in _lines(claim, row)]
    return f"{head}\n{table(columns, lines)}{left_out}"


def _detailed(verdict: Overall) -> str:
    """With the names of the rows where they differ."""
    if not verdict.is_mixed:
        return verdict.words
    parts = (
        ("it holds for", verdict.holds),
        ("it does not hold for", verdict.fails),
        ("it is not known for", verdict.unknown),
    )
    told = (
        f"{words} {', '.join(f'*{name}*' for name in names)}" for words, names in parts if names
    )
    return f"{verdict.words}: {'; '.join(told)}"


def _rows(result: Result, claim: Claim) -> list[Row]:
    return [Row.of(each) for each in result["claims"][claim.name]["rows"]]


def _lines(claim: Claim, row: Row) -> Iterator[tuple[object, ...]]:
    """What decides comes first."""
    names = sorted(row.quantities, key=lambda name: name != claim.quantity)
    for number, name in enumerate(names):
        before, after = row.quantities[name]
        title, size = UNITS[name]
        decides = row.decides and name == claim.quantity
        yield (
            *((row.what, row.before, row.after) if number == 0 else ("", "", "")),
            title,
            _values(before, size),
            _values(after, size),
            _figure(ratio_of(row, name)),
            len(before),
            _verdict(claim, row) if decides else "",
        )


def _verdict(claim: Claim, row: Row) -> str:
    verdict = verdict_of(claim, row)
    if not claim.of_saved:
        return verdict
    title, size = UNITS[claim.quantity]
    figure = saved(row, claim.quantity)
    low, median, high = (each / size for each in (figure.low, figure.median, figure.high))
    return f"{verdict}: {_figure(figure._replace(low=low, median=median, high=high))} {title} saved"


def _claimed(claim: Claim) -> str:
    """ "at most 0.1", "15 to 20 ms saved"."""
    size = UNITS[claim.quantity].size if claim.of_saved else 1
    least, most = (
        None if bound is None else _number(bound / size)
        for bound in (claim.at_least, claim.at_most)
    )
    what = f" {UNITS[claim.quantity].title} saved" if claim.of_saved else ""
    if least is None:
        return f"at most {most}{what}"
    if most is None:
        return f"at least {least}{what}"
    return f"{least}{what}" if least == most else f"{least} to {most}{what}"


def _found(claim: Claim, rows: Sequence[Row]) -> str:
    """From the least median to the greatest, of the rows that decide."""
    figure = saved if claim.of_saved else ratio_of
    size = UNITS[claim.quantity].size if claim.of_saved else 1
    medians = sorted(
        figure(row, claim.quantity).median / size
        for row in rows
        if row.decides and claim.quantity in row.quantities
    )
    if not medians:
        return ""
    least, most = _number(medians[0]), _number(medians[-1])
    return least if least == most else f"{least} to {most}"


def _values(values: Sequence[int], size: float) -> str:
    spread = Spread.of(values)
    median = _number(spread.median / size)
    if spread.low == spread.high:
        return median
    return f"{median} ({_number(spread.low / size)} to {_number(spread.high / size)})"


def _figure(figure: Judged) -> str:
    """With its interval where there is one; "no interval" where there are too few pairs."""
    median = _number(figure.median)
    if not figure.is_sure:
        return f"{median} (no interval)"
    if figure.low == figure.high:
        return median
    return f"{median} ({_number(figure.low)} to {_number(figure.high)})"


def _number(value: float) -> str:
    """Three digits that count, and all of those before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


TABLES: Mapping[str, Callable[[Result], str]] = {
    "machine": OF_A_RUN["machine"],
    "overview": overview,
    **{claim.name: partial(one, claim) for claim in CLAIMS},
}
