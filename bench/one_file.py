"""What does a build cost beyond its tools, where one Go file of one artifact changed?"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.cost import Command, Cost
from bench.monorepo import Monorepo
from bench.places import Places
from bench.programs import SCONS
from bench.spread import Spread
from bench.tool_runs import by_kind, recorded

Edit = Callable[[int, int], None]  # the number of an artifact, and that of the edition


def measure_one_file(
    places: Places, monorepo: Monorepo, edit: Edit, what: str, repetitions: int
) -> dict[str, Any]:
    """CPU seconds of a bare `scons`, of the tools that it had to run, and of an empty scons.

    The tools are run by themselves after one more edit, by the command lines of a build that was
    recorded after another.
    """
    number = monorepo.settings.artifacts // 2
    environment = places.environment()
    build = Command((*SCONS, "-Q"), monorepo.root, environment)
    empty = Command((*SCONS, "-Q"), places.empty, environment)
    editions = new_editions()
    edit(number, next(editions))
    build.run()
    build.run()
    turns = []
    for _ in range(repetitions):
        edit(number, next(editions))
        whole, nothing = build.run(), empty.run()
        edit(number, next(editions))
        runs = recorded(places, monorepo.root, ())
        next(editions)  # so that this edit, which is not built, leaves the imports as they are
        edit(number, next(editions))
        turns.append((whole, nothing, by_kind(runs)))
    build.run()
    return {
        "artifacts": monorepo.settings.artifacts,
        "what": what,
        "command": "python -m SCons -Q",
        "scons_cpu_s": Spread.of([whole.cpu_s for whole, _, _ in turns]).record(),
        "scons_wall_s": Spread.of([whole.wall_s for whole, _, _ in turns]).record(),
        "empty_cpu_s": Spread.of([nothing.cpu_s for _, nothing, _ in turns]).record(),
        "tools_cpu_s": _tools([tools for _, _, tools in turns]),
        "beyond_cpu_s": Spread.of([_beyond(*turn) for turn in turns]).record(),
    }


def new_editions() -> Iterator[int]:
    """Numbers that no earlier run has used in this tree."""
    return itertools.count(int(time.time()) << 8)


def _beyond(whole: Cost, nothing: Cost, tools: dict[str, Cost]) -> float:
    return whole.cpu_s - nothing.cpu_s - sum(cost.cpu_s for cost in tools.values())


def _tools(turns: list[dict[str, Cost]]) -> dict[str, dict[str, float]]:
    kinds = sorted({kind for tools in turns for kind in tools})
    nothing = Cost(0.0, 0.0)
    return {
        kind: Spread.of([tools.get(kind, nothing).cpu_s for tools in turns]).record()
        for kind in kinds
    }
