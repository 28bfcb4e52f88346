"""How much was found in the sources of artifacts, in the lines that a person reads, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes
from wasip1_build.findings import Finding, Severity
from wasip1_build.report.console import PLAIN, Style, printable
from wasip1_build.report.lines import aligned
from wasip1_build.steps.unsupported import NO_VERDICT

SPEC_VERSION = 1


@dataclass(frozen=True)
class Shown:
    """One artifact with what was found, as it weighs; None where its sources were not looked at."""

    artifact: str  # DIR:NAME
    findings: tuple[Finding, ...] | None


def once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings without those that are the same at the same place, for another artifact."""
    kept: dict[tuple[object, ...], Finding] = {}
    for each in findings:
        kept.setdefault((each.rule, each.severity, each.what, str(each.location)), each)
    return tuple(kept.values())


def advice_text(artifacts: Sequence[Shown], style: Style = PLAIN) -> str:
    """A line for each artifact, and the sum."""
    rows = [[each.artifact, _told(each)] for each in artifacts]
    lines = [printable("  ".join(row), style) for row in aligned(rows, [False, False])]
    every = once(finding for each in artifacts for finding in each.findings or ())
    count = len(artifacts)
    lines.append(f"{count} artifact{'' if count == 1 else 's'}: {_counted(every)}")
    return "".join(f"{line}\n" for line in lines)


def _told(shown: Shown) -> str:
    if shown.findings is None:
        return "not looked at (see above)"
    return _counted(shown.findings)


def _counted(findings: Sequence[Finding]) -> str:
    unknown = sum(each.rule == NO_VERDICT for each in findings)
    parts = []
    for severity in Severity:
        number = sum(each.severity is severity and each.rule != NO_VERDICT for each in findings)
        if number:
            parts.append(f"{number} {severity}{'' if number == 1 else 's'}")
    if unknown:
        parts.append(f"no verdict on {unknown} package{'' if unknown == 1 else 's'}")
    return ", ".join(parts) or "nothing found"


def advice_json(artifacts: Iterable[Shown], profile: str, *, strict: bool) -> bytes:
    """The same for a script, with the findings; see advise.schema.json."""
    return json_bytes(
        {
            "spec-version": SPEC_VERSION,
            "profile": profile,
            "strict": strict,
            "artifacts": [_as_json(each) for each in artifacts],
        }
    )


def _as_json(shown: Shown) -> dict[str, Any]:
    verdict = "not-advised" if shown.findings is None else "advised"
    findings = [finding.to_json() for finding in shown.findings or ()]
    return {"artifact": shown.artifact, "verdict": verdict, "findings": findings}
