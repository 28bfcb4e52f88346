"""What a build looked at and what of it is up to date, so that the next need only look again."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from stat import S_ISDIR
from typing import Any

import wasip1_build
from wasip1_build.digests import Digests
from wasip1_build.looks import Look, is_racy, look_at
from wasip1_build.planned import PlannedArtifact
from wasip1_build.report.cells import table_of, totals_line
from wasip1_build.report.console import Style, printable
from wasip1_build.report.rendering import Rendered, Rendering
from wasip1_build.report.write import report_files
from wasip1_build.scons import fast, graph
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.state import format_file
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.go_world import World, is_still
from wasip1_build.steps.list_go import ListGo


def keep_build(
    declared: Declared,
    built: Mapping[str, Rendered],
    store: str,
    surroundings: tuple[Any, ...],
    started_ns: int,
) -> graph.Graph | None:
    """Keeps this build for the next in `store`, or forgets that there was one, where something
    that was looked at has changed since the first look. Returns what it kept. Raises OSError.

    `built` are the artifacts that passed in this run, `surroundings` what must be the same beside
    files.
    """
    before = declared.part.graph if declared.part else _nothing_before(declared)
    kept = _Kept(declared, before, built)
    outputs = kept.outputs()
    now = kept.graph(os.urandom(8).hex())
    looks = _looks(declared, started_ns, now.facts)
    if looks is None or outputs is None or not now.rendered:
        fast.forget(store)
        return None
    if declared.part:
        looks = {**declared.part.change.good.looks, **looks}
    graph.keep(f"{store}.graph", now)
    good = _good(declared, now, {**looks, **outputs})
    fast.save(store, good._replace(identity=surroundings))
    return now


def _good(declared: Declared, now: graph.Graph, looks: Mapping[str, Look]) -> fast.Good:
    """What the fast path needs of this build, but for its surroundings."""
    rendered = now.rendered
    old = declared.part.change.good if declared.part else None
    words = old.words if old else _words(declared)
    every = {name for names in words.values() for name in names}
    shown = {name: Rendered(*rendered[name]) for name in sorted(rendered)}
    table = table_of(Rendering(declared.workspace.profile, shown, NOTHING))
    default = {name: each for name, each in shown.items() if name in words[""]}
    tools = _tools(declared)
    return fast.Good(
        token=now.token,
        identity=(),
        search_path=old.search_path if old else os.environ.get("PATH") if tools else None,
        looks=looks,
        words=words,
        stale=tuple(sorted(every - rendered.keys())),
        heading=tuple(column.heading for column in table.columns),
        right=tuple(column.align == "right" for column in table.columns),
        rows={
            name: tuple(printable(cell, Style()) for cell in row)
            for name, row in table.rows.items()
        },
        legend=table.legend,
        totals=totals_line(Rendering(declared.workspace.profile, default, NOTHING)),
        warnings=declared.workspace.warnings,
    )


NOTHING = Rendered("", {}, 0, (0, 0, 0), "[]", "", "")


@dataclass(frozen=True)
class _Kept:
    """The graph of this build: that of the last, with the artifacts of this one."""

    declared: Declared
    before: graph.Graph
    built: Mapping[str, Rendered]

    def outputs(self) -> dict[str, Look] | None:
        """The outputs of what is up to date now; None where one is not as it was made, or where
        packages were listed anew that artifacts beyond this part need."""
        looks = {}
        steps = [step for planned in self._planned() for step in planned.steps]
        listings = {name for step in steps for name in getattr(step, "requires", ())}
        for output in (*listings, *(name for step in steps for name in step.outputs)):
            looks[output] = look_at(str(self.declared.context.path(output)))
            if looks[output] is None or not self.declared.session.record.holds(output):
                return None
        part = self.declared.part
        listed_anew = part and any(looks[n] != part.change.good.looks.get(n) for n in listings)
        return None if listed_anew else looks

    def graph(self, token: str) -> graph.Graph:
        """To be kept under `token`."""
        part = self.declared.part
        reached = self._reached()
        owners: dict[str, tuple[str, ...]] = dict(self.before.owners)
        for path, artifacts in reached.items():
            owners[path] = tuple(sorted({*owners.get(path, ()), *artifacts}))
        worlds = self._worlds()
        neighbours = dict(self.before.neighbours)
        made = f"{self.declared.workspace.build_dir}/"
        for path in reached:
            if path.startswith(made) and len(owners[path]) > 1:
                for name in owners[path]:
                    neighbours[name] = tuple(sorted({*neighbours.get(name, ()), *owners[path]}))
        stale = part.stale if part else frozenset()
        rendered = {k: v for k, v in self.before.rendered.items() if k not in stale}
        return self.before._replace(
            token=token,
            owners=owners,
            facts={**self.before.facts, **self._facts(worlds.values())},
            worlds={**self.before.worlds, **{name: w.digest for name, w in worlds.items()}},
            neighbours=neighbours,
            rendered={**rendered, **{name: tuple(each) for name, each in self.built.items()}},
            places=tuple(sorted({*self.before.places, *self._places()})),
        )

    def _places(self) -> Iterator[str]:
        for step in self.declared.plan.steps:
            if isinstance(step, ListGo):
                yield from step.trees
            if isinstance(step, RunChecks):
                yield from (grant.host for grant in step.grants.dirs)

    def _planned(self) -> Iterator[PlannedArtifact]:
        for planned in self.declared.plan.artifacts:
            if planned.artifact.id in self.built:
                yield planned

    def _reached(self) -> dict[str, set[str]]:
        """By path, the artifacts that a change of it can reach, as far as this run knows them."""
        context = self.declared.context
        anywhere = {_name(context.root, path) for path in _read_before(self.declared)}
        anywhere |= {
            _name(context.root, str(context.path(name)))
            for step in self.declared.plan.shared
            for name in step.inputs
        }
        reached: dict[str, set[str]] = {}
        granted: dict[str, set[str]] = {}
        for planned in self._planned():
            for step in planned.steps:
                discover = getattr(step, "discovered", None)
                read = (*step.inputs, *(discover(context) if discover else ()), *step.outputs)
                for path in read:
                    name = _name(context.root, str(context.path(path)))
                    if name not in anywhere:
                        reached.setdefault(name, set()).add(planned.artifact.id)
                if isinstance(step, RunChecks):
                    for grant in step.grants.dirs:
                        place = os.path.abspath(context.path(grant.host))
                        granted.setdefault(place, set()).add(planned.artifact.id)
        for path in context.digests.seen if granted else ():
            for place in (path, *map(str, PurePosixPath(path).parents)):
                name = _name(context.root, path)
                if place in granted and name not in anywhere:
                    reached.setdefault(name, set()).update(granted[place])
        return reached

    def _worlds(self) -> dict[str, World]:
        """The worlds that were read in this run, by the listing's output."""
        done = self.declared.context.worked_out
        listings = (step for step in self.declared.plan.shared if isinstance(step, ListGo))
        read = {step.output: done.get(("world", step.output)) for step in listings}
        return {name: world for name, world in read.items() if isinstance(world, World)}

    def _facts(self, worlds: Iterable[World]) -> dict[str, str]:
        root = self.declared.context.root
        return {_name(root, path): fact for world in worlds for path, fact in world.facts.items()}


def _nothing_before(declared: Declared) -> graph.Graph:
    """The graph of a workspace of which nothing is up to date."""
    return graph.Graph(
        token="",
        workspace=graph.pickled(replace(declared.workspace, artifacts=())),
        artifacts={p.artifact.id: graph.pickled(p) for p in declared.plan.artifacts},
        shared={step.outputs[0]: graph.pickled(step) for step in declared.plan.shared},
        owners={},
        facts={},
        worlds={},
        neighbours={},
        rendered={},
        places=(),
    )


def _looks(declared: Declared, started_ns: int, facts: Mapping[str, str]) -> dict[str, Look] | None:
    """Everything that decided this build, as it is now; None where something moved meanwhile.

    A directory of sources may have moved, where what its `facts` say of it did not.
    """
    context = declared.context
    build_dir = str(context.path(declared.workspace.build_dir))
    seen = {
        path: known
        for path, known in context.digests.seen.items()
        if not path.startswith(f"{build_dir}/")
    }
    if declared.part is None:
        for path in _read_before(declared):
            seen.setdefault(path, (look_at(path), started_ns))
    looks: dict[str, Look] = {}
    for path, (first, at_ns) in seen.items():
        name = _name(context.root, path)
        look = looks[name] = look_at(path)
        if look != first or is_racy(first, at_ns):
            if not (name in facts and _is_directory_with(path, look, facts[name], context.digests)):
                return None
            if is_racy(look, time.time_ns()):
                looks[name] = None  # which it is not: the next build asks for the facts again
    for path in map(str, (*report_files(Path(build_dir)), format_file(context.state("")))):
        looks[_name(context.root, path)] = look_at(path)
    if declared.part:
        for name in declared.part.change.paths:
            looks.setdefault(name, look_at(os.path.join(context.root, name)))
    return looks


def _is_directory_with(path: str, look: Look, fact: str, digests: Digests) -> bool:
    return look is not None and S_ISDIR(look[4]) and is_still(path, fact, digests)


def _name(root: Path, path: str) -> str:
    """A path as it is kept: relative where it is in the tree."""
    top = f"{root}/"
    return path.removeprefix(top) if path.startswith(top) else path


def _read_before(declared: Declared) -> Iterator[str]:
    """What was read without a note: the spec, this code, where a go.work or a tool could appear."""
    root = declared.context.root
    workspace = declared.workspace
    for name in (*workspace.files, *workspace.looked_in, "SConstruct", "site_scons"):
        yield str(root / name)
    for imported in list(sys.modules.values()):  # what the SConstruct imported from this tree
        source = getattr(imported, "__file__", None) or ""
        if source.startswith(f"{root}/"):
            yield source
    package = Path(wasip1_build.__file__).parent
    yield from (str(path) for path in package.rglob("*.py"))
    yield from (str(path) for path in (package.parents[1] / "schemas").glob("*.json"))
    tools = declared.context.tools.places.store
    yield from (str(path) for path in (tools.directory, tools.root, *tools.root.glob("*")))
    modules = {step.modules.module for step in declared.plan.shared if hasattr(step, "modules")}
    for module in modules | {planned.artifact.directory for planned in declared.plan.artifacts}:
        start = Path(os.path.abspath(root / module))
        yield from (str(parent / "go.work") for parent in (start, *start.parents))
    if _tools(declared):
        yield from os.environ.get("PATH", "").split(os.pathsep)


def _tools(declared: Declared) -> bool:
    """Whether a tool was found through PATH."""
    return any(tool.origin == "PATH" for tool in declared.context.tools.found())


def _words(declared: Declared) -> dict[str, tuple[str, ...]]:
    """The targets of a command line that name artifacts, and "" for none, each with those."""
    planned = declared.plan.artifacts
    covered = {each.artifact.id for each in planned if each.artifact.default}
    words: dict[str, set[str]] = {"": set(covered), "default": set(covered)}
    words[fast.EVERY] = {each.artifact.id for each in planned}
    names = [each.artifact.name for each in planned]
    for each in planned:
        artifact = each.artifact
        words[artifact.id] = {artifact.id}
        if names.count(artifact.name) == 1:
            words[artifact.name] = {artifact.id}
        for parent in _directories(artifact.directory):
            for word in (parent, f"{parent}/", f"./{parent}"):
                words.setdefault(word, set()).add(artifact.id)
    return {word: tuple(sorted(ids)) for word, ids in words.items()}


def _directories(directory: str) -> Iterable[str]:
    path = PurePosixPath(directory)
    return [str(parent) for parent in (path, *path.parents) if str(parent) != "."]
