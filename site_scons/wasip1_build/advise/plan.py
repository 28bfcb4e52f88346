"""Which steps look for advice in the sources of a workspace? Pure: no files read, no tools run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wasip1_build.advise.advise import Advise, JudgeAdvice
from wasip1_build.advise.measured import Measured
from wasip1_build.advise.rules import IGNORE
from wasip1_build.dataclass import dataclass
from wasip1_build.files import sha256_of_json
from wasip1_build.planned import STATE, PlannedArtifact
from wasip1_build.spec.model import Artifact
from wasip1_build.steps.compile import Compile
from wasip1_build.steps.step import Step

ROWS = "report/bench.jsonl"  # what `scons bench` keeps there


@dataclass(frozen=True)
class PlannedAdvice:
    """What looks at the sources of one artifact, together with others, and what judges it."""

    artifact: Artifact
    advise: Advise
    judge: JudgeAdvice


def plan_advice(
    build_dir: str,
    artifacts: Iterable[PlannedArtifact],
    severities: Mapping[str, str],
    *,
    strict: bool,
) -> tuple[PlannedAdvice, ...]:
    """The advice on each of these artifacts; those with one listing are looked at in one run.

    `severities` are those of the rules to run; `strict` makes errors of warnings.
    """
    groups: dict[str, list[tuple[PlannedArtifact, Compile]]] = {}
    for planned in artifacts:
        compiled = next(step for step in planned.steps if isinstance(step, Compile))
        groups.setdefault(compiled.deps, []).append((planned, compiled))
    rules = tuple(sorted(name for name in severities if name != IGNORE))
    return tuple(
        each
        for members in groups.values()
        for each in _group(build_dir, members, rules, severities, strict)
    )


def _group(
    build_dir: str,
    members: Sequence[tuple[PlannedArtifact, Compile]],
    rules: tuple[str, ...],
    severities: Mapping[str, str],
    strict: bool,
) -> Iterable[PlannedAdvice]:
    mains = tuple((planned.artifact.id, compiled) for planned, compiled in members)
    asked = sha256_of_json([members[0][1].deps, [artifact for artifact, _ in mains]])
    state = f"{build_dir}/{STATE}/advise"
    lives = {planned.artifact.id: planned.artifact.runtime for planned, _ in members}
    advise = Advise(mains, rules, f"{state}/{asked[:12]}.json", lives)
    for planned, _ in members:
        verdict = f"{build_dir}/{STATE}/{planned.names.state('advise/verdicts')}"
        output = f"{verdict}/{'strict' if strict else 'plain'}.json"
        artifact = planned.artifact
        measured = Measured(f"{build_dir}/{ROWS}", planned.names.file("wasm"))
        judge = JudgeAdvice(artifact.id, advise.output, severities, strict, output, measured)
        yield PlannedAdvice(artifact, advise, judge)


def steps_of(planned: Iterable[PlannedAdvice]) -> tuple[Step, ...]:
    """Every step once."""
    steps: dict[str, Step] = {}
    for each in planned:
        steps[each.advise.output] = each.advise
        steps[each.judge.output] = each.judge
    return tuple(steps.values())
