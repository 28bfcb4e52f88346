"""A wasip1.toml declared in SCons: its steps as nodes, and the names under which they are built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from wasip1_build.build_dir import build_dir_hint
from wasip1_build.dataclass import dataclass
from wasip1_build.plan import plan
from wasip1_build.planned import STATE, Plan
from wasip1_build.scons.declared import Declared, locator
from wasip1_build.scons.nodes import declare
from wasip1_build.scons.session import Session, is_looking, open_session
from wasip1_build.spec.cached import load_cached
from wasip1_build.spec.model import Workspace
from wasip1_build.steps.go_contexts import go_contexts
from wasip1_build.test_places import with_proofs
from wasip1_build.toolchain.host import host_target


def declare_workspace(
    env: Any,
    file: Path,
    profile: str,
    prefix: str,
    environ: Mapping[str, str],
    cpus: int,
    *,
    any_growth: bool = False,
) -> Declared:
    """Declares every artifact of a workspace in a SCons environment, its aliases after `prefix`.

    With `any_growth` no artifact fails for what it has grown by: that is about to be accepted.
    Nothing is run and nothing is written. Raises Failure with all that is wrong with the spec.
    """
    root, name = file.parent, file.name
    store = root / build_dir_hint(root, name) / STATE / "spec" / profile
    workspace = load_cached(root, name, profile, store, keep=not is_looking())
    if any_growth:
        workspace = _without_growth(workspace)
    planned = plan(workspace, go_contexts(root, workspace.artifacts), host_target())
    planned = with_proofs(planned, root, workspace.build_dir)
    owner = f"{name}@{profile}"
    locate = locator(workspace.artifacts)
    session = open_session(root, workspace.build_dir, owner, environ, cpus, locate)
    nodes = declare(env, session, planned.steps, planned.seals(), planned.owners())
    aliases = Aliases(env, session, prefix)
    return Declared(workspace, planned, session, nodes, tuple(aliases.declare(planned, nodes)))


def _without_growth(workspace: Workspace) -> Workspace:
    artifacts = (
        replace(artifact, budget=replace(artifact.budget, growth=None))
        for artifact in workspace.artifacts
    )
    return replace(workspace, artifacts=tuple(artifacts))


@dataclass(frozen=True)
class Aliases:
    """The words under which artifacts are built."""

    env: Any
    session: Session
    prefix: str

    def declare(self, planned: Plan, nodes: Mapping[str, Any]) -> Iterator[str]:
        """NAME where unique, DIR:NAME, and each directory in every spelling that SCons knows."""
        names = [p.artifact.name for p in planned.artifacts]
        directories: dict[str, list[Any]] = {}
        for each in planned.artifacts:
            artifact, manifest = each.artifact, nodes[each.names.manifest]
            unique = names.count(artifact.name) == 1
            for name in (artifact.id, artifact.name) if unique else (artifact.id,):
                self.env.Alias(self.prefix + name, manifest)
                yield self.prefix + name
            place = PurePosixPath(artifact.directory)
            for parent in (place, *place.parents):
                directories.setdefault(str(parent), []).append(manifest)
        for directory, manifests in directories.items():
            # An Alias alone leaves `scons DIR/` and `scons -u` with nothing to do.
            if directory != ".":
                self.env.Depends(self.env.Dir(str(self.session.context.path(directory))), manifests)
