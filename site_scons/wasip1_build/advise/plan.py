"""Which steps look for advice in the sources of a workspace? Pure: no files read, no tools run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wasip1_build.advise.advise import Advise, JudgeAdvice
from wasip1_build.advise.bench_rows import BenchRows
from wasip1_build.advise.call_costs import CallCosts
from wasip1_build.advise.measured import Measured
from wasip1_build.advise.package_costs import PackageCosts
from wasip1_build.advise.rules import IGNORE
from wasip1_build.dataclass import dataclass
from wasip1_build.files import sha256_of_json
from wasip1_build.planned import STATE, PlannedArtifact
from wasip1_build.spec.model import Artifact
from wasip1_build.steps.advisor import Asked
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
    dependencies: bool = False,
) -> tuple[PlannedAdvice, ...]:
    """The advice on each of these artifacts; those with one listing are looked at in one run.

    `severities` are those of the rules to run; `strict` makes errors of warnings, `dependencies`
    asks for what is in other modules' sources, too.
    """
    groups: dict[str, list[tuple[PlannedArtifact, Compile]]] = {}
    for planned in artifacts:
        compiled = next(step for step in planned.steps if isinstance(step, Compile))
        groups.setdefault(compiled.deps, []).append((planned, compiled))
    rules = tuple(sorted(name for name in severities if name != IGNORE))
    asked = _Question(build_dir, rules, severities, strict, dependencies)
    return tuple(each for members in groups.values() for each in _group(asked, members))


@dataclass(frozen=True)
class _Question:
    """What is asked of all groups."""

    build_dir: str
    rules: tuple[str, ...]
    severities: Mapping[str, str]
    strict: bool
    dependencies: bool

    @property
    def state(self) -> str:
        """The directory of results."""
        return f"{self.build_dir}/{STATE}"


def _group(
    asked: _Question, members: Sequence[tuple[PlannedArtifact, Compile]]
) -> Iterable[PlannedAdvice]:
    mains = tuple((planned.artifact.id, compiled) for planned, compiled in members)
    name = sha256_of_json([members[0][1].deps, [artifact for artifact, _ in mains]])[:12]
    reach = "-dependencies" if asked.dependencies else ""
    advice = f"{asked.state}/advise/{name}{reach}.json"
    lives = {planned.artifact.id: planned.artifact.runtime for planned, _ in members}
    every = Asked(
        mains, asked.rules, ignores=True, dependencies=asked.dependencies, edits=True, lives=lives
    )
    advise = Advise(every, advice)
    for planned, compiled in members:
        verdict = f"{asked.state}/{planned.names.state('advise/verdicts')}"
        output = f"{verdict}/{'strict' if asked.strict else 'plain'}{reach}.json"
        artifact = planned.artifact
        judge = JudgeAdvice(
            artifact.id,
            advice,
            _measured(asked.build_dir, planned, compiled),
            asked.severities,
            asked.strict,
            output,
        )
        yield PlannedAdvice(artifact, advise, judge)


def _measured(build_dir: str, planned: PlannedArtifact, compiled: Compile) -> Measured:
    module, file = planned.names.file("wasm"), planned.names.file
    return Measured(
        PackageCosts(file("sizes.json"), compiled.deps, compiled.package),
        CallCosts(planned.artifact.id, module, file("checks.json")),
        BenchRows(f"{build_dir}/{ROWS}", module),
    )


def steps_of(planned: Iterable[PlannedAdvice]) -> tuple[Step, ...]:
    """Every step once."""
    steps: dict[str, Step] = {}
    for each in planned:
        steps[each.advise.output] = each.advise
        steps[each.judge.output] = each.judge
    return tuple(steps.values())
