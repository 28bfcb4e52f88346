"""The results of one artifact as its steps write them, and the outcome that names them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wasip1_build.findings import Finding, Severity
from wasip1_build.report.summary import Outcome

DEBUG_BYTES = 2_471_347
NOTE = Finding("budget-missing", Severity.NOTE, "hello has no size budget", key="budget")
SIZES: dict[str, Any] = {
    "sizes": [
        {"form": "wasm", "size_bytes": 2_426_797, "budget_bytes": 3 << 20, "over_bytes": 0},
        {"form": "br", "size_bytes": 536_117, "budget_bytes": 600_000, "over_bytes": 0},
        {"form": "gz", "size_bytes": 701_464},
        {"form": "cwasm", "size_bytes": 5_300_000, "target": "aarch64-unknown-linux-gnu"},
        {"form": "cwasm", "size_bytes": 5_400_000, "target": "x86_64-unknown-linux-gnu"},
    ],
    "memory": {"form": "memory", "peak_bytes": 2_949_120},
    "findings": [],
}
CHECKS: dict[str, Any] = {
    "checks": [
        {"name": "instantiates", "verdict": "pass"},
        {"name": "greets", "verdict": "pass"},
    ],
    "peak_memory_bytes": 2_949_120,
    "findings": [],
}
PASSED: dict[str, Any] = {"verdict": "pass", "findings": []}


def outcome(
    directory: Path,
    artifact: str,
    *,
    debug_bytes: int | None = DEBUG_BYTES,
    sizes: dict[str, Any] | None = SIZES,
    checks: dict[str, Any] | None = CHECKS,
    gate: dict[str, Any] | None = PASSED,
    manifest: dict[str, Any] | None = PASSED,
    findings: tuple[Finding, ...] = (),
    failed: bool = False,
) -> Outcome:
    """An artifact that passed, but for what is said otherwise; None: the file was not made."""
    name = artifact.rpartition(":")[2]
    results = {"sizes": sizes, "checks": checks, "gate": gate, "manifest": manifest}
    paths = {}
    if debug_bytes is not None:
        paths["debug"] = directory / f"{name}.debug.wasm"
        with paths["debug"].open("wb") as stream:
            stream.truncate(debug_bytes)
    for part, content in results.items():
        if content is not None:
            paths[part] = directory / f"{name}.{part}.json"
            paths[part].write_text(json.dumps(content))
    return Outcome(artifact, **paths, findings=findings, failed=failed)
