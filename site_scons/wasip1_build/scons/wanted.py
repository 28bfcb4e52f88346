"""Which of our steps does this run of SCons need, as far as the SConscripts declare it?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import SCons.Node
import SCons.Node.FS
import SCons.Script

from wasip1_build.scons.generated import declared_before
from wasip1_build.scons.work import is_ours, work_of
from wasip1_build.steps.step import Step

_BY_PLACE = (1, 3)  # -u and -U build what lies below a directory, whatever it is a target of


def wanted_steps(state: Path) -> tuple[Step, ...]:
    """The steps with this state directory that lead to the targets of this run, in the order in
    which SCons meets them.

    Steps may be missing here that a scanner would find. To be called once SCons builds.
    """
    nodes = (node for node in _leading_to(_targets()) if is_ours(node))
    works = (work_of(node) for node in nodes)
    steps = {w.step.outputs[0]: w.step for w in works if w.context.state("") == state}
    return tuple(steps.values())


def _targets() -> Iterator[Any]:
    if SCons.Script.GetOption("climb_up") in _BY_PLACE and not SCons.Script.COMMAND_LINE_TARGETS:
        return
    fs = SCons.Node.FS.get_default_fs()
    for target in SCons.Script.BUILD_TARGETS or [fs.Dir("#")]:
        if isinstance(target, SCons.Node.Node):
            yield target
            continue
        looked_up = (lookup(target, curdir=".") for lookup in SCons.Node.arg2nodes_lookups)
        yield next((node for node in looked_up if node is not None), None) or fs.Entry(target)


def _leading_to(targets: Iterable[Any]) -> Iterator[Any]:
    seen: set[Any] = set()
    waiting = list(targets)[::-1]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            yield node
            waiting += list(declared_before(node))[::-1]
