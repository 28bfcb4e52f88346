"""Annotations that land on their lines, and a job summary that is never dropped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from page_fixture import HARMFUL, harmful
from wasip1_build.findings import Finding, Location, Severity
from wasip1_build.report.github import (
    SUMMARY_LIMIT_BYTES,
    annotations,
    append_summary,
    guarded,
    is_github,
    prefix_of,
)
from wasip1_build.report.markdown import markdown_report
from wasip1_build.report.render import render
from wasip1_build.report.summary import Outcome, report


def test_a_finding_is_a_command_with_its_place() -> None:
    finding = Finding(
        "budget-exceeded",
        Severity.ERROR,
        "too large",
        "the budget",
        "raise it",
        Location("examples/a/wasip1.toml", 7, 3),
    )
    assert annotations([finding]) == (
        "::error file=examples/a/wasip1.toml,line=7,col=3,title=budget-exceeded"
        "::too large%0Awhy: the budget%0Afix: raise it\n"
    )
    assert annotations([]) == ""


@pytest.mark.parametrize(
    ("severity", "command"),
    [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.NOTE, "notice")],
)
def test_each_severity_has_its_command(severity: Severity, command: str) -> None:
    assert annotations([Finding("x", severity, "y")]) == f"::{command} title=x::y\n"


def test_what_the_runner_would_read_as_its_own_is_escaped() -> None:
    finding = Finding(
        "a:b,c", Severity.ERROR, "100 %\r\n::error::no", location=Location("a,b:c%.toml", 1)
    )
    assert annotations([finding]) == (
        "::error file=a%2Cb%3Ac%25.toml,line=1,title=a%3Ab%2Cc::100 %25%0D%0A::error::no\n"
    )


def test_files_are_named_from_the_top_of_the_repository(tmp_path: Path) -> None:
    environment = {"GITHUB_WORKSPACE": str(tmp_path)}
    assert prefix_of(tmp_path, environment) == ""
    assert prefix_of(tmp_path / "services/wasm", environment) == "services/wasm"
    assert prefix_of(Path("/elsewhere"), environment) == ""
    assert prefix_of(tmp_path, {}) == ""
    finding = Finding("x", Severity.NOTE, "y", location=Location("wasip1.toml", 2))
    assert "file=services/wasm/wasip1.toml,line=2" in annotations([finding], "services/wasm")


def test_only_a_github_job_is_one() -> None:
    assert is_github({"GITHUB_ACTIONS": "true"})
    assert not is_github({"GITHUB_ACTIONS": "false"})
    assert not is_github({})


def test_what_a_module_printed_is_shown_while_no_command_is_obeyed() -> None:
    text = guarded("::set-env name=A::b\n##[add-path]/tmp\n\n", "f00")
    assert text == "::stop-commands::f00\n::set-env name=A::b\n##[add-path]/tmp\n::f00::\n"
    assert guarded("", "f00") == ""


def test_the_summary_is_added_to_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    path.write_text("before\n")
    append_summary("## after\n", {"GITHUB_STEP_SUMMARY": str(path)})
    assert path.read_text() == "before\n## after\n"


def test_without_a_summary_file_nothing_is_written(tmp_path: Path) -> None:
    append_summary("## after\n", {})
    assert list(tmp_path.iterdir()) == []


def test_a_summary_that_would_be_dropped_is_cut_at_a_line(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    path.write_bytes(b"x" * 100)
    append_summary("größer als erlaubt\n" * 100_000, {"GITHUB_STEP_SUMMARY": str(path)})
    data = path.read_bytes()
    assert SUMMARY_LIMIT_BYTES - 100 < len(data) <= SUMMARY_LIMIT_BYTES
    assert data.decode().endswith("erlaubt\n\n(cut here: the rest stands in report.md)\n")


def test_a_full_summary_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    path.write_bytes(b"x" * SUMMARY_LIMIT_BYTES)
    append_summary("## after\n", {"GITHUB_STEP_SUMMARY": str(path)})
    assert path.stat().st_size == SUMMARY_LIMIT_BYTES


@pytest.mark.parametrize("text", HARMFUL)
def test_a_harmful_name_is_one_annotation_and_only_a_text(text: str, tmp_path: Path) -> None:
    (line,) = annotations([harmful(text)]).splitlines()
    assert line.startswith("::error file=") and line.isprintable()
    built = report("release", [Outcome(f"{text}:{text}", failed=True, findings=(harmful(text),))])
    markdown = markdown_report(render(built, tmp_path))
    assert "\u202e" not in markdown and "\u2028" not in markdown
    fence = markdown.index("```text")
    plain = re.sub(r"\\.", "", markdown[:fence])
    assert not re.search(r"<(?!br>)|\]\(|`", plain)
    assert all(line.count("|") in (0, 5) for line in plain.splitlines())
