"""Whether everything that was verified of an artifact is well, asked once and answered in full."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes
from wasip1_build.findings import Failure, Finding, Location, Severity, has_errors
from wasip1_build.steps.results import findings_of, read_result
from wasip1_build.steps.step import Context, Key

_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


@dataclass(frozen=True)
class Gate:
    """A.gate.json, which exists only where no result has an error."""

    artifact: str  # DIR:NAME
    results: tuple[str, ...]  # JSON files with "findings"
    output: str
    notes: tuple[Finding, ...] = ()  # what the spec alone says

    name: ClassVar[str] = "gate"
    version: ClassVar[int] = 1

    @property
    def inputs(self) -> tuple[str, ...]:
        return self.results

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def key(self, context: Context) -> Key:  # noqa: ARG002  (the Step protocol)
        notes = [finding.to_json() for finding in self.notes]
        return {"artifact": self.artifact, "results": list(self.results), "notes": notes}

    def run(self, context: Context) -> None:
        """Raises Failure with all findings, errors first and located, where one is an error.

        What it writes carries no line numbers (see Finding.key): `located` adds them for printing.
        """
        findings = [
            finding
            for result in self.results
            for finding in findings_of(read_result(context.path(result), result), result)
        ]
        ordered = by_weight((*findings, *self.notes))
        if has_errors(ordered):
            raise Failure(located(ordered, self.artifact, context.locate))
        record = {
            "artifact": self.artifact,
            "verdict": "pass",
            "findings": [finding.to_json() for finding in ordered],
        }
        context.out(self.output).write_bytes(json_bytes(record))

    def passed_findings(self, context: Context) -> tuple[Finding, ...]:
        """The warnings and notes of a gate that passed, located, for printing.

        Raises Failure where its output cannot be read.
        """
        record = read_result(context.path(self.output), self.output)
        return located(findings_of(record, self.output), self.artifact, context.locate)


def gate_findings(gate: Gate, context: Context) -> tuple[Finding, ...]:
    """The warnings and notes of a gate that passed, located. Raises Failure where it is damaged."""
    findings = findings_of(read_result(context.path(gate.output), gate.output), gate.output)
    return located(findings, gate.artifact, context.locate)


def by_weight(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, then warnings, then notes; each in the order in which they came."""
    return tuple(sorted(findings, key=lambda finding: _WEIGHT[finding.severity]))


def located(
    findings: Iterable[Finding], artifact: str, locate: Callable[[str, str], Location | None]
) -> tuple[Finding, ...]:
    """The findings with the place of their key in the spec, where they have no place of their own.

    `locate` is Context.locate: the artifact's DIR:NAME and a key to the line that wrote it.
    """
    return tuple(
        finding if finding.location else replace(finding, location=locate(artifact, finding.key))
        for finding in findings
    )
