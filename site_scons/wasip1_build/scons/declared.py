"""A workspace, or a part of it, whose steps are nodes of SCons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Location
from wasip1_build.planned import Plan, PlannedArtifact
from wasip1_build.scons.graph import Part
from wasip1_build.scons.session import Session
from wasip1_build.spec.model import Artifact, Workspace
from wasip1_build.steps.step import Context


@dataclass(frozen=True)
class Declared:
    """A workspace whose nodes are declared; `nodes` are by output path from the root."""

    workspace: Workspace
    plan: Plan
    session: Session
    nodes: Mapping[str, Any]
    aliases: tuple[str, ...]
    part: Part | None = None  # where only a part of the workspace was declared
    accepts: bool = False  # capabilities: what was read of them is another when the build has ended

    @property
    def context(self) -> Context:
        """What the steps run with."""
        return self.session.context

    @property
    def is_tested(self) -> bool:
        """Whether the gate of any artifact asks for its tests."""
        here = any(each.artifact.is_gated_by_tests for each in self.plan.artifacts)
        return here or (self.part is not None and self.part.graph.tested)

    def manifest(self, planned: PlannedArtifact) -> Any:
        """The node that exists only when every verdict on the artifact is pass."""
        return self.nodes[planned.names.manifest]

    def __getitem__(self, name: str) -> dict[str, Any]:
        """The nodes of one artifact, by NAME where that is unique or by DIR:NAME, each under its
        suffix: `declared["hello"]["wasm"]`, `["manifest.json"]`, `["wasm.br"]`.

        Raises KeyError.
        """
        found = [p for p in self.plan.artifacts if name in (p.artifact.id, p.artifact.name)]
        if len(found) != 1:
            raise KeyError(name)
        prefix = found[0].names.file("")
        return {
            output.removeprefix(prefix): node
            for output, node in self.nodes.items()
            if output.startswith(prefix)
        }


def locator(artifacts: Iterable[Artifact]) -> Callable[[str, str], Location | None]:
    """What finds the place of a key (by an artifact's DIR:NAME) among these artifacts."""
    by_id = {artifact.id: artifact for artifact in artifacts}

    def locate(artifact: str, key: str) -> Location | None:
        found = by_id.get(artifact)
        return found.where(key) if found else None

    return locate
