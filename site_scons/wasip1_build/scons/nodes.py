"""Steps as SCons nodes: their sources, what is discovered, and when they are stale."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import SCons.Builder
import SCons.Node.FS
import SCons.Scanner

from wasip1_build.digests import Digests
from wasip1_build.findings import failure
from wasip1_build.scons.action import StepAction, attach, is_ours, work_of
from wasip1_build.scons.session import Session
from wasip1_build.steps.go_world import SOURCES, embed_bases
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
) -> dict[str, Any]:
    """Declares a node for each output of each step; the nodes by output path.

    `seals` are, by a step's first output, the manifests that go when the step fails.
    """
    env = env.Clone(BUILDERS={"Wasip1Step": step_builder()})
    env.Decider(decider(session.signatures))
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
        for name, node in zip(step.outputs, targets, strict=True):
            attach(node, session.work(step, seals.get(step.outputs[0], ())))
            nodes[name] = node
        for name in getattr(step, "requires", ()):
            env.Requires(targets, str(path(name)))
        if not all(session.record.holds(name) for name in step.outputs):
            env.AlwaysBuild(targets)
    session.nodes.update(nodes)
    return nodes


def _declared(env: Any, session: Session, step: Step) -> dict[str, Any]:
    """The nodes of a step that was declared before, perhaps by another session: one `go list` can
    be for two profiles. Raises Failure where what was declared is another step.
    """
    nodes = {name: env.fs.File(str(session.context.path(name))) for name in step.outputs}
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


def decider(signatures: Digests) -> Callable[..., bool]:
    """A Decider that reads a file again only when its stamp has moved.

    SCons's content-timestamp compares whole seconds and no size: two edits within a second are
    missed.
    """

    def changed(dependency: Any, target: Any, previous: Any, _repository: Any = None) -> bool:
        if not isinstance(dependency, SCons.Node.FS.File):
            return bool(dependency.get_csig() != getattr(previous, "csig", None))
        digest = signatures.digest(dependency.get_abspath()) or ""
        dependency.get_ninfo().csig = digest
        return bool(digest != getattr(previous, "csig", None))

    return changed


def _discovered(node: Any, env: Any, _path: Any) -> list[Any]:
    """What a step depends on beyond its inputs. It runs no program: SCons calls it under -n too."""
    if not is_ours(node):
        return []
    step, context = work_of(node).step, work_of(node).context
    found: list[Any] = []
    if discover := getattr(step, "discovered", None):
        found += [env.fs.File(str(context.path(name))) for name in discover(context)]
    if trees := getattr(step, "trees", ()):
        directories = [env.fs.Dir(os.path.abspath(context.path(name))) for name in trees]
        found += _generated_sources(
            directories, lambda: embed_bases(context.root, trees, (context.build_dir,))
        )
    return found


def _generated_sources(directories: Iterable[Any], embeds: Callable[[], set[str]]) -> list[Any]:
    """The Go sources and embedded files below directories that other nodes generate."""
    generated = {node for directory in directories for node in _derived(directory)}
    if not generated:
        return []
    bases = tuple(embeds())
    return sorted(
        (
            node
            for node in generated
            if node.name.endswith(SOURCES)
            or any(f"{node.get_abspath()}/".startswith(f"{base}/") for base in bases)
        ),
        key=str,
    )


def _derived(directory: Any) -> Iterator[Any]:
    """Files below a directory that SCons knows how to make, but for our own."""
    for name, entry in list(directory.entries.items()):
        if name in (".", ".."):
            continue
        if isinstance(entry, SCons.Node.FS.Dir):
            yield from _derived(entry)
        elif entry.has_builder() and not is_ours(entry):
            yield entry
