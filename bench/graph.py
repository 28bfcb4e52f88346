"""The steps of a workspace as any build tool knows them: inputs, outputs, and a name to build."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wasip1_build.digests import Digests
from wasip1_build.plan import plan
from wasip1_build.planned import Plan
from wasip1_build.spec.load import load
from wasip1_build.steps.go_context import find_go_context
from wasip1_build.steps.step import Context, Step
from wasip1_build.toolchain.host import host_target
from wasip1_build.toolchain.store import cache_directory
from wasip1_build.toolchain.tools import Tools


@dataclass(frozen=True)
class Edge:
    """One step. `before` must be there first, and does not make it stale."""

    verb: str
    inputs: tuple[str, ...]
    before: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Graph:
    """All edges, and by artifact the last output of each."""

    edges: tuple[Edge, ...]
    goals: dict[str, str]

    @property
    def files(self) -> set[str]:
        """Everything that is read or made."""
        return {name for edge in self.edges for name in (*edge.inputs, *edge.outputs)}


def graph_of(root: Path) -> Graph:
    """The graph of a workspace that was built: what its go-deps.json name is part of it.

    Raises Failure where the spec is wrong.
    """
    workspace = load(root).workspace
    contexts = {
        artifact.id: find_go_context(root, f"{artifact.directory}/{artifact.package}")
        for artifact in workspace.artifacts
    }
    planned = plan(workspace, contexts, host_target())
    context = _context(root, workspace.build_dir)
    goals = {each.artifact.name: each.names.file("manifest.json") for each in planned.artifacts}
    return Graph(tuple(_edges(planned, context)), goals)


def _context(root: Path, build_dir: str) -> Context:
    digests = Digests(None)
    tools = Tools(root, digests, {}, cache_directory({}))
    return Context(root=root, build_dir=build_dir, tools=tools, digests=digests)


def _edges(planned: Plan, context: Context) -> Iterator[Edge]:
    for step in planned.steps:
        discovered = _discovered(step, context)
        before = tuple(getattr(step, "requires", ()))
        # As an input, though its content decides nothing: go-task runs what has none each time.
        inputs = (*step.inputs, *discovered, *getattr(step, "waits_for", ()))
        yield Edge(step.name, inputs, before, step.outputs)


def _discovered(step: Step, context: Context) -> tuple[str, ...]:
    discover = getattr(step, "discovered", None)
    return tuple(discover(context)) if discover else ()
