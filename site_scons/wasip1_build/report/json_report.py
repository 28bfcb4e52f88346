"""The build as a script reads it: BUILD-DIR/report.json."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from wasip1_build.files import json_bytes
from wasip1_build.findings import Severity, failure
from wasip1_build.report.summary import Report, Size, Summary
from wasip1_build.schema_files import schema_path

SPEC_VERSION = 1


def json_report(report: Report, build_dir: Path) -> bytes:
    """report.json, not yet held against its schema: see `require_schema`.

    Paths in it are relative to `build_dir`, so that it says the same wherever the tree lies.
    """
    record = {
        "spec-version": SPEC_VERSION,
        "profile": report.profile,
        "totals": {
            "artifacts": len(report.artifacts),
            "passed": report.count("pass"),
            "failed": report.count("fail"),
            "not_built": report.count("not-built"),
            "errors": report.weigh(Severity.ERROR),
            "warnings": report.weigh(Severity.WARNING),
            "notes": report.weigh(Severity.NOTE),
        },
        "artifacts": [_artifact(artifact, build_dir) for artifact in report.artifacts],
        "findings": [finding.to_json() for finding in report.findings],
    }
    return json_bytes(record)


def relative(path: Path, directory: Path) -> str:
    """A path as it is written in a file that lies in `directory`: POSIX and relative."""
    return Path(os.path.relpath(path, directory)).as_posix()


def _artifact(artifact: Summary, build_dir: Path) -> dict[str, Any]:
    return {
        "artifact": artifact.artifact,
        "verdict": artifact.verdict,
        "manifest": relative(artifact.manifest, build_dir) if artifact.manifest else None,
        "sizes": [_size(size) for size in artifact.sizes],
        "saved_percent": artifact.saved_percent,
        "saved_form": artifact.saved_form,
        "memory": artifact.memory or None,
        "checks": [{"name": name, "verdict": verdict} for name, verdict in artifact.checks],
        "findings": [finding.to_json() for finding in artifact.findings],
    }


def _size(size: Size) -> dict[str, Any]:
    entry: dict[str, Any] = {"form": size.form, "size_bytes": size.size_bytes}
    if size.target is not None:
        entry["target"] = size.target
    if size.budget_bytes is not None:
        entry["budget_bytes"] = size.budget_bytes
        entry["over_bytes"] = max(0, size.size_bytes - size.budget_bytes)
    return entry


def require_schema(data: bytes) -> None:
    """Raises Failure where these bytes, about to become report.json, do not fit its schema."""
    import jsonschema  # 75 ms: only where a report is written

    schema = json.loads(schema_path("report").read_bytes())
    for error in jsonschema.Draft7Validator(schema).iter_errors(json.loads(data)):
        place = ".".join(map(str, error.absolute_path)) or "the top"
        raise failure(
            "report-invalid",
            "report.json would not fit its schema",
            why=f"at {place}: {error.message}",
            fix="remove the build directory and build again; if it comes back, report it",
        )
