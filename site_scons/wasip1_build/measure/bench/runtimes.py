"""Which programs on this machine can run the module under its grants, and how are they told?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure
from wasip1_build.measure.bench.cases import Runs
from wasip1_build.measure.bench.probe import LeftOut, Probe, Series
from wasip1_build.measure.bench.programs import ByProgram, Command, tried
from wasip1_build.runtime import grants as guest
from wasip1_build.runtime.launchers import A_YEAR_S, LAUNCHERS
from wasip1_build.runtime.programs import RUNTIMES, Guest
from wasip1_build.runtime.trial import Place
from wasip1_build.spec.model import Check
from wasip1_build.toolchain.search import first_output, on_path
from wasip1_build.toolchain.tools import ToolRequest, Tools

_VERSION = re.compile(r"\d+\.\d+\.\d+\S*")
_OLDEST_NODE = 22  # 20 crashes when a module's memory grows


class Installed(NamedTuple):
    """A runtime's program. `title` is its name with its version: "wazero 1.12.0"."""

    name: str
    title: str
    program: Path


class Way(NamedTuple):
    """How a program is told to run the module.

    `compiles`: it pays for a whole compilation in each run. `keeps`: it has a directory in which
    it finds what it compiled before. `runs_code`: it is given the .cwasm.
    """

    name: str
    compiles: bool = False
    keeps: bool = False
    runs_code: bool = False


# wasmtime's own cache is on where it is not turned off (https://docs.wasmtime.dev/cli-cache.html).
WAYS: Mapping[str, tuple[Way, ...]] = {
    "wasmtime": (Way("process, cache off", compiles=True), Way("process, cwasm", runs_code=True)),
    "wazero": (Way("process, cold cache", compiles=True), Way("process, warm cache", keeps=True)),
    "wasmedge": (Way("process"),),
    "node": (Way("process"),),
}


@dataclass(frozen=True)
class Given:
    """What programs are given of an artifact. `refused` says by program why it cannot express all
    that is declared; `warm` is where programs keep what they compiled."""

    runs: Runs
    refused: Mapping[str, tuple[str, ...]]
    warm: Path


def installed(
    tools: Tools, wasmtime: ToolRequest, asked: tuple[str, ...] = ()
) -> Iterator[Installed | LeftOut]:
    """The runtimes' programs on this machine, wasmtime's as builds find it, and those that are not
    here or not to be used."""
    for name in LAUNCHERS:
        if asked and name not in asked:
            continue
        yield _wasmtime(tools, wasmtime) if name == "wasmtime" else _on_path(tools, name)


def _wasmtime(tools: Tools, request: ToolRequest) -> Installed | LeftOut:
    try:
        tool = tools.find(request)
    except Failure as problem:
        return LeftOut("wasmtime", problem.findings[0].what)
    return Installed("wasmtime", f"wasmtime {tool.version}", tool.path)


def _on_path(tools: Tools, name: str) -> Installed | LeftOut:
    candidate = next(on_path(tools.places, name), None)
    if candidate is None:
        return LeftOut(name, f"it is not on PATH: {RUNTIMES[name].get_it}")
    asking = "version" if name == "wazero" else "--version"
    env = {"PATH": tools.places.environ.get("PATH", ""), "HOME": "/nonexistent"}
    printed = first_output([candidate.path, asking], env)
    if not printed:
        return LeftOut(name, f"{candidate.path} does not say its version")
    found = _VERSION.search(printed)
    version = found[0] if found else printed.split()[-1]
    if name == "node" and found and int(version.partition(".")[0]) < _OLDEST_NODE:
        return LeftOut(f"node {version}", f"it is too old: {RUNTIMES[name].get_it}")
    return Installed(name, f"{name} {version}", candidate.path)


def by_programs(
    given: Given, programs: tuple[Installed, ...], checks: tuple[Check, ...]
) -> Iterator[Probe | LeftOut]:
    """Each case by each program that can run it; each was tried once.

    Where a program compiles in each run, only the first case is run so: that dominates, and is the
    same for all.
    """
    for each in programs:
        refused = given.refused.get(each.name, ())
        if refused:
            yield LeftOut(each.title, "; ".join(refused))
            continue
        for way in WAYS[each.name]:
            yield from _in_a_way(given, each, way, checks)


def _in_a_way(
    given: Given, program: Installed, way: Way, checks: tuple[Check, ...]
) -> Iterator[Probe | LeftOut]:
    for check in checks[:1] if way.compiles else checks:
        series = Series("execution", way.name, program.title, check.name)
        telling = _Telling(given, program, way, check)
        probe = ByProgram(given.runs, check, series, telling.command)
        yield tried(probe, f"{program.title}, {way.name}, {check.name}")


@dataclass(frozen=True)
class _Telling:
    given: Given
    program: Installed
    way: Way
    check: Check

    def command(self, place: Place) -> Command:
        """The command line of one run."""
        cache = self.given.warm / self.program.name if self.way.keeps else place.directory / "cache"
        # As the launchers: it finds nothing of the user's, but what its script names.
        env = {"PATH": "/usr/bin:/bin", "HOME": str(place.directory)}
        return Command(tuple(self._told(self._guest(place, cache))), env, place.directory)

    def _guest(self, place: Place, cache: Path) -> Guest:
        runs = self.given.runs
        subject = runs.subject
        env = guest.environment(
            subject.grants, self.check, subject.gogc, subject.memory_limit_bytes
        )
        return Guest(
            module=runs.code if self.way.runs_code else runs.module,
            args=guest.arguments(subject.name, subject.grants, self.check)[1:],
            env=env,
            preopens=place.preopens,
            cache=cache,
        )

    def _told(self, given: Guest) -> list[str]:
        if self.program.name != "wasmtime":
            return RUNTIMES[self.program.name].command(str(self.program.program), given)
        subject = self.given.runs.subject
        memory_bytes = subject.max_memory_bytes
        code = ["--allow-precompiled"] if self.way.runs_code else []
        timed = (
            ["-W", f"timeout={A_YEAR_S}s"] if self.way.runs_code and subject.interruptible else []
        )
        return [
            *(str(self.program.program), "run", "--argv0", subject.name, "-C", "cache=n", *code),
            *(word for each in given.preopens for word in ("--dir", f"{each.host}::{each.guest}")),
            *(word for pair in given.env for word in ("--env", "=".join(pair))),
            *timed,
            *(["-W", f"max-memory-size={memory_bytes}"] if memory_bytes is not None else []),
            *(str(given.module), *given.args),
        ]
