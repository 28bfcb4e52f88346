"""What do settings of Go's collector do to the time and the memory of one artifact's checks?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure
from wasip1_build.measure.aside import Apart
from wasip1_build.measure.gc_checks import checks_of
from wasip1_build.measure.gc_runs import Runner, Tried
from wasip1_build.measure.gc_settings import Need, Setting, declared, settings
from wasip1_build.spec.model import Artifact, Budget, GoTest, Runtime
from wasip1_build.steps.aot import Aot
from wasip1_build.steps.compile import Compile
from wasip1_build.steps.strip import Strip


@dataclass(frozen=True)
class Swept:
    """What became of all settings; the declared one is the first, and none of its checks failed.

    `need` is what the checks were seen to need under Go's defaults, None where one failed so;
    `start_memory_bytes` the size of linear memory before any code of the module runs.
    """

    artifact: Artifact
    go_version: str
    checks: tuple[str, ...]
    rounds: int
    need: Need | None
    start_memory_bytes: int
    tried: tuple[Tried, ...]

    @property
    def declared(self) -> Tried:
        """What the others are compared with."""
        return self.tried[0]

    @property
    def comparisons(self) -> int:
        """How many settings are compared with the declared one."""
        return max(1, len(self.tried) - 1)

    @property
    def passed(self) -> tuple[Tried, ...]:
        """The settings under which every run did what is expected."""
        return tuple(each for each in self.tried if not each.failed)


@dataclass(frozen=True)
class Sweeping:
    """How an artifact is swept. `only` names checks, and cases as "bench.NAME"; empty: all.
    `choose` says what is tried, by what is declared and what was seen."""

    apart: Apart
    rounds: int
    only: tuple[str, ...] = ()
    tell: Callable[[str], None] = lambda _line: None
    choose: Callable[[Runtime, Need | None], tuple[Setting, ...]] = settings

    def of(self, artifact: Artifact) -> Swept:
        """The artifact under every setting. Raises Failure where it cannot be built, where nothing
        is to be run or could be set, and where a check fails under what is declared."""
        runner, go_version = self._built(artifact)
        try:
            runner = runner.proved(declared(artifact.runtime))
        except Failure as failed:
            placed = (replace(each, location=artifact.where(each.key)) for each in failed.findings)
            raise Failure(tuple(placed)) from None
        need = runner.need(Setting(max_memory_bytes=artifact.runtime.max_memory_bytes))
        return Swept(
            artifact,
            go_version,
            tuple(check.name for check in runner.checks),
            self.rounds,
            need,
            runner.start_memory_bytes(),
            runner.in_turns(self.choose(artifact.runtime, need), self.rounds, self.tell),
        )

    def _built(self, artifact: Artifact) -> tuple[Runner, str]:
        """The artifact as it ships, compiled to machine code as a host's .cwasm is, and the version
        of the Go that made it."""
        checks = checks_of(artifact, self.only)
        alone = replace(
            artifact,
            compress_formats=(),
            aot_targets=("host",),
            budget=Budget(),
            test=GoTest(gate=False),
        )
        aside = self.apart.aside(alone, "sweep")
        self.tell(f"compiling {artifact.id}")
        aside.run(aside.shared)
        compiled = aside.first(Compile)
        aside.run([next(aside.of(Compile)), *aside.of(Strip, Aot)])
        runner = Runner(aside.subject(), aside.code, checks, aside.path)
        return runner, aside.context.tools.find(compiled.go).version
