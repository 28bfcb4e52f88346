"""Several ways of doing one thing, measured in turns, as rows of what each is to the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.claims.claim import Row, Taken, row
from bench.cost import Command
from bench.spread import interleaved

Way = Callable[[], Taken]


def in_turns(ways: Mapping[str, Way], turns: int) -> dict[str, list[Taken]]:
    """What each took, each turn; all ran once before, uncounted."""
    return interleaved(ways, turns)


def against(
    what: str,
    base: str,
    taken: Mapping[str, list[Taken]],
    *,
    decides: bool = True,
) -> list[Row]:
    """A row for each of the other ways, called after the thing and the way."""
    return [
        row(f"{what}, {name}", (base, taken[base]), (name, each), decides=decides)
        for name, each in taken.items()
        if name != base
    ]


def program_run(command: Command) -> Way:
    """What a program takes from its start to its end."""

    def run() -> Taken:
        cost = command.run()
        return {"wall_ns": round(cost.wall_s * 1e9), "cpu_ns": round(cost.cpu_s * 1e9)}

    return run
