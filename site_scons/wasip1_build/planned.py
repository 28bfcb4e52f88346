"""The steps of a workspace, by artifact, and the names of their outputs."""

from __future__ import annotations

import posixpath

from wasip1_build.dataclass import dataclass
from wasip1_build.spec.model import Artifact
from wasip1_build.steps.step import Step

STATE = ".wasip1"


@dataclass(frozen=True)
class PlannedArtifact:
    """One artifact's steps, in the order in which a reader would tell them. `ledger` is the file
    with the sizes that were accepted; "" under a profile whose sizes are not."""

    artifact: Artifact
    steps: tuple[Step, ...]
    names: Names
    gate: str
    ledger: str = ""


@dataclass(frozen=True)
class Plan:
    """All steps of a workspace: those that artifacts share, and each artifact's own."""

    shared: tuple[Step, ...]
    artifacts: tuple[PlannedArtifact, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step."""
        return (*self.shared, *(step for planned in self.artifacts for step in planned.steps))

    def owners(self) -> dict[str, str]:
        """By each step's first output, the DIR:NAME of the artifact that alone has the step."""
        return {
            step.outputs[0]: planned.artifact.id
            for planned in self.artifacts
            for step in planned.steps
        }

    def seals(self) -> dict[str, tuple[str, ...]]:
        """By each step's first output, the manifests of the artifacts that need the step."""
        needed: dict[str, tuple[str, ...]] = {}
        for planned in self.artifacts:
            manifest = planned.names.manifest
            shared = [name for step in planned.steps for name in getattr(step, "requires", ())]
            for output in (*(step.outputs[0] for step in planned.steps), *shared):
                needed[output] = (*needed.get(output, ()), manifest)
        return needed


@dataclass(frozen=True)
class Names:
    """Where an artifact's outputs are, relative to the workspace root."""

    build_dir: str
    profile: str
    artifact_directory: str
    artifact: str

    @property
    def directory(self) -> str:
        """BUILD-DIR/DIR/A; profiles other than release lie below BUILD-DIR/@PROFILE."""
        profile = "" if self.profile == "release" else f"@{self.profile}"
        parts = (self.build_dir, profile, self.artifact_directory, self.artifact)
        return posixpath.normpath(posixpath.join(*parts))

    def file(self, suffix: str) -> str:
        """A.SUFFIX."""
        return f"{self.directory}/{self.artifact}.{suffix}"

    @property
    def manifest(self) -> str:
        """A.manifest.json, which exists only where every verdict is pass."""
        return self.file("manifest.json")

    def state(self, kind: str) -> str:
        """A place of the artifact's own in BUILD-DIR/.wasip1, relative to it."""
        path = posixpath.join(kind, f"@{self.profile}", self.artifact_directory, self.artifact)
        return posixpath.normpath(path)
