"""Findings as SARIF 2.1.0, which code scanners and editors read."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from wasip1_build import __version__
from wasip1_build.files import json_bytes
from wasip1_build.findings import Finding, Location, Severity

# https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
VERSION = "2.1.0"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}  # 3.27.10


def sarif(findings: Iterable[Finding], rules: Mapping[str, str], prefix: str = "") -> bytes:
    """A log of one run. `rules` say in a sentence what each rule is about.

    `prefix` is the workspace's directory in the repository, from whose top files are named.
    """
    every = tuple(findings)
    known = sorted({*rules, *(finding.rule for finding in every)})
    driver = {
        "name": "wasip1-scons",
        "version": __version__,
        "rules": [
            {"id": rule} | ({"shortDescription": {"text": rules[rule]}} if rule in rules else {})
            for rule in known
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",  # 3.14.17: how positions of ours count
        "results": [_result(finding, known.index(finding.rule), prefix) for finding in every],
    }
    return json_bytes({"$schema": SCHEMA, "version": VERSION, "runs": [run]})


def _result(finding: Finding, rule: int, prefix: str) -> dict[str, Any]:
    named = (("why: ", finding.why), ("fix: ", finding.fix), ("", finding.details))
    text = "\n".join([finding.what, *(f"{name}{told}" for name, told in named if told)])
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
    }
    if finding.location:
        result["locations"] = [{"physicalLocation": _place(finding.location, prefix)}]
    return result


def _place(location: Location, prefix: str) -> dict[str, Any]:
    # 3.4.3: a URI reference; one that is relative is resolved against the repository's top.
    place: dict[str, Any] = {
        "artifactLocation": {"uri": quote(posixpath.join(prefix, location.file))}
    }
    if location.line:
        region = {"startLine": location.line}
        place["region"] = region | ({"startColumn": location.column} if location.column else {})
    return place
