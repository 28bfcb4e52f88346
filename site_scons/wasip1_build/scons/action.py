"""The one Action: it makes any step a node's work, with the step's own key as its signature."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import SCons.Action
import SCons.Errors
import SCons.Node.FS

from wasip1_build.digests import Stamp, Stamps
from wasip1_build.findings import Failure, Finding
from wasip1_build.looks import look_at
from wasip1_build.report import github
from wasip1_build.report.console import findings_text, style_of
from wasip1_build.scons.record import OutputRecord
from wasip1_build.scons.signing import Signing
from wasip1_build.steps.execute import execute
from wasip1_build.steps.gate import Gate, gate_findings, located
from wasip1_build.steps.list_go import ListGo
from wasip1_build.steps.step import Context, Step

FAILED = 2


@dataclass(frozen=True)
class Work:
    """What a node of ours is for: a step, and what it runs with.

    `seals` are manifests that must not outlive a failure of the step: a manifest exists only
    where every verdict is pass. `artifact` is the DIR:NAME that the step belongs to, or "".
    """

    step: Step
    context: Context
    record: OutputRecord
    signing: Signing
    seals: tuple[str, ...] = ()
    artifact: str = ""


class StepAction(SCons.Action.FunctionAction):  # type: ignore[misc]
    """Runs the step that is attached to the target.

    SCons's own function actions are signed with the bytecode of one function: they miss what it
    calls and differ between Python versions.
    """

    def __init__(self) -> None:
        super().__init__(_no_function, {})

    def get_presig(self, target: Any, source: Any, env: Any, executor: Any = None) -> bytes:
        """The step's name, version, fields that are no files, and identity of tools."""
        work = work_of(_targets(target, executor)[0])
        step = work.step
        signature = [step.name, step.version, step.key(work.context)]
        return json.dumps(signature, sort_keys=True).encode()

    def genstring(self, target: Any, source: Any, env: Any, executor: Any = None) -> str:
        """The same line, where --debug=explain tells of a changed action."""
        return self.strfunction(_targets(target, executor), source, env)

    def strfunction(self, target: Any, source: Any, env: Any, executor: Any = None) -> str:
        """One short line: a verb and a path."""
        step = work_of(target[0]).step
        return f"{step.name:<10} {target[0]}"  # from the top, also of a workspace below it

    def execute(self, target: Any, source: Any, env: Any, executor: Any = None) -> Any:
        """Runs the step. A Failure is printed and becomes a BuildError of status 2.

        But for the listing that several artifacts share: SCons would take those that it has not
        looked at yet for a dependency cycle (its issue 2901), so they fail in its place.
        """
        work = work_of(target[0])
        if any(findings_on(node) for node in target[0].prerequisites or ()):
            return _failed(target[0], f"{work.step.name}: its packages are not listed (see above)")
        try:
            execute(work.step, work.context, partial(_sign_inputs, target[0], work))
        except Failure as error:
            findings = located(error.findings, work.artifact, work.context.locate)
            target[0].attributes.wasip1_findings = findings
            for seal in work.seals:
                work.context.path(seal).unlink(missing_ok=True)
            _show(findings, work.context)
            if isinstance(work.step, ListGo):
                return 0
            return _failed(target[0], f"{work.step.name} failed (see above)")
        keep = work.record.put if _saw_no_change(target[0], work) else work.record.doubt
        for output in work.step.outputs:
            keep(output)
        if isinstance(work.step, Gate):
            _show(gate_findings(work.step, work.context), work.context)
        return 0


def attach(node: Any, work: Work) -> None:
    """Makes a step the work of a node."""
    node.attributes.wasip1_work = work


def work_of(node: Any) -> Work:
    """The work of one of our nodes."""
    work: Work = node.attributes.wasip1_work
    return work


def is_ours(node: Any) -> bool:
    """Whether a node was declared by this plug-in."""
    return hasattr(node.attributes, "wasip1_work")


def findings_on(node: Any) -> tuple[Finding, ...]:
    """Why the step of one of our nodes failed in this build; empty where it did not."""
    found: tuple[Finding, ...] = getattr(node.attributes, "wasip1_findings", ())
    return found


def _failed(node: Any, why: str) -> SCons.Errors.BuildError:
    return SCons.Errors.BuildError(node=node, errstr=why, status=FAILED, exitstatus=FAILED)


def _no_function(target: Any, source: Any, env: Any) -> None:
    raise AssertionError("StepAction.execute runs the step")


def _targets(target: Any, executor: Any) -> Sequence[Any]:
    targets: Sequence[Any] = executor.get_all_targets() if executor else target
    return targets


def _sign_inputs(target: Any, work: Work) -> Stamps:
    """Signs the files that a target depends on as they are now.

    SCons would read those that it meets for the first time after the step has run, and take what
    was written meanwhile for what the step saw.
    """
    files = (child for child in target.children() if isinstance(child, SCons.Node.FS.File))
    stamps: dict[str, Stamp | None] = {}
    for file in files:
        stamps[file.get_abspath()] = work.signing.sign(file)[1]
    return stamps


def _saw_no_change(target: Any, work: Work) -> bool:
    """Whether all that the step looks at beside its inputs is as this process saw it first.

    Otherwise something came, and may be gone by now: the outputs stay, but are not recorded, and so
    the next build makes them again. A directory in which other builders write says nothing.
    """
    watched = getattr(work.step, "watched", lambda _context: ())
    paths = [os.path.abspath(work.context.path(name)) for name in watched(work.context)]
    seen = work.context.digests.seen
    return all(
        look_at(path) == seen[path][0] or _is_written_by_others(target, path)
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


def _show(findings: Sequence[Finding], context: Context) -> None:
    """Prints findings in one write, so that parallel steps do not mix their lines."""
    if not findings:
        return
    text = findings_text(findings, style_of(sys.stderr, os.environ))
    if github.is_github(os.environ):
        text = github.guarded(text, os.urandom(32).hex())
        text += github.annotations(findings, github.prefix_of(context.root, os.environ))
    sys.stdout.flush()
    sys.stderr.write(text)
    sys.stderr.flush()
