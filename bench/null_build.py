"""What does a build cost in which nothing is to be done?"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.cost import Command, Cost, peak_bytes
from bench.graph import graph_of
from bench.monorepo import Monorepo, name_of
from bench.other_tools import STEP, STEP_SCRIPT, build_ninja, elsewhere, makefile, taskfile
from bench.places import Places
from bench.programs import SCONS, missing, program
from bench.spread import compared, interleaved

EMPTY = "scons, empty SConstruct"
# By program: the file that it reads, and who writes it.
OTHERS = {
    "ninja": ("build.ninja", build_ninja),
    "make": ("Makefile", makefile),
    "task": ("Taskfile.yml", taskfile),
}


def measure_null(places: Places, monorepo: Monorepo, repetitions: int) -> dict[str, Any]:
    """A built tree, built again by every tool there is, in full and one artifact of it."""
    one = name_of(monorepo.settings.artifacts // 2)
    environment = places.environment()
    empty = Command((*SCONS, "-Q"), places.empty, environment)
    here = {
        "whole_build": (*SCONS, "-Q"),
        "whole_build -q": (*SCONS, "-Q", "-q"),
        "whole_build, one artifact": (*SCONS, "-Q", one),
    }
    commands = {EMPTY: empty}
    commands |= {name: Command(argv, monorepo.root, environment) for name, argv in here.items()}
    others, skipped, files = other_commands(monorepo.root, one, environment)
    commands |= others
    runs: dict[str, Callable[[], Cost]] = {name: each.run for name, each in commands.items()}
    rows = compared(interleaved(runs, repetitions), EMPTY)
    for row in rows:
        command = commands[str(row["what"])]
        row["command"] = " ".join((Path(command.argv[0]).name, *command.argv[1:]))
        if command.argv[0] == SCONS[0]:
            row["peak_bytes"] = peak_bytes(command)
    return {
        "artifacts": monorepo.settings.artifacts,
        "sources": len(list(monorepo.root.glob("s*/**/*.go"))),
        "files": files,
        "rows": rows,
        "skipped": skipped,
    }


def other_commands(
    root: Path, one: str, environment: Mapping[str, str]
) -> tuple[dict[str, Command], list[str], int]:
    """The other tools' commands in a tree in which they have nothing to do, what was skipped, and
    how many files the graph has."""
    graph = elsewhere(graph_of(root))
    script = root / STEP
    script.parent.mkdir(exist_ok=True)
    script.write_text(STEP_SCRIPT)
    script.chmod(0o755)
    commands: dict[str, Command] = {}
    skipped = []
    for name, (file, write) in OTHERS.items():
        path = program(name)
        if path is None:
            skipped.append(missing(name))
            continue
        _write_once(root / file, write(graph))
        commands[name] = Command((path,), root, environment)
        commands[f"{name}, one artifact"] = Command((path, one), root, environment)
        _bring_up_to_date(path, root, environment)
    return commands, skipped, len(graph.files)


def _write_once(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def _bring_up_to_date(path: str, root: Path, environment: Mapping[str, str]) -> None:
    subprocess.run([path], cwd=root, env=dict(environment), stdout=subprocess.DEVNULL, check=True)
