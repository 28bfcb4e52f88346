"""Where the granted directories are on this machine, and where a run's copies of them lie."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from wasip1_build.dataclass import dataclass
from wasip1_build.files import sha256_of_file
from wasip1_build.findings import Failure, failure
from wasip1_build.runtime.request import Preopen
from wasip1_build.runtime.staging import Entry, copy_tree, walk_granted
from wasip1_build.spec.model import DirGrant, Grants


@dataclass(frozen=True)
class Place:
    """A granted directory: which of the roots it lies in, and where ("" for the root itself)."""

    grant: DirGrant
    root: int
    below: str


@dataclass(frozen=True)
class Layout:
    """Granted directories in the order of the spec, and the distinct trees that they lie in.

    Two grants of the same directory, or of one inside another, share one tree: a guest that
    writes through one sees it through the other, as it would outside a check.
    """

    places: tuple[Place, ...] = ()
    roots: tuple[Path, ...] = ()

    def directories(self, copies: Path) -> tuple[Path, ...]:
        """Where the copy of each root is below a directory of copies."""
        return tuple(copies / str(number) for number in range(len(self.roots)))

    def preopens(self, copies: Path) -> tuple[Preopen, ...]:
        """What the guest is given: the copies, in the order of the grants."""
        return tuple(
            Preopen(
                str(copies / str(place.root) / place.below),
                place.grant.guest,
                place.grant.mode == "ro",
            )
            for place in self.places
        )

    def find(self, guest_path: str) -> tuple[int, str] | None:
        """The root and the name in it that a guest's path means; None if it is not granted.

        The grant with the longest matching guest path counts, as in wasi-libc and in Go.
        """
        path = _plain(guest_path)
        around = [
            (place, top)
            for place in self.places
            if (top := _plain(place.grant.guest)) == path or top in path.parents
        ]
        if not around:
            return None
        place, top = max(around, key=lambda each: len(each[1].parts))
        return place.root, str(PurePosixPath(place.below) / path.relative_to(top))

    def guest_name(self, root: int, name: str) -> str:
        """How the guest calls a name in a root, by the deepest grant around it."""
        path = PurePosixPath(name)
        around = [
            (place, below)
            for place in self.places
            if place.root == root
            and ((below := PurePosixPath(place.below)) == path or below in path.parents)
        ]
        if not around:
            return name
        place, below = max(around, key=lambda each: len(each[1].parts))
        return str(_plain(place.grant.guest) / path.relative_to(below))


def layout(grants: Grants, workspace: Path) -> Layout:
    """The layout of the granted directories; `workspace` is what their paths are relative to.

    Raises Failure for one that is not there.
    """
    hosts = []
    for number, grant in enumerate(grants.dirs):
        path = workspace / grant.host
        if not path.is_dir():
            raise failure(
                "grant-missing",
                f"the granted directory {grant.host} does not exist",
                why="each check runs on a private copy of every granted directory",
                fix="create it (git keeps no empty directory: put a .gitkeep into it), "
                "or correct `host`",
                key=f"grants.dirs.{number}",
            )
        hosts.append(Path(os.path.realpath(path)))
    roots = sorted({top for top in hosts if not any(other in top.parents for other in hosts)})
    places = []
    for grant, host in zip(grants.dirs, hosts, strict=True):
        root = next(n for n, top in enumerate(roots) if host.is_relative_to(top))
        below = host.relative_to(roots[root]).as_posix()
        places.append(Place(grant, root, "" if below == "." else below))
    return Layout(tuple(places), tuple(roots))


def walk(
    made: Layout, digest: Callable[[Path], str | None] = sha256_of_file
) -> tuple[tuple[Entry, ...], ...]:
    """The entries of each root. Raises Failure as `walk_granted` does, with the grant's key."""
    listings = []
    for number, root in enumerate(made.roots):
        try:
            listings.append(walk_granted(root, digest))
        except Failure as problem:
            first = next(n for n, place in enumerate(made.places) if place.root == number)
            raise Failure(
                tuple(replace(each, key=f"grants.dirs.{first}") for each in problem.findings)
            ) from None
    return tuple(listings)


def stage(made: Layout, listings: tuple[tuple[Entry, ...], ...], copies: Path) -> None:
    """Copies every root below `copies`.

    Raises Failure if a root is no longer as it was listed, OSError if it cannot be copied.
    """
    for root, entries, copy in zip(made.roots, listings, made.directories(copies), strict=True):
        try:
            copy_tree(root, entries, copy)
            same = walk_granted(copy) == entries
        except FileNotFoundError:
            same = False
        if not same:
            raise failure(
                "grant-changed",
                f"the granted directory {root.name} changed while it was being copied",
                fix="build again, when nothing writes into it",
            )


def _plain(guest_path: str) -> PurePosixPath:
    """A guest's path without "." and "..": those never lead out of a preopen."""
    return PurePosixPath(posixpath.normpath(guest_path))
