"""Which packages have tests that concern an artifact? Told by names of files, no go is run."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from wasip1_build.findings import Failure
from wasip1_build.plan_gate import gated_by_tests
from wasip1_build.plan_tests import TestPlace, TestPlaces, compilation
from wasip1_build.planned import Plan, PlannedArtifact
from wasip1_build.spec.model import Artifact
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.go_patterns import directories_with_tests, import_path


def with_proofs(plan: Plan, root: Path, build_dir: str) -> Plan:
    """A plan with what proves the artifacts whose gate asks for tests. Raises Failure as
    `test_places`."""
    if not any(each.artifact.is_gated_by_tests for each in plan.artifacts):
        return plan
    return gated_by_tests(plan, build_dir, test_places(root, plan.artifacts))


def test_places(root: Path, artifacts: Iterable[PlannedArtifact]) -> dict[str, TestPlaces]:
    """By DIR:NAME, the packages with tests that each artifact declares, and where its gate asks for
    tests, those of its module. Raises Failure at the line of a pattern that means nothing."""
    in_module = functools.cache(functools.partial(_in_module, root))
    found = {}
    for each in artifacts:
        artifact, modules = each.artifact, compilation(each).modules
        linkable = in_module(modules) if artifact.is_gated_by_tests else ()
        found[artifact.id] = TestPlaces(_declared(root, artifact, modules), linkable)
    return found


def _declared(root: Path, artifact: Artifact, modules: GoContext) -> tuple[TestPlace, ...]:
    patterns = artifact.test.packages
    try:
        found = directories_with_tests(root, artifact.directory, patterns, modules)
    except Failure as problem:
        where = artifact.where("test.packages")
        raise Failure(tuple(replace(each, location=where) for each in problem.findings)) from None
    return _places(root, found)


def _in_module(root: Path, modules: GoContext) -> tuple[TestPlace, ...]:
    return _places(root, directories_with_tests(root, modules.module, ["./..."], modules))


def _places(root: Path, directories: Sequence[str]) -> tuple[TestPlace, ...]:
    named = ((directory, *import_path(root, directory)) for directory in directories)
    return tuple(TestPlace(directory, below, path) for directory, path, below in named)
