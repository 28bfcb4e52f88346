"""`scons advise`: declared only where the command line asks for it, told when the build ends."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

import SCons.Script

from wasip1_build.advise.patch import Written, patch_file
from wasip1_build.advise.plan import PlannedAdvice, plan_advice, steps_of
from wasip1_build.advise.rules import Rule, known_rules, severities
from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, Finding, failure
from wasip1_build.report import github
from wasip1_build.report.advise import Shown, advice_json, advice_text, once, patch_text
from wasip1_build.report.console import style_of
from wasip1_build.report.sarif import sarif
from wasip1_build.scons import told
from wasip1_build.scons.action import FAILED, show
from wasip1_build.scons.arguments import ADVISE, is_set, one_of
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.keep_told import Keeping, Said
from wasip1_build.scons.nodes import declare
from wasip1_build.scons.session import Session, is_looking
from wasip1_build.scons.verbs import asked_artifacts, verb_session
from wasip1_build.scons.work import findings_on, is_current

FORMATS = ("text", "json", "sarif")


def declare_advice(
    env: Any,
    declared: Declared,
    arguments: Mapping[str, str],
    prefix: str = "",
    keeping: Keeping | None = None,
) -> Advice:
    """Declares the advice on a workspace under the word `advise` after `prefix`.

    `arguments` are ARTIFACT, FORMAT, STRICT, FIX and DEPENDENCIES. What is returned is to be told
    when the build has ended; `keeping` is where it is then kept to be told again. Raises Failure.
    """
    form = one_of("FORMAT", arguments.get("FORMAT", "text"), FORMATS)
    strict = is_set("STRICT", arguments)
    fix = is_set("FIX", arguments)
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
    alias = env.Alias(prefix + ADVISE, [nodes[each.judge.output] for each in planned])
    env.Clean(alias, str(session.context.path(patch_file(session.context))))
    advice = Advice(declared, session, nodes, planned, rules, form, strict, fix, keeping)
    atexit.register(advice.end)  # what is registered first is called last
    return advice


@dataclass(frozen=True)
class Advice:
    """The advice of one build, until it ends."""

    declared: Declared
    session: Session
    nodes: Mapping[str, Any]
    planned: tuple[PlannedAdvice, ...]
    rules: Mapping[str, Rule]
    form: str
    strict: bool
    fix: bool
    keeping: Keeping | None
    unwritten: list[Exception] = field(default_factory=list)  # why there is no patch

    def finish(self) -> None:
        """Keeps what was learned and prints what was found."""
        if is_looking():
            return
        try:
            if not SCons.Script.GetBuildFailures():
                self.session.record.remove_unplanned(self.nodes)
            self.session.save()
            if not SCons.Script.GetOption("clean"):
                shown = [self._shown(each) for each in self.planned]
                self._tell(shown, self._patch(shown) if self.fix else None)
        except (Failure, OSError) as error:
            print(f"error: the end of the advice was not recorded: {error}", file=sys.stderr)

    def end(self) -> None:
        """Ends the process with a status of its own where a patch was asked for and not written:
        to be called last."""
        if self.unwritten:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(FAILED)

    def _patch(self, shown: Sequence[Shown]) -> Written | None:
        """None where it could not be written, which is said."""
        from wasip1_build.scons.advise_patch import write_patch  # who mends nothing needs none

        looked_at = [
            each
            for told, each in zip(shown, self.planned, strict=True)
            if told.findings is not None
        ]
        try:
            return write_patch(self.session.context, looked_at)
        except (Failure, OSError) as error:
            self.unwritten.append(error)
            findings = (
                error.findings
                if isinstance(error, Failure)
                else failure("advise-fix", f"the patch was not written: {error}").findings
            )
            show(findings, self.session.context.root)
            return None

    def _tell(self, shown: list[Shown], patch: Written | None) -> None:
        """What failed was printed when it did."""
        root = self.session.context.root
        passing: tuple[Finding, ...] = ()
        if self.form == "text":
            pairs = zip(shown, self.planned, strict=True)
            passed = [each for each, p in pairs if is_current(self.nodes[p.judge.output])]
            passing = once(finding for each in passed for finding in each.findings or ())
            show(passing, root)
            style = style_of(sys.stdout, os.environ)
            text = advice_text(shown, style) + (patch_text(patch, style) if patch else "")
            data = text.encode(style.encoding, "replace")
        elif self.form == "json":
            data = advice_json(
                shown, self.declared.workspace.profile, strict=self.strict, patch=patch
            )
        else:
            prefix = github.prefix_of(root, os.environ)
            about = {name: rule.about for name, rule in self.rules.items()}
            every = once(finding for each in shown for finding in each.findings or ())
            data = sarif(every, about, prefix)
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        self._keep(passing, data)

    def _keep(self, passing: tuple[Finding, ...], data: bytes) -> None:
        """Keeps what was said, where that is all that there was."""
        if self.keeping is None:
            return
        judges = [each.judge.output for each in self.planned]
        failed = [name for name in judges if not is_current(self.nodes[name])]
        judged = all(is_current(self.nodes[each.advise.output]) for each in self.planned)
        if self.fix or not judged or len(SCons.Script.GetBuildFailures()) != len(failed):
            told.forget(self.keeping.store)
            return
        listings = {each.advise.asked.mains[0][1].deps for each in self.planned}
        findings = (*(findings_on(self.nodes[name]) for name in failed), passing)
        said = Said(findings, tuple(failed), data)
        context = self.session.context
        measured = {
            name for each in self.planned for name in each.judge.measured.looked_at(context)
        }
        outputs = {*self.nodes, *listings, *measured}
        self.keeping.keep(self.declared, self.session, outputs, said)

    def _shown(self, planned: PlannedAdvice) -> Shown:
        node = self.nodes[planned.advise.output]
        if not is_current(node):
            return Shown(planned.artifact.id, None)
        return Shown(planned.artifact.id, planned.judge.findings(self.session.context))
