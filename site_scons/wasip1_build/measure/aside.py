"""One artifact built outside of its workspace, to be measured: nothing there is written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from wasip1_build.dataclass import dataclass
from wasip1_build.digests import Digests
from wasip1_build.plan import plan
from wasip1_build.planned import PlannedArtifact
from wasip1_build.runtime.trial import Subject
from wasip1_build.spec.model import Artifact, Workspace
from wasip1_build.steps.aot import Aot
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.execute import execute
from wasip1_build.steps.go_contexts import go_contexts
from wasip1_build.steps.results import read_result
from wasip1_build.steps.step import Context, Step
from wasip1_build.test_places import with_proofs
from wasip1_build.toolchain.host import host_target
from wasip1_build.toolchain.store import cache_directory
from wasip1_build.toolchain.tools import Tools

T = TypeVar("T")


@dataclass(frozen=True)
class Aside:
    """The steps of one artifact whose build directory is elsewhere, before or after they ran."""

    planned: PlannedArtifact
    shared: tuple[Step, ...]
    context: Context

    @property
    def artifact(self) -> Artifact:
        """What is built."""
        return self.planned.artifact

    def first(self, kind: type[T]) -> T:
        """The artifact's step of one kind."""
        return next(step for step in self.planned.steps if isinstance(step, kind))

    def of(self, *kinds: type[Any]) -> Iterator[Step]:
        """The artifact's steps of some kinds, in their order."""
        return (step for step in self.planned.steps if isinstance(step, kinds))

    def run(self, steps: Iterable[Step]) -> None:
        """Runs steps, whatever is there of them. Raises Failure."""
        for step in steps:
            execute(step, self.context, dict)

    def path(self, output: str) -> Path:
        """Where an output is."""
        return self.context.path(output)

    def result(self, output: str) -> dict[str, Any]:
        """What a step found, once it ran. Raises Failure."""
        return read_result(self.path(output), os.path.basename(output))

    @property
    def code(self) -> Path:
        """The machine code for this machine."""
        return self.path(self.first(Aot).output)

    def subject(self) -> Subject:
        """What runs of the checks have in common, with what is granted staged anew. Raises
        Failure."""
        place = Path(self.context.build_dir) / "runs"
        shutil.rmtree(place, ignore_errors=True)
        return self.first(RunChecks).subject(self.context.staged(place))


@dataclass(frozen=True)
class Apart:
    """Where artifacts are built apart from their workspace. `scratch` is a directory outside of
    it."""

    root: Path
    workspace: Workspace
    environ: Mapping[str, str]
    scratch: Path
    cpus: int

    def aside(self, artifact: Artifact, name: str, *, empty_cache: bool = False) -> Aside:
        """The steps of an artifact as it is given here, which may differ from what is declared, in
        the directory `name`. With `empty_cache` Go finds nothing compiled. Raises Failure."""
        build_dir = self.scratch / name
        alone = replace(self.workspace, artifacts=(artifact,), build_dir=str(build_dir))
        planned = plan(alone, go_contexts(self.root, [artifact]), host_target())
        planned = with_proofs(planned, self.root, alone.build_dir)
        digests = Digests(None)
        cache = cache_directory(self.environ)
        go_cache = {"GOCACHE": str(build_dir / "go-cache")} if empty_cache else {}
        context = Context(
            root=self.root,
            build_dir=alone.build_dir,
            tools=Tools(self.root, digests, self.environ, cache),
            digests=digests,
            environment={**self.environ, **go_cache},
            cpus=self.cpus,
            cache=cache,
            hidden=(str(self.root / self.workspace.build_dir),),
        )
        [own] = planned.artifacts
        return Aside(own, planned.shared, context)
