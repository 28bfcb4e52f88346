"""What is run for a sweep, and which artifacts cannot be swept, with why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wasip1_build.findings import Failure
from wasip1_build.measure.gc_checks import checks_of
from wasip1_build.spec.model import Artifact, Bench, BenchCase, Check, Grants

GREETS = Check("greets", env={"TZ": "UTC"})
ARTIFACT = Artifact(
    "a",
    ".",
    ".",
    checks=(GREETS,),
    grants=Grants(env_inherit=("TZ", "GOGC"), stdin=True),
    bench=Bench(cases=(BenchCase("large", ("-n", "9"), "in.txt"),)),
)


def refused(artifact: Artifact, *only: str) -> str:
    with pytest.raises(Failure) as caught:
        checks_of(artifact, only)
    return str(caught.value)


def test_checks_and_cases_are_run_or_those_that_are_named() -> None:
    case = Check("bench.large", args=("-n", "9"), stdin_file="in.txt")
    assert checks_of(ARTIFACT) == (GREETS, case)
    assert checks_of(ARTIFACT, ("bench.large",)) == (case,)
    assert checks_of(replace(ARTIFACT, checks=())) == (case,)


def test_an_unknown_check_is_refused_with_those_that_there_are() -> None:
    said = refused(ARTIFACT, "greets", "large")
    assert 'a has no check "large"' in said
    assert "greets, bench.large" in said


def test_an_artifact_of_tinygo_is_refused_with_the_reason() -> None:
    said = refused(replace(ARTIFACT, compiler="tinygo"))
    assert "[sweep-compiler]" in said
    assert "reads neither variable" in said


def test_without_anything_to_run_it_is_said_what_to_declare() -> None:
    said = refused(replace(ARTIFACT, checks=(), bench=Bench()))
    assert "[sweep-nothing]" in said
    assert "[[artifact.a.check]]" in said


def test_a_variable_that_is_given_otherwise_is_refused() -> None:
    in_grants = replace(ARTIFACT, grants=Grants(env={"GOMEMLIMIT": "1GiB"}, stdin=True))
    said = refused(in_grants)
    assert "grants.env sets GOMEMLIMIT" in said
    assert "runtime.memory-limit" in said
    in_check = replace(ARTIFACT, checks=(Check("greets", env={"GOGC": "20"}),))
    assert "check.greets.env sets GOGC" in refused(in_check)
    assert checks_of(in_check, ("bench.large",))


def test_a_case_that_reads_what_is_not_granted_is_refused() -> None:
    said = refused(replace(ARTIFACT, grants=Grants(env_inherit=("TZ",))))
    assert "check bench.large has an input for stdin, and stdin is not granted" in said
