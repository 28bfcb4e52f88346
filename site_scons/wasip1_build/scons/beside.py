"""A workspace beside other things: artifacts that are up to date are plain files to SCons.

Whatever else the SConscripts declare is never touched. Where it could reach such an artifact
after all, the build goes on with the whole graph.
"""

from __future__ import annotations

import atexit
import functools
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import SCons.Node
import SCons.Script

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure
from wasip1_build.looks import digest_of, look_at
from wasip1_build.planned import Plan
from wasip1_build.scons import fast
from wasip1_build.scons.arguments import ADVISE, ARGUMENTS_OF, AUDIT, BENCH, GRANTS, SIZES, TEST
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.generated import made_by_others
from wasip1_build.scons.good import NOTHING, keep_build
from wasip1_build.scons.graph import Graph, Part, planned
from wasip1_build.scons.partial import reached
from wasip1_build.scons.session import is_looking
from wasip1_build.scons.work import is_current
from wasip1_build.scons.workspace import Aliases, declare_workspace

WHOLE = "WASIP1_WHOLE_GRAPH"  # set for the second run of a build whose first was too small


@dataclass(frozen=True)
class Beside:
    """One workspace of a build that has other business too."""

    file: Path
    profile: str
    prefix: str
    locked: bool = False  # what differs from the accepted capabilities is an error

    def declare(self, env: Any, environ: Mapping[str, str], cpus: int) -> Declared:
        """Declares it, and keeps what was learned when the process ends. Raises Failure."""
        started_ns = time.time_ns()
        _goes_on()  # whose turn at the end comes after all that is registered from now on
        declared = self._part(env, environ, cpus) or self._whole(env, environ, cpus)
        ends = []
        if self._is_asked(SIZES):
            from wasip1_build.scons.sizes import declare_sizes  # a build needs none of it

            accepting = declare_sizes(env, declared, _arguments_of(SIZES), self.prefix)
            declared = accepting.declared
            ends.append(accepting.finish)
        atexit.register(self._finish, declared, started_ns)
        for end in ends:
            atexit.register(end)
        if self._is_asked(TEST):
            from wasip1_build.scons.tests import declare_tests  # a build needs none of it

            asked = _arguments_of(TEST)
            atexit.register(declare_tests(env, declared, asked, self.prefix).finish)
        if self._is_asked(AUDIT):
            from wasip1_build.scons.audit import declare_audit  # the same

            asked = _arguments_of(AUDIT)
            atexit.register(declare_audit(env, declared, asked, self.prefix).finish)
        if self._is_asked(ADVISE):
            from wasip1_build.scons.advise import declare_advice  # the same

            asked = _arguments_of(ADVISE)
            atexit.register(declare_advice(env, declared, asked, self.prefix).finish)
        if self._is_asked(BENCH):
            from wasip1_build.scons.bench import declare_bench  # the same

            declare_bench(env, declared, _arguments_of(BENCH), self.prefix)
        return declared

    def _whole(self, env: Any, environ: Mapping[str, str], cpus: int) -> Declared:
        from wasip1_build.scons.grants import require_accepted, review  # a part needs none of it
        from wasip1_build.scons.size_ledgers import review_ledgers

        declared = declare_workspace(
            *(env, self.file, self.profile, self.prefix, environ, cpus),
            any_growth=self._is_asked(SIZES),
        )
        declared = review(env, declared, locked=self.locked, prefix=self.prefix)
        declared = review_ledgers(declared, self.prefix)
        require_accepted(declared)
        return declared

    def _is_asked(self, verb: str) -> bool:
        return f"{self.prefix}{verb}" in SCons.Script.COMMAND_LINE_TARGETS

    @property
    def _store(self) -> str:
        return fast.store_of(self.file.parent, self.file.name, self.profile) + ".beside"

    @property
    def _surroundings(self) -> tuple[Any, ...]:
        return (*fast.installation(), str(self.file), self.prefix, self.locked)

    def _part(self, env: Any, environ: Mapping[str, str], cpus: int) -> Declared | None:
        if not fast.is_plain_build() or WHOLE in os.environ:
            return None
        if self._is_asked(GRANTS) or self._is_asked(SIZES):
            return None
        root = str(self.file.parent)
        change = fast.change_since(self._store, root, [fast.EVERY], self._surroundings)
        if change is None:
            return None
        declared = reached(env, self.file, self.profile, self._store, change, environ, cpus)
        if declared is None or declared.part is None:
            return None
        return self._with_plain_files(env, declared, declared.part)

    def _with_plain_files(self, env: Any, declared: Declared, part: Part) -> Declared | None:
        here = {each.artifact.id: each for each in part.plan.artifacts}
        graph = part.graph
        try:
            every = [here.get(name) or planned(graph, name) for name in graph.artifacts]
        except (ValueError, KeyError):
            return None
        nodes = dict(declared.nodes)
        for each in every:
            for step in each.steps:
                for output in step.outputs:
                    if output not in nodes:
                        nodes[output] = env.fs.File(str(declared.context.path(output)))
        whole = Plan(part.plan.shared, tuple(every))
        aliases = Aliases(env, declared.session, self.prefix).declare(whole, nodes)
        return replace(declared, nodes=nodes, plan=whole, aliases=tuple(aliases))

    def _finish(self, declared: Declared, started_ns: int) -> None:
        """Runs at the end of the process, after SCons has written its signatures."""
        if is_looking():
            return
        try:
            if declared.part is None and not SCons.Script.GetBuildFailures():
                declared.session.record.remove_unplanned(declared.nodes)
            declared.session.save()
            self._keep(declared, started_ns)
        except (Failure, OSError) as error:
            print(f"error: the end of the build was not recorded: {error}", file=sys.stderr)

    def _keep(self, declared: Declared, started_ns: int) -> None:
        part = declared.part
        if part and _was_too_small(part, declared.context.root):
            fast.forget(self._store)
            _goes_on().append(str(self.file))
            return
        names = part.stale if part else {each.artifact.id for each in declared.plan.artifacts}
        looked_at = [each for each in declared.plan.artifacts if each.artifact.id in names]
        this = replace(declared, plan=Plan(declared.plan.shared, tuple(looked_at)))
        passed = [p.artifact.id for p in looked_at if is_current(this.manifest(p))]
        built = dict.fromkeys(passed, NOTHING)
        graph = keep_build(this, built, self._store, self._surroundings, started_ns)
        if graph and _reads_what_others_make(graph, declared.context.root):
            fast.forget(self._store)


def _arguments_of(verb: str) -> dict[str, str]:
    """What the command line says for a verb; in a build beside others after a prefix."""
    given = {name: SCons.Script.ARGUMENTS.get(f"WASIP1_{name}", "") for name in ARGUMENTS_OF[verb]}
    return {name: value for name, value in given.items() if value}


def _was_too_small(part: Part, root: Path) -> bool:
    """Whether other builders make what an artifact is made from that was taken for up to date, or
    its files have changed since."""
    graph, looks = part.graph, part.change.good.digests()
    if _reads_what_others_make(graph, root):
        return True
    fresh = (path for path in looks if set(graph.owners.get(path, ())) - part.stale)
    return any(digest_of(look_at(os.path.join(root, path))) != looks[path] for path in fresh)


def _reads_what_others_make(graph: Graph, root: Path) -> bool:
    made = made_by_others(root, graph.places)
    return any(graph.reads(os.path.relpath(path, root)) for path in made)


@functools.cache
def _goes_on() -> list[str]:
    """The workspaces with which this build has to go on; filled at the end of the process."""
    waiting: list[str] = []
    atexit.register(_go_on, waiting)
    return waiting


def _go_on(waiting: list[str]) -> None:
    if not waiting:
        return
    print(f"scons: going on with all of {', '.join(waiting)}: its sources are made by other steps")
    sys.stdout.flush()
    sys.stderr.flush()
    os.chdir(SCons.Script.GetLaunchDir())
    words = [sys.executable, *sys.orig_argv[1:]]
    os.execve(sys.executable, words, {**os.environ, WHOLE: "1"})
