"""The one Action: it makes any step a node's work, with the step's own key as its signature."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import SCons.Action
import SCons.Errors
import SCons.Node.FS

from wasip1_build.digests import Stamp, Stamps
from wasip1_build.findings import Failure, Finding
from wasip1_build.report import github
from wasip1_build.report.console import findings_text, style_of
from wasip1_build.scons.watched import saw_no_change
from wasip1_build.scons.work import Work, findings_on, work_of
from wasip1_build.steps.execute import execute
from wasip1_build.steps.gate import Gate, gate_findings, located
from wasip1_build.steps.listing import Listing

FAILED = 2


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
        target = _targets(target, executor)
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
            first = work.context.once(("shown", findings), lambda: target[0])
            if first is target[0]:  # what several listings lack is said once
                show(findings, work.context.root)
            if isinstance(work.step, Listing):
                return 0
            return _failed(target[0], f"{work.step.name} failed (see above)")
        keep = work.record.put if saw_no_change(target[0], work) else work.record.doubt
        for output in work.step.outputs:
            keep(output)
        if isinstance(work.step, Gate):
            show(gate_findings(work.step, work.context), work.context.root)
        return 0


def _failed(node: Any, why: str) -> SCons.Errors.BuildError:
    return SCons.Errors.BuildError(node=node, errstr=why, status=FAILED, exitstatus=FAILED)


def _no_function(target: Any, source: Any, env: Any) -> None:
    raise AssertionError("StepAction.execute runs the step")


def _targets(target: Any, executor: Any) -> Sequence[Any]:
    # With -s SCons shows no command, and only where it does so it asks the executor itself.
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


def show(findings: Sequence[Finding], root: Path) -> None:
    """Prints findings in one write, so that parallel steps do not mix their lines."""
    if not findings:
        return
    text = findings_text(findings, style_of(sys.stderr, os.environ))
    if github.is_github(os.environ):
        text = github.guarded(text, os.urandom(32).hex())
        text += github.annotations(findings, github.prefix_of(root, os.environ))
    sys.stdout.flush()
    sys.stderr.write(text)
    sys.stderr.flush()
