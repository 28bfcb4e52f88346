"""What is run to sweep an artifact: its checks and the cases of its bench, where that can tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wasip1_build.findings import Failure, failure
from wasip1_build.measure.gctrace import variables_in
from wasip1_build.runtime.grants import not_granted
from wasip1_build.spec.model import Artifact, Check

CASE = "bench."  # begins the name of a case
KEYS = {"GOGC": "gogc", "GOMEMLIMIT": "memory-limit"}


def checks_of(artifact: Artifact, only: tuple[str, ...] = ()) -> tuple[Check, ...]:
    """The declared checks, and the cases of bench as checks named "bench.NAME", or `only` some.

    Raises Failure where the collector of this artifact cannot be set, or there is nothing to run.
    """
    _require_go(artifact)
    found = (*artifact.checks, *_cases(artifact))
    if not found:
        raise failure(
            "sweep-nothing",
            f"{artifact.name} has nothing to run: no check is declared",
            why="what is timed must be known to do what it should",
            fix=f"declare a run with a typical input, [[artifact.{artifact.name}.check]]; "
            f"[artifact.{artifact.name}.bench] cases are run too",
            location=artifact.where(""),
        )
    _require_known(artifact, found, only)
    chosen = tuple(check for check in found if not only or check.name in only)
    _require_free_variables(artifact, chosen)
    _require_granted(artifact, chosen)
    return chosen


def _cases(artifact: Artifact) -> Iterable[Check]:
    """What a case expects beside its end is seen when it runs."""
    for case in artifact.bench.cases:
        yield Check(f"{CASE}{case.name}", args=case.args, stdin_file=case.stdin_file)


def _require_go(artifact: Artifact) -> None:
    if artifact.compiler != "go":
        raise failure(
            "sweep-compiler",
            f"{artifact.name} is compiled by TinyGo, which knows no GOGC and no GOMEMLIMIT",
            why="TinyGo's runtime reads neither variable: every setting would do the same",
            fix="choose its collector where it is compiled (tinygo.gc), and cap its memory by "
            "runtime.max-memory",
            location=artifact.where("compiler"),
        )


def _require_known(artifact: Artifact, found: tuple[Check, ...], only: tuple[str, ...]) -> None:
    names = [check.name for check in found]
    for name in only:
        if name not in names:
            raise failure(
                "argument",
                f'{artifact.name} has no check "{name}"',
                fix=f"name one of {', '.join(names)}",
            )


def _require_free_variables(artifact: Artifact, checks: Iterable[Check]) -> None:
    """A variable that is given otherwise would win over a setting, or be lost to it."""
    given = [("grants.env", name) for name in variables_in(artifact.grants.env)]
    for check in checks:
        given += [(f"check.{check.name}.env", name) for name in variables_in(check.env)]
    for key, name in given:
        raise failure(
            "sweep-environment",
            f"{key} sets {name}",
            why="a sweep gives this variable another value in each run",
            fix=f"write runtime.{KEYS[name]} in its place",
            location=artifact.where(f"{key}.{name}"),
        )


def _require_granted(artifact: Artifact, checks: Iterable[Check]) -> None:
    findings = [
        replace(each, location=artifact.where(each.key))
        for check in checks
        for each in not_granted(artifact.grants, check, artifact.exports)
    ]
    if findings:
        raise Failure(tuple(findings))
