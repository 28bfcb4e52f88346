"""What each grant of an artifact is for, in the lines that a person reads, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes
from wasip1_build.findings import Finding
from wasip1_build.report.console import PLAIN, Style, printable
from wasip1_build.report.lines import aligned
from wasip1_build.units import human_size

SPEC_VERSION = 1
NAMED = 3  # checks that are named in a line


@dataclass(frozen=True)
class Shown:
    """One artifact: what its audit wrote down, None where it came to nothing, and its findings as
    they weigh and where they are."""

    artifact: str  # DIR:NAME
    record: Mapping[str, Any] | None = None
    findings: tuple[Finding, ...] = ()


def audit_text(artifacts: Sequence[Shown], style: Style = PLAIN) -> str:
    """A list of grants for each artifact, and the sum of what was found."""
    lines = [printable(line, style) for each in artifacts for line in _lines(each)]
    return "".join(f"{line}\n" for line in [*lines, _sum(artifacts)])


def _lines(shown: Shown) -> Iterator[str]:
    record = shown.record
    if record is None:
        yield f"{shown.artifact}: not audited (see above)"
        return
    if record["verdict"] != "audited":
        said = "no verdict" if record["verdict"] == "no-verdict" else "not audited"
        yield f"{shown.artifact}: {said}: {record['reason']}"
        return
    yield f"{shown.artifact}:" + ("" if record["grants"] else " nothing is granted")
    rows = [[each["name"], _verdict(each)] for each in record["grants"]]
    rows += [["memory", _memory(record["memory"])]] if record["memory"] else []
    rows.append(["imports", _imports(record)])
    yield from (f"  {'  '.join(row)}" for row in aligned(rows, [False, False]))


def _verdict(grant: Mapping[str, Any]) -> str:
    because = f": {grant['reason']}" if grant["reason"] else ""
    match grant["verdict"]:
        case "needed":
            return f"needed by {_names(grant['checks'])}{because}"
        case "used":
            return f"used, and no check fails without it{because}"
        case "could-be-ro":
            return 'unused: could be mode = "ro"'
        case "alternative":
            return f"one of several{because}"
        case "no-verdict":
            return f"no verdict{because}"
    return str(grant["verdict"])


def _names(checks: Sequence[str]) -> str:
    more = [f"{len(checks) - NAMED} more"] if len(checks) > NAMED + 1 else []
    *before, last = [*checks[:NAMED], *more] if more else checks
    return f"{', '.join(before)} and {last}" if before else last


def _memory(memory: Mapping[str, Any]) -> str:
    least, peak, most = (memory[f"{it}_bytes"] for it in ("least", "peak", "max_memory"))
    said = f"{memory['least_pages']} pages suffice ({human_size(least)}), measured"
    if peak != least:
        said += f"; without a cap the checks take {human_size(peak)}"
    return said + (f"; max-memory is {human_size(most)}" if most is not None else "")


def _imports(record: Mapping[str, Any]) -> str:
    if record["imports"] is None:
        return f"no verdict: {record['imports_not_counted']}"
    calls: dict[tuple[str, str], int] = {}
    for each in record["imports"]:
        name = (each["module"], each["name"])
        calls[name] = calls.get(name, 0) + each["calls"]
    missed = [name for (_module, name), count in calls.items() if not count]
    if not missed:
        return f"the checks reach all {len(calls)} functions"
    return f"no check reaches {len(missed)} of {len(calls)} functions"


def _sum(artifacts: Sequence[Shown]) -> str:
    every = [grant for each in artifacts if each.record for grant in each.record["grants"]]
    count = [grant["verdict"] for grant in every].count
    without = [each for each in artifacts if not each.record or each.record["verdict"] != "audited"]
    parts = [
        f"{len(artifacts)} artifact{'' if len(artifacts) == 1 else 's'}",
        f"{len(every)} grants" if len(every) != 1 else "1 grant",
    ]
    others = [(count("no-verdict"), "without verdict"), (len(without), "not audited")]
    found = [(count("unused"), "unused"), (count("could-be-ro"), "too wide")]
    found += [each for each in others if each[0]]
    return f"{', '.join(parts)}: {', '.join(f'{number} {what}' for number, what in found)}"


def audit_json(artifacts: Iterable[Shown], profile: str, *, strict: bool) -> bytes:
    """The same for a script; see audit.schema.json."""
    return json_bytes(
        {
            "spec-version": SPEC_VERSION,
            "profile": profile,
            "strict": strict,
            "artifacts": [_as_json(each) for each in artifacts],
        }
    )


def _as_json(shown: Shown) -> dict[str, Any]:
    record: dict[str, Any] = dict(shown.record or _NOTHING)
    return record | {
        "artifact": shown.artifact,
        "findings": [finding.to_json() for finding in shown.findings],
    }


_NOTHING: Mapping[str, Any] = {
    "verdict": "not-audited",
    "reason": "it was not built",
    "grants": [],
    "runs": [],
    "not_deterministic": {},
    "memory": None,
    "imports": None,
    "imports_not_counted": "",
}
