"""`scons advise`: declared only where the command line asks for it, told when the build ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

import SCons.Script

from wasip1_build.advise.plan import PlannedAdvice, plan_advice, steps_of
from wasip1_build.advise.rules import Rule, known_rules, severities
from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure
from wasip1_build.report import github
from wasip1_build.report.advise import Shown, advice_json, advice_text, once
from wasip1_build.report.console import style_of
from wasip1_build.report.sarif import sarif
from wasip1_build.scons.action import show
from wasip1_build.scons.arguments import ADVISE, is_set, one_of
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.nodes import declare
from wasip1_build.scons.session import Session, is_looking
from wasip1_build.scons.verbs import asked_artifacts, verb_session
from wasip1_build.scons.work import is_current

FORMATS = ("text", "json", "sarif")


def declare_advice(
    env: Any, declared: Declared, arguments: Mapping[str, str], prefix: str = ""
) -> Advice:
    """Declares the advice on a workspace under the word `advise` after `prefix`.

    `arguments` are ARTIFACT, FORMAT, STRICT and DEPENDENCIES. What is returned is to be told when
    the build has ended. Raises Failure.
    """
    form = one_of("FORMAT", arguments.get("FORMAT", "text"), FORMATS)
    strict = is_set("STRICT", arguments)
    dependencies = is_set("DEPENDENCIES", arguments)
    asked = asked_artifacts(declared, arguments.get("ARTIFACT", ""))
    rules = known_rules()
    chosen = [each for each in declared.plan.artifacts if each.artifact.id in asked]
    weigh = severities(rules, declared.workspace.advise)
    planned = plan_advice(
        declared.workspace.build_dir, chosen, weigh, strict=strict, dependencies=dependencies
    )
    session = verb_session(declared, ADVISE)
    owners = {each.judge.output: each.artifact.id for each in planned}
    nodes = declare(env, session, steps_of(planned), {}, owners)
    env.Alias(prefix + ADVISE, [nodes[each.judge.output] for each in planned])
    return Advice(session, nodes, planned, rules, form, strict, declared.workspace.profile)


@dataclass(frozen=True)
class Advice:
    """The advice of one build, until it ends."""

    session: Session
    nodes: Mapping[str, Any]
    planned: tuple[PlannedAdvice, ...]
    rules: Mapping[str, Rule]
    form: str
    strict: bool
    profile: str

    def finish(self) -> None:
        """Keeps what was learned and prints what was found."""
        if is_looking():
            return
        try:
            if not SCons.Script.GetBuildFailures():
                self.session.record.remove_unplanned(self.nodes)
            self.session.save()
            if not SCons.Script.GetOption("clean"):
                self._tell([self._shown(each) for each in self.planned])
        except (Failure, OSError) as error:
            print(f"error: the end of the advice was not recorded: {error}", file=sys.stderr)

    def _tell(self, shown: list[Shown]) -> None:
        """What failed was printed when it did."""
        root = self.session.context.root
        if self.form == "text":
            pairs = zip(shown, self.planned, strict=True)
            passed = [each for each, p in pairs if is_current(self.nodes[p.judge.output])]
            show(once(finding for each in passed for finding in each.findings or ()), root)
            style = style_of(sys.stdout, os.environ)
            data = advice_text(shown, style).encode(style.encoding, "replace")
        elif self.form == "json":
            data = advice_json(shown, self.profile, strict=self.strict)
        else:
            prefix = github.prefix_of(root, os.environ)
            about = {name: rule.about for name, rule in self.rules.items()}
            every = once(finding for each in shown for finding in each.findings or ())
            data = sarif(every, about, prefix)
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()

    def _shown(self, planned: PlannedAdvice) -> Shown:
        node = self.nodes[planned.advise.output]
        if not is_current(node):
            return Shown(planned.artifact.id, None)
        return Shown(planned.artifact.id, planned.judge.findings(self.session.context))
