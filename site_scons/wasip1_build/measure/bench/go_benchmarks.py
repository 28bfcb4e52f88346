"""What do a package's own Go benchmarks say, natively and on wasip1?

Each test binary is built once by the artifact's Go, and each benchmark is run alone, on one CPU:
there is one on wasip1 (runtime.NumCPU is 1).
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import wasip1_build
from wasip1_build import process
from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, failure
from wasip1_build.measure.bench.native import native_environment
from wasip1_build.measure.bench.probe import LeftOut, Probe, Sample, Series
from wasip1_build.spec.model import Artifact
from wasip1_build.steps.compile import Compile
from wasip1_build.steps.go_command import run_go, run_in_modules
from wasip1_build.steps.go_patterns import from_directory
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.tools import Tool

WAY = "go benchmark"
BENCH_TIME = "100ms"  # of one figure; `scons bench` takes many
TIMEOUT_S = 120.0  # of one, with its set-up
OUTPUT_BYTES = 1 << 20
# A name, how often, and figures with units: "BenchmarkParse/large 120 9876.5 ns/op 16 B/op"
# (https://go.dev/design/14313-benchmark-format).
_LINE = re.compile(r"^(Benchmark\S*)\s+\d+\s+(.*)$", re.MULTILINE)
_FIGURE = re.compile(r"([0-9.eE+-]+) (\S+)")
# `wasip1 exec`, by the Python that runs this.
_EXEC = "import sys; from wasip1_build.cli import main; sys.exit(main())"


class Figures(NamedTuple):
    """What one benchmark printed of itself; None where it does not say."""

    ns_per_op: float
    bytes_per_op: int | None = None
    allocs_per_op: int | None = None


class Package(NamedTuple):
    """A package with tests; `directory` is where go runs them."""

    import_path: str
    directory: Path


@dataclass(frozen=True)
class Side:
    """One of the two: what it is called, and how a test binary is run."""

    title: str  # "go 1.27.3", "wasip1 exec wasmtime 49.0.0"
    before: tuple[str, ...]  # of the command line
    env: Mapping[str, str]
    is_native: bool = False


@dataclass(frozen=True)
class GoBenchmark:
    """One benchmark of a package, the time of one operation."""

    side: Side
    package: Package
    binary: Path
    name: str

    @property
    def series(self) -> Series:
        """What it measures."""
        case = f"{self.package.import_path}.{self.name}"
        return Series("execution", WAY, self.side.title, case)

    def once(self) -> Sample:
        """One run of it. Raises Failure where it fails or says nothing; OSError."""
        result = ran(self.side, self.package, self.binary, only(self.name), BENCH_TIME)
        found = parsed(result.stdout.decode(errors="replace"))
        if result.returncode or result.killed or self.name not in found:
            raise _failed(self.series, result)
        figures = found[self.name]
        facts = {
            "bytes_per_op": figures.bytes_per_op,
            "allocs_per_op": figures.allocs_per_op,
            "picoseconds_per_op": round(figures.ns_per_op * 1000),
        }
        told = {name: value for name, value in facts.items() if value is not None}
        return Sample(max(1, round(figures.ns_per_op)), None, told)


def benchmarks(
    artifact: Artifact, compiled: Compile, context: Context, engine: str, *, natively: bool
) -> Iterator[Probe | LeftOut]:
    """The benchmarks of the packages that bench.go names, on both sides. Raises Failure where Go is
    missing, OSError where it cannot be started."""
    if artifact.bench.go is None:
        return
    if artifact.compiler == "tinygo":
        yield LeftOut(WAY, "TinyGo compiles the artifact, and these would be Go's figures")
        return
    tool = context.tools.find(compiled.go)
    packages = _packages(artifact, compiled, context, tool)
    if isinstance(packages, LeftOut):
        yield packages
        return
    native = Side(f"go {tool.version}", (), _variables(artifact, context), is_native=True)
    sides = (*([native] if natively else []), _on_wasip1(artifact, context, engine))
    making = _Making(artifact, compiled, context, tool)
    for package in packages:
        for side in sides:
            made = making.binary(package, side)
            if isinstance(made, LeftOut):
                yield made
            elif made.is_file():  # go writes none of a package without tests
                yield from _of(package, side, made)


def _of(package: Package, side: Side, binary: Path) -> Iterator[Probe | LeftOut]:
    """The benchmarks of a test binary, each of which runs once."""
    result = ran(side, package, binary, ".", "1x")
    if result.returncode or result.killed:
        yield LeftOut(f"{WAY}s of {package.import_path}, {side.title}", _why(result))
        return
    found = parsed(result.stdout.decode(errors="replace"))
    yield from (GoBenchmark(side, package, binary, name) for name in found)


def ran(side: Side, package: Package, binary: Path, pattern: str, time: str) -> process.Result:
    """Runs benchmarks of a test binary, and no tests. Raises OSError."""
    flags = ("run=^$", f"bench={pattern}", f"benchtime={time}", "benchmem=true", "cpu=1")
    return process.run(
        [*side.before, str(binary), *(f"-test.{flag}" for flag in flags)],
        env=side.env,
        cwd=package.directory,
        timeout_s=TIMEOUT_S,
        output_bytes=OUTPUT_BYTES,
    )


def only(name: str) -> str:
    """The pattern that selects one benchmark, part by part (go help testflag)."""
    return "/".join(f"^{re.escape(part)}$" for part in name.split("/"))


def parsed(text: str) -> dict[str, Figures]:
    """The figures of each benchmark that is told in what a test binary printed."""
    found = {}
    for name, rest in _LINE.findall(text):
        values = {unit: value for value, unit in _FIGURE.findall(rest)}
        if "ns/op" in values:
            found[name] = Figures(
                float(values["ns/op"]),
                int(float(values["B/op"])) if "B/op" in values else None,
                int(float(values["allocs/op"])) if "allocs/op" in values else None,
            )
    return found


def _packages(
    artifact: Artifact, compiled: Compile, context: Context, tool: Tool
) -> tuple[Package, ...] | LeftOut:
    pattern = from_directory(artifact.bench.go or "", artifact.directory, compiled.modules)
    form = "{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}\t{{.Dir}}{{end}}"
    arguments = ["list", *_tags(artifact), "-f", form, "--", pattern]
    result = run_go(context, tool, compiled.modules, arguments)
    if result.returncode:
        return LeftOut(f"{WAY}s of {artifact.bench.go}", _first_line(result.stderr))
    lines = [line for line in result.stdout.decode().splitlines() if line]
    if not lines:
        return LeftOut(f"{WAY}s of {artifact.bench.go}", "no package there has tests")
    pairs = (line.partition("\t") for line in lines)
    return tuple(Package(path, Path(directory)) for path, _tab, directory in pairs)


@dataclass(frozen=True)
class _Making:
    """Builds test binaries as the artifact is built."""

    artifact: Artifact
    compiled: Compile
    context: Context
    tool: Tool

    def binary(self, package: Package, side: Side) -> Path | LeftOut:
        """A package's test binary for one side, or why there is none. Raises OSError."""
        place = Path(tempfile.mkdtemp(prefix="go-bench-", dir=self.context.scratch()))
        binary = place / ("native.test" if side.is_native else "wasip1.test.wasm")
        flags = ("-trimpath", "-buildvcs=false", *_tags(self.artifact), *self.artifact.go_flags)
        arguments = ["test", "-c", "-o", str(binary), *flags, package.import_path]
        result = self._run(arguments, native=side.is_native)
        if result.returncode:
            what = f"{WAY}s of {package.import_path}, {side.title}"
            return LeftOut(what, _first_line(result.stderr))
        return binary

    def _run(self, arguments: list[str], *, native: bool) -> process.Result:
        context, modules = self.context, self.compiled.modules
        if not native:
            return run_go(context, self.tool, modules, arguments)
        environment = native_environment(context, self.tool)
        return run_in_modules(context, modules, [str(self.tool.path), *arguments], environment)


def _tags(artifact: Artifact) -> tuple[str, ...]:
    return (f"-tags={','.join(sorted(artifact.tags))}",) if artifact.tags else ()


def _variables(artifact: Artifact, context: Context) -> dict[str, str]:
    """What a native test binary finds of the artifact's settings, and where temporary files go."""
    policy = artifact.runtime
    settings = {
        "GOGC": policy.gogc,
        "GOMEMLIMIT": f"{policy.memory_limit_bytes}B" if policy.memory_limit_bytes else None,
    }
    given = {name: value for name, value in settings.items() if value is not None}
    return {**artifact.grants.env, **given, "HOME": str(context.scratch()), "PATH": os.defpath}


def _on_wasip1(artifact: Artifact, context: Context, engine: str) -> Side:
    package = Path(wasip1_build.__file__).parents[1]
    cache = {"WASIP1_CACHE_DIR": str(context.cache)} if context.cache else {}
    return Side(
        engine,
        (sys.executable, "-c", _EXEC, "exec", "--artifact", artifact.id),
        {**cache, "HOME": str(context.scratch()), "PATH": os.defpath, "PYTHONPATH": str(package)},
    )


def _why(result: process.Result) -> str:
    if result.killed:
        return f"it was killed: {result.killed}"
    lines = (result.stderr + b"\n" + result.stdout).decode(errors="replace").strip().splitlines()
    return f"it ends with {result.returncode}" + (f": {lines[0]}" if lines else "")


def _first_line(printed: bytes) -> str:
    lines = [line for line in printed.decode(errors="replace").strip().splitlines() if line]
    said = [line for line in lines if not line.startswith("#")] or lines
    return said[0] if said else "go does not say why"


def _failed(series: Series, result: process.Result) -> Failure:
    return failure(
        "bench-go",
        f"{series.case}, {series.runtime}: the benchmark printed no figures",
        why=_why(result),
        fix="run it by `go test -bench`, and see that it passes",
    )
