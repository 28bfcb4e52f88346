"""How the build of a package's tests ended, whatever the compiler: what stands in the report that
lies beside a test module."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding
from wasip1_build.steps.results import damaged, findings_of, read_result

BUILT, NO_TESTS, FAILED = "built", "no test files", "build failed"


@dataclass(frozen=True)
class TestBuild:
    """`build` is one of the words above; the module is empty unless it is "built"."""

    __test__ = False  # (for pytest, which would take it for a test)

    build: str
    findings: tuple[Finding, ...]


def read_build(path: Path, shown: str) -> TestBuild:
    """What a compile step of tests reported. Raises Failure where it is damaged."""
    record: Mapping[str, Any] = read_result(path, shown)
    if record.get("build") not in (BUILT, NO_TESTS, FAILED):
        raise damaged(shown, 'its member "build" is missing or malformed')
    return TestBuild(record["build"], findings_of(dict(record), shown))
