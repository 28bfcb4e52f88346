"""How long does the same package take as a program of this machine? Built by the same Go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.measure.bench.cases import Runs
from wasip1_build.measure.bench.probe import LeftOut, Probe, Series
from wasip1_build.measure.bench.programs import ByProgram, Command, tried
from wasip1_build.runtime import grants as guest
from wasip1_build.runtime.request import Preopen
from wasip1_build.runtime.trial import Place
from wasip1_build.spec.model import Artifact, Check
from wasip1_build.steps.compile import Compile
from wasip1_build.steps.compile_go import linker_flags
from wasip1_build.steps.go_command import run_in_modules
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.environment import go_environment
from wasip1_build.toolchain.tools import Tool

WAY = "native process"
EXIT_UNBUILT = "it does not build for this machine"


@dataclass(frozen=True)
class Native:
    """A package built for this machine. `title` is the Go that built it: "go 1.27.3"."""

    program: Path
    title: str


def built(artifact: Artifact, compiled: Compile, context: Context) -> Native | LeftOut:
    """The artifact's package with its tags and variables, or why there is none. Raises Failure
    where Go is missing, OSError where it cannot be started."""
    if artifact.kind == "reactor":
        return LeftOut("native", "it is a reactor: a native program has no exports to call")
    tool = context.tools.find(compiled.go)
    program = context.scratch() / "native" / artifact.name
    program.parent.mkdir(parents=True, exist_ok=True)
    tags = [f"-tags={','.join(sorted(artifact.tags))}"] if artifact.tags else []
    flags = (*tags, *linker_flags(artifact.define), *artifact.go_flags)
    arguments = ["build", "-o", str(program), "-trimpath", "-buildvcs=false", *flags, "--"]
    result = run_in_modules(
        context,
        compiled.modules,
        [tool.path, *arguments, compiled.package],
        native_environment(context, tool),
    )
    if result.returncode:
        lines = result.stderr.decode(errors="replace").strip().splitlines() or ["it says nothing"]
        said = [line for line in lines if not line.startswith("#")] or lines
        return LeftOut("native", f"{EXIT_UNBUILT}: {said[0]}")
    return Native(program, f"go {tool.version}")


def native_environment(context: Context, tool: Tool) -> dict[str, str]:
    """The environment in which Go builds for the machine that it runs on."""
    environment = go_environment(context.environment, tool)
    if not environment.keys() & {"GOCACHE", "HOME", "XDG_CACHE_HOME"}:
        environment["GOCACHE"] = str(context.state("go-cache"))
    return {name: value for name, value in environment.items() if name not in ("GOOS", "GOARCH")}


def natively(
    native: Native, runs: Runs, checks: tuple[Check, ...], unsteady: frozenset[str]
) -> Iterator[Probe | LeftOut]:
    """Each case by the native program, where that does what the module does."""
    for check in checks:
        what = f"native, {check.name}"
        if check.name in unsteady:
            yield LeftOut(what, "what the module writes differs from run to run: not comparable")
            continue
        series = Series("execution", WAY, native.title, check.name)
        yield tried(ByProgram(runs, check, series, _Started(native, runs, check).command), what)


@dataclass(frozen=True)
class _Started:
    native: Native
    runs: Runs
    check: Check

    def command(self, place: Place) -> Command:
        """The same arguments and variables; where one is a path of the guest's, that of the copy.
        The working directory is what Go takes on wasip1: the first directory."""
        subject = self.runs.subject
        _name, *words = guest.arguments(subject.name, subject.grants, self.check)
        variables = guest.environment(
            subject.grants, self.check, subject.gogc, subject.memory_limit_bytes
        )
        preopens = place.preopens
        return Command(
            (str(self.native.program), *(on_host(word, preopens) for word in words)),
            {name: on_host(value, preopens) for name, value in variables},
            Path(preopens[0].host) if preopens else place.directory,
        )


def on_host(word: str, preopens: tuple[Preopen, ...]) -> str:
    """A word with the host's path where it is a guest's in a granted directory, or begins with it
    after "=": "--in=/data/a.png"."""
    absolute = (each for each in preopens if each.guest.startswith("/"))
    for each in sorted(absolute, key=lambda each: -len(each.guest)):
        top = each.guest.rstrip("/")
        found = re.match(rf"(.*=)?{re.escape(top)}(?=/" + (r"|$)" if top else ")"), word, re.DOTALL)
        if found:
            return (found[1] or "") + each.host + word[found.end() :]
    return word
