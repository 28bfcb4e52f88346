"""What a sweep of Go's collector found: a table, hazards, and lines to paste."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from wasip1_build.measure.gc_runs import Tried
from wasip1_build.measure.gc_settings import Setting
from wasip1_build.measure.gc_sweep import Swept
from wasip1_build.measure.gc_tradeoff import (
    Hazard,
    Suggestion,
    Weighed,
    hazards,
    memory,
    suggestions,
    weighed,
)
from wasip1_build.measure.noise import Ratio, pairs_needed
from wasip1_build.measure.spread import Spread
from wasip1_build.report.gc_lines import GO_FILE, go_lines, spec_lines
from wasip1_build.report.lines import aligned, spread_text
from wasip1_build.spec.values import shown_size
from wasip1_build.units import human_size, human_time
from wasip1_build.wasm.types import PAGE_BYTES

HEADINGS = ("setting", "CPU", "ratio", "wall", "peak", "pages", "ratio", "collections", "front")
RIGHT = (False, True, True, True, True, True, True, True, False)
GOALS = {"time": "least time", "memory": "least memory", "time and memory": "least of both"}


def swept_text(swept: Swept, on: str) -> str:
    """The table with what follows from it; `on` says on which machine it was measured."""
    found = hazards(swept)
    lines = [*_table(swept), ""]
    lines += [line for hazard in found for line in (str(hazard.finding), "")]
    lines += [*_suggested(swept), _about(swept, on)]
    return "\n".join(lines) + "\n"


def swept_record(swept: Swept) -> dict[str, Any]:
    """The same as JSON, with every single run."""
    sides = {id(each.tried): each for each in weighed(swept)}
    need = swept.need
    return {
        "artifact": swept.artifact.id,
        "lifetime": swept.artifact.runtime.lifetime,
        "go_version": swept.go_version,
        "rounds": swept.rounds,
        "rounds_needed": pairs_needed(swept.comparisons),
        "checks": list(swept.checks),
        "start_memory_bytes": swept.start_memory_bytes,
        "gos_default_peak_memory_bytes": need.peak_bytes if need else None,
        "gos_default_live_bytes": need.live_bytes if need else None,
        "settings": [_record(swept, each, sides.get(id(each))) for each in swept.tried],
        "findings": [_hazard_record(each) for each in hazards(swept)],
        "suggestions": [_suggestion_record(swept, each) for each in suggestions(swept)],
    }


def _table(swept: Swept) -> Iterator[str]:
    sides = {id(each.tried): each for each in weighed(swept)}
    rows = [HEADINGS, *(_row(swept, each, sides.get(id(each))) for each in swept.tried)]
    for cells in aligned(rows, RIGHT):
        yield "  ".join(cells).rstrip()


def _row(swept: Swept, tried: Tried, side: Weighed | None) -> Sequence[str]:
    name = _name(swept, tried)
    if side is None:
        return (name, "failed", *("",) * (len(HEADINGS) - 2))
    base = tried is swept.declared
    peak = tried.peak
    return (
        name,
        spread_text(Spread.of(tried.cpu_ns), human_time),
        "1" if base else _ratio(side.cpu),
        human_time(Spread.of(tried.wall_ns).median),
        spread_text(peak, human_size),
        str(peak.median // PAGE_BYTES),
        "1" if base else _ratio(side.peak),
        str(tried.collected),
        "*" if _is_on_front(side) else "",
    )


def _name(swept: Swept, tried: Tried) -> str:
    setting = tried.setting
    if tried is swept.declared and not setting.is_gos_default:
        return f"declared: {setting.name}"
    return setting.name


def _is_on_front(side: Weighed) -> bool | None:
    """None where there are too few rounds to say it of any setting."""
    return side.is_on_front if side.cpu.is_sure else None


def _ratio(ratio: Ratio) -> str:
    if not ratio.is_sure:
        return f"{ratio.median:.2f}?"
    if not ratio.is_apart:
        return "(same)"
    if f"{ratio.low:.2f}" == f"{ratio.high:.2f}":
        return f"{ratio.median:.2f}"
    return f"{ratio.median:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"


def _suggested(swept: Swept) -> Iterator[str]:
    found = suggestions(swept)
    if not found:
        yield from (_nothing(swept), "")
    for each in found:
        tried, side = each.weighed.tried, each.weighed
        yield (
            f"{GOALS[each.goal]}: {tried.setting.name}: CPU {_ratio(side.cpu)}, peak "
            f"{memory(tried)} in place of {memory(swept.declared)}"
        )
        yield from spec_lines(swept.artifact, tried.setting, tried.peak.high)
        if go := go_lines(tried.setting):
            yield f"# or in the program, where the platform sets no environment: {GO_FILE}"
            yield from go
        yield ""


def _nothing(swept: Swept) -> str:
    needed = pairs_needed(swept.comparisons)
    if swept.rounds < needed:
        rounds = "1 round is" if swept.rounds == 1 else f"{swept.rounds} rounds are"
        return (
            f"{rounds} too few to tell a difference from noise among {len(swept.tried)} settings: "
            f"--rounds {needed} or more"
        )
    return "no setting is better by more than the noise"


def _about(swept: Swept, on: str) -> str:
    return (
        f"measured: {swept.artifact.id} by Go {swept.go_version} on {on}; "
        f"{_needed(swept)}; {swept.rounds} rounds of {', '.join(swept.checks)} in turns, each run "
        "a process of its own; CPU (of the run phase, user and system) as median (least to "
        "greatest), peak exact; ratio: the median of the rounds' own ratios to the first line, "
        "with the bounds between which it lies at 95 % for all settings together, (same) where "
        "one is between them, ? where there are too few rounds to say; collections of one more, "
        "traced run; *: no other is better in CPU or peak, by more than noise, without being "
        "worse in the other"
    )


def _needed(swept: Swept) -> str:
    need = swept.need
    if need is None:
        return "no limits were tried, because a check fails under Go's defaults"
    peak = f"under Go's defaults the peak is {human_size(need.peak_bytes)}"
    if need.live_bytes is None:
        return f"{peak} and nothing is collected: limits follow from the peak alone"
    live = f"about {shown_size(need.live_bytes)}" if need.live_bytes else "less than 1MiB"
    return (
        f"{peak} and the live set {live} (by gctrace, also with GOGC=20): limits follow from both"
    )


def _record(swept: Swept, tried: Tried, side: Weighed | None) -> dict[str, Any]:
    record = {
        "name": tried.setting.name,
        "declared": tried is swept.declared,
        **_setting_record(tried.setting),
        "verdict": "fail" if side is None else "pass",
    }
    if side is None:
        return record | {"failed": tried.failed}
    return record | {
        "cpu_ns": Spread.of(tried.cpu_ns)._asdict(),
        "wall_ns": Spread.of(tried.wall_ns)._asdict(),
        "peak_memory_bytes": tried.peak._asdict(),
        "cpu_ratio": side.cpu._asdict(),
        "peak_memory_ratio": side.peak._asdict(),
        "collections": tried.collected,
        "on_pareto_front": _is_on_front(side),
        "runs": {
            name: [sample._asdict() for sample in samples]
            for name, samples in tried.samples.items()
        },
    }


def _setting_record(setting: Setting) -> dict[str, Any]:
    return {
        "gogc": setting.gogc,
        "memory_limit_bytes": setting.memory_limit_bytes,
        "max_memory_bytes": setting.max_memory_bytes,
    }


def _hazard_record(hazard: Hazard) -> dict[str, Any]:
    return {"setting": hazard.tried.setting.name, **hazard.finding.to_json()}


def _suggestion_record(swept: Swept, suggestion: Suggestion) -> dict[str, Any]:
    tried = suggestion.weighed.tried
    return {
        "goal": suggestion.goal,
        **_setting_record(tried.setting),
        "spec_lines": spec_lines(swept.artifact, tried.setting, tried.peak.high),
        "go_lines": go_lines(tried.setting),
    }
