"""What `scons bench` measured, for a script; see bench.schema.json."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wasip1_build.files import json_bytes
from wasip1_build.measure.bench.choice import Choice
from wasip1_build.measure.bench.compare import PHASES, Compared
from wasip1_build.measure.bench.estimate import Estimate
from wasip1_build.measure.bench.phases import Account
from wasip1_build.measure.bench.result import Figure, Result
from wasip1_build.measure.noise import Ratio

SPEC_VERSION = 1


def bench_json(results: Iterable[Result]) -> bytes:
    """All artifacts."""
    return json_bytes(
        {"spec-version": SPEC_VERSION, "artifacts": [_artifact(each) for each in results]}
    )


def _artifact(result: Result) -> dict[str, Any]:
    header = vars(result.run.header)
    return {
        **{name: value for name, value in header.items() if name != "dominating"},
        "figures": [_figure(each) for each in result.figures],
        "lives": [_account(result, each) for each in result.accounts],
        "runtimes": [_choice(each) for each in result.choices],
        "left_out": [{"what": what, "why": why} for what, why in result.left_out],
        "cut": [{"what": what, "why": why} for what, why in result.measured.cuts],
        "comparison": _comparison(result),
        "findings": [finding.to_json() for finding in result.findings],
    }


def _figure(each: Figure) -> dict[str, Any]:
    cpu = _estimate(each.cpu) if each.cpu else None
    return {
        **each.series._asdict(),
        "n": each.wall.n,
        "wall_ns": _estimate(each.wall),
        "cpu_ns": cpu,
        "facts": each.facts,
    }


def _estimate(each: Estimate) -> dict[str, Any]:
    return {"median": each.median, "low": each.low, "high": each.high}


def _account(result: Result, account: Account) -> dict[str, Any]:
    advice = result.advice(account)
    return {
        "life": account.life,
        "runtime": account.runtime,
        "case": account.case,
        "computed_total_ns": account.total_ns,
        "shares": [
            {"part": each.part, "median": each.median, "low": each.low, "high": each.high}
            for each in account.shares
        ],
        "dominating": account.dominating.part if account.dominating else None,
        "advice": advice._asdict() if advice else None,
    }


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "way": choice.way,
        "case": choice.case,
        "fastest": choice.fastest.runtime,
        "wins": choice.winner is not None,
        "others": [
            {"runtime": each.series.runtime, "ratio": _ratio(each.ratio)} for each in choice.rivals
        ],
        "pinned": choice.pinned or None,
        "verdict": choice.verdict,
    }


def _comparison(result: Result) -> dict[str, Any] | None:
    found = result.comparison
    if found is None:
        return None
    return {
        "base": result.base,
        "changed": list(result.since),
        "same_bytes": found.same_bytes,
        "why_not": found.why_not,
        "phases": {phase: found.verdict(phase) for phase in PHASES},
        "series": [_compared(each) for each in found.compared],
        "facts": [
            {**each.series._asdict(), "name": each.name, "before": each.before, "now": each.now}
            for each in found.facts
        ],
    }


def _compared(each: Compared) -> dict[str, Any]:
    return {
        **each.series._asdict(),
        "measure": each.measure,
        "ratio": _ratio(each.ratio),
        "verdict": each.verdict,
        "why": each.why,
    }


def _ratio(each: Ratio | None) -> dict[str, float] | None:
    return {"median": each.median, "low": each.low, "high": each.high} if each else None
