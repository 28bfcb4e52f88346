"""What is one go build call for all mains of a module worth, where all of them changed?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.cost import Command, Cost
from bench.monorepo import Monorepo, name_of, package_directory, team
from bench.one_file import new_editions
from bench.places import Places
from bench.programs import SCONS
from bench.spread import Spread, interleaved
from bench.tool_runs import recorded

OUTPUTS = ".mains"


def measure_mains(places: Places, monorepo: Monorepo, repetitions: int) -> dict[str, Any]:
    """Seconds of scons for the debug modules of all artifacts, each with a source changed, and of
    Go alone: in one call for all, and in one call each."""
    numbers = range(monorepo.settings.artifacts)
    goals = tuple(f"build/{team(n)}/{name_of(n)}/{name_of(n)}.debug.wasm" for n in numbers)
    environment = places.environment()
    editions = new_editions()

    def edited(run: Callable[[], Cost]) -> Callable[[], Cost]:
        def edit_and_run() -> Cost:
            edition = next(editions)
            for number in numbers:
                monorepo.edit_body(number, edition)
            return run()

        return edit_and_run

    build = Command((*SCONS, "-Q", *goals), monorepo.root, environment)
    build.run()
    for number in numbers:
        monorepo.edit_body(number, next(editions))
    calls = [run for run in recorded(places, monorepo.root, goals) if run.kind == "go build"]
    go, given = calls[0].command.argv[0], dict(calls[0].command.environment)
    given.pop("GOTMPDIR")  # it went with the step that had it
    flags = ("-trimpath", "-buildvcs=false")
    packages = [f"./{package_directory(number)}" for number in numbers]
    place = monorepo.root / OUTPUTS
    place.mkdir(exist_ok=True)

    def go_build(*packages: str) -> Cost:
        argv = (go, "build", "-o", f"{place}/", *flags, "--", *packages)
        return Command(argv, monorepo.root, {**environment, **given}).run()

    runs: dict[str, Callable[[], Cost]] = {
        "scons": edited(build.run),
        "one go build": edited(lambda: go_build(*packages)),
        "a go build each": edited(lambda: sum(map(go_build, packages), Cost(0.0, 0.0))),
    }
    costs = interleaved(runs, repetitions)
    pairs = list(zip(costs["a go build each"], costs["one go build"], strict=True))
    Command((*SCONS, "-Q"), monorepo.root, environment).run()
    return {
        "artifacts": monorepo.settings.artifacts,
        "go_build_calls": len(calls),
        "each_to_one_wall": Spread.of([each.wall_s / one.wall_s for each, one in pairs]).record(),
        "each_to_one_cpu": Spread.of([each.cpu_s / one.cpu_s for each, one in pairs]).record(),
        "wall_s": {
            name: Spread.of([c.wall_s for c in each]).record() for name, each in costs.items()
        },
        "cpu_s": {
            name: Spread.of([c.cpu_s for c in each]).record() for name, each in costs.items()
        },
    }
