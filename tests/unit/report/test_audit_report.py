"""The verdicts of an audit as a person and a script read them."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

from wasip1_build.findings import Finding, Severity
from wasip1_build.report.audit import Shown, audit_json, audit_text
from wasip1_build.report.console import Style
from wasip1_build.schema_files import schema_path


def grant(name: str, verdict: str, *checks: str, reason: str = "") -> dict[str, Any]:
    key = "grants.dirs.0"
    return {"key": key, "name": name, "verdict": verdict, "checks": [*checks], "reason": reason}


def record(*grants: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "artifact": ".:a",
        "verdict": "audited",
        "reason": "",
        "grants": [*grants],
        "runs": [
            {
                "without": ["grants.dirs.0"],
                "how": "left out",
                "check": "c",
                "result": "same",
                "differs": [],
            }
        ],
        "not_deterministic": {},
        "memory": None,
        "imports": [{"module": "w", "name": "fd_write", "calls": 2}],
        "imports_not_counted": "",
        "findings": [],
    } | more


def lines(*shown: Shown) -> list[str]:
    return audit_text(shown).splitlines()


def test_each_grant_has_its_verdict_in_a_line() -> None:
    every = record(
        grant("/in (ro)", "needed", "a", "b", "c", "d", "e"),
        grant("/out (rw)", "needed", "a", "b", reason="only its place is"),
        grant("writing to /out", "could-be-ro"),
        grant("WHOM", "used", "a", reason="without it stdout differs"),
        grant("MODE", "unused"),
        grant("TZ (inherited)", "no-verdict", reason="no check gives it a value"),
        grant("/c (ro)", "alternative", reason="it must stay"),
    )
    assert lines(Shown(".:a", every)) == [
        ".:a:",
        "  /in (ro)         needed by a, b, c and 2 more",
        "  /out (rw)        needed by a and b: only its place is",
        '  writing to /out  unused: could be mode = "ro"',
        "  WHOM             used, and no check fails without it: without it stdout differs",
        "  MODE             unused",
        "  TZ (inherited)   no verdict: no check gives it a value",
        "  /c (ro)          one of several: it must stay",
        "  imports          the checks reach all 1 functions",
        "1 artifact, 7 grants: 1 unused, 1 too wide, 1 without verdict",
    ]


def test_memory_and_imports_are_told_as_measured() -> None:
    memory = {"peak_bytes": 6 << 20, "least_bytes": 3 << 20, "least_pages": 48,
              "max_memory_bytes": 64 << 20}  # fmt: skip
    imports = [
        {"module": "w", "name": "fd_write", "calls": 0},
        {"module": "w", "name": "fd_write", "calls": 5},
        {"module": "w", "name": "fd_read", "calls": 0},
    ]
    assert lines(Shown(".:a", record(memory=memory, imports=imports))) == [
        ".:a: nothing is granted",
        "  memory   48 pages suffice (3.00 MiB), measured; without a cap the checks take 6.00 MiB; "
        "max-memory is 64.0 MiB",
        "  imports  no check reaches 1 of 2 functions",
        "1 artifact, 0 grants: 0 unused, 0 too wide",
    ]
    not_counted = record(imports=None, imports_not_counted="check c: it imports a table")
    assert lines(Shown(".:a", not_counted))[1] == (
        "  imports  no verdict: check c: it imports a table"
    )


def test_what_was_not_audited_is_said_and_counted() -> None:
    bare = record(grant("/in (ro)", "no-verdict", reason="no checks"), verdict="no-verdict",
                  reason="no checks", imports=None)  # fmt: skip
    failing = record(verdict="checks-fail", reason="a check fails with everything granted")
    assert lines(Shown(".:a"), Shown(".:b", bare), Shown(".:c", failing)) == [
        ".:a: not audited (see above)",
        ".:b: no verdict: no checks",
        ".:c: not audited: a check fails with everything granted",
        "3 artifacts, 1 grant: 0 unused, 0 too wide, 1 without verdict, 3 not audited",
    ]


def test_what_a_spec_says_cannot_move_the_cursor() -> None:
    text = audit_text([Shown(".:a", record(grant("a\x1b[2Jb", "unused")))], Style())
    assert "\x1b" not in text and "a\\x1b[2Jb" in text


def test_the_json_is_as_its_schema_says() -> None:
    schema = json.loads(schema_path("audit").read_text())
    warning = Finding("grant-unused", Severity.WARNING, "what", "why", "fix", key="grants.stdin")
    memory = {"peak_bytes": 65536, "least_bytes": 65536, "least_pages": 1, "max_memory_bytes": None}
    shown = [
        Shown(".:a", record(grant("stdin", "unused"), memory=memory), (warning,)),
        Shown(".:b"),
    ]
    read = json.loads(audit_json(shown, "release", strict=True))
    jsonschema.validate(read, schema)
    assert [each["verdict"] for each in read["artifacts"]] == ["audited", "not-audited"]
    assert read["artifacts"][0]["findings"][0]["rule"] == "grant-unused"
    assert audit_json(shown, "release", strict=True) == audit_json(shown, "release", strict=True)
