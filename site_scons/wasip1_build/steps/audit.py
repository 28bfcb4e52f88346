"""Which of an artifact's grants do its checks need? Asked by leaving out each."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes
from wasip1_build.findings import Failure, Finding, Severity, has_errors
from wasip1_build.runtime.grant_units import units
from wasip1_build.runtime.leave_out import Audited, Judged, audit
from wasip1_build.steps.audit_findings import Declared, audit_findings, not_possible
from wasip1_build.steps.check import RunChecks, read_expected
from wasip1_build.steps.gate import by_weight, located
from wasip1_build.steps.results import findings_of, read_result
from wasip1_build.steps.step import Context, Key
from wasip1_build.wasm.types import PAGE_BYTES

NO_CHECKS = "no checks"


@dataclass(frozen=True)
class Audit:
    """A.audit.json: a verdict on each grant, with every run that led to it. It succeeds whatever
    they are; another step asks.

    `checking` is the step that runs the artifact's checks: what it reads and is told, this is too.
    One form of the module tells enough, and that is the one that is compiled here.
    """

    checking: RunChecks
    output: str

    name: ClassVar[str] = "audit"
    version: ClassVar[int] = 1

    @property
    def _run(self) -> RunChecks:
        return replace(self.checking, cwasm=None)

    @property
    def inputs(self) -> tuple[str, ...]:
        """None where there is no check: then nothing runs."""
        return self._run.inputs if self.checking.checks else ()

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def discovered(self, context: Context) -> tuple[str, ...]:
        """The files in the granted directories."""
        return self._run.discovered(context) if self.checking.checks else ()

    def listed(self, context: Context) -> tuple[str, ...]:
        """The directories and links whose own entries are inputs."""
        return self._run.listed(context) if self.checking.checks else ()

    def key(self, context: Context) -> Key:
        """As of the checks, with what findings quote; a grant's reason stands in its line."""
        reasons = [[grant.reason, grant.outside] for grant in self.checking.grants.dirs]
        return {"checking": self._run.key(context), "reasons": reasons}

    def run(self, context: Context) -> None:
        """Raises Failure where the library is missing or a granted directory cannot be staged."""
        context.out(self.output).write_bytes(json_bytes(self._record(context)))

    def _record(self, context: Context) -> dict[str, Any]:
        run = self._run
        if not run.checks:
            return self._no_verdict(context)
        audited = audit(
            run.subject(context),
            context.path(run.module),
            run.checks,
            lambda name: read_expected(context, name),
            context.cpus,
        )
        if audited.failed:
            findings = (*audited.failed, not_possible(run.artifact, len(run.checks)))
            return self._told("checks-fail", "a check fails with everything granted", findings)
        findings = tuple(audit_findings(audited, self._declared()))
        record = self._told("audited", "", findings)
        return record | {
            "grants": [_grant(each) for each in audited.grants],
            "runs": [
                {
                    "without": list(trial.keys),
                    "how": trial.how,
                    "check": trial.check,
                    "result": trial.result,
                    "differs": list(trial.differs),
                }
                for trial in audited.trials
            ],
            "not_deterministic": {
                name: list(respects) for name, respects in (audited.unsteady or {}).items()
            },
            "memory": self._memory(audited),
            "imports": _imports(audited),
            "imports_not_counted": audited.not_counted,
        }

    def _no_verdict(self, context: Context) -> dict[str, Any]:
        grants = units(self.checking.grants, (), lambda name: read_expected(context, name))
        return self._told("no-verdict", NO_CHECKS, ()) | {
            "grants": [_grant(Judged(unit, "no-verdict", reason=NO_CHECKS)) for unit in grants]
        }

    def _told(self, verdict: str, reason: str, findings: Iterable[Finding]) -> dict[str, Any]:
        return {
            "artifact": self.checking.artifact,
            "verdict": verdict,
            "reason": reason,
            "grants": [],
            "runs": [],
            "not_deterministic": {},
            "memory": None,
            "imports": None,
            "imports_not_counted": "",
            "findings": [finding.to_json() for finding in findings],
        }

    def _declared(self) -> Declared:
        run = self.checking
        directory = posixpath.normpath(run.artifact.rpartition(":")[0])
        return Declared(
            directory, run.grants, run.checks, run.max_memory_bytes, run.memory_limit_bytes
        )

    def _memory(self, audited: Audited) -> dict[str, Any] | None:
        if audited.memory is None:
            return None
        return {
            "peak_bytes": audited.memory.peak_pages * PAGE_BYTES,
            "least_bytes": audited.memory.least_pages * PAGE_BYTES,
            "least_pages": audited.memory.least_pages,
            "max_memory_bytes": self.checking.max_memory_bytes,
        }


def _grant(each: Judged) -> dict[str, Any]:
    return {
        "key": each.unit.key,
        "name": each.unit.name,
        "verdict": each.verdict,
        "checks": list(each.checks),
        "reason": each.reason,
    }


def _imports(audited: Audited) -> list[dict[str, Any]] | None:
    if audited.imports is None:
        return None
    return [
        {"module": module, "name": name, "calls": calls} for module, name, calls in audited.imports
    ]


@dataclass(frozen=True)
class JudgeAudit:
    """A file that exists only where an audit could be made, and where `strict`, only where no grant
    is more than the checks need."""

    artifact: str  # DIR:NAME
    audit: str
    strict: bool
    output: str

    name: ClassVar[str] = "judge"
    version: ClassVar[int] = 1

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.audit,)

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def key(self, context: Context) -> Key:  # noqa: ARG002  (the Step protocol)
        return {"artifact": self.artifact, "strict": self.strict}

    def run(self, context: Context) -> None:
        """Raises Failure with all findings, errors first and located, where one is an error."""
        record = read_result(context.path(self.audit), self.audit)
        findings = by_weight(severe(findings_of(record, self.audit), strict=self.strict))
        if has_errors(findings):
            raise Failure(located(findings, self.artifact, context.locate))
        context.out(self.output).write_bytes(json_bytes({"artifact": self.artifact}))


def severe(findings: Iterable[Finding], *, strict: bool) -> tuple[Finding, ...]:
    """The findings as they weigh: under STRICT=1 a warning is an error, a note is none."""
    return tuple(
        replace(each, severity=Severity.ERROR)
        if strict and each.severity is Severity.WARNING
        else each
        for each in findings
    )
