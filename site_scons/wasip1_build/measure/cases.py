"""What can be run of an artifact: its checks, and the cases of its bench as checks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wasip1_build.findings import Failure, failure
from wasip1_build.runtime.grants import not_granted
from wasip1_build.spec.model import Artifact, Check

CASE = "bench."  # begins the name of a case


def runs_of(artifact: Artifact) -> tuple[Check, ...]:
    """The declared checks, and the cases of bench as checks named "bench.NAME", which must exit
    with 0."""
    cases = (
        Check(f"{CASE}{case.name}", args=case.args, stdin_file=case.stdin_file)
        for case in artifact.bench.cases
    )
    return (*artifact.checks, *cases)


def chosen(
    artifact: Artifact, found: tuple[Check, ...], only: tuple[str, ...]
) -> tuple[Check, ...]:
    """Those that are named, or all. Raises Failure for a name that none has."""
    names = [check.name for check in found]
    for name in only:
        if name not in names:
            raise failure(
                "argument",
                f'{artifact.name} has no check "{name}"',
                fix=f"name one of {', '.join(names)}",
            )
    return tuple(check for check in found if not only or check.name in only)


def require_granted(artifact: Artifact, checks: Iterable[Check]) -> None:
    """Raises Failure where a check is given what the artifact is not granted."""
    findings = [
        replace(each, location=artifact.where(each.key))
        for check in checks
        for each in not_granted(artifact.grants, check, artifact.exports)
    ]
    if findings:
        raise Failure(tuple(findings))
