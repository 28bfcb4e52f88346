"""Steps as SCons nodes: their sources, what is discovered, and when they are stale."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import SCons.Builder
import SCons.Node.FS
import SCons.Scanner

from wasip1_build.findings import failure
from wasip1_build.scons.action import StepAction
from wasip1_build.scons.generated import generated_for, only_comes_before
from wasip1_build.scons.order import WaitingNodes
from wasip1_build.scons.session import Session
from wasip1_build.scons.signing import Signing, signature_of
from wasip1_build.scons.work import attach, is_ours, work_of
from wasip1_build.steps.step import Step


def step_builder() -> Any:
    """The Builder of all steps."""
    return SCons.Builder.Builder(
        action=StepAction(),
        target_scanner=SCons.Scanner.ScannerBase(function=_discovered, name="Wasip1Discovered"),
    )


def declare(
    env: Any,
    session: Session,
    steps: Iterable[Step],
    seals: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    owners: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """Declares a node for each output of each step; the nodes by output path.

    By a step's first output, `seals` are the manifests that go when the step fails, and `owners`
    the artifacts (DIR:NAME) in whose lines of the spec its findings have their place.
    """
    env = _base(env).Clone(BUILDERS={"Wasip1Step": step_builder()})
    env.Decider(decider(session.signing))
    path = session.context.path
    nodes: dict[str, Any] = {}
    for step in steps:
        if known := _declared(env, session, step):
            nodes |= known
            continue
        targets = env.Wasip1Step(
            target=[str(path(name)) for name in step.outputs],
            source=[str(path(name)) for name in step.inputs],
        )
        # SCons would delete them before the step runs; it is for the step to replace them whole.
        env.Precious(targets)
        first = step.outputs[0]
        for name, node in zip(step.outputs, targets, strict=True):
            attach(node, session.work(step, seals.get(first, ()), owners.get(first, "")))
            nodes[name] = node
            node.waiting_parents = WaitingNodes()
        for name in (*getattr(step, "requires", ()), *getattr(step, "waits_for", ())):
            env.Requires(targets, str(path(name)))
    session.nodes.update(nodes)
    return nodes


def _base(env: Any) -> Any:
    """The environment under overrides: SCons cannot clone one with them."""
    while "__subject" in env.__dict__:
        env = env.__dict__["__subject"]
    return env


def _declared(env: Any, session: Session, step: Step) -> dict[str, Any]:
    """The nodes of a step that was declared before, perhaps by another session: one `go list` can
    be for two profiles. Raises Failure where what was declared is another step.
    """
    nodes = {name: _file(env, session.context.path(name)) for name in step.outputs}
    ours = [work_of(node).step for node in nodes.values() if is_ours(node)]
    if not ours:
        return {}
    if any(other != step for other in ours):
        raise failure(
            "output-collision",
            f"{step.outputs[0]} is made twice, in different ways",
            why="two calls in the SConscripts name the same output",
            fix="give one of them another target",
        )
    return nodes


def _file(env: Any, path: Path) -> Any:
    """The node of a file. Raises Failure where something else is in its place."""
    try:
        return env.fs.File(str(path))
    except TypeError as error:  # SCons's own check of the disk
        raise failure(
            "output",
            f"{path} cannot be written: {error}",
            why="it is what a build makes",
            fix="remove what is in its place, or give the artifact another name",
        ) from None


def decider(signing: Signing) -> Callable[..., bool]:
    """A Decider that reads a file again only when its stamp has moved.

    SCons's content-timestamp compares whole seconds and no size: two edits within a second are
    missed.
    """

    def changed(dependency: Any, target: Any, previous: Any, _repository: Any = None) -> bool:
        if not isinstance(dependency, SCons.Node.FS.File):
            return bool(dependency.get_csig() != getattr(previous, "csig", None))
        digest, _ = signing.sign(dependency)
        if is_ours(target) and only_comes_before(dependency, target):
            return False
        return bool(digest != getattr(previous, "csig", None))

    return changed


def _discovered(node: Any, env: Any, _path: Any) -> list[Any]:
    """What a step depends on beyond its inputs. It runs no program: SCons calls it under -n too."""
    if not is_ours(node):
        return []
    _make_again_in_doubt(node)
    step, context = work_of(node).step, work_of(node).context
    found: list[Any] = []
    if discover := getattr(step, "discovered", None):
        found += [env.fs.File(str(context.path(name))) for name in discover(context)]
    return found + generated_for(node, step, context)


def _make_again_in_doubt(node: Any) -> None:
    """Marks a step's nodes for building where an output is not the one that was recorded.

    A scanner is asked before SCons decides, and not while SConscripts are read: they may still say
    which file has the signatures.
    """
    work, targets = work_of(node), node.get_executor().get_all_targets()
    made = zip(work.step.outputs, targets, strict=True)
    if not all(work.record.holds(name, signature_of(target)) for name, target in made):
        for target in targets:
            target.set_always_build()
