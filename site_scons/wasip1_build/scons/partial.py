"""Where a few paths have changed, only the artifacts that they can reach become nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import SCons.Script

from wasip1_build.build_dir import build_dir_hint
from wasip1_build.findings import Location
from wasip1_build.scons import fast
from wasip1_build.scons.declared import Declared, locator
from wasip1_build.scons.graph import Part, graph_of, part_of, planned
from wasip1_build.scons.nodes import declare
from wasip1_build.scons.session import Session, open_session
from wasip1_build.spec.model import Artifact
from wasip1_build.steps.go_world import World


def declare_part(
    env: Any, file: Path, profile: str, change: fast.Change, environ: Mapping[str, str], cpus: int
) -> Declared | None:
    """Declares what the changes can reach of what is asked for; None where that is not known.

    Ends the process where they reach nothing of it.
    """
    store = fast.store_of(file.parent, file.name, profile)
    declared = reached(env, file, profile, store, change, environ, cpus)
    if declared is None or declared.part is None:
        return None
    if not declared.plan.artifacts:
        fast.end(change.good)
    for word in SCons.Script.COMMAND_LINE_TARGETS:
        env.Alias(word, _manifests(env, declared, declared.part, change.good.words[word]))
    return declared


def reached(
    env: Any,
    file: Path,
    profile: str,
    store: str,
    change: fast.Change,
    environ: Mapping[str, str],
    cpus: int,
) -> Declared | None:
    """Declares, without any alias, what the changes since the build in `store` can reach."""
    root, name = file.parent, file.name
    graph = graph_of(f"{store}.graph", change.good.token)
    if graph is None:
        return None
    artifacts: list[Artifact] = []

    def locate(artifact: str, key: str) -> Location | None:
        return locator(artifacts)(artifact, key)

    build_dir = build_dir_hint(root, name)
    session = open_session(root, build_dir, f"{name}@{profile}", environ, cpus, locate)
    part = part_of(graph, change, root, session.context.digests)
    if part is None or _has_ledger_to_review(part, session):
        return None
    artifacts += (each.artifact for each in part.plan.artifacts)
    for listing, digest in part.known_worlds.items():
        session.context.once(("world", listing), partial(World, digest, {}))
    nodes = declare(env, session, part.plan.steps, part.plan.seals(), part.plan.owners())
    return Declared(part.workspace, part.plan, session, nodes, (), part)


def _has_ledger_to_review(part: Part, session: Session) -> bool:
    """Whether a wasip1.sizes.json that changed is to be told of before anything is built."""
    if not any(path.endswith(".sizes.json") for path in part.change.paths):
        return False
    from wasip1_build.scons.size_ledgers import needs_all  # few builds need it

    return needs_all(part, session.context)


def _manifests(env: Any, declared: Declared, part: Part, artifacts: Iterable[str]) -> list[Any]:
    """What a word on the command line comes to: what is declared of it, or else the plain files of
    artifacts that are up to date."""
    here = {each.artifact.id: declared.manifest(each) for each in part.plan.artifacts}
    found = [here[artifact] for artifact in artifacts if artifact in here]
    return found or [
        env.File(str(declared.context.path(planned(part.graph, artifact).names.manifest)))
        for artifact in artifacts
    ]
