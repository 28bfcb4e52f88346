"""How much was found in the sources of artifacts, in the lines that a person reads, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from shlex import quote
from typing import Any

from wasip1_build.advise.patch import Written
from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes
from wasip1_build.findings import Finding, Severity
from wasip1_build.report.console import PLAIN, Style, printable
from wasip1_build.report.lines import aligned
from wasip1_build.steps.unsupported import NO_VERDICT

SPEC_VERSION = 1
FILES = 3  # so many are named in a line


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


def patch_text(written: Written, style: Style = PLAIN) -> str:
    """Where the patch is and how it is applied, and what of the findings it leaves."""
    patch = written.patch
    lines = [f"nothing to mend by rule: no {written.path}"]
    if patch.data:
        lines = [
            f"{written.path} mends {_findings(len(patch.mended))} in {_files(patch.files)}",
            f"  to apply it, from the top of the workspace: git apply {quote(written.path)}",
            f"  or: patch -p1 < {quote(written.path)}",
        ]
    if patch.left:
        lines.append(f"{_findings(len(patch.left))} it cannot mend:")
    lines += [f"  {finding.location} [{finding.rule}]: {why}" for finding, why in patch.left]
    return "".join(f"{printable(line, style)}\n" for line in lines)


def _files(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= FILES else f"{len(names)} files"


def _findings(count: int) -> str:
    return f"{count} finding{'' if count == 1 else 's'}"


def advice_json(
    artifacts: Iterable[Shown], profile: str, *, strict: bool, patch: Written | None = None
) -> bytes:
    """The same for a script, with the findings; see advise.schema.json."""
    return json_bytes(
        {
            "spec-version": SPEC_VERSION,
            "profile": profile,
            "strict": strict,
            "artifacts": [_as_json(each) for each in artifacts],
            **({"patch": _patch_json(patch)} if patch else {}),
        }
    )


def _patch_json(written: Written) -> dict[str, Any]:
    patch = written.patch
    return {
        "path": written.path if patch.data else None,
        "files": list(patch.files),
        "mended": [finding.to_json() for finding in patch.mended],
        "left": [{"finding": finding.to_json(), "why": why} for finding, why in patch.left],
    }


def _as_json(shown: Shown) -> dict[str, Any]:
    verdict = "not-advised" if shown.findings is None else "advised"
    findings = [finding.to_json() for finding in shown.findings or ()]
    return {"artifact": shown.artifact, "verdict": verdict, "findings": findings}
