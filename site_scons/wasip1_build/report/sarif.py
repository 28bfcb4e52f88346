"""Findings as SARIF 2.1.0, which code scanners and editors read."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from wasip1_build import __version__
from wasip1_build.files import json_bytes
from wasip1_build.findings import Finding, Location, Severity
from wasip1_build.texts import escaped

if TYPE_CHECKING:
    from wasip1_build.report.rendering import Rendering

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
    results = [_result(each, prefix) | {"ruleIndex": known.index(each.rule)} for each in every]
    return json_bytes(_log([_rule(rule, rules.get(rule, "")) for rule in known], results))


def results_json(findings: Iterable[Finding]) -> str:
    """The results of some findings, one a line, as `sarif_report` takes them; "" for none."""
    return ",\n".join(json.dumps(_result(each, ""), sort_keys=True) for each in findings)


def sarif_report(build: Rendering, prefix: str = "") -> bytes:
    """report.sarif: what a build found. `prefix` as for `sarif`."""
    every = (build.workspace, *build.artifacts.values())
    rules = sorted({rule for each in every for rule in each.rules})
    # A rule's name says what it is about: GitHub wants a description of each.
    described = [_rule(rule, rule.replace("-", " ")) for rule in rules]
    log = json.dumps(_log(described, []), sort_keys=True, indent=1)
    results = ",\n".join(each.sarif for each in every if each.sarif)
    if prefix:  # (in JSON no text can hold these signs in a row, but the one that they begin)
        results = results.replace('"uri": "', f'"uri": "{_quoted(prefix)}/')
    empty = '"results": []'
    return log.replace(empty, f'"results": [\n{results}\n]' if results else empty).encode() + b"\n"


def _log(rules: list[dict[str, Any]], results: list[dict[str, Any]]) -> dict[str, Any]:
    driver = {"name": "wasip1-scons", "version": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",  # 3.14.17: how positions of ours count
        "results": results,
    }
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def _rule(rule: str, about: str) -> dict[str, Any]:
    return {"id": rule} | ({"shortDescription": {"text": about}} if about else {})


def _result(finding: Finding, prefix: str) -> dict[str, Any]:
    named = (("why: ", finding.why), ("fix: ", finding.fix), ("", finding.details))
    text = "\n".join([finding.what, *(f"{name}{told}" for name, told in named if told)])
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": _plain(text)},
    }
    if finding.location:
        result["locations"] = [{"physicalLocation": _place(finding.location, prefix)}]
    return result


def _plain(text: str) -> str:
    """A message in which nothing is a link (3.11.6: a backslash before a bracket makes it text)."""
    return escaped(text, keep="\n\t").replace("](", "\\](")


def _place(location: Location, prefix: str) -> dict[str, Any]:
    # 3.4.3: a URI reference; one that is relative is resolved against the repository's top.
    place: dict[str, Any] = {
        "artifactLocation": {"uri": _quoted(posixpath.join(prefix, location.file))}
    }
    if location.line:
        region = {"startLine": location.line}
        place["region"] = region | ({"startColumn": location.column} if location.column else {})
    return place


def _quoted(path: str) -> str:
    return quote(path.encode(errors="surrogateescape"))  # (PEP 383: names that are no UTF-8)
