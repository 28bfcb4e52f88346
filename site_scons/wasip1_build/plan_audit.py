"""Which steps audit what a workspace grants? Pure: no files read, no tools run."""

from __future__ import annotations

from collections.abc import Iterable

from wasip1_build.dataclass import dataclass
from wasip1_build.planned import STATE, PlannedArtifact
from wasip1_build.spec.model import Artifact
from wasip1_build.steps.audit import Audit, JudgeAudit
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.step import Step


@dataclass(frozen=True)
class PlannedAudit:
    """What audits one artifact, and what judges it."""

    artifact: Artifact
    audit: Audit
    judge: JudgeAudit

    @property
    def steps(self) -> tuple[Step, ...]:
        """Both."""
        return (self.audit, self.judge)


def plan_audit(
    build_dir: str, artifacts: Iterable[PlannedArtifact], *, strict: bool
) -> tuple[PlannedAudit, ...]:
    """The audit of each artifact; `strict` makes an error of what is granted and not needed."""
    return tuple(_planned(build_dir, each, strict) for each in artifacts)


def _planned(build_dir: str, planned: PlannedArtifact, strict: bool) -> PlannedAudit:
    checking = next(step for step in planned.steps if isinstance(step, RunChecks))
    audit = Audit(checking, planned.names.file("audit.json"))
    state = f"{build_dir}/{STATE}/{planned.names.state('audit')}"
    verdict = f"{state}/{'strict' if strict else 'plain'}.json"
    judge = JudgeAudit(planned.artifact.id, audit.output, strict, verdict)
    return PlannedAudit(planned.artifact, audit, judge)
