"""What went wrong, said so that a stranger can act: the fact, the reason, the fix, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any

from wasip1_build.dataclass import dataclass


class Severity(StrEnum):
    """How much a finding weighs: an error fails the gate, a warning and a note are only printed."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Location:
    """A place in a text file; `file` is a POSIX path relative to the workspace root."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)


@dataclass(frozen=True)
class Finding:
    """One thing that a verification reports.

    `key` names the key of the spec that it is about ("budget.wasm"): results that are stored
    carry no line numbers, so that moving lines in wasip1.toml makes nothing stale, and the
    gate finds the line when it prints. `details` is a diff or a tool's own output, shown last.
    """

    rule: str
    severity: Severity
    what: str
    why: str = ""
    fix: str = ""
    location: Location | None = None
    key: str = ""
    details: str = ""

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location else ""
        lines = [f"{where}{self.severity}: {self.what} [{self.rule}]"]
        if self.why:
            lines.append(f"  why: {self.why}")
        if self.fix:
            lines.append("  fix: " + self.fix.replace("\n", "\n       "))
        if self.details:
            lines += [f"  | {line}" for line in self.details.rstrip("\n").split("\n")]
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """The finding as JSON, without the members that are empty."""
        record: dict[str, Any] = {
            "rule": self.rule,
            "severity": str(self.severity),
            "what": self.what,
            "why": self.why,
            "fix": self.fix,
            "key": self.key,
            "details": self.details,
        }
        if self.location:
            record["location"] = {
                "file": self.location.file,
                "line": self.location.line,
                "column": self.location.column,
            }
        return {name: value for name, value in record.items() if value}

    @staticmethod
    def from_json(record: Mapping[str, Any]) -> Finding:
        """The reverse of `to_json`."""
        location = record.get("location")
        return Finding(
            rule=record["rule"],
            severity=Severity(record["severity"]),
            what=record["what"],
            why=record.get("why", ""),
            fix=record.get("fix", ""),
            location=Location(**location) if location else None,
            key=record.get("key", ""),
            details=record.get("details", ""),
        )


@dataclass
class Failure(Exception):  # noqa: N818  (the word that users read)
    """Work that cannot be done, with the findings that say why; never shown as a traceback."""

    findings: tuple[Finding, ...] = field(default=())

    def __str__(self) -> str:
        return "\n".join(str(finding) for finding in self.findings)


def failure(
    rule: str,
    what: str,
    *,
    why: str = "",
    fix: str = "",
    location: Location | None = None,
    key: str = "",
    details: str = "",
) -> Failure:
    """A Failure of one error finding: `raise failure("tool-missing", "...", fix="...")`."""
    return Failure((Finding(rule, Severity.ERROR, what, why, fix, location, key, details),))


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether one of the findings is an error."""
    return any(finding.severity is Severity.ERROR for finding in findings)
