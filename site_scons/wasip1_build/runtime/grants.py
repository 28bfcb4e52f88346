"""What the guest of one check sees: its arguments, its environment, its stdin. Nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from wasip1_build.findings import Finding, Location, Severity, failure
from wasip1_build.spec.model import Check, Grants


def arguments(artifact: str, grants: Grants, check: Check | None) -> tuple[str, ...]:
    """argv: the artifact's name, then the check's own arguments or the granted ones."""
    own = check.args if check and check.args is not None else grants.args
    return (artifact, *own)


def environment(
    grants: Grants, check: Check | None, gogc: str | None, memory_limit_bytes: int | None
) -> tuple[tuple[str, str], ...]:
    """The guest's environment, sorted by name.

    An inherited variable is unset here unless the check gives it a value: what a check proves must
    not depend on who runs it. Go's runtime reads GOGC and GOMEMLIMIT from the guest's environment.
    """
    variables = dict(grants.env)
    if gogc is not None:
        variables["GOGC"] = gogc
    if memory_limit_bytes is not None:
        variables["GOMEMLIMIT"] = f"{memory_limit_bytes}B"
    granted = grants.env.keys() | set(grants.env_inherit)
    if check:
        variables |= {name: value for name, value in check.env.items() if name in granted}
    return tuple(sorted(variables.items()))


def real_directory(root: Path, host: str, location: Location | None = None) -> str:
    """A granted directory of this machine, for runs that work on the real ones; absolute.

    `host` is relative to `root`, or absolute. Raises Failure where there is none.
    """
    path = root / host
    if not path.is_dir():
        what = f"the granted directory {host} does not exist"
        raise failure("grant-missing", what, fix="create it, or correct `host`", location=location)
    return os.path.realpath(path)


def stdin_of(grants: Grants, check: Check | None) -> bool:
    """Whether the guest has a stdin; without it every read ends at once."""
    given = check is not None and (check.stdin is not None or check.stdin_file is not None)
    return grants.stdin and given


def not_granted(grants: Grants, check: Check, exports: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    """What a check gives its guest, or calls in it, although the artifact does not declare it."""
    key = f"check.{check.name}"
    findings = []
    if not grants.stdin and (check.stdin is not None or check.stdin_file is not None):
        findings.append(
            _ungranted(
                f"check {check.name} has an input for stdin, and stdin is not granted",
                "set grants.stdin = true, or take the input out of the check",
                key + (".stdin" if check.stdin is not None else ".stdin-file"),
            )
        )
    findings += [
        _ungranted(
            f"check {check.name} sets {name}, which is not granted",
            f'add "{name}" to grants.env-inherit, or take it out of the check',
            f"{key}.env",
        )
        for name in sorted(check.env.keys() - grants.env.keys() - set(grants.env_inherit))
    ]
    if check.invoke and check.invoke.export not in exports:
        findings.append(
            _ungranted(
                f"check {check.name} invokes {check.invoke.export}, which is no declared export",
                f'add "{check.invoke.export}" to `exports`: hosts may count on those only',
                f"{key}.invoke",
            )
        )
    return tuple(findings)


def _ungranted(what: str, fix: str, key: str) -> Finding:
    why = "a check runs under exactly what is declared: what is not written does not exist"
    return Finding("check-not-declared", Severity.ERROR, what, why, fix, key=key)
