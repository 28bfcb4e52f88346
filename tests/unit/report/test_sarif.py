"""Findings as SARIF 2.1.0."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from page_fixture import HARMFUL, harmful
from wasip1_build.findings import Finding, Location, Severity
from wasip1_build.report.render import render
from wasip1_build.report.rendering import Rendering
from wasip1_build.report.sarif import sarif, sarif_report
from wasip1_build.report.summary import Outcome, report

# What the standard (SARIF 2.1.0 errata 01) requires of the objects that are written, by its own
# section numbers; nothing that it does not define is let through.
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}


def strictly(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


POSITIVE = {"type": "integer", "minimum": 1}
REGION = strictly(["startLine"], startLine=POSITIVE, startColumn=POSITIVE)  # 3.30
ARTIFACT = strictly([], uri={"type": "string", "format": "uri-reference"})  # 3.4
PHYSICAL = strictly(["artifactLocation"], artifactLocation=ARTIFACT, region=REGION)  # 3.29
RESULT = strictly(  # 3.27
    ["message"],
    ruleId={"type": "string"},
    ruleIndex={"type": "integer", "minimum": -1},
    level={"enum": ["none", "note", "warning", "error"]},
    message=TEXT,
    locations={"type": "array", "items": strictly([], physicalLocation=PHYSICAL)},
)
DRIVER = strictly(  # 3.19
    ["name"],
    name={"type": "string", "minLength": 1},
    version={"type": "string", "minLength": 1},
    rules={
        "type": "array",
        "uniqueItems": True,
        "items": strictly(["id"], id={"type": "string"}, shortDescription=TEXT),  # 3.49
    },
)
RUN = strictly(  # 3.14
    ["tool"],
    tool=strictly(["driver"], driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": RESULT},
)
LOG = strictly(  # 3.13
    ["version", "runs"],
    **{"$schema": {"type": "string", "format": "uri"}},
    version={"const": "2.1.0"},
    runs={"type": "array", "items": RUN},
)
WARNING = Finding(
    "grant-unused",
    Severity.WARNING,
    "the directory /a is granted, and no check uses it",
    "without it c passes",
    'take out { host = "a" }',
    Location("services/a b/wasip1.toml", 7, 5),
)


def log(*findings: Finding, prefix: str = "", **rules: str) -> Any:
    read = json.loads(sarif(findings, {k.replace("_", "-"): v for k, v in rules.items()}, prefix))
    jsonschema.validate(read, LOG)
    return read["runs"][0]


def test_a_finding_is_a_result_at_its_line() -> None:
    (result,) = log(WARNING, grant_unused="A grant is unused.")["results"]
    assert result["level"] == "warning" and result["ruleId"] == "grant-unused"
    assert result["message"]["text"].splitlines() == [
        "the directory /a is granted, and no check uses it",
        "why: without it c passes",
        'fix: take out { host = "a" }',
    ]
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "services/a%20b/wasip1.toml"},
        "region": {"startLine": 7, "startColumn": 5},
    }


def test_every_rule_is_there_and_each_result_names_its_own() -> None:
    note = Finding("a-note", Severity.NOTE, "what")
    run = log(WARNING, note, grant_unused="A grant is unused.", never_seen="Never.")
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["a-note", "grant-unused", "never-seen"]
    assert [rules[each["ruleIndex"]] for each in run["results"]] == ["grant-unused", "a-note"]
    assert [each["level"] for each in run["results"]] == ["warning", "note"]
    assert "locations" not in run["results"][1]


def test_files_are_named_from_the_top_of_the_repository() -> None:
    (result,) = log(WARNING, prefix="modules")["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "modules/services/a%20b/wasip1.toml"


def build_of(directory: Path, *findings: Finding) -> Rendering:
    """Each finding in an artifact of its own, and the first in none, too."""
    outcomes = [Outcome(f"x:a{n}", failed=True, findings=(f,)) for n, f in enumerate(findings)]
    return render(report("release", outcomes, findings=findings[:1]), directory)


def of_build(build: Rendering, prefix: str = "") -> Any:
    read = json.loads(sarif_report(build, prefix))
    jsonschema.validate(read, LOG)
    return read["runs"][0]


def test_a_builds_findings_are_all_there_with_their_rules(tmp_path: Path) -> None:
    note = Finding("a-note", Severity.NOTE, "what")
    run = of_build(build_of(tmp_path, WARNING, note))
    rules = {
        each["id"]: each["shortDescription"]["text"] for each in run["tool"]["driver"]["rules"]
    }
    assert rules == {"a-note": "a note", "grant-unused": "grant unused"}
    assert [each["ruleId"] for each in run["results"]] == ["grant-unused", "grant-unused", "a-note"]
    (alone,) = log(WARNING)["results"]
    assert {**alone, "ruleIndex": None} == {**run["results"][1], "ruleIndex": None}


def test_a_builds_files_are_named_from_the_top_of_the_repository(tmp_path: Path) -> None:
    said = replace(WARNING, what='"uri": "x')
    for prefix, uri in (
        ("", "services/a%20b/wasip1.toml"),
        ("a b", "a%20b/services/a%20b/wasip1.toml"),
    ):
        result = of_build(build_of(tmp_path, said), prefix)["results"][0]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri
        assert result["message"]["text"].startswith('"uri": "x')


def test_a_build_without_findings_is_an_empty_run(tmp_path: Path) -> None:
    assert of_build(build_of(tmp_path))["results"] == []


@pytest.mark.parametrize("text", HARMFUL)
def test_a_harmful_name_is_only_a_text(text: str, tmp_path: Path) -> None:
    run = of_build(build_of(tmp_path, harmful(text)))
    for result in run["results"]:
        assert "](" not in result["message"]["text"].replace("\\](", "")
        assert "\u202e" not in result["message"]["text"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert not set(uri) & set("<>()|`'\" :\u202e")


def test_a_file_whose_name_is_no_utf_8_has_its_bytes_in_the_address() -> None:
    odd = replace(WARNING, location=Location(b"a\xff.go".decode(errors="surrogateescape"), 1))
    (result,) = log(odd)["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%FF.go"


def test_no_finding_is_an_empty_run() -> None:
    assert log()["results"] == []


def test_what_the_standard_does_not_have_is_refused_by_this_tests_schema() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"version": "2.1.0", "runs": [{"results": []}]}, LOG)
