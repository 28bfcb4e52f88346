"""Of what are the phases measured? The files of one artifact: today's, or an earlier run's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from wasip1_build.dataclass import dataclass
from wasip1_build.planned import PlannedArtifact
from wasip1_build.spec.model import Artifact
from wasip1_build.steps.aot import Aot
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.compress import Brotli, Gzip
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.host import host_target


class Files(NamedTuple):
    """What a build made of a module; None what the spec does not ask for. `cwasm` is the machine
    code for this machine."""

    module: Path
    br: Path | None = None
    gz: Path | None = None
    cwasm: Path | None = None

    def named(self) -> Mapping[str, Path]:
        """Those that there are, by "module", "br", "gz", "cwasm"."""
        return {name: path for name, path in self._asdict().items() if path is not None}


@dataclass(frozen=True)
class BenchSubject:
    """One artifact to be measured. Its `files` need not be those that its steps name.

    `context` is staged: what `scratch` gives is the benchmark's own, and goes when it ends.
    `runtimes` are those that the user names; () where every one that is installed is measured.
    `is_base`: these are the files of an earlier run, which are measured beside today's: what does
    not depend on them (a native build, Go benchmarks) has no place here.
    """

    planned: PlannedArtifact
    context: Context
    files: Files
    runtimes: tuple[str, ...] = ()
    is_base: bool = False

    @property
    def artifact(self) -> Artifact:
        """What is declared."""
        return self.planned.artifact

    @property
    def checking(self) -> RunChecks:
        """The step that runs the checks: its `subject(context)` is what the runs have in common."""
        return next(step for step in self.planned.steps if isinstance(step, RunChecks))


def built_files(planned: PlannedArtifact, context: Context) -> Files:
    """What a build makes of an artifact."""
    machine = host_target()

    def made() -> Iterator[tuple[str, str]]:
        for step in planned.steps:
            if isinstance(step, Brotli):
                yield "br", step.output
            elif isinstance(step, Gzip):
                yield "gz", step.output
            elif isinstance(step, Aot) and step.target == machine:
                yield "cwasm", step.output
            elif isinstance(step, RunChecks):
                yield "module", step.module

    return Files(**{name: context.path(output) for name, output in made()})
