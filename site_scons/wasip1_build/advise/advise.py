"""What do the rules find in the sources of artifacts? One run of the advisor for a Go context."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from wasip1_build.advise.measured import Measured
from wasip1_build.advise.rules import WRONG_TOOL
from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes
from wasip1_build.findings import Failure, Finding, Severity, has_errors
from wasip1_build.steps.advisor import Asked, answer, identity, policy
from wasip1_build.steps.audit import severe
from wasip1_build.steps.gate import by_weight, located
from wasip1_build.steps.results import Record, damaged, record_of
from wasip1_build.steps.step import Context, Key
from wasip1_build.steps.unsupported import NO_VERDICT, findings_in


@dataclass(frozen=True)
class Advise:
    """A JSON file with what was found by artifact. It succeeds whatever that is; another step asks.

    All that is asked is of one Go context, compiler and flags. Severities are no part of it.
    """

    asked: Asked
    output: str

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
        return (self.asked.mains[0][1].deps,)

    def discovered(self, context: Context) -> tuple[str, ...]:
        """The sources of all of them."""
        found = {name for _, compiled in self.asked.mains for name in compiled.discovered(context)}
        return tuple(sorted(found))

    def key(self, context: Context) -> Key:
        asked = self.asked
        listed = {artifact: compiled.main(context) for artifact, compiled in asked.mains}
        return {
            "mains": {
                artifact: main and [main.import_path, main.files, main.modules, main.error]
                for artifact, main in listed.items()
            },
            "rules": asked.rules,
            "dependencies": asked.dependencies,
            "lives": {artifact: policy(each) for artifact, each in asked.lives.items()},
            "advisor": identity(context, asked.mains[0][1]),
        }

    def run(self, context: Context) -> None:
        """Raises Failure where go cannot list the packages, or the advisor cannot be run."""
        found = answer(context, self.asked)
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


def record_of_artifact(context: Context, output: str, artifact: str) -> Record:
    """What the advisor had to say of one artifact, as it was written. Raises Failure."""
    artifacts = record_of(context.path(output), output).members.get("artifacts")
    found = artifacts.get(artifact) if isinstance(artifacts, dict) else None
    if not isinstance(found, dict):
        raise damaged(output, f"it says nothing of {artifact}")
    return Record(found, output)


@dataclass(frozen=True)
class JudgeAdvice:
    """A file that exists only where nothing that was found for an artifact is an error."""

    artifact: str  # DIR:NAME
    advice: str
    measured: Measured
    severities: Mapping[str, str]
    strict: bool
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
            "measured": self.measured.rows.key(context) if self._weighs_rows else None,
        }

    @property
    def _weighs_rows(self) -> bool:
        return WRONG_TOOL in self.severities

    def findings(self, context: Context) -> tuple[Finding, ...]:
        """What was found: how it weighs, where it is and what it costs, where that was measured.

        Raises Failure where the result is damaged, or what the build says of the module."""
        found = (*self._of_sources(context), *self._of_rows(context))
        weighed = by_weight(severe(found, strict=self.strict))
        return located(self.measured.calls.told(weighed, context), self.artifact, context.locate)

    def _of_sources(self, context: Context) -> Iterator[Finding]:
        record = record_of_artifact(context, self.advice, self.artifact)
        weigh = {name: Severity(severity) for name, severity in self.severities.items()}
        for each in findings_in(self.measured.packages.told(context, record), weigh):
            if each.rule in {*weigh, NO_VERDICT}:
                yield each

    def _of_rows(self, context: Context) -> tuple[Finding, ...]:
        if not self._weighs_rows:
            return ()
        is_note = self.severities[WRONG_TOOL] == Severity.NOTE
        most = Severity.NOTE if is_note else Severity.WARNING
        return self.measured.rows.findings(context, self.artifact, most)

    def run(self, context: Context) -> None:
        """Raises Failure with all findings where one is an error."""
        findings = self.findings(context)
        if has_errors(findings):
            raise Failure(findings)
        context.out(self.output).write_bytes(json_bytes({"artifact": self.artifact}))
