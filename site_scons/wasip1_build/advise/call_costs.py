"""What does a finding cost in this program, as far as it was measured of the module that is built?

A check whose calls are counted says so in A.checks.json, and `scons bench` in the build's state.
Figures of another module than the one that lies there are not told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeGuard

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding
from wasip1_build.steps.step import Context

# Below BUILD-DIR/.wasip1: by artifact, the module's digest and what its cases call.
BENCHED = "bench.calls.json"
# What a rule of output says of input, whose calls are not counted apart.
_OF_READS = (" reads ", " forgets ")
OUTPUT, CALLS = "unbuffered-output", "per-item-host-call"


@dataclass(frozen=True)
class CallCosts:
    """Where the figures of one artifact are: its module, and what its checks did."""

    artifact: str  # DIR:NAME
    module: str
    checks: str

    def looked_at(self, context: Context) -> tuple[str, ...]:
        """The files that decide what is told."""
        state = context.state(BENCHED).relative_to(context.root).as_posix()
        return (self.module, self.checks, state)

    def told(self, findings: Iterable[Finding], context: Context) -> tuple[Finding, ...]:
        """The findings, those that cost host calls with how many there were."""
        every = tuple(findings)
        if not {OUTPUT, CALLS} & {each.rule for each in every}:
            return every
        digest = context.digests.digest(context.path(self.module))
        lines = {rule: self._line(context, digest, rule) for rule in (OUTPUT, CALLS)}
        return tuple(
            replace(each, details="\n".join(filter(None, (each.details, lines[each.rule]))))
            if lines.get(each.rule) and not any(word in each.what for word in _OF_READS)
            else each
            for each in every
        )

    def _line(self, context: Context, digest: str | None, rule: str) -> str:
        """The most that was measured; "" where nothing was."""
        if digest is None:
            return ""
        found = [*_benched(context, self.artifact, digest, rule)]
        found = found or [*_checked(context, self.checks, digest, rule)]
        if not found:
            return ""
        _, text = max(found)
        return f"measured, {self.artifact}, {text}"


def _benched(context: Context, artifact: str, digest: str, rule: str) -> Iterator[tuple[int, str]]:
    record = _object(context, str(context.state(BENCHED))).get(artifact)
    if not isinstance(record, dict) or record.get("module") != digest:
        return
    for case in _objects(record.get("cases")):
        calls, writes = case.get("host_calls"), case.get("fd_writes")
        share, call_ns = case.get("percent"), case.get("call_ns")
        if not (_is_count(calls) and _is_count(share) and _is_count(call_ns)):
            continue
        if rule == OUTPUT and not _is_count(writes):
            continue
        counted = f"{writes:,} calls of fd_write among " if rule == OUTPUT else ""
        yield (
            calls,
            f"case {case.get('case')}: {counted}{calls:,} host calls, {share} % of the run "
            f"(computed from {call_ns:,} ns a call, as measured)",
        )


def _checked(context: Context, checks: str, digest: str, rule: str) -> Iterator[tuple[int, str]]:
    record = _object(context, checks)
    if record.get("module_sha256") != digest:
        return
    for check in _objects(record.get("checks")):
        for form in _objects(check.get("forms"))[:1]:
            writes = form.get("fd_write_calls")
            out, err = form.get("stdout_bytes"), form.get("stderr_bytes")
            if rule == OUTPUT and _is_count(writes) and _is_count(out) and _is_count(err):
                yield (
                    writes,
                    f"check {check.get('name')}: {writes:,} calls of fd_write, and {out + err:,} B "
                    "on stdout and stderr",
                )
            calls = form.get("calls")
            if rule == CALLS and isinstance(calls, dict):
                for name, count in calls.items():
                    if _is_count(count):
                        yield count, f"check {check.get('name')}: {count:,} calls of {name}"


def _is_count(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _object(context: Context, path: str) -> dict[str, Any]:
    """What a file says; nothing where it is not there, or is damaged."""
    try:
        found = json.loads(context.path(path).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
