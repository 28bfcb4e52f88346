"""How near is a build from nothing to the least time that its tools need on these cores?

The tools are run by themselves, two at a time, by the command lines of a recorded build; a plain
Makefile does what people usually write.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.cost import Command, Cost
from bench.monorepo import Monorepo
from bench.places import Places
from bench.programs import SCONS, missing, pinned, program
from bench.spread import Spread, interleaved
from bench.tool_runs import PROBES, ToolRun, recorded
from bench.usual_makefile import OUTPUTS, usual_makefile

# What a module waits for, and then what waits for the module, the longest first (FACTS: seconds on
# a module of 4.4 MB: brotli 6.8, wasmtime 3.0, gzip 0.7).
GO = ("go list", "go build")
AFTER = ("brotli", "wasmtime compile", "deflate", "check")
JOBS = 2


def measure_cold(places: Places, monorepo: Monorepo, repetitions: int) -> dict[str, Any]:
    """Wall seconds of scons, of the Makefile, and of the tools alone, each from nothing: no output
    and a new GOCACHE. Modules that are downloaded are there."""
    make = program("make")
    runs = recorded_apart(places, monorepo)
    floor = _Floor(places, [run for run in runs if run.kind not in PROBES])
    steps: dict[str, Callable[[], Cost]] = {
        "tools alone": floor.run,
        "scons -j2": lambda: _scons(places, monorepo),
    }
    if make:
        (monorepo.root / "Makefile.usual").write_text(
            usual_makefile(monorepo, pinned(places.environment()))
        )
        steps["make -j2"] = lambda: _make(places, monorepo, make)
    costs = interleaved(steps, repetitions, warm=False)
    least = [
        max(s.cpu_s / JOBS, c) for s, c in zip(costs["tools alone"], floor.chains, strict=True)
    ]
    walls = {name: [cost.wall_s for cost in each] for name, each in costs.items()}
    return {
        "artifacts": monorepo.settings.artifacts,
        "jobs": JOBS,
        "go_build_calls": sum(run.kind == "go build" for run in runs),
        "tools_cpu_s": Spread.of([cost.cpu_s for cost in costs["tools alone"]]).record(),
        "longest_chain_s": Spread.of(floor.chains).record(),
        "least_s": Spread.of(least).record(),
        "wall_s": {name: Spread.of(each).record() for name, each in walls.items()},
        "cpu_s": {
            name: Spread.of([c.cpu_s for c in each]).record() for name, each in costs.items()
        },
        "scons_to_tools_cpu": _cpu_ratio(costs["scons -j2"], costs["tools alone"]),
        "scons_to_least": _ratio(walls["scons -j2"], least),
        "scons_to_make": _ratio(walls["scons -j2"], walls["make -j2"]) if make else None,
        "skipped": [] if make else [missing("make")],
    }


def _ratio(above: Sequence[float], below: Sequence[float]) -> dict[str, float]:
    return Spread.of([a / b for a, b in zip(above, below, strict=True)]).record()


def _cpu_ratio(above: Sequence[Cost], below: Sequence[Cost]) -> dict[str, float]:
    """It hardly moves where other work slows the machine down; a ratio of wall times does."""
    return _ratio([cost.cpu_s for cost in above], [cost.cpu_s for cost in below])


def recorded_apart(places: Places, monorepo: Monorepo) -> list[ToolRun]:
    """The tools of a build from nothing in a tree of its own, in which nothing else builds: what
    its steps left stays there."""
    apart = Monorepo(monorepo.root.with_name(f"{monorepo.root.name}-recorded"), monorepo.settings)
    apart.write()
    return recorded(places, apart.root, ("-j2",))


class _Floor:
    """The recorded tools, run so that both cores are busy. `chains` has, for each run, the longest
    chain of waits: Go, then the longest of what waits for a module."""

    def __init__(self, places: Places, runs: Sequence[ToolRun]) -> None:
        self.places = places
        self.runs = runs
        self.chains: list[float] = []

    def run(self) -> Cost:
        """Wall seconds from first to last, and the CPU seconds of all."""
        start = time.perf_counter()
        cache = new_go_cache(self.places)
        for run in self.runs:
            if run.kind == "go build":
                _forget_link(run)
        go = [run.with_go_cache(cache) for run in self.runs if run.kind in GO]
        listed = _together([run for run in go if run.kind == "go list"])
        built = _together([run for run in go if run.kind == "go build"])
        order = sorted((run for run in self.runs if run.kind in AFTER), key=_place)
        after = _together(order)
        longest = max((cost.wall_s for cost in after), default=0.0)
        waited = sum(max((cost.wall_s for cost in each), default=0.0) for each in (listed, built))
        self.chains.append(waited + longest)
        cpu_s = sum(cost.cpu_s for cost in (*listed, *built, *after))
        return Cost(time.perf_counter() - start, cpu_s)


def _place(run: ToolRun) -> int:
    return AFTER.index(run.kind)


def _together(runs: Iterable[ToolRun]) -> list[Cost]:
    with ThreadPoolExecutor(JOBS) as pool:
        return list(pool.map(ToolRun.run, runs))


def _forget_link(run: ToolRun) -> None:
    """Removes what a go build links, or it would find it and link nothing."""
    argv = run.command.argv
    output = argv[argv.index("-o") + 1]
    if output.endswith("/"):
        shutil.rmtree(output, ignore_errors=True)
    else:
        Path(output).unlink(missing_ok=True)
    Path(output if output.endswith("/") else os.path.dirname(output)).mkdir(
        parents=True, exist_ok=True
    )


def new_go_cache(places: Places) -> Path:
    """An empty directory for Go's compile cache; what checks compiled and kept goes as well."""
    caches = places.directory / "caches"
    shutil.rmtree(caches / "tools" / "compiled", ignore_errors=True)
    cache = caches / "go-cold"
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir(parents=True)
    return cache


def _scons(places: Places, monorepo: Monorepo) -> Cost:
    shutil.rmtree(monorepo.root / "build", ignore_errors=True)
    environment = places.environment(new_go_cache(places))
    return Command((*SCONS, "-Q", "-j2"), monorepo.root, environment).run()


def _make(places: Places, monorepo: Monorepo, make: str) -> Cost:
    shutil.rmtree(monorepo.root / OUTPUTS, ignore_errors=True)
    environment = places.environment(new_go_cache(places))
    here = str(Path(__file__).parents[1])
    environment["PYTHONPATH"] += f":{here}"
    command = (make, "-f", "Makefile.usual", f"-j{JOBS}")
    return Command(command, monorepo.root, environment).run()
