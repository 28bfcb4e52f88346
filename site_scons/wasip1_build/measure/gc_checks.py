"""What is run to sweep an artifact: its checks and the cases of its bench, where that can tell."""

from __future__ import annotations

from collections.abc import Iterable

from wasip1_build.findings import failure
from wasip1_build.measure.cases import chosen, require_granted, runs_of
from wasip1_build.measure.gctrace import variables_in
from wasip1_build.spec.model import Artifact, Check

KEYS = {"GOGC": "gogc", "GOMEMLIMIT": "memory-limit"}


def checks_of(artifact: Artifact, only: tuple[str, ...] = ()) -> tuple[Check, ...]:
    """The declared checks, and the cases of bench as checks named "bench.NAME", or `only` some.

    Raises Failure where the collector of this artifact cannot be set, or there is nothing to run.
    """
    _require_go(artifact)
    found = runs_of(artifact)
    if not found:
        raise failure(
            "sweep-nothing",
            f"{artifact.name} has nothing to run: no check is declared",
            why="what is timed must be known to do what it should",
            fix=f"declare a run with a typical input, [[artifact.{artifact.name}.check]]; "
            f"[artifact.{artifact.name}.bench] cases are run too",
            location=artifact.where(""),
        )
    taken = chosen(artifact, found, only)
    _require_free_variables(artifact, taken)
    require_granted(artifact, taken)
    return taken


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
