"""What do the rules find in the sources of artifacts? One run of the advisor for a Go context."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from wasip1_build.advise.cost import Built, with_costs
from wasip1_build.advise.costs import Costs
from wasip1_build.advise.measured import Measured
from wasip1_build.advise.rules import WRONG_TOOL
from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes
from wasip1_build.findings import Failure, Finding, Severity, has_errors
from wasip1_build.spec.model import Runtime
from wasip1_build.steps.advisor import Asked, answer, identity, policy
from wasip1_build.steps.audit import severe
from wasip1_build.steps.compile import Compile
from wasip1_build.steps.gate import by_weight, located
from wasip1_build.steps.results import Record, damaged, record_of
from wasip1_build.steps.step import Context, Key
from wasip1_build.steps.unsupported import NO_VERDICT, findings_in


@dataclass(frozen=True)
class Advise:
    """A JSON file with what was found by artifact. It succeeds whatever that is; another step asks.

    `mains` are artifacts (DIR:NAME) of one Go context, compiler and flags, with what compiles them.
    `dependencies`: the sources of other modules are looked at, too. Severities are no part of it.
    """

    mains: tuple[tuple[str, Compile], ...]
    rules: tuple[str, ...]
    dependencies: bool
    output: str
    lives: Mapping[str, Runtime]  # by artifact

    name: ClassVar[str] = "advise"
    version: ClassVar[int] = 1

    @property
    def inputs(self) -> tuple[str, ...]:
        return ()

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    @property
    def requires(self) -> tuple[str, ...]:
        """The listing must be current before this step is looked at."""
        return (self.mains[0][1].deps,)

    def discovered(self, context: Context) -> tuple[str, ...]:
        """The sources of all of them."""
        found = {name for _, compiled in self.mains for name in compiled.discovered(context)}
        return tuple(sorted(found))

    def key(self, context: Context) -> Key:
        listed = {artifact: compiled.main(context) for artifact, compiled in self.mains}
        return {
            "mains": {
                artifact: main and [main.import_path, main.files, main.modules, main.error]
                for artifact, main in listed.items()
            },
            "rules": self.rules,
            "dependencies": self.dependencies,
            "lives": {artifact: policy(each) for artifact, each in self.lives.items()},
            "advisor": identity(context, self.mains[0][1]),
        }

    def run(self, context: Context) -> None:
        """Raises Failure where go cannot list the packages, or the advisor cannot be run."""
        asked = Asked(
            self.mains,
            self.rules,
            ignores=True,
            dependencies=self.dependencies,
            edits=True,
            lives=self.lives,
        )
        found = answer(context, asked)
        record = {
            "files": found.count("files"),
            "digests": found.members.get("digests"),
            "artifacts": {
                each.text("artifact"): {
                    "findings": [entry.members for entry in each.records("findings")],
                    "unloaded": [entry.members for entry in each.records("unloaded")],
                }
                for each in found.records("mains")
            },
        }
        context.out(self.output).write_bytes(json_bytes(record))


def advice_of(
    context: Context, output: str, artifact: str, severities: Mapping[str, str], built: Built
) -> tuple[Finding, ...]:
    """What an Advise found for one artifact, as it weighs, errors first; what is off is left out.

    Raises Failure where the result is damaged, or what the build says of the module.
    """
    found = with_costs(context, record_of_artifact(context, output, artifact), built)
    weigh = {name: Severity(severity) for name, severity in severities.items()}
    every = findings_in(found, weigh)
    return by_weight(each for each in every if each.rule in {*weigh, NO_VERDICT})


def record_of_artifact(context: Context, output: str, artifact: str) -> Record:
    """What the advisor had to say of one artifact, as it was written. Raises Failure."""
    artifacts = record_of(context.path(output), output).members.get("artifacts")
    found = artifacts.get(artifact) if isinstance(artifacts, dict) else None
    if not isinstance(found, dict):
        raise damaged(output, f"it says nothing of {artifact}")
    return Record(found, output)


@dataclass(frozen=True)
class JudgeAdvice:
    """A file that exists only where nothing that was found for an artifact is an error.

    `measured` is what was found by running it, beside what its sources say; what
    `built` says is told with the findings, and decides nothing.
    """

    artifact: str  # DIR:NAME
    advice: str
    built: Built
    severities: Mapping[str, str]
    strict: bool
    costs: Costs  # which decide no verdict
    measured: Measured
    output: str

    name: ClassVar[str] = "judge"
    version: ClassVar[int] = 1

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.advice,)

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def key(self, context: Context) -> Key:
        return {
            "artifact": self.artifact,
            "severities": dict(self.severities),
            "strict": self.strict,
            "measured": self.measured.key(context) if WRONG_TOOL in self.severities else None,
        }

    def looked_at(self, context: Context) -> tuple[str, ...]:
        """The files with what was measured, whether they are there or not."""
        return (*self.costs.looked_at(context), self.measured.rows, self.measured.module)

    def findings(self, context: Context) -> tuple[Finding, ...]:
        """What was found: how it weighs, where it is and what it costs, where that was measured.

        Raises Failure where the result is damaged."""
        found = advice_of(context, self.advice, self.artifact, self.severities, self.built)
        if WRONG_TOOL in self.severities:
            most = Severity.WARNING
            if self.severities[WRONG_TOOL] == Severity.NOTE:
                most = Severity.NOTE
            found = (*found, *self.measured.findings(context, self.artifact, most))
        found = self.costs.told(_severe(found, strict=self.strict), context)
        return located(found, self.artifact, context.locate)

    def run(self, context: Context) -> None:
        """Raises Failure with all findings where one is an error."""
        findings = self.findings(context)
        if has_errors(findings):
            raise Failure(findings)
        context.out(self.output).write_bytes(json_bytes({"artifact": self.artifact}))


def _severe(findings: Iterable[Finding], *, strict: bool) -> tuple[Finding, ...]:
    return by_weight(severe(findings, strict=strict))
