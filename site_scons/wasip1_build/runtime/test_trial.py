"""One run of a package's test module: its directory and grants staged, launched, timed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from wasip1_build import process
from wasip1_build.dataclass import dataclass
from wasip1_build.runtime import child
from wasip1_build.runtime import grants as guest
from wasip1_build.runtime.granted import Layout, stage
from wasip1_build.runtime.launch import Limits, Outcome, compile_module, launch
from wasip1_build.runtime.programs import RUNTIMES, Guest
from wasip1_build.runtime.request import HostFunction, Preopen, Request
from wasip1_build.runtime.scratch_watch import ScratchWatch
from wasip1_build.runtime.staging import Entry, copy_tree
from wasip1_build.spec.model import Grants

TEMPORARY = "/tmp"
# A program compiles the module before it runs it, which is no time of the tests.
PROGRAM_COMPILES_S = 120.0


@dataclass(frozen=True)
class Tried:
    """How a run ended, and how long it took from the first code of the guest on."""

    __test__ = False  # (for pytest, which would take it for a test)

    outcome: Outcome
    duration_ns: int = 0


@dataclass(frozen=True)
class TestTrial:
    """All that a test module is given.

    `program` is the name and the program of a runtime, None for the library. `beside` is what
    `package`, its directory, holds for it, `listings` what the granted directories hold. `scratch`
    is an empty directory.
    """

    __test__ = False

    name: str
    module: Path
    package: Path
    beside: tuple[Entry, ...]
    guest: str
    layout: Layout
    listings: tuple[tuple[Entry, ...], ...]
    grants: Grants
    functions: tuple[HostFunction, ...]
    host_file: str | None
    host_name: str
    gogc: str | None
    memory_limit_bytes: int | None
    timeout_s: float
    flags: tuple[str, ...]
    program: tuple[str, str] | None
    library: str | None
    cache: str
    scratch: Path
    cpus: int

    def run(self) -> Tried:
        """Runs the tests. Raises Failure where files move meanwhile, OSError where they cannot be
        copied or no process can be started."""
        copy_tree(self.package, self.beside, self._package)
        stage(self.layout, self.listings, self._granted)
        self._temporary.mkdir()
        return self._by_program(*self.program) if self.program else self._by_library()

    @property
    def _package(self) -> Path:
        return self.scratch / "package"

    @property
    def _granted(self) -> Path:
        return self.scratch / "granted"

    @property
    def _temporary(self) -> Path:
        return self.scratch / "temporary"

    def _environment(self) -> tuple[tuple[str, str], ...]:
        given = guest.environment(self.grants, None, self.gogc, self.memory_limit_bytes)
        # On wasip1 Go's working directory is $PWD.
        return tuple(sorted({**dict(given), "PWD": self.guest, "TMPDIR": TEMPORARY}.items()))

    def _preopens(self) -> tuple[Preopen, ...]:
        granted = self.layout.preopens(self._granted)
        names = {preopen.guest.rstrip("/") for preopen in granted}
        own = [Preopen(str(self._package), self.guest, read_only=False)]
        if TEMPORARY not in names:
            own.append(Preopen(str(self._temporary), TEMPORARY, read_only=False))
        return (*own, *granted)

    def _written(self) -> tuple[Path, ...]:
        return (self._package, self._temporary, *self.layout.directories(self._granted))

    def _limits(self) -> Limits:
        return replace(Limits(), timeout_s=self.timeout_s)

    def _by_library(self) -> Tried:
        code = self.scratch / "code"
        compiling = Request(
            action="compile",
            code=str(self.module),
            compiled_code=False,
            compiled=str(code),
            cache=self.cache,
            library=self.library,
        )
        compiled = compile_module(compiling, self.scratch / "compile", self.cpus)
        if compiled.response is None or compiled.response.stage != "ended":
            return Tried(compiled)
        running = Request(
            action="run",
            code=str(code),
            compiled_code=True,
            argv=(f"{self.name}.test", *self.flags),
            env=self._environment(),
            preopens=self._preopens(),
            functions=self.functions,
            host_file=self.host_file,
            host_name=self.host_name,
            memory_bytes=self._limits().memory_bytes,
            library=self.library,
        )
        place = self.scratch / "child"
        outcome = launch(running, place, self._limits(), written=self._written(), together=True)
        return Tried(outcome, _between(place / child.STARTED, place / child.RESPONSE))

    def _by_program(self, name: str, program: str) -> Tried:
        """The same by a runtime's program, whose own start counts for the time: it does not say
        when the guest begins."""
        limits = self._limits()
        given = Guest(
            module=self.module,
            args=self.flags,
            env=self._environment(),
            preopens=self._preopens(),
            cache=self.scratch / "cache",
        )
        watch = ScratchWatch(
            self._written(),
            self.scratch,
            timeout_s=limits.timeout_s + PROGRAM_COMPILES_S,
            size_bytes=limits.scratch_bytes,
            files=limits.scratch_files,
        )
        result = process.run(
            RUNTIMES[name].command(program, given),
            env={"PATH": os.environ.get("PATH", ""), "HOME": str(self.scratch)},
            cwd=self.scratch,
            output_bytes=limits.output_bytes,
            watch=watch,
            together=True,
        )
        killed = watch.reason or ("output" if result.killed == "output" else "")
        outcome = Outcome(None, result.stdout, b"", killed, result.returncode)
        return Tried(outcome, round(result.elapsed_s * 1e9))


def _between(started: Path, ended: Path) -> int:
    """The time from one file to another, in ns; 0 where one is not there."""
    try:
        return max(0, ended.stat().st_mtime_ns - started.stat().st_mtime_ns)
    except OSError:
        return 0
