"""Under what was an artifact measured? What the spec gives to a run, and what made the module."""

from __future__ import annotations

from dataclasses import asdict

from wasip1_build.files import sha256_of_json
from wasip1_build.planned import PlannedArtifact
from wasip1_build.spec.model import Artifact
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.manifest import Manifest
from wasip1_build.steps.step import Context


def settings_of(artifact: Artifact) -> str:
    """The digest of grants, runtime, cases and checks: what a run is given, and what is expected of
    it. Which runtime is pinned decides nothing."""
    cases = [asdict(case) for case in artifact.bench.cases]
    given = [asdict(artifact.grants), asdict(artifact.runtime), cases, artifact.bench.go]
    return sha256_of_json([*given, *(asdict(check) for check in artifact.checks)])


def toolchain_of(planned: PlannedArtifact, context: Context) -> dict[str, str]:
    """The compiler, what precompiles and the library that runs, each by its name with its version
    and the digest of all that identifies it."""
    requests = [
        request
        for step in planned.steps
        for request in (
            step.tools
            if isinstance(step, Manifest)
            else (step.library,)
            if isinstance(step, RunChecks)
            else ()
        )
    ]
    found: dict[str, str] = {}
    for request in requests:
        identity = dict(context.tools.identity(request))
        title = f"{identity.get('version', 'missing')} {sha256_of_json(identity)}"
        found[f"{request.program} (build)"] = title
    return found
