"""One artifact as each compiler makes it: built, checked, tested and timed, side by side."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding, failure
from wasip1_build.measure.aside import Apart, Aside
from wasip1_build.measure.cost import Cost, cost_of
from wasip1_build.measure.spread import Spread
from wasip1_build.runtime.trial import try_once
from wasip1_build.spec.model import Artifact, Budget, Compiler, Runtime
from wasip1_build.steps.aot import Aot
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.compile import Compile
from wasip1_build.steps.compile_test import CompileTest
from wasip1_build.steps.compress import Brotli, Gzip
from wasip1_build.steps.imports import VerifyImports
from wasip1_build.steps.judge_tests import read_records
from wasip1_build.steps.list_go import read_deps
from wasip1_build.steps.prove_tests import ProveTests
from wasip1_build.steps.results import findings_of
from wasip1_build.steps.run_tests import RunTests
from wasip1_build.steps.strip import Strip
from wasip1_build.steps.test_record import TestRecord
from wasip1_build.toolchain.tinygo import STAND_IN

COMPILERS: tuple[Compiler, ...] = ("go", "tinygo")
FORMS = {"wasm": "wasm", "br": "wasm.br", "gz": "wasm.gz"}


@dataclass(frozen=True)
class Measured:
    """What one compiler's module is, and what it costs.

    `cold` is its compilation with empty caches, `again` with what that left in them. `phases` are
    of the machine code for this machine: load and start of all runs, and by check "run NAME".
    `left_out` are keys of the spec that only the other compiler has.
    """

    compiler: Compiler
    version: str
    cold: Cost
    again: Cost
    sizes_bytes: Mapping[str, int]
    phases: Mapping[str, Spread]
    checks: Mapping[str, str]  # verdicts, "instantiates" among them
    peak_memory_bytes: int | None
    tests: tuple[TestRecord, ...]  # of the packages of its own module that it links
    findings: tuple[Finding, ...]  # of imports and checks
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Comparing:
    """How an artifact is measured, and where it is built."""

    apart: Apart
    rounds: int = 5
    tell: Callable[[str], None] = lambda _line: None

    def of(
        self, artifact: Artifact, compilers: tuple[Compiler, ...] = COMPILERS
    ) -> tuple[Measured, ...]:
        """The artifact by each compiler. Raises Failure where one of them cannot build it, is
        missing, or only plays a compiler's part."""
        sides = [self._side(*variant(artifact, compiler)) for compiler in compilers]
        for side in sides:
            side.require_real()
        built = [side.build() for side in sides]
        phases = self._phases(built)
        return tuple(each.measured(found) for each, found in zip(built, phases, strict=True))

    def _side(self, artifact: Artifact, left_out: tuple[str, ...]) -> _Side:
        aside = self.apart.aside(artifact, artifact.compiler, empty_cache=True)
        return _Side(aside, left_out, self.tell)

    def _phases(self, built: list[_Built]) -> list[dict[str, Spread]]:
        """How long each phase took, in turns: what slows the machine down slows both."""
        taken: list[dict[str, list[int]]] = [{} for _ in built]
        self.tell(f"running the checks {self.rounds} times by each compiler")
        for _ in range(self.rounds):
            for each, times in zip(built, taken, strict=True):
                for name, took_ns in each.run_once():
                    times.setdefault(name, []).append(took_ns)
        return [{name: Spread.of(each) for name, each in times.items()} for times in taken]


def variant(artifact: Artifact, compiler: Compiler) -> tuple[Artifact, tuple[str, ...]]:
    """The artifact by a compiler, with the keys that are left out, as it does not have them."""
    plain = replace(
        artifact,
        compiler=compiler,
        compress_formats=("br", "gz"),
        aot_targets=("host",),
        budget=Budget(),
        test=replace(artifact.test, gate=True),
    )
    if compiler == "go":
        return plain, ()
    given = {
        "go-flags": artifact.go_flags,
        "runtime.gogc": artifact.runtime.gogc,
        "runtime.memory-limit": artifact.runtime.memory_limit_bytes,
    }
    runtime: Runtime = replace(artifact.runtime, gogc=None, memory_limit_bytes=None)
    left_out = tuple(key for key, value in given.items() if value)
    return replace(plain, go_flags=(), runtime=runtime), left_out


@dataclass(frozen=True)
class _Side:
    """One compiler's steps, before they ran."""

    aside: Aside
    left_out: tuple[str, ...]
    tell: Callable[[str], None]

    @property
    def compiler(self) -> Compiler:
        return self.aside.artifact.compiler

    def version(self) -> str:
        """As the compiler prints it. Raises Failure where it is missing."""
        compiled = self.aside.first(Compile)
        tool = getattr(compiled, "tinygo", compiled.go)
        return self.aside.context.tools.find(tool).version

    def require_real(self) -> None:
        """Raises Failure where a compiler is missing or is a stand-in."""
        if STAND_IN in self.version():
            raise failure(
                "stand-in",
                f"the TinyGo on this machine is a stand-in ({self.version()})",
                why="it only plays TinyGo's part in tests: what it makes is Go's, and no figure of "
                "it means anything",
                fix="put TinyGo on PATH (https://github.com/tinygo-org/tinygo/releases)",
            )

    def build(self) -> _Built:
        """Builds, verifies, checks and tests it. Raises Failure."""
        aside = self.aside
        aside.run(aside.shared)
        compiled = [next(aside.of(Compile))]  # TinyGo's debug module is none that ships
        self.tell(f"compiling with {self.compiler}, from nothing")
        cold = cost_of(lambda: aside.run(compiled))
        # There a build keeps what it linked, so that go need not link it again.
        shutil.rmtree(aside.context.state("stage"), ignore_errors=True)
        self.tell(f"compiling with {self.compiler}, again")
        again = cost_of(lambda: aside.run(compiled))
        aside.run(aside.of(Strip, VerifyImports, Brotli, Gzip, Aot))
        aside.run(aside.of(RunChecks))
        return _Built(self, cold, again, tuple(self._tested()))

    def _tested(self) -> Iterator[TestRecord]:
        aside = self.aside
        proof = aside.first(ProveTests)
        deps = read_deps(aside.context, proof.deps)
        linked = proof.linked(deps.main(proof.package) if deps else None)
        for step in aside.of(CompileTest, RunTests):
            assert isinstance(step, CompileTest | RunTests)
            if step.directory not in linked:
                continue
            if isinstance(step, CompileTest):
                self.tell(f"testing {step.directory} with {self.compiler}")
            aside.run([step])
            if isinstance(step, RunTests):
                yield from read_records(aside.context, (step.output,))


@dataclass(frozen=True)
class _Built:
    """One compiler's outputs."""

    side: _Side
    cold: Cost
    again: Cost
    tests: tuple[TestRecord, ...]

    def measured(self, phases: Mapping[str, Spread]) -> Measured:
        """All that is known now."""
        side, aside = self.side, self.side.aside
        checks = aside.result(aside.first(RunChecks).output)
        imports = aside.result(aside.first(VerifyImports).output)
        sizes = {form: self._size(aside.planned.names.file(each)) for form, each in FORMS.items()}
        findings = (*findings_of(imports, "imports"), *findings_of(checks, "checks"))
        return Measured(
            compiler=side.compiler,
            version=side.version(),
            cold=self.cold,
            again=self.again,
            sizes_bytes=sizes | {"cwasm": self._size(aside.first(Aot).output)},
            phases=phases,
            checks=self._verdicts(),
            peak_memory_bytes=checks["peak_memory_bytes"],
            tests=self.tests,
            findings=findings,
            left_out=side.left_out,
        )

    def run_once(self) -> Iterator[tuple[str, int]]:
        """Each declared check that passed, once; the phases of its run, those in ns."""
        aside, verdicts = self.side.aside, self._verdicts()
        subject = aside.subject()
        for check in aside.artifact.checks:
            if verdicts.get(check.name) != "pass":
                continue
            response = try_once(subject, check, "cwasm", aside.code).outcome.response
            for phase, took_ns in (response.phases_ns if response else {}).items():
                yield (f"run {check.name}" if phase == "run" else phase), took_ns

    def _verdicts(self) -> dict[str, str]:
        checks = self.side.aside.result(self.side.aside.first(RunChecks).output)["checks"]
        return {each["name"]: each["verdict"] for each in checks}

    def _size(self, output: str) -> int:
        return self.side.aside.path(output).stat().st_size
