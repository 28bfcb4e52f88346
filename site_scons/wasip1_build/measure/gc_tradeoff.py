"""Which settings of Go's collector are worth having, and which are a trap? Pure: figures in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding, Severity
from wasip1_build.measure.gc_runs import Tried
from wasip1_build.measure.gc_settings import GO_DEFAULT, Setting
from wasip1_build.measure.gc_sweep import Swept
from wasip1_build.measure.noise import Ratio, ratio
from wasip1_build.spec.values import shown_size
from wasip1_build.units import human_size
from wasip1_build.wasm.types import PAGE_BYTES

Goal = Literal["time", "memory", "time and memory"]


@dataclass(frozen=True)
class Weighed:
    """One setting beside the declared one. `is_on_front`: no other is better in time or memory, by
    more than noise, without being worse in the other."""

    tried: Tried
    cpu: Ratio
    peak: Ratio
    is_on_front: bool


@dataclass(frozen=True)
class Hazard:
    """A setting, and what is wrong with it."""

    tried: Tried
    finding: Finding


@dataclass(frozen=True)
class Suggestion:
    """A setting that is better than the declared one in this."""

    goal: Goal
    weighed: Weighed


def weighed(swept: Swept) -> tuple[Weighed, ...]:
    """Every setting under which all checks passed, in the order of the sweep."""
    passed, base = swept.passed, swept.declared
    return tuple(
        Weighed(
            each,
            _cpu(swept, each, base),
            _peak(swept, each, base),
            not any(_dominates(swept, other, each) for other in passed if other is not each),
        )
        for each in passed
    )


def suggestions(swept: Swept) -> tuple[Suggestion, ...]:
    """The fastest setting and the one with the least memory, where they are better than what is
    declared by more than noise; first what counts for how the module lives.

    Of settings that cannot be told apart in one, the better in the other. A setting with a hazard
    is none; and an instance that lives on keeps its peak for good, so that there memory is not
    given for time.
    """
    traps = [hazard.tried for hazard in hazards(swept)]
    others = [
        each
        for each in weighed(swept)
        if each.is_on_front and not any(each.tried is other for other in (swept.declared, *traps))
    ]
    oneshot = swept.artifact.runtime.lifetime == "oneshot"
    faster = [each for each in others if each.cpu.is_less and (oneshot or not each.peak.is_more)]
    smaller = [each for each in others if each.peak.is_less]
    by_cpu, by_peak = partial(_cpu, swept), partial(_peak, swept)
    fastest, least = _best(faster, by_cpu, by_peak), _best(smaller, by_peak, by_cpu)
    if fastest and fastest is least:
        return (Suggestion("time and memory", fastest),)
    found = [Suggestion("time", fastest)] if fastest else []
    found += [Suggestion("memory", least)] if least else []
    return tuple(found if oneshot else reversed(found))


def hazards(swept: Swept) -> tuple[Hazard, ...]:
    """What settings do that one would not expect of them, each with the figures that show it."""
    found = (_low_gogc(swept), _low_limit(swept), _over_limit(swept), _failed(swept))
    return tuple(hazard for each in found for hazard in each)


def _low_gogc(swept: Swept) -> Iterator[Hazard]:
    """A lower GOGC is meant to save memory."""
    default = _gos_default(swept)
    for each in swept.passed if default else ():
        gogc, limit = each.setting.gogc or GO_DEFAULT, each.setting.memory_limit_bytes
        lower = limit is None and gogc.isdecimal() and int(gogc) < int(GO_DEFAULT)
        if default and lower and _peak(swept, each, default).is_more:
            yield _hazard(
                swept,
                each,
                "sweep-low-gogc",
                f"GOGC={gogc} raises the peak to {memory(each)}, from {memory(default)} with "
                f"Go's own {GO_DEFAULT}",
                "on wasm's one thread a collection goes on only when the program lets it: "
                f"{each.collected} ended, {default.collected} with Go's own",
                f"leave GOGC at {GO_DEFAULT} or above for this program",
            )


def _low_limit(swept: Swept) -> Iterator[Hazard]:
    """A limit below the peak is meant to lower it, at a price; one that is below what is live
    cannot be kept, and one that is hardly above makes the collector work for nothing."""
    default = _gos_default(swept)
    for each in swept.passed if default else ():
        limit = each.setting.memory_limit_bytes
        if not default or limit is None or limit >= default.peak.median:
            continue
        cpu, peak = _cpu(swept, each, default), _peak(swept, each, default)
        below = _is_below_live(swept, limit)
        if peak.is_more or (cpu.is_more and (below or not peak.is_less)):
            harm = [f"costs {cpu.median:.2f} times the CPU"] if cpu.is_more else []
            harm += [f"raises the peak to {memory(each)}"] if peak.is_more else []
            yield _hazard(
                swept,
                each,
                "sweep-low-limit",
                f"{each.setting.name}{_live_text(swept, limit)} {' and '.join(harm)}; without "
                f"a limit the peak is {memory(default)}",
                "what is live cannot be freed, so below or little above it the collector works on "
                f"and on: {each.collected} collections, {default.collected} without a limit",
                "set memory-limit well above what is live with the largest input, or not at all",
            )


def _is_below_live(swept: Swept, limit_bytes: int) -> bool:
    live = swept.need.live_bytes if swept.need else None
    return live is not None and limit_bytes < live


def _live_text(swept: Swept, limit_bytes: int) -> str:
    """Where a limit lies, as far as that is known."""
    live = swept.need.live_bytes if swept.need else None
    if live is None:
        return ""
    return f", {'below' if limit_bytes < live else 'above'} the live set of {shown_size(live)},"


def _over_limit(swept: Swept) -> Iterator[Hazard]:
    """With GOGC=off the limit is all that there is.

    The memory that a module starts with is mostly nothing that Go counts, and while a collection
    goes on the program allocates: so much, and a quarter of the limit, is no finding.
    """
    for each in swept.passed:
        limit = each.setting.memory_limit_bytes
        if not each.setting.is_off or limit is None:
            continue
        if each.peak.low > limit * 5 // 4 + swept.start_memory_bytes:
            yield _hazard(
                swept,
                each,
                "sweep-over-limit",
                f"{each.setting.name} is not kept: the peak is {memory(each)}",
                "GOMEMLIMIT is soft: nothing that is live is freed for it",
                "raise memory-limit, and keep max-memory: it alone ends what goes over",
            )


def _failed(swept: Swept) -> Iterator[Hazard]:
    """What a setting breaks."""
    for each in swept.tried:
        if each.failed:
            yield _hazard(
                swept,
                each,
                "sweep-failed",
                f"{each.setting.name} fails: {each.failed}",
                "a run that does not do what is expected of it is not timed",
                "do not use this setting with this input",
            )


def _hazard(swept: Swept, tried: Tried, rule: str, what: str, why: str, fix: str) -> Hazard:
    """At the line of the spec where the setting is the declared one."""
    where = swept.artifact.where("runtime") if tried is swept.declared else None
    return Hazard(tried, Finding(rule, Severity.WARNING, what, why, fix, where))


def memory(tried: Tried) -> str:
    """Its peak, as "23.5 MiB (376 pages)"."""
    median = tried.peak.median
    return f"{human_size(median)} ({median // PAGE_BYTES} pages)"


def _gos_default(swept: Swept) -> Tried | None:
    return next((each for each in swept.passed if each.setting.is_gos_default), None)


def _dominates(swept: Swept, one: Tried, other: Tried) -> bool:
    """Whether one is better in time or memory by more than noise, and not worse in the other."""
    cpu, peak = _cpu(swept, one, other), _peak(swept, one, other)
    return (cpu.is_less and peak.median <= 1) or (peak.is_less and cpu.median <= 1)


def _cpu(swept: Swept, one: Tried, other: Tried) -> Ratio:
    return ratio(one.cpu_ns, other.cpu_ns, swept.comparisons)


def _peak(swept: Swept, one: Tried, other: Tried) -> Ratio:
    return ratio(one.peaks_bytes, other.peaks_bytes, swept.comparisons)


def _best(
    found: list[Weighed],
    first: Callable[[Tried, Tried], Ratio],
    second: Callable[[Tried, Tried], Ratio],
) -> Weighed | None:
    """The least in `first`; of those that it cannot be told from, the least in `second`, and of
    those that this cannot be told from, the one that changes least."""
    near = _near(_near(found, first), second)
    return min(near, key=lambda each: _effort(each.tried.setting), default=None)


def _near(found: list[Weighed], compare: Callable[[Tried, Tried], Ratio]) -> list[Weighed]:
    """Those that are not more than the least of them by more than noise."""
    if not found:
        return []
    least = found[0]
    for each in found[1:]:
        if compare(each.tried, least.tried).median < 1:
            least = each
    return [each for each in found if not compare(each.tried, least.tried).is_more]


def _effort(setting: Setting) -> tuple[bool, bool]:
    """Off asks for a limit and a cap, and a limit for care as the program grows."""
    return setting.is_off, setting.memory_limit_bytes is not None
