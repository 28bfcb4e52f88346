"""How a build ended, artifact by artifact, told from the states of its nodes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import SCons.Node

from wasip1_build.findings import Finding
from wasip1_build.planned import PlannedArtifact
from wasip1_build.report.summary import Outcome
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.work import findings_on, is_current


def outcomes(declared: Declared) -> tuple[Outcome, ...]:
    """The outcome of each artifact that this build looked at."""
    return tuple(
        _outcome(declared, planned)
        for planned in declared.plan.artifacts
        if declared.manifest(planned).get_state() != SCons.Node.no_state
    )


def shared_findings(declared: Declared) -> tuple[Finding, ...]:
    """Why steps failed that belong to no single artifact."""
    nodes = (declared.nodes[name] for step in declared.plan.shared for name in step.outputs)
    return tuple(dict.fromkeys(finding for node in nodes for finding in findings_on(node)))


def _outcome(declared: Declared, planned: PlannedArtifact) -> Outcome:
    nodes = {name: declared.nodes[name] for step in planned.steps for name in step.outputs}
    shared = [declared.nodes[name] for step in declared.plan.shared for name in step.outputs]

    def current(name: str) -> Path | None:
        node = nodes.get(name)
        known = node is not None and is_current(node)
        return declared.context.path(name) if known else None

    return Outcome(
        artifact=planned.artifact.id,
        debug=current(planned.names.file("debug.wasm")),
        sizes=current(planned.names.file("sizes.json")),
        checks=current(planned.names.file("checks.json")),
        gate=current(planned.gate),
        manifest=current(planned.names.file("manifest.json")),
        imports=current(planned.names.file("imports.json")),
        findings=tuple(finding for node in nodes.values() for finding in findings_on(node)),
        failed=_failed(nodes.values()) or _failed(shared),
    )


def _failed(nodes: Iterable[Any]) -> bool:
    return any(node.get_state() == SCons.Node.failed for node in nodes)
