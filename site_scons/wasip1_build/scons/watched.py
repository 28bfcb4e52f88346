"""Did anything come and go beside a step's inputs while it ran?"""

from __future__ import annotations

import os
from typing import Any

import SCons.Node.FS

from wasip1_build.looks import look_at
from wasip1_build.scons.work import Work, is_ours
from wasip1_build.steps.go_world import World, came
from wasip1_build.steps.step import Context


def saw_no_change(target: Any, work: Work) -> bool:
    """Whether all that the step looks at beside its inputs is as this process saw it first.

    Otherwise something came, and may be gone by now: the outputs stay, but are not recorded, and so
    the next build makes them again. A directory in which other builders write says nothing.
    """
    watched = getattr(work.step, "watched", lambda _context: ())
    paths = [os.path.abspath(work.context.path(name)) for name in watched(work.context)]
    seen = work.context.digests.seen
    return all(
        look_at(path) == seen[path][0]
        or _is_written_by_others(target, path)
        or _only_gained_outputs(target, path, work.context)
        for path in paths
        if path in seen
    )


def _is_written_by_others(target: Any, path: str) -> bool:
    place = target.fs.Entry(path)
    entries = place.entries.values() if isinstance(place, SCons.Node.FS.Dir) else ()
    return any(
        not isinstance(each, SCons.Node.FS.Dir) and each.has_builder() and not is_ours(each)
        for each in list(entries)
    )


def _only_gained_outputs(target: Any, path: str, context: Context) -> bool:
    """Whether all that came to a directory are directories that SCons itself made for targets."""
    worlds = [world for world in context.worked_out.values() if isinstance(world, World)]
    fact = next((world.facts[path] for world in worlds if path in world.facts), "")
    gained = came(path, fact)
    return bool(gained) and all(
        name.endswith("/") and _has_targets(target.fs.Dir(f"{path}/{name}"))
        for name in gained or ()
    )


def _has_targets(directory: Any) -> bool:
    entries = [each for name, each in directory.entries.items() if name not in (".", "..")]
    return any(
        _has_targets(each) if isinstance(each, SCons.Node.FS.Dir) else each.has_builder()
        for each in entries
    )
