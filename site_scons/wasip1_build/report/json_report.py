"""The build as a script reads it: BUILD-DIR/report.json."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from wasip1_build.files import json_bytes
from wasip1_build.findings import Finding
from wasip1_build.report.moved import moved_record
from wasip1_build.report.rendering import SEVERITIES, Rendering
from wasip1_build.report.summary import Calls, Size, Summary
from wasip1_build.steps.owners import Owners

SPEC_VERSION = 1
LARGEST = 10  # packages that are named


def json_report(build: Rendering) -> bytes:
    """report.json: as json_bytes would write it, from the parts of the artifacts.

    Paths in it are relative to the build directory, so that it says the same wherever the tree
    lies.
    """
    artifacts = ",\n".join(_indented(each.json, 4) for each in build.artifacts.values())
    listed = f"[\n{artifacts}\n  ]" if artifacts else "[]"
    findings = _indented(build.workspace.json, 2).lstrip()
    rest = {  # (what sorts after these two)
        "profile": build.profile,
        "spec-version": SPEC_VERSION,
        "totals": {
            "artifacts": len(build.artifacts),
            "passed": build.count("pass"),
            "failed": build.count("fail"),
            "not_built": build.count("not-built"),
            **{f"{name}s": n for name, n in zip(SEVERITIES, build.findings, strict=True)},
        },
    }
    first = f'{{\n  "artifacts": {listed},\n  "findings": {findings},\n'
    return first.encode() + json_bytes(rest).removeprefix(b"{\n")


def _indented(text: str, columns: int) -> str:
    margin = " " * columns
    return margin + text.replace("\n", f"\n{margin}")


def relative(path: Path, directory: Path) -> str:
    """A path as it is written in a file that lies in `directory`: POSIX and relative."""
    return Path(os.path.relpath(path, directory)).as_posix()


def artifact_json(artifact: Summary, build_dir: Path) -> str:
    """One artifact's part of report.json."""
    record = {
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
    if artifact.calls:  # (few have such a budget)
        record["calls"] = [_calls(each) for each in artifact.calls]
    if artifact.owners:
        record["owners"] = _owners(artifact.owners)
    if artifact.moved:
        record["moved"] = moved_record(artifact.moved)
    return json_bytes(record).decode().rstrip()


def findings_json(findings: Iterable[Finding]) -> str:
    """The findings of no single artifact in report.json."""
    return json_bytes([finding.to_json() for finding in findings]).decode().rstrip()


def _owners(owners: Owners) -> dict[str, Any]:
    """The largest packages, the rest as one; A.sizes.json has all of them."""
    entry: dict[str, Any] = {
        "code_bytes": owners.code_bytes,
        "data": owners.data,
        "sections": owners.sections,
    }
    if owners.functions is None:
        return entry | {"unknown": owners.unknown}
    rest = owners.packages[LARGEST:]
    return entry | {
        "functions": owners.functions,
        "packages": [vars(owner) for owner in owners.packages[:LARGEST]],
        "rest": {
            "packages": len(rest),
            "code_bytes": sum(owner.code_bytes for owner in rest),
            "functions": sum(owner.functions for owner in rest),
        },
    }


def _calls(each: Calls) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "budget": each.budget,
        "calls": each.calls,
        "budget_calls": each.budget_calls,
    }
    if each.calls is not None:
        entry["over_calls"] = max(0, each.calls - each.budget_calls)
    return entry


def _size(size: Size) -> dict[str, Any]:
    entry: dict[str, Any] = {"form": size.form, "size_bytes": size.size_bytes}
    if size.target is not None:
        entry["target"] = size.target
    if size.budget_bytes is not None:
        entry["budget_bytes"] = size.budget_bytes
        entry["over_bytes"] = max(0, size.size_bytes - size.budget_bytes)
    if size.accepted_bytes is not None:
        entry["accepted_bytes"] = size.accepted_bytes
    return entry
