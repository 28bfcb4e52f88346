"""The very command lines that a build ran, to be run and measured without the build."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench import packer, recorder
from bench.cost import Command, Cost
from bench.places import Places

# Programs that are asked their version say it once, and a build remembers it.
PROBES = ("go env", "wasmtime --version")


@dataclass(frozen=True)
class ToolRun:
    """One tool at work: "go build", "wasmtime compile", "check", "brotli", "deflate", ..."""

    kind: str
    command: Command
    counts_itself: bool = False  # it prints what it took, without the start of its Python

    def run(self) -> Cost:
        """Runs it. Raises RuntimeError where it fails."""
        if not self.counts_itself:
            return self.command.run()
        done = subprocess.run(
            self.command.argv,
            cwd=self.command.directory,
            env=dict(self.command.environment),
            capture_output=True,
            text=True,
            check=True,
        )
        wall_s, cpu_s = map(float, done.stdout.split())
        return Cost(wall_s, cpu_s)

    def with_go_cache(self, cache: Path) -> ToolRun:
        """The same with another compile cache."""
        environment = {**self.command.environment, "GOCACHE": str(cache)}
        return replace(self, command=replace(self.command, environment=environment))


def recorded(places: Places, root: Path, words: Sequence[str]) -> list[ToolRun]:
    """The tools that a scons with these words runs now, in the order of their starts.

    Raises RuntimeError where that build fails.
    """
    record = places.directory / "record.json"
    shutil.rmtree(f"{record}.modules", ignore_errors=True)
    argv = (sys.executable, "-m", recorder.__name__, str(record), "-Q", *words)
    environment = _with_bench(places.environment())
    Command(argv, root, environment).run()
    return [_tool_run(note, environment) for note in json.loads(record.read_text())]


def _with_bench(environment: Mapping[str, str]) -> dict[str, str]:
    here = str(Path(__file__).parents[1])
    return {**environment, "PYTHONPATH": f"{environment['PYTHONPATH']}:{here}"}


def _tool_run(note: Mapping[str, Any], environment: Mapping[str, str]) -> ToolRun:
    if "packs" in note:
        argv = [sys.executable, "-m", packer.__name__, note["packs"], str(note["level"])]
        command = Command((*argv, note["file"]), Path.cwd(), environment)
        return ToolRun(note["packs"], command, counts_itself=True)
    argv = note["argv"]
    return ToolRun(_kind(argv), Command(tuple(argv), Path(note["cwd"]), note["env"]))


def _kind(argv: Sequence[str]) -> str:
    program = Path(argv[0]).name
    if program in ("go", "wasmtime"):
        return f"{program} {argv[1]}"
    return "check" if any(word.endswith("/child.py") for word in argv) else program


def by_kind(runs: Iterable[ToolRun]) -> dict[str, Cost]:
    """What the runs cost, one after the other, summed by kind; probes are left out."""
    costs: dict[str, Cost] = {}
    for run in runs:
        if run.kind not in PROBES:
            costs[run.kind] = costs.get(run.kind, Cost(0.0, 0.0)) + run.run()
    return costs
