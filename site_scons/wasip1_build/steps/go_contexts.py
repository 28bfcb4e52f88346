"""Which Go context does each artifact of a workspace have?"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from wasip1_build.findings import Failure, Finding
from wasip1_build.spec.model import Artifact
from wasip1_build.steps.go_context import GoContext, find_go_context


def go_contexts(root: Path, artifacts: Iterable[Artifact]) -> dict[str, GoContext]:
    """The Go context of each artifact by its id. Raises Failure with all that have none."""
    contexts, without = look_for_contexts(root, artifacts)
    findings = [finding for found in without.values() for finding in found]
    if findings:
        raise Failure(tuple(findings))
    return contexts


def look_for_contexts(
    root: Path, artifacts: Iterable[Artifact]
) -> tuple[dict[str, GoContext], dict[str, tuple[Finding, ...]]]:
    """The Go context of each artifact by its id, and why the others have none."""
    contexts: dict[str, GoContext] = {}
    without: dict[str, tuple[Finding, ...]] = {}
    by_directory: dict[str, GoContext] = {}
    for artifact in artifacts:
        local = artifact.package if artifact.package.startswith(".") else "."
        directory = os.path.normpath(os.path.join(artifact.directory, local))
        try:
            if directory not in by_directory:
                by_directory[directory] = find_go_context(root, directory)
            contexts[artifact.id] = by_directory[directory]
        except Failure as error:
            where = artifact.where("package")
            without[artifact.id] = tuple(
                replace(f, location=f.location or where) for f in error.findings
            )
    return contexts, without
