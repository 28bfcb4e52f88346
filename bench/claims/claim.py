"""What is claimed, as a range that a figure lies in or not, and what was measured of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from wasip1_build.measure.bench.probe import Phase

# What one run took: nanoseconds, bytes or counts, the unit in the name.
Taken = Mapping[str, int]


class Claim(NamedTuple):
    """One claim: `says` is the sentence, `quantity` what decides it.

    What is claimed to lie from `at_least` to `at_most` (None: no bound) is the ratio of what comes
    after the optimisation to what was before it, or, with `of_saved`, the difference between both
    in the quantity's own unit.
    """

    name: str
    phase: Phase
    says: str
    quantity: str
    at_least: float | None = None
    at_most: float | None = None
    of_saved: bool = False


class Row(NamedTuple):
    """One thing, measured `before` and `after` in turns: the nth value of one beside the nth of the
    other, by quantity. A row that decides nothing is there to be compared with."""

    what: str
    before: str
    after: str
    quantities: Mapping[str, tuple[Sequence[int], Sequence[int]]]
    decides: bool = True

    def record(self) -> dict[str, Any]:
        """As JSON has it."""
        values = {
            name: {"before": list(before), "after": list(after)}
            for name, (before, after) in self.quantities.items()
        }
        return {**self._asdict(), "quantities": values}

    @staticmethod
    def of(record: Mapping[str, Any]) -> Row:
        """The reverse of `record`."""
        values = {
            name: (each["before"], each["after"]) for name, each in record["quantities"].items()
        }
        return Row(record["what"], record["before"], record["after"], values, record["decides"])


class LeftOut(NamedTuple):
    """What was not measured, and why."""

    what: str
    why: str


# What a measurement finds: the name of a claim, with something about it.
Found = Iterator[tuple[str, Row | LeftOut]]


def row(
    what: str,
    before: tuple[str, Sequence[Taken]],
    after: tuple[str, Sequence[Taken]],
    *,
    decides: bool = True,
) -> Row:
    """A row of two named series: all quantities that both have."""
    (old, olds), (new, news) = before, after
    names = [name for name in olds[0] if name in news[0]]
    values = {
        name: ([each[name] for each in olds], [each[name] for each in news]) for name in names
    }
    return Row(what, old, new, values, decides)


def counted(
    what: str,
    quantity: str,
    before: tuple[str, int],
    after: tuple[str, int],
    *,
    decides: bool = True,
) -> Row:
    """A row of two numbers that every run would give again, as sizes are."""
    (old, was), (new, now) = before, after
    return row(what, (old, [{quantity: was}]), (new, [{quantity: now}]), decides=decides)
