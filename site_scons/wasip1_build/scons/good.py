"""What a build looked at and what of it is up to date, so that the next need only look again."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.looks import Look, digest_of, directory_of, look_at, name_of
from wasip1_build.planned import PlannedArtifact
from wasip1_build.report.cells import table_of, totals_line
from wasip1_build.report.console import Style, findings_text, printable
from wasip1_build.report.rendering import SEVERITIES, Rendered, Rendering
from wasip1_build.scons import fast, graph
from wasip1_build.scons.arguments import VERBS
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.looked_at import looks_of, read_before, uses_path
from wasip1_build.scons.pieces import Pieces
from wasip1_build.scons.work import is_current
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.go_world import World, reads_all
from wasip1_build.steps.listing import Listing
from wasip1_build.steps.step import Context, Step


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
    if declared.accepts:
        fast.forget(store)
        return None
    before = declared.part.graph if declared.part else _nothing_before(declared)
    looked_at = declared.part.change.good.digests() if declared.part else {}
    kept = _Kept(declared, before, built, looked_at)
    outputs = kept.outputs()
    now = kept.graph(os.urandom(8).hex())
    looks = looks_of(declared, started_ns, now.facts)
    if looks is None or outputs is None or not now.rendered:
        fast.forget(store)
        return None
    looked = {name: digest_of(look) for name, look in {**looks, **outputs}.items()}
    graph.keep(f"{store}.graph", now)
    good = _good(declared, now).with_digests({**looked_at, **looked})
    fast.save(store, good._replace(identity=surroundings))
    return now


def _good(declared: Declared, now: graph.Graph) -> fast.Good:
    """What the fast path needs of this build, but for its surroundings and looks."""
    rendered = now.rendered
    old = declared.part.change.good if declared.part else None
    words = old.words if old else _words(declared)
    every = {name for names in words.values() for name in names}
    shown = {name: Rendered(*rendered[name]) for name in sorted(rendered)}
    table = table_of(Rendering(declared.workspace.profile, shown, NOTHING))
    default = {name: each for name, each in shown.items() if name in words[""]}
    tools = uses_path(declared)
    return fast.Good(
        token=now.token,
        identity=(),
        search_path=old.search_path if old else os.environ.get("PATH") if tools else None,
        there="",
        looks=(),
        absent=(),
        words=words,
        stale=tuple(sorted(every - rendered.keys())),
        heading=tuple(column.heading for column in table.columns),
        right=tuple(column.align == "right" for column in table.columns),
        rows={
            name: (printable(shown, Style()), *(cell or "—" for cell in cells))
            for name, (shown, *cells) in table.rows.items()
        },
        legend=table.legend,
        totals=totals_line(Rendering(declared.workspace.profile, default, _said_of_all(declared))),
        warnings=(
            *declared.workspace.warnings,
            *(findings_text([each])[:-1] for each in declared.workspace.findings),
        ),
        moved={
            name: tuple(printable(line, Style()) for line in each.moved)
            for name, each in shown.items()
            if each.moved
        },
    )


NOTHING = Rendered("", {}, "", "", 0, (0, 0, 0), "[]", "", "")


def _said_of_all(declared: Declared) -> Rendered:
    """What is counted in the totals beside what is said of artifacts."""
    severities = [str(finding.severity) for finding in declared.workspace.findings]
    return NOTHING._replace(findings=tuple(map(severities.count, SEVERITIES)))


@dataclass(frozen=True)
class _Kept:
    """The graph of this build: that of the last, with the artifacts of this one. `looked_at` are
    the paths that the last looked at."""

    declared: Declared
    before: graph.Graph
    built: Mapping[str, Rendered]
    looked_at: Collection[str]

    def outputs(self) -> dict[str, Look] | None:
        """The outputs of what is up to date now; None where one is not as it was made."""
        steps = [step for each in self._planned() for step in each.steps if self._is_needed(step)]
        needed = {name for step in steps for name in getattr(step, "requires", ())}
        made = (*needed, *(name for step in steps for name in step.outputs))
        every = {*made, *(step.output for step in self._listings())}
        looks = {name: look_at(str(self.declared.context.path(name))) for name in every}
        is_there = self.declared.session.record.is_there
        if not all(looks[name] and is_there(name) for name in made):
            return None
        return looks

    def _is_needed(self, step: Step) -> bool:
        """Whether SCons had to look at a step: of packages with tests, those that are linked."""
        return all(is_current(self.declared.nodes[name]) for name in step.outputs)

    def graph(self, token: str) -> graph.Graph:
        """To be kept under `token`."""
        part = self.declared.part
        reached = self._reached()
        known = self.before.owners
        owners: dict[str, tuple[str, ...]] = {
            path: tuple(sorted({*known.get(path, ()), *artifacts}))
            for path, artifacts in reached.items()
        }
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
            owners=known.with_(owners),
            facts=self._facts(worlds),
            worlds=self._known_worlds(worlds),
            neighbours=neighbours,
            rendered={**rendered, **{name: tuple(each) for name, each in self.built.items()}},
            places=tuple(sorted({*self.before.places, *self._places()})),
            tested=self.declared.is_tested,
        )

    def _places(self) -> Iterator[str]:
        for step in self.declared.plan.steps:
            if isinstance(step, Listing):
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
        anywhere = {
            name_of(context.root, str(context.path(name)))
            for step in self.declared.plan.shared
            for name in step.inputs
        }
        if self.declared.part is None:
            anywhere |= {name_of(context.root, path) for path in read_before(self.declared)}
        reached: dict[str, set[str]] = {}
        for planned in self._planned():
            for step in filter(self._is_needed, planned.steps):
                discover = getattr(step, "discovered", _nothing)
                listed = getattr(step, "listed", _nothing)
                read = (*step.inputs, *discover(context), *listed(context), *step.outputs)
                for path in read:
                    name = name_of(context.root, str(context.path(path)))
                    if name not in anywhere and not self._reached_anything(name):
                        reached.setdefault(name, set()).add(planned.artifact.id)
            if planned.ledger:
                name = name_of(context.root, str(context.path(planned.ledger)))
                reached.setdefault(name, set()).add(planned.artifact.id)
        return reached

    def _reached_anything(self, name: str) -> bool:
        """Whether the last build looked at a path for none of its artifacts: then a change of it
        makes the whole graph."""
        known = name in self.before.owners or name in self.before.facts
        return name in self.looked_at and not known

    def _worlds(self) -> dict[str, World]:
        """The worlds that were read in this run, by the listing's output."""
        done = self.declared.context.worked_out
        kept = self.declared.part and self.declared.part.known_worlds
        listings = (step.output for step in self._listings() if not kept or step.output not in kept)
        read = {name: done.get(("world", name)) for name in listings}
        return {name: world for name, world in read.items() if isinstance(world, World)}

    def _known_worlds(self, read: Mapping[str, World]) -> dict[str, tuple[str, tuple[str, ...]]]:
        """The digest and the directories of each listing, as a Graph keeps them."""
        part, root = self.declared.part, self.declared.context.root
        digests = part.known_worlds if part else {}
        known = {k: (digests.get(k, ""), places) for k, (_, places) in self.before.worlds.items()}
        for step in self._listings():
            if step.output in read:
                trees = (os.path.abspath(root / name) for name in step.trees)
                directories = tuple(directory_of(root, tree) for tree in trees)
                known[step.output] = (read[step.output].digest, directories)
        return known

    def _facts(self, worlds: Mapping[str, World]) -> Pieces:
        root, known = self.declared.context.root, self.before.facts
        facts = dict(self.declared.part.heads) if self.declared.part else {}
        for world in worlds.values():
            for path, fact in world.facts.items():
                name = name_of(root, path)
                # Where one listing reads all of a directory, another's fact of it is too little.
                if reads_all(fact) or not reads_all(facts.get(name) or known.get(name, "")):
                    facts[name] = fact
        return known.with_(facts)

    def _listings(self) -> Iterator[Listing]:
        return (step for step in self.declared.plan.shared if isinstance(step, Listing))


def _nothing(_context: Context) -> tuple[str, ...]:
    return ()


def _nothing_before(declared: Declared) -> graph.Graph:
    """The graph of a workspace of which nothing is up to date."""
    return graph.Graph(
        token="",
        workspace=graph.pickled(replace(declared.workspace, artifacts=(), capabilities={})),
        artifacts={p.artifact.id: graph.pickled(p) for p in declared.plan.artifacts},
        shared={step.outputs[0]: graph.pickled(step) for step in declared.plan.shared},
        owners=Pieces({}),
        facts=Pieces({}),
        worlds={},
        neighbours={},
        rendered={},
        places=(),
        tested=False,
    )


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
    for verb in VERBS:  # also where a directory has this name
        words.pop(verb, None)
    return {word: tuple(sorted(ids)) for word, ids in words.items()}


def _directories(directory: str) -> Iterable[str]:
    path = PurePosixPath(directory)
    return [str(parent) for parent in (path, *path.parents) if str(parent) != "."]
