"""`scons test`: declared only where the command line asks for it, and told in Go's own lines."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import SCons.Node
import SCons.Script

from wasip1_build.dataclass import dataclass
from wasip1_build.files import write_atomically
from wasip1_build.findings import Failure, failure
from wasip1_build.plan_tests import (
    PlannedTests,
    TestRequest,
    plan_tests,
)
from wasip1_build.report.console import style_of
from wasip1_build.report.go_tests import Shown, tests_text
from wasip1_build.runtime.programs import RUNTIMES, program
from wasip1_build.scons.arguments import TEST
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.nodes import declare
from wasip1_build.scons.session import Session, is_looking
from wasip1_build.scons.verbs import asked_artifacts, verb_session
from wasip1_build.scons.work import is_current
from wasip1_build.steps.go_patterns import from_directory
from wasip1_build.steps.judge_tests import read_records
from wasip1_build.steps.junit import WriteJUnit, junit
from wasip1_build.steps.list_tests import read_tests
from wasip1_build.steps.run_tests import RunTests
from wasip1_build.steps.test_flags import read_flags
from wasip1_build.steps.test_record import LIBRARY, TestRecord
from wasip1_build.test_places import test_places

_FAILED = SCons.Node.failed


def declare_tests(
    env: Any, declared: Declared, arguments: Mapping[str, str], prefix: str = ""
) -> Tests:
    """Declares the Go tests of a workspace under the word `test` after `prefix`.

    `arguments` are ARTIFACT, TEST_ARGS and RUNTIME. What is returned is to be told when the build
    has ended. Raises Failure.
    """
    asked = asked_artifacts(declared, arguments.get("ARTIFACT", ""))
    request = TestRequest(
        read_flags(arguments.get("TEST_ARGS", "")),
        _runtimes(arguments.get("RUNTIME", LIBRARY)),
    )
    root, build_dir = declared.context.root, declared.workspace.build_dir
    artifacts = declared.plan.artifacts
    planned = plan_tests(build_dir, artifacts, test_places(root, artifacts), request)
    session = verb_session(declared, TEST)
    listings = {each.listing.output: each.listing for each in planned}
    steps = [*listings.values(), *(step for each in planned for step in each.steps)]
    owners = {step.outputs[0]: each.artifact.id for each in planned for step in each.steps}
    nodes = declare(env, session, steps, _seals(planned), owners)
    goals = [
        nodes[name]
        for each in planned
        if each.artifact.id in asked
        for step in each.goals
        for name in step.outputs
    ]
    env.Alias(prefix + TEST, goals)
    return Tests(session, nodes, planned, asked, request)


def _seals(planned: tuple[PlannedTests, ...]) -> dict[str, tuple[str, ...]]:
    """By a step's first output, the reports that must not outlive its failure: they would tell of
    an earlier run."""
    seals: dict[str, tuple[str, ...]] = {}
    for each in planned:
        before = {step.outputs[0] for step in (each.listing, *each.compiles)}
        for goal in (goal for goal in each.goals if isinstance(goal, WriteJUnit)):
            for output in (*before, *goal.records):
                seals[output] = (*seals.get(output, ()), goal.output)
    return seals


def _runtimes(names: str) -> tuple[tuple[str, str | None], ...]:
    """The runtimes that RUNTIME names, each with its program. Raises Failure."""
    found: dict[str, str | None] = {}
    for name in filter(None, names.split(",")):
        if name != LIBRARY and name not in RUNTIMES:
            known = ", ".join((LIBRARY, *RUNTIMES))
            raise failure("argument", f"RUNTIME={name}: no such runtime", fix=f"known: {known}")
        path = None if name == LIBRARY else str(program(name, os.environ.get("PATH", "")))
        found[name] = path
    return tuple(found.items())


@dataclass(frozen=True)
class Tests:
    """The tests of one build, until it ends."""

    session: Session
    nodes: Mapping[str, Any]
    planned: tuple[PlannedTests, ...]
    asked: tuple[str, ...]
    request: TestRequest

    def finish(self) -> None:
        """Keeps what was learned and prints the results."""
        if is_looking():
            return
        try:
            everything = not self.request.flags.flags and self.request == TestRequest()
            if everything and not SCons.Script.GetBuildFailures():
                self.session.record.remove_unplanned(self.nodes)
            self.session.save()
            self._report_setup_failures()
            if not SCons.Script.GetOption("clean"):
                text = tests_text(list(self._shown()), verbose=self.request.flags.verbose)
                style = style_of(sys.stdout, os.environ)
                sys.stdout.write(text.encode(style.encoding, "replace").decode(style.encoding))
                sys.stdout.flush()
        except (Failure, OSError) as error:
            print(f"error: the end of the tests was not recorded: {error}", file=sys.stderr)

    def _report_setup_failures(self) -> None:
        """Writes the JUnit files that no step could write, because tests could not be loaded."""
        for each in self.planned:
            failed = {
                step.output for step in each.runs if self.nodes[step.output].get_state() == _FAILED
            }
            for goal in (goal for goal in each.goals if isinstance(goal, WriteJUnit)):
                if failed & set(goal.records):
                    records = [
                        self._record(step) for step in each.runs if step.output in goal.records
                    ]
                    path = self.session.context.path(goal.output)
                    write_atomically(path, junit(each.artifact.id, records))

    def _record(self, step: RunTests) -> TestRecord:
        """What is known of a package's tests."""
        if is_current(self.nodes[step.output]):
            return read_records(self.session.context, (step.output,))[0]
        why = "its tests could not be loaded: the log of the build says why"
        return TestRecord(step.import_path, step.directory, step.runtime, "build failed", why)

    def _shown(self) -> Iterator[Shown]:
        planned = {each.artifact.id: each for each in self.planned}
        for artifact in self.asked:
            each = planned.get(artifact)
            yield self._of(each) if each else Shown(artifact)

    def _of(self, planned: PlannedTests) -> Shown:
        states = {step.output: self.nodes[step.output].get_state() for step in planned.runs}
        ended = tuple(name for name in states if is_current(self.nodes[name]))
        return Shown(
            artifact=planned.artifact.id,
            declares=True,
            records=read_records(self.session.context, ended),
            cached=tuple(states[name] == SCons.Node.up_to_date for name in ended),
            unknown=tuple(step.import_path for step in planned.runs if step.output not in ended),
            without=tuple(self._without(planned)),
        )

    def _without(self, planned: PlannedTests) -> Iterator[str]:
        """The import paths of packages that an artifact's patterns mean and that have no tests."""
        context, listing = self.session.context, planned.listing
        listed = read_tests(context, listing.output)
        patterns = {
            from_directory(pattern, planned.artifact.directory, listing.modules)
            for pattern in planned.artifact.test.packages
        }
        own = {step.directory for step in planned.runs}
        for package in listed.packages if listed else ():
            is_meant = bool(patterns & set(package.patterns))
            if is_meant and package.directory not in own and not package.error:
                yield package.import_path
