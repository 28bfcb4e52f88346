"""`scons audit`: declared only where the command line asks for it, and told when the build ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

import SCons.Script

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure
from wasip1_build.plan_audit import PlannedAudit, plan_audit
from wasip1_build.report import github
from wasip1_build.report.audit import Shown, audit_json, audit_text
from wasip1_build.report.console import style_of
from wasip1_build.report.sarif import sarif
from wasip1_build.scons.action import show
from wasip1_build.scons.arguments import AUDIT, one_of
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.nodes import declare
from wasip1_build.scons.session import Session, is_looking
from wasip1_build.scons.verbs import asked_artifacts, verb_session
from wasip1_build.scons.work import findings_on, is_current
from wasip1_build.steps.audit import severe
from wasip1_build.steps.audit_findings import RULES
from wasip1_build.steps.gate import by_weight, located
from wasip1_build.steps.results import findings_of, read_result

FORMATS = ("text", "json", "sarif")


def declare_audit(
    env: Any, declared: Declared, arguments: Mapping[str, str], prefix: str = ""
) -> Audits:
    """Declares the audit of a workspace under the word `audit` after `prefix`.

    `arguments` are ARTIFACT, FORMAT and STRICT. What is returned is to be told when the build has
    ended. Raises Failure.
    """
    form = one_of("FORMAT", arguments.get("FORMAT", "text"), FORMATS)
    strict = one_of("STRICT", arguments.get("STRICT", "0"), ("0", "1")) == "1"
    asked = asked_artifacts(declared, arguments.get("ARTIFACT", ""))
    planned = plan_audit(declared.workspace.build_dir, declared.plan.artifacts, strict=strict)
    session = verb_session(declared, AUDIT)
    steps = [step for each in planned for step in each.steps]
    owners = {step.outputs[0]: each.artifact.id for each in planned for step in each.steps}
    nodes = declare(env, session, steps, {}, owners)
    chosen = tuple(each for each in planned if each.artifact.id in asked)
    env.Alias(prefix + AUDIT, [nodes[each.judge.output] for each in chosen])
    return Audits(session, nodes, chosen, form, strict, declared.workspace.profile)


@dataclass(frozen=True)
class Audits:
    """The audits of one build, until it ends."""

    session: Session
    nodes: Mapping[str, Any]
    chosen: tuple[PlannedAudit, ...]
    form: str
    strict: bool
    profile: str

    def finish(self) -> None:
        """Keeps what was learned and prints the verdicts."""
        if is_looking():
            return
        try:
            if not SCons.Script.GetBuildFailures():
                self.session.record.remove_unplanned(self.nodes)
            self.session.save()
            if not SCons.Script.GetOption("clean"):
                self._tell([self._shown(each) for each in self.chosen])
        except (Failure, OSError) as error:
            print(f"error: the end of the audit was not recorded: {error}", file=sys.stderr)

    def _tell(self, shown: list[Shown]) -> None:
        """What failed was printed when it did."""
        if self.form == "text":
            for each, planned in zip(shown, self.chosen, strict=True):
                if is_current(self.nodes[planned.judge.output]):
                    show(each.findings, self.session.context.root)
            style = style_of(sys.stdout, os.environ)
            data = audit_text(shown, style).encode(style.encoding, "replace")
        elif self.form == "json":
            data = audit_json(shown, self.profile, strict=self.strict)
        else:
            prefix = github.prefix_of(self.session.context.root, os.environ)
            data = sarif((finding for each in shown for finding in each.findings), RULES, prefix)
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()

    def _shown(self, planned: PlannedAudit) -> Shown:
        output, artifact = planned.audit.output, planned.artifact.id
        if not is_current(self.nodes[output]):
            return Shown(artifact, None, findings_on(self.nodes[output]))
        context = self.session.context
        record = read_result(context.path(output), output)
        findings = by_weight(severe(findings_of(record, output), strict=self.strict))
        return Shown(artifact, record, located(findings, artifact, context.locate))
