"""How long does it take until there is machine code: compiled anew by an engine that keeps nothing?

How long the .cwasm takes to load is measured with instances (measure.bench.instances).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from wasip1_build import process
from wasip1_build.dataclass import dataclass
from wasip1_build.files import sha256_of_file
from wasip1_build.findings import Failure, failure
from wasip1_build.measure.bench.cases import Runs
from wasip1_build.measure.bench.probe import Sample, Series
from wasip1_build.measure.cost import cpu_of_children_ns
from wasip1_build.runtime.launch import COMPILE_S, Outcome, compile_module
from wasip1_build.runtime.request import Request
from wasip1_build.runtime.staging import remove_tree

WAY = "compile module"
OUTPUT_BYTES = 1 << 20


@dataclass
class CompileByLibrary:
    """The module to machine code, as a host does it that keeps no cache. The start of the process
    does not count. `digest` is that of what came out of the first compilation."""

    runs: Runs
    engine: str
    digest: str = ""

    @property
    def series(self) -> Series:
        """What it measures."""
        return Series("compilation", WAY, self.engine)

    def once(self) -> Sample:
        """One compilation. Raises Failure where it fails or other code comes out than before;
        OSError."""
        subject = self.runs.subject
        place = subject.place()
        code = place / "code"
        request = Request(
            action="compile",
            code=str(self.runs.module),
            compiled_code=False,
            interruptible=subject.interruptible,
            compiled=str(code),
            library=subject.library,
            attended=True,  # with optimization
        )
        try:
            outcome = compile_module(request, place / "child", self.runs.cpus)
            self._require(outcome, code)
        finally:
            remove_tree(place)
        assert outcome.response is not None, "a compilation without one was refused"
        response = outcome.response
        return Sample(response.phases_ns["load"], response.phases_cpu_ns["load"])

    def _require(self, outcome: Outcome, code: Path) -> None:
        response = outcome.response
        if response is None or response.stage != "ended":
            why = response.error if response else f"its process ended with {outcome.returncode}"
            raise _wrong(self.series, "the module was not compiled", why)
        digest = sha256_of_file(code)
        self.digest = self.digest or digest
        if digest != self.digest:
            raise _wrong(self.series, "other machine code came out than the first time", "")


@dataclass(frozen=True)
class CompileByWazero:
    """The same by wazero's program, whose start counts, into an empty cache."""

    runs: Runs
    program: Path
    title: str

    @property
    def series(self) -> Series:
        """What it measures."""
        return Series("compilation", WAY, self.title)

    def once(self) -> Sample:
        """One compilation. Raises Failure where it fails or leaves nothing; OSError."""
        place = self.runs.subject.place()
        cache = place / "cache"
        before_ns = cpu_of_children_ns()
        try:
            result = process.run(
                [self.program, "compile", f"-cachedir={cache}", self.runs.module],
                env={"HOME": str(place)},
                cwd=place,
                timeout_s=COMPILE_S,
                output_bytes=OUTPUT_BYTES,
            )
            cpu_ns = cpu_of_children_ns() - before_ns
            self._require(result, cache)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        return Sample(round(result.elapsed_s * 1e9), cpu_ns)

    def _require(self, result: process.Result, cache: Path) -> None:
        if result.returncode or result.killed:
            why = result.stderr.decode(errors="replace").strip() or result.killed
            raise _wrong(self.series, "the module was not compiled", why)
        if not any(each.is_file() for each in cache.rglob("*")):
            raise _wrong(self.series, "it ended well and left nothing in its cache", "")


def _wrong(series: Series, what: str, why: str) -> Failure:
    fix = "build again; if it stays, report it to the runtime"
    return failure("bench-compile", f"{series.way}, {series.runtime}: {what}", why=why, fix=fix)
