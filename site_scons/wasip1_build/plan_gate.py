"""Which steps prove by Go's tests what an artifact's gate asks for? Pure: no files read, no tools
run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from wasip1_build.plan_tests import TestPlaces, TestRequest, compilation, listings, run_each
from wasip1_build.planned import Plan, PlannedArtifact
from wasip1_build.steps.gate import Gate
from wasip1_build.steps.list_tests import ListTests
from wasip1_build.steps.manifest import Manifest
from wasip1_build.steps.prove_tests import ProveTests
from wasip1_build.steps.step import Step
from wasip1_build.steps.test_record import LIBRARY


def gated_by_tests(plan: Plan, build_dir: str, places: Mapping[str, TestPlaces]) -> Plan:
    """The plan with what proves the artifacts whose gate asks for tests; `places` are the packages
    by DIR:NAME.

    The tests are those of `scons test`: what one has run the other need not.
    """
    shared = listings(build_dir, plan.artifacts, places)
    proved = {
        each.artifact.id: _proved(build_dir, each, shared[each.artifact.id], places)
        for each in plan.artifacts
        if each.artifact.is_gated_by_tests
    }
    asked = {shared[name].output: shared[name] for name in proved}
    return Plan(
        (*plan.shared, *asked.values()),
        tuple(proved.get(each.artifact.id, each) for each in plan.artifacts),
    )


def _proved(
    build_dir: str, planned: PlannedArtifact, listing: ListTests, places: Mapping[str, TestPlaces]
) -> PlannedArtifact:
    artifact, compiler = planned.artifact, compilation(planned)
    linkable = places[artifact.id].linkable
    library = (LIBRARY, None)
    tested = run_each(build_dir, planned, listing, linkable, TestRequest(), library)
    modules = compiler.modules
    proof = ProveTests(
        artifact=artifact.id,
        compiler=artifact.compiler,
        package=compiler.package,
        module=modules.module,
        others=tuple(place for place in modules.directories if place != modules.module),
        deps=compiler.deps,
        records={run.directory: run.output for _, run in tested},
        output=planned.names.file("tests.json"),
    )
    return replace(planned, steps=tuple(_steps(planned, tested, proof)))


def _steps(
    planned: PlannedArtifact, tested: Sequence[tuple[Step, Step]], proof: ProveTests
) -> Iterator[Step]:
    """The artifact's steps, with those of its tests before the gate that asks for their proof."""
    for step in planned.steps:
        if isinstance(step, Gate):
            yield from (each for pair in tested for each in pair)
            yield proof
            yield replace(step, results=(*step.results, proof.output))
        elif isinstance(step, Manifest):
            yield replace(step, tests=proof.output)
        else:
            yield step
