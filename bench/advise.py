"""How long does `scons advise` take on a tree of 1000 files, anew and where nothing has changed?

    python -m bench.advise [FILES]

generates a module with ten programs of which each is made of all packages, and prints the wall and
CPU time of an advice on it with warm caches (one file is another each time), of one where nothing
has changed, and of scons with an empty SConstruct, in turns; medians, and ratios of CPU time.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import go_sources
from bench.cost import Command, Cost
from bench.places import Places
from bench.programs import SCONS

TURNS = 5
PROGRAMS, PACKAGES = 10, 50
EMPTY = "scons, empty SConstruct"


def main() -> int:
    """Prints a line for each command."""
    files = int(sys.argv[1]) if sys.argv[1:] else 1000
    with tempfile.TemporaryDirectory() as directory:
        places = Places(Path(directory))
        environment = places.environment()
        root = Path(directory, "advised")
        generate(root, files)
        advise = Command((*SCONS, "-Q", "advise"), root, environment)
        empty = Command((*SCONS, "-Q"), places.empty, environment)
        for _ in range(2):  # Go's cache and the advisor; then what looked at directories it made
            advise.run()
        edited = root / "lib/p00/part00.go"
        runs: dict[str, list[Cost]] = {"one file changed": [], "nothing changed": [], EMPTY: []}
        for edition in range(1, TURNS + 1):
            edited.write_text(go_sources.part_file("p00", 0, edition))
            turn: dict[str, Callable[[], Cost]] = dict(
                zip(runs, (advise.run, advise.run, empty.run), strict=True)
            )
            for name, run in turn.items():
                runs[name].append(run())
        print(f"{len(list(root.rglob('*.go')))} files, {PROGRAMS} programs, medians of {TURNS}")
        base = statistics.median(each.cpu_s for each in runs[EMPTY])
        for name, costs in runs.items():
            wall = statistics.median(each.wall_s for each in costs)
            cpu = statistics.median(each.cpu_s for each in costs)
            print(f"{name}: {wall:.3f} s, {cpu:.3f} s CPU, {cpu / base:.2f} times {EMPTY}")
    return 0


def generate(root: Path, files: int) -> None:
    """A module of about so many files below `root`."""
    parts = max(1, (files - PROGRAMS) // PACKAGES - 1)
    paths = [f"{go_sources.MODULE}/lib/p{number:02}" for number in range(PACKAGES)]
    write = {
        "go.mod": f"module {go_sources.MODULE}\n\ngo 1.25\n",
        "SConstruct": 'from wasip1_build.scons import whole_build\n\nwhole_build("wasip1.toml")\n',
        "wasip1.toml": "spec-version = 1\n"
        + "".join(f'\n[artifact.m{n}]\npackage = "./m{n}"\n' for n in range(PROGRAMS)),
    }
    for number in range(PACKAGES):
        name = f"p{number:02}"
        write[f"lib/{name}/total.go"] = go_sources.total_file(name, parts)
        for part in range(parts):
            write[f"lib/{name}/part{part:02}.go"] = go_sources.part_file(name, part)
    for number in range(PROGRAMS):
        write[f"m{number}/main.go"] = go_sources.main_file(paths)
        write[f"m{number}/total.go"] = go_sources.total_file("main", 0)
    for place, text in write.items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    sys.exit(main())
