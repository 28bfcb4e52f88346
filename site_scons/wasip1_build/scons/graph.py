"""Which artifacts can a changed path reach? The last build's graph, kept artifact by artifact."""

from __future__ import annotations

import marshal
import os
import pickle
import posixpath
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from zlib import crc32

from wasip1_build.dataclass import dataclass
from wasip1_build.digests import Digests
from wasip1_build.files import write_atomically
from wasip1_build.looks import directory_of
from wasip1_build.planned import Plan, PlannedArtifact
from wasip1_build.scons.fast import Change
from wasip1_build.scons.pieces import Pieces
from wasip1_build.spec.model import MODULES, Workspace
from wasip1_build.steps.go_world import (
    GO_FILES,
    SOURCES,
    head_now,
    is_source,
    is_source_or_test,
    is_still,
    package_of,
    reads_all,
    with_heads,
)
from wasip1_build.steps.step import Step
from wasip1_build.unpickle import unpickle

# What a plan consists of.
_MODULES = MODULES | {
    "wasip1_build.planned",
    "wasip1_build.runtime.launchers",
    "wasip1_build.toolchain.tool",
    "wasip1_build.steps.go_context",
    *(
        f"wasip1_build.steps.{name}"
        for name in (
            *("aot", "budget", "check", "compile_go", "compile_test", "compile_tinygo"),
            *("compile_tinygo_test", "compress", "gate", "imports", "launchers", "list_go"),
            *("list_tests", "list_tinygo", "manifest", "prove_tests", "run_tests", "strip"),
            *("unsupported",),
        )
    ),
}


CHECKSUM_BYTES = 4


class Graph(NamedTuple):
    """The graph of the build that `token` names (see fast.Good). Paths are as in its looks.

    `workspace` is pickled without its artifacts, `artifacts` are PlannedArtifacts by DIR:NAME,
    and `shared` their shared steps by output, each pickled alone. `owners` are the artifacts that
    a path can reach. `facts` are what of a path decides a listing, and `worlds` by the listing's
    output the digest over all of them, "" where that is to be read again, with the directories
    whose facts they are. `neighbours` are artifacts that read another's outputs,
    or whose outputs are read. `rendered` is what is shown of the artifacts that are up to date.
    `places` are the directories of local modules, and those that are granted. `tested` says
    whether a gate asks for tests, so that Go's test files matter.
    """

    token: str
    workspace: bytes
    artifacts: Mapping[str, bytes]
    shared: Mapping[str, bytes]
    owners: Pieces
    facts: Pieces
    worlds: Mapping[str, tuple[str, tuple[str, ...]]]
    neighbours: Mapping[str, tuple[str, ...]]
    rendered: Mapping[str, tuple[Any, ...]]
    places: tuple[str, ...]
    tested: bool

    def reads(self, path: str) -> bool:
        """Whether a file that other builders make could be a source, or anything else that is
        read."""
        if path.endswith(SOURCES) or posixpath.basename(path) in GO_FILES:
            return True
        around = (path, *map(str, PurePosixPath(path).parents))
        return any(p in self.owners or reads_all(self.facts.get(p, "")) for p in around)


@dataclass(frozen=True)
class Part:
    """A part of the last build's graph: what must be looked at again, and why.

    `stale` are all artifacts that may not be up to date, `plan` has those of them that are asked
    for. `known_worlds` are the digests of listings (by output), as they are now, of which that is
    known; `heads` the facts of Go files that changed. The rest of the workspace is as `graph` has
    it.
    """

    change: Change
    graph: Graph
    workspace: Workspace
    plan: Plan
    stale: frozenset[str]
    known_worlds: Mapping[str, str]
    heads: Mapping[str, str]


def keep(store: str, graph: Graph) -> None:
    """Raises OSError."""
    packed = {"owners": graph.owners.packed, "facts": graph.facts.packed}
    data = marshal.dumps({**graph._asdict(), **packed})
    write_atomically(Path(store), _checksum(data) + data)


def graph_of(store: str, token: str) -> Graph | None:
    """The graph of a build; None where it is not there, or another's."""
    try:
        data = memoryview(Path(store).read_bytes())
        if data[:CHECKSUM_BYTES] != _checksum(data[CHECKSUM_BYTES:]):
            return None
        graph = Graph(**marshal.loads(data[CHECKSUM_BYTES:]))
    except (OSError, EOFError, ValueError, TypeError):
        return None
    if graph.token != token:
        return None
    return graph._replace(owners=Pieces(graph.owners), facts=Pieces(graph.facts))


def _checksum(data: bytes | memoryview) -> bytes:
    """Of what is not read at once: a damaged piece must be known before it is believed."""
    return crc32(data).to_bytes(CHECKSUM_BYTES, "big")


def pickled(value: object) -> bytes:
    """A value in the form in which a Graph keeps it."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def part_of(graph: Graph, change: Change, root: Path, digests: Digests) -> Part | None:
    """What the changed paths can reach; None where they can reach anything."""
    changed = _changed(graph, change, root, digests)
    if changed is None:
        return None
    packages = changed.packages
    reached = _owners(graph, change.paths, packages)
    stale = frozenset(_with_neighbours(graph, {*reached, *change.good.stale}))
    if packages and not stale <= change.asked:
        return None  # what is asked for may come to embed an output of what is not
    try:
        chosen = sorted(stale & change.asked)
        planned: list[PlannedArtifact] = [_read(graph.artifacts[name]) for name in chosen]
        needed = {n for p in planned for step in p.steps for n in getattr(step, "requires", ())}
        if not needed <= graph.worlds.keys():
            return None
        shared: list[Step] = [_read(graph.shared[name]) for name in sorted(needed)]
        workspace: Workspace = _read(graph.workspace)
    except (ValueError, KeyError):
        return None
    plan = Plan(tuple(shared), tuple(planned))
    heads = {path: now for path, (_, now) in changed.heads.items()}
    return Part(change, graph, workspace, plan, stale, _known_worlds(graph, changed), heads)


def planned(graph: Graph, artifact: str) -> PlannedArtifact:
    """The plan of one artifact. Raises ValueError or KeyError."""
    found: PlannedArtifact = _read(graph.artifacts[artifact])
    return found


def _read(data: bytes) -> Any:
    return unpickle(data, _MODULES)


class _Changed(NamedTuple):
    """What changed that decides listings: the directories of packages that have other files or
    imports now; those that have other files; and the facts before and now of Go files, relative to
    the root, of which only the head is another, and not what that embeds."""

    packages: frozenset[str]
    others: frozenset[str]
    heads: Mapping[str, tuple[str, str]]


def _changed(graph: Graph, change: Change, root: Path, digests: Digests) -> _Changed | None:
    """None where what changed may be anything else."""
    packages, others = set(), set()
    heads: dict[str, tuple[str, str]] = {}
    matters = is_source_or_test if graph.tested else is_source
    for path in change.paths:
        fact = graph.facts.get(path)
        if fact is None and path not in graph.owners:
            return None
        place = os.path.join(root, path)
        if fact is not None and not is_still(place, fact, digests, matters):
            package = package_of(place, fact, matters)
            if package is None:
                return None
            directory = directory_of(root, package)
            packages.add(directory)
            now = None if os.path.isabs(path) else head_now(place, fact)
            if now is None:
                others.add(directory)
            else:
                heads[path] = (fact, now)
    return _Changed(frozenset(packages), frozenset(others), heads)


def _owners(graph: Graph, paths: Iterable[str], packages: Collection[str]) -> set[str]:
    """The artifacts that paths, and all that lies in these directories, can reach."""
    reached = {name for path in paths for name in graph.owners.get(path, ())}
    for package in packages:
        for _, owners in graph.owners.directly_in(package):
            reached.update(owners)
    return reached


def _known_worlds(graph: Graph, changed: _Changed) -> dict[str, str]:
    """By a listing's output, the digests as they are now: of those that the changed packages leave
    as they are, and of those of which they change no more than heads."""
    seen = {
        package: [
            listing
            for listing, (_, directories) in graph.worlds.items()
            if any(_is_in(package, directory) for directory in directories)
        ]
        for package in changed.packages
    }
    known = {}
    for listing, (digest, _) in graph.worlds.items():
        touched = {package for package, listings in seen.items() if listing in listings}
        # A fact is that of the one listing that can have seen its file; of several, who knows.
        if digest and all(seen[p] == [listing] and p not in changed.others for p in touched):
            own = {p: e for p, e in changed.heads.items() if posixpath.dirname(p) in touched}
            known[listing] = with_heads(digest, own)
    return known


def _is_in(package: str, directory: str) -> bool:
    """Whether a package's directory (as looks.directory_of has it) is another one or below it."""
    return f"{package}/".startswith(f"{directory}/") if directory else not package.startswith("/")


def _with_neighbours(graph: Graph, artifacts: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(artifacts)
    while waiting:
        artifact = waiting.pop()
        if artifact not in found:
            found.add(artifact)
            waiting += graph.neighbours.get(artifact, ())
    return found
