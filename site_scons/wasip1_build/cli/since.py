"""What of a workspace has changed since a revision of the repository that it is in?"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from wasip1_build.cli.base_tree import BaseTree
from wasip1_build.cli.comparison import Comparison, Reason, Side
from wasip1_build.cli.git import Changes, find_repository
from wasip1_build.cli.inputs import ArtifactInputs, Reader
from wasip1_build.dataclass import dataclass
from wasip1_build.digests import Digests
from wasip1_build.findings import Failure, Finding, failure
from wasip1_build.spec.cached import load_workspace
from wasip1_build.spec.disk import Disk
from wasip1_build.spec.model import Workspace
from wasip1_build.texts import escaped
from wasip1_build.toolchain.store import cache_directory
from wasip1_build.toolchain.tools import Tools

BaseSpec = Literal["valid", "missing", "invalid"]


@dataclass(frozen=True)
class Since:
    """The answer. `artifacts` are all of today's, by id, with why they are affected, if they are.

    `findings` are what made an answer less exact: a spec at the revision that is not valid, a
    module that could not be listed.
    """

    commit: str
    base_spec: BaseSpec
    artifacts: Mapping[str, tuple[Reason, ...]]
    removed: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def since(root: Path, file: str, profile: str, revision: str, environ: Mapping[str, str]) -> Since:
    """Compares the workspace at `root`, a directory without links, with a revision.

    The repository is only read. Raises Failure where today's spec is wrong, Go is missing, or git
    does not know the revision.
    """
    now = load_workspace(root, file, profile)
    repository = find_repository(root)
    commit = repository.commit(revision)
    entries = repository.tree(commit)
    changes = repository.changes(commit, entries)
    if not changes:
        return Since(commit, "valid", {artifact.id: () for artifact in now.artifacts})
    with tempfile.TemporaryDirectory(prefix="wasip1-affected-") as directory:
        place = Path(directory).resolve()
        _require_no_go_above(place)
        # Go and what else is on this machine is the same for both sides.
        tools = Tools(root, Digests(None), environ, cache_directory(environ))
        base = BaseTree(repository, place / "then", entries)
        return _Work(root, file, now, tools, environ, base, changes).compare(commit)


@dataclass(frozen=True)
class _Work:
    """One comparison, while its temporary directory is there."""

    root: Path
    file: str
    now: Workspace
    tools: Tools
    environ: Mapping[str, str]
    base: BaseTree
    changes: Changes

    def compare(self, commit: str) -> Since:
        inputs = self._read(self.root, self.now)
        self._lay_out(inputs)
        then_root = self.base.mirrored(self.root)
        ids = [artifact.id for artifact in self.now.artifacts]
        if not (then_root / self.file).is_file():
            new = {name: (Reason("new", name, "new artifact"),) for name in ids}
            return Since(commit, "missing", new, findings=_problems(inputs))
        try:
            then = load_workspace(then_root, self.file, self.now.profile)
        except Failure as problem:
            why = f"the spec at the revision is not valid: {_first(problem)}"
            every = {name: (Reason("unknown", self.file, why),) for name in ids}
            return Since(commit, "invalid", every, (), problem.findings)
        before = Side(self.base.top, then_root, then, self._read(then_root, then))
        after = Side(self.base.repository.top, self.root, self.now, inputs)
        comparison = Comparison(before, after, self.changes)
        return Since(
            commit,
            "valid",
            {name: comparison.reasons(name) for name in ids},
            comparison.removed(),
            _problems(inputs),
        )

    def _read(self, root: Path, workspace: Workspace) -> dict[str, ArtifactInputs]:
        scratch = Path(tempfile.mkdtemp(dir=self.base.place.parent))
        # Under another Go all artifacts are affected: then it matters only that the files of the
        # revision can be listed at all.
        alike = replace(workspace, toolchain=self.now.toolchain)
        return Reader(root, alike, self.tools, self.environ, scratch).read()

    def _lay_out(self, inputs: Mapping[str, ArtifactInputs]) -> None:
        top, entries = self.base.repository.top, self.base.entries
        inside, outside = set(), set()
        for path in _all_paths(self.root, self.now, inputs):
            if path.is_relative_to(top):
                inside.add(str(path.relative_to(top)))
            elif path.name.startswith("go."):
                outside.add(path)
        spec = str((self.root / self.file).relative_to(top))
        # A module above the repository gets only its own files: the repository is in its way.
        around = {path for path in outside if path.parent in top.parents}
        try:
            self.base.lay_out({spec})
            self.base.carry(inside - set(entries) - self.changes.content)
            self.base.link_outside({path.parent for path in outside - around}, around)
        except OSError as error:
            raise failure(
                "temporary-directory",
                f"the revision cannot be laid out: {error.strerror or error}",
                why=f"its sources are written below {self.base.place.parent} for as long as this "
                "runs",
                fix="make room there, or set TMPDIR to a directory with room",
            ) from None


def _all_paths(
    root: Path, workspace: Workspace, inputs: Mapping[str, ArtifactInputs]
) -> Iterator[Path]:
    """Everything that today's inputs are or lie in, also where links on the way lead."""
    names = {name for each in inputs.values() for group in each.files.values() for name in group}
    names |= {name for each in inputs.values() for name in each.granted}
    names |= {grant.host for artifact in workspace.artifacts for grant in artifact.grants.dirs}
    names |= set(workspace.files)
    disk = Disk(root)
    paths = {os.path.normpath(os.path.join(root, name)) for name in names}
    yield from map(Path, paths | {disk.real(path) for path in paths})


def _require_no_go_above(place: Path) -> None:
    """Raises Failure where Go would take a file that is no part of the revision for its own."""
    for parent in place.parents:
        for name in ("go.work", "go.mod"):
            if (parent / name).is_file():
                raise failure(
                    "temporary-directory",
                    f"{parent / name} lies above the directory for temporary files",
                    why="a revision is laid out there, and Go would take that file for its own",
                    fix="set TMPDIR to a directory with no go.work or go.mod above it",
                )


def _problems(inputs: Mapping[str, ArtifactInputs]) -> tuple[Finding, ...]:
    """Why some inputs of today are not known, each once."""
    return tuple(dict.fromkeys(f for each in inputs.values() for f in each.problems))


def _first(problem: Failure) -> str:
    finding = problem.findings[0]
    return escaped(f"{finding.location}: {finding.what}" if finding.location else finding.what)
