"""All that can be measured of one artifact on this machine, and what cannot, with the reasons."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from wasip1_build.files import sha256_of_file, sha256_of_json
from wasip1_build.measure.bench.cases import Cases, Runs, cases
from wasip1_build.measure.bench.compilation import CompileByLibrary, CompileByWazero
from wasip1_build.measure.bench.counts import counts
from wasip1_build.measure.bench.delivery import Form, fetches
from wasip1_build.measure.bench.execution import PerRequest, RunCode
from wasip1_build.measure.bench.go_benchmarks import benchmarks
from wasip1_build.measure.bench.instances import instance_probe, load_probe
from wasip1_build.measure.bench.native import built, natively
from wasip1_build.measure.bench.pooled import THREADS, Pooled, why_not
from wasip1_build.measure.bench.probe import LeftOut, Probe
from wasip1_build.measure.bench.programs import tried
from wasip1_build.measure.bench.runtimes import Given, Installed, by_programs, installed
from wasip1_build.measure.bench.subject import BenchSubject
from wasip1_build.measure.cases import CASE, runs_of
from wasip1_build.plan import launched_of
from wasip1_build.spec.model import Check
from wasip1_build.steps.aot import Aot
from wasip1_build.steps.compile import Compile
from wasip1_build.steps.results import read_result
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.host import host_target
from wasip1_build.toolchain.tools import ToolRequest

Tell = Callable[[str], None]
NATIVE = "native"  # among the runtimes that a user can name
LIBRARY = ToolRequest("wasmtime-library")


class Probes(NamedTuple):
    """The probes of one artifact, in the order of a module's life.

    `left_out` is what has none. `digests` are the SHA-256 of what was measured: "module", "cwasm",
    and each program or library by its name in `Series.runtime`.
    """

    probes: tuple[Probe, ...]
    left_out: tuple[LeftOut, ...]
    digests: Mapping[str, str]


@contextmanager
def probes_of(subject: BenchSubject, tell: Tell = lambda _line: None) -> Iterator[Probes]:
    """The probes of an artifact whose outputs, A.checks.json among them, are built and current.

    What probes need lies in the scratch directory of its context, and what they run (a local
    server) ends with the `with` statement. Other programs have run each case once before they come
    out of here, verified, so that what they cannot do is known. `tell` is given lines for people
    about that. Raises Failure where no machine code can be made for this machine, and OSError.
    """
    place = Path(tempfile.mkdtemp(prefix="bench-", dir=subject.context.scratch()))
    preparing = _Preparing(replace(subject, context=subject.context.staged(place)), tell)
    with fetches(preparing.forms(), subject.files.module) as delivery:
        found = (*delivery, *preparing.found())
        yield Probes(
            tuple(each for each in found if not isinstance(each, LeftOut)),
            tuple(each for each in found if isinstance(each, LeftOut)),
            preparing.digests,
        )


class _Preparing:
    """One artifact, while its probes are made."""

    def __init__(self, subject: BenchSubject, tell: Tell) -> None:
        self.subject, self.tell = subject, tell
        self.context: Context = subject.context
        self.asked = subject.runtimes
        library = self.context.tools.find(LIBRARY)
        self.engine = f"wasmtime library {library.version}"
        self.runs = self._made()
        self.digests = {
            "module": sha256_of_file(self.runs.module),
            "cwasm": sha256_of_file(self.runs.code),
            self.engine: sha256_of_json(dict(self.context.tools.identity(LIBRARY))),
        }

    def forms(self) -> tuple[Form, ...]:
        """Those in which the module can be sent."""
        files = self.subject.files
        known = (("raw", "", files.module), ("gz", "gzip", files.gz), ("br", "br", files.br))
        return tuple(Form(name, encoding, file) for name, encoding, file in known if file)

    def found(self) -> Iterator[Probe | LeftOut]:
        """All but the fetches."""
        formats = {form.name for form in self.forms()}
        for name in ("gz", "br"):
            if name not in formats:
                yield LeftOut(f"fetch {name}", f'compress.formats has no "{name}"')
        programs = tuple(self._programs())
        yield from (each for each in programs if isinstance(each, LeftOut))
        usable = tuple(each for each in programs if isinstance(each, Installed))
        yield CompileByLibrary(self.runs, self.engine)
        for program in usable:
            if program.name == "wazero":
                yield CompileByWazero(self.runs, program.program, program.title)
        yield load_probe(self.runs, self.engine)
        yield instance_probe(self.runs, self.engine)
        yield from self._executions(self._cases(), usable)
        if not self.subject.is_base:
            yield from self._go_benchmarks()

    def _executions(self, made: Cases, usable: tuple[Installed, ...]) -> Iterator[Probe | LeftOut]:
        yield from made.left_out
        checks = tuple(_typical_first(check for check in made.checks if self._runs_code(check)))
        if not checks:
            yield LeftOut("execution", "no check that runs code passes, and no case of bench")
            return
        self.tell(f"counting host calls and instructions of {self.subject.artifact.name}")
        counted = counts(self.runs, checks)
        yield from counted.left_out
        for check in checks:
            yield RunCode(self.runs, check, self.engine, counted.facts[check.name])
            yield PerRequest(self.runs, check, self.engine, compiles=False)
        yield PerRequest(self.runs, checks[0], self.engine, compiles=True)
        yield from self._pooled(checks)
        self.tell(f"trying {self.subject.artifact.name} on each runtime")
        yield from by_programs(self._given(), usable, checks)
        yield from self._natively(checks, made.unsteady)

    def _pooled(self, checks: tuple[Check, ...]) -> Iterator[Probe | LeftOut]:
        """Each case in a host, and the first by several threads."""
        manifest = self.context.path(self.subject.planned.names.manifest)
        why = "the host serves today's files" if self.subject.is_base else ""
        why = why or why_not(self.runs, manifest)
        if why:
            yield LeftOut("pooled host", why)
            return
        for check in checks:
            for threads in THREADS if check is checks[0] else THREADS[:1]:
                probe = Pooled(self.runs, check, manifest, self.engine, threads)
                yield tried(probe, f"{probe.series.way}, {check.name}")

    def _natively(
        self, checks: tuple[Check, ...], unsteady: frozenset[str]
    ) -> Iterator[Probe | LeftOut]:
        if self.subject.is_base or (self.asked and NATIVE not in self.asked):
            return
        self.tell(f"building {self.subject.artifact.name} for this machine")
        native = built(self.subject.artifact, self._first(Compile), self.context)
        if isinstance(native, LeftOut):
            yield native
            return
        self.digests[native.title] = sha256_of_file(native.program)
        yield from natively(native, self.runs, checks, unsteady)

    def _go_benchmarks(self) -> Iterator[Probe | LeftOut]:
        artifact = self.subject.artifact
        if artifact.bench.go:
            self.tell(f"building the Go benchmarks of {artifact.name}")
        natively = not self.asked or NATIVE in self.asked
        compiled = self._first(Compile)
        yield from benchmarks(artifact, compiled, self.context, self.engine, natively=natively)

    def _runs_code(self, check: Check) -> bool:
        """Whether it does more than to start a reactor, which its instance does."""
        return self.subject.artifact.kind == "command" or check.invoke is not None

    def _cases(self) -> Cases:
        artifact = self.subject.artifact
        record = read_result(
            self.context.path(self.subject.checking.output), f"{artifact.name}.checks.json"
        )
        passed = frozenset(each["name"] for each in record["checks"] if each["verdict"] == "pass")
        declared = runs_of(artifact)[len(artifact.checks) :]
        return cases(self.runs, artifact.checks, declared, passed)

    def _programs(self) -> Iterator[Installed | LeftOut]:
        request = self._aot().wasmtime
        for each in installed(self.context.tools, request, self.asked):
            if isinstance(each, Installed):
                self.digests[each.title] = self.context.digests.digest(each.program) or ""
            yield each

    def _given(self) -> Given:
        planned = self.subject.planned
        steps = [step for step in planned.steps if isinstance(step, Aot)]
        module = planned.names.file("wasm")
        _launched, refused = launched_of(planned.artifact, planned.names, module, steps)
        return Given(self.runs, refused, self.context.scratch() / "warm")

    def _made(self) -> Runs:
        checking, files = self.subject.checking, self.subject.files
        return Runs(
            checking.subject(self.context),
            files.module,
            files.cwasm or self._compiled(),
            self.context.path,
            self.context.cpus,
        )

    def _compiled(self) -> Path:
        """Machine code for this machine, where the build makes none. Raises Failure."""
        self.tell(f"compiling {self.subject.artifact.name} for this machine")
        step = replace(self._aot(), module=str(self.subject.files.module))
        step.run(self.context)
        return self.context.out(step.output)

    def _aot(self) -> Aot:
        planned = next((s for s in self.subject.planned.steps if isinstance(s, Aot)), None)
        asked = planned.wasmtime if planned else ToolRequest("wasmtime")
        interruptible = self.subject.artifact.aot_interruptible
        return Aot("", "bench.cwasm", host_target(), interruptible, asked, LIBRARY)

    def _first(self, kind: type[Compile]) -> Compile:
        return next(step for step in self.subject.planned.steps if isinstance(step, kind))


def _typical_first(checks: Iterable[Check]) -> Iterator[Check]:
    """The cases of bench before the checks: who declares one means that it is typical."""
    ordered = tuple(checks)
    yield from (check for check in ordered if check.name.startswith(CASE))
    yield from (check for check in ordered if not check.name.startswith(CASE))
