"""Which sources, embedded and granted files do other builders make, and which of them from ours?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import SCons.Node.FS

from wasip1_build.scons.work import is_ours, work_of
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.compile_go import CompileGo
from wasip1_build.steps.compile_test import CompileTest
from wasip1_build.steps.go_heads import bases_of
from wasip1_build.steps.go_world import SOURCES, embed_bases
from wasip1_build.steps.listing import Listing
from wasip1_build.steps.run_tests import RunTests
from wasip1_build.steps.step import Context, Step


def generated_for(node: Any, step: Step, context: Context) -> list[Any]:
    """The nodes of other builders that must be there before a step of ours may look for sources.

    What is made from the step's own output is not among them: a Go program that embeds a module
    may lie beside it in one Go module, whose listing must not wait for it.
    """
    if isinstance(step, Listing):
        return _before(node, _sources(_derived_below(step, context), step, context))
    if isinstance(step, CompileGo | CompileTest):
        return _before(node, _embedded(step, context))
    checking = getattr(step, "checking", step)  # an audit runs the checks, too
    if isinstance(checking, RunChecks):
        granted = [context.path(grant.host) for grant in checking.grants.dirs]
        return _before(node, _below(granted))
    if isinstance(step, RunTests):
        read = [context.path(grant.host) for grant in step.grants.dirs]
        return _before(node, _below([*read, context.path(f"{step.directory}/testdata")]))
    return []


def only_comes_before(dependency: Any, target: Any) -> bool:
    """Whether a node has to be there before one of ours is made, and its content does not count.

    What a listing takes from generated sources, their names and heads, is in its key.
    """
    work = work_of(target)
    if not isinstance(work.step, Listing) or not _is_generated(dependency):
        return False
    inputs = {os.path.abspath(work.context.path(name)) for name in work.step.inputs}
    return dependency.get_abspath() not in inputs


def made_from(root: Path, output: str) -> frozenset[str]:
    """The absolute paths of the files that other builders make from the output of a Listing."""
    node = SCons.Node.FS.get_default_fs().File(str(root / output))
    if not is_ours(node):
        return frozenset()
    work = work_of(node)
    made = (each for each in _derived_below(work.step, work.context) if _leads(each, node))
    return frozenset(str(each.get_abspath()) for each in made)


def made_by_others(root: Path, places: Iterable[str]) -> tuple[str, ...]:
    """The absolute paths of all that other builders make at or below these places."""
    return tuple(str(node.get_abspath()) for node in _below(root / place for place in places))


def _before(node: Any, generated: list[Any]) -> list[Any]:
    return sorted((each for each in generated if not _leads(each, node)), key=str)


def _sources(generated: list[Any], step: Any, context: Context) -> list[Any]:
    """Those of them that the go command looks at, or that an embed line could match."""
    if not generated:
        return []
    bases = embed_bases(context.root, step.trees, (context.build_dir,), context.digests)
    # What a generated source embeds is not known before it is there.
    bases |= {str(each.dir.get_abspath()) for each in generated if each.name.endswith(".go")}
    looked_at = (*SOURCES, "default.pgo")
    return [
        each for each in generated if each.name.endswith(looked_at) or _at_or_below(each, bases)
    ]


def _embedded(step: CompileGo | CompileTest, context: Context) -> list[Any]:
    """Generated files that a listed source embeds, though they were not there to be listed."""
    files = [os.path.abspath(context.path(name)) for name in step.discovered(context)]
    bases = {
        base for file in files if file.endswith(".go") for base in bases_of(file, context.digests)
    }
    fs = SCons.Node.FS.get_default_fs()
    found = {}
    for base in bases:
        entry = fs.Entry(base)
        for node in _derived(entry) if isinstance(entry, SCons.Node.FS.Dir) else [entry]:
            if _is_generated(node):
                found[str(node)] = node
    return list(found.values())


def _derived_below(step: Any, context: Context) -> list[Any]:
    """All files below a listing's modules that other builders make."""
    return _below(context.path(name) for name in step.trees)


def _below(directories: Iterable[Path]) -> list[Any]:
    fs = SCons.Node.FS.get_default_fs()
    tops = [fs.Dir(os.path.abspath(directory)) for directory in directories]
    return list({str(node): node for top in tops for node in _derived(top)}.values())


def _derived(directory: Any) -> Iterator[Any]:
    for name, entry in list(directory.entries.items()):
        if name in (".", ".."):
            continue
        if isinstance(entry, SCons.Node.FS.Dir):
            yield from _derived(entry)
        elif _is_generated(entry):
            yield entry


def _is_generated(entry: Any) -> bool:
    # (The target of a Command() is an Entry until something asks what it is.)
    is_directory = isinstance(entry, SCons.Node.FS.Dir)
    return not is_directory and entry.has_builder() and not is_ours(entry)


def _at_or_below(node: Any, bases: set[str]) -> bool:
    path = f"{node.get_abspath()}/"
    return any(path.startswith(f"{base}/") for base in bases)


def _leads(node: Any, goal: Any) -> bool:
    """Whether a node is made from another one, however indirectly.

    Only what SConscripts declare is followed: asking a scanner here would be asking it too early.
    """
    seen, waiting = set(), [node]
    while waiting:
        current = waiting.pop()
        if current is goal:
            return True
        if current in seen:
            continue
        seen.add(current)
        waiting += declared_before(current)
    return False


def declared_before(node: Any) -> Iterator[Any]:
    """What SConscripts say that a node is made from or comes after."""
    yield from node.sources
    yield from node.depends or ()  # None once the node is done
    if is_ours(node):
        work = work_of(node)
        for name in getattr(work.step, "requires", ()):
            yield node.fs.File(str(work.context.path(name)))
    else:
        yield from node.prerequisites or ()
    if isinstance(node, SCons.Node.FS.Dir):
        yield from (entry for name, entry in node.entries.items() if name not in (".", ".."))
