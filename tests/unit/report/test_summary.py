"""What is known of an artifact: read from this build's results, and never better than proved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from report_files import NOTE, SIZES, outcome
from wasip1_build.findings import Finding, Location, Severity
from wasip1_build.report.summary import Outcome, report, summarize

ERROR = Finding("compile", Severity.ERROR, "it does not compile")


def test_a_built_artifact_passes_with_all_that_its_results_say(tmp_path: Path) -> None:
    summary = summarize(outcome(tmp_path, ".:hello"))
    assert summary.verdict == "pass"
    assert [size.form for size in summary.sizes] == ["debug", "wasm", "br", "gz", "cwasm", "cwasm"]
    assert (summary.saved_percent, summary.saved_form) == (78.3, "br")
    assert summary.memory == {"peak_bytes": 2_949_120}
    assert summary.declared_checks == (("greets", "pass"),)
    assert summary.manifest == tmp_path / "hello.manifest.json"


def test_findings_are_located_and_ordered(tmp_path: Path) -> None:
    given = outcome(tmp_path, ".:hello", gate={"verdict": "pass", "findings": [NOTE.to_json()]})
    place = Location("wasip1.toml", 7)
    summary = summarize(given, lambda artifact, key: place if (artifact, key) else None)
    assert [finding.location for finding in summary.findings] == [place]


def test_a_failed_step_fails_the_artifact_whatever_lies_in_the_build_directory(
    tmp_path: Path,
) -> None:
    given = outcome(tmp_path, ".:hello", failed=True)
    assert summarize(given).verdict == "fail"
    given = outcome(tmp_path, ".:hello", findings=(ERROR,))
    assert summarize(given).verdict == "fail"


def test_an_artifact_of_which_nothing_is_known_has_not_passed() -> None:
    summary = summarize(Outcome(".:hello"))
    assert (summary.verdict, summary.sizes, summary.findings) == ("not-built", (), ())


@pytest.mark.parametrize("missing", ["gate", "manifest"])
def test_without_gate_or_manifest_nothing_has_passed(missing: str, tmp_path: Path) -> None:
    assert summarize(outcome(tmp_path, ".:hello", **{missing: None})).verdict == "not-built"


@pytest.mark.parametrize("part", ["sizes", "checks", "gate", "manifest"])
@pytest.mark.parametrize("damage", [b"", b'{"verdict": "pa', b"[]", b"\xff"])
def test_a_damaged_result_is_a_finding_and_a_failure(
    part: str, damage: bytes, tmp_path: Path
) -> None:
    given = outcome(tmp_path, ".:hello")
    path = getattr(given, part)
    path.write_bytes(damage)
    summary = summarize(given)
    assert summary.verdict == "fail"
    assert [finding.rule for finding in summary.findings] == ["result-damaged"]
    assert path.name in summary.findings[0].what


@pytest.mark.parametrize(
    "sizes",
    [
        {"sizes": [3]},
        {"sizes": [{"form": "wasm", "size_bytes": "many"}]},
        {"sizes": [{"form": "wasm", "size_bytes": -1}]},
        {"sizes": [{"form": "wasm", "size_bytes": True}]},
        {"sizes": [{"form": ["wasm"], "size_bytes": 1}]},
        {"sizes": [{"form": "zip", "size_bytes": 1}]},
        {"sizes": [{"form": "debug", "size_bytes": 1}]},
        {"sizes": [], "memory": []},
    ],
)
def test_malformed_sizes_are_a_finding(sizes: dict[str, Any], tmp_path: Path) -> None:
    summary = summarize(outcome(tmp_path, ".:hello", sizes=SIZES | sizes))
    assert summary.verdict == "fail"
    assert summary.sizes == ()


def test_what_is_saved_is_the_smallest_form_for_delivery_against_the_debug_module(
    tmp_path: Path,
) -> None:
    entries = [
        {"form": "wasm", "size_bytes": 900},
        {"form": "br", "size_bytes": 225},
        {"form": "gz", "size_bytes": 300},
        {"form": "cwasm", "size_bytes": 100, "target": "pulley64"},
    ]
    for kept, expected in ((entries, (77.5, "br")), (entries[:1], (10.0, "wasm"))):
        sizes = SIZES | {"sizes": kept}
        summary = summarize(outcome(tmp_path, ".:hello", debug_bytes=1000, sizes=sizes))
        assert (summary.saved_percent, summary.saved_form) == expected


@pytest.mark.parametrize("debug_bytes", [None, 0])
def test_without_a_debug_module_nothing_is_said_to_be_saved(
    debug_bytes: int | None, tmp_path: Path
) -> None:
    summary = summarize(outcome(tmp_path, ".:hello", debug_bytes=debug_bytes))
    assert (summary.saved_percent, summary.saved_form) == (None, None)


def test_a_debug_module_that_has_vanished_has_no_size_and_is_no_failure(tmp_path: Path) -> None:
    given = outcome(tmp_path, ".:hello")
    assert given.debug
    given.debug.unlink()
    summary = summarize(given)
    assert [size.form for size in summary.sizes] == ["wasm", "br", "gz", "cwasm", "cwasm"]
    assert (summary.verdict, summary.findings) == ("pass", ())


def test_a_debug_module_alone_is_no_artifact_whose_sizes_were_held_to_a_budget(
    tmp_path: Path,
) -> None:
    assert summarize(outcome(tmp_path, ".:hello", sizes=None, failed=True)).sizes == ()


def test_a_result_that_has_vanished_is_a_finding(tmp_path: Path) -> None:
    given = outcome(tmp_path, ".:hello")
    assert given.sizes
    given.sizes.unlink()
    assert summarize(given).findings[0].rule == "result-unreadable"


def test_a_report_lists_artifacts_by_name_and_counts(tmp_path: Path) -> None:
    built = report(
        "release",
        [outcome(tmp_path, "b:two", failed=True), outcome(tmp_path, "a:one"), Outcome("c:three")],
        findings=[ERROR],
    )
    assert [artifact.artifact for artifact in built.artifacts] == ["a:one", "b:two", "c:three"]
    assert [each.verdict for each in built.artifacts] == ["pass", "fail", "not-built"]
    assert built.findings == (ERROR,)
