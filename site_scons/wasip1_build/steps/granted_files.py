"""What is in an artifact's granted directories, each file of which is an input of what runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from wasip1_build.findings import failure
from wasip1_build.runtime.granted import Layout, layout, walk
from wasip1_build.runtime.staging import Entry
from wasip1_build.spec.model import Grants
from wasip1_build.steps.step import Context


def granted_files(
    grants: Grants, context: Context, digest: Callable[[Path], str | None]
) -> tuple[Layout, tuple[tuple[Entry, ...], ...]]:
    """Where the granted directories are and what is in them. Raises Failure."""
    made = layout(grants, context.root)
    built = (context.root / context.build_dir).resolve()
    for number, place in enumerate(made.places):
        host = made.roots[place.root] / place.below
        if built.is_relative_to(host) or host.is_relative_to(built):
            raise failure(
                "grant-build-dir",
                f"the granted directory {place.grant.host} and {context.build_dir}, where "
                "builds are written, overlap",
                why="every file in a granted directory is an input of the checks, and each "
                "build would change it",
                fix="grant a directory of fixtures (testdata/NAME) to the artifact instead",
                key=f"grants.dirs.{number}",
            )
    return made, walk(made, digest)


def listed(made: Layout, listings: tuple[tuple[Entry, ...], ...]) -> tuple[str, ...]:
    """The absolute paths of what is no file in granted directories, and of those themselves: what
    is in them is an input too."""
    return tuple(
        str(path)
        for root, entries in zip(made.roots, listings, strict=True)
        for path in (root, *(root / entry.name for entry in entries if entry.kind != "file"))
    )
