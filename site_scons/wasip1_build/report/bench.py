"""What `scons bench` measured, in the lines that a person reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from wasip1_build.measure.bench.choice import Choice
from wasip1_build.measure.bench.compare import PHASES, Compared
from wasip1_build.measure.bench.estimate import NEEDED, Estimate
from wasip1_build.measure.bench.phases import Account
from wasip1_build.measure.bench.result import MEASURES, Figure, Result
from wasip1_build.measure.bench.rounds import Cut, named
from wasip1_build.report.console import PLAIN, Style, printable
from wasip1_build.report.lines import aligned
from wasip1_build.units import human_size, human_time

HEADINGS = ("phase", "way", "runtime", "case", "n", "time", "cpu", "counted")
LEGEND = (
    "time, cpu: the median, and in brackets between which two it lies with 95 % certainty on this"
    " machine as it was then; another run is compared by BASE=, not by these"
)


def bench_text(results: Sequence[Result], style: Style = PLAIN) -> str:
    """A table for each artifact with what follows from it, and a legend."""
    blocks = [[printable(line, style) for line in artifact_lines(each)] for each in results]
    blocks += [[LEGEND]] if results else []
    return "\n".join("".join(f"{line}\n" for line in block) for block in blocks)


def artifact_lines(result: Result) -> Iterator[str]:
    """All that is said of one artifact."""
    yield f"{result.artifact}: {result.measured.rounds} rounds"
    yield from figure_lines(result.figures)
    for account in result.accounts:
        yield from account_lines(result, account)
    yield from (f"  {choice_line(choice)}" for choice in result.choices)
    yield from (f"  left out: {what}: {why}" for what, why in result.left_out)
    yield from cut_lines(result.measured.cuts)
    yield from comparison_lines(result)


def figure_lines(figures: Iterable[Figure]) -> Iterator[str]:
    """The table."""
    rows = [HEADINGS, *(_row(each) for each in figures)]
    right = [False] * 4 + [True] * 3
    yield from (f"  {'  '.join(row).rstrip()}" for row in aligned(rows, right))


def _row(figure: Figure) -> tuple[str, ...]:
    series = figure.series
    cpu = estimate_text(figure.cpu) if figure.cpu else ""
    counted = ", ".join(fact_text(name, value) for name, value in sorted(figure.facts.items()))
    n = str(figure.wall.n)
    time = estimate_text(figure.wall)
    return (series.phase, series.way, series.runtime, series.case, n, time, cpu, counted)


def estimate_text(each: Estimate) -> str:
    """ "24.3 ms (23.9 to 25.1 ms)"; without an interval where there are too few."""
    if each.low is None or each.high is None:
        return human_time(each.median)
    return f"{human_time(each.median)} ({human_time(each.low)} to {human_time(each.high)})"


def fact_text(name: str, value: int) -> str:
    """A count or size: "peak_memory 2.81 MiB", "host_calls 35", "load 24.3 ms"."""
    if name.endswith("_bytes"):
        return f"{name.removesuffix('_bytes')} {human_size(value)}"
    if name.endswith("_ns"):
        return f"{name.removesuffix('_ns')} {human_time(value)}"
    return f"{name} {value:,}"


def account_lines(result: Result, account: Account) -> Iterator[str]:
    """Where the time of a life goes, and what to do about what dominates."""
    yield (
        f"  {account.life} of {account.case}: {human_time(account.total_ns)} (computed): "
        + ", ".join(share_texts(account))
    )
    yield f"    {dominance_text(result, account)}"


def share_texts(account: Account) -> Iterator[str]:
    """ "compilation 88 % (85 to 90)"."""
    for share in account.shares:
        said = f"{share.part} {100 * share.median:.0f} %"
        if share.low is not None and share.high is not None:
            said += f" ({100 * share.low:.0f} to {100 * share.high:.0f})"
        yield said


def dominance_text(result: Result, account: Account) -> str:
    """What takes more than half, and the one thing to do; or that nothing does."""
    share = account.dominating
    if share is None:
        few = any(each.low is None for each in account.shares)
        why = f": fewer than {NEEDED} rounds" if few else ""
        return f"not known which phase dominates{why}" if few else "no phase dominates"
    said = f"{share.part} dominates"
    advice = result.advice(account)
    if advice is None:
        return said
    return f"{said}: {advice.do} ({advice.measured or 'no gain of it was measured here'})"


def choice_line(choice: Choice) -> str:
    """Which runtime is the fastest, by how much, and what that says of the pinned one."""
    rivals = ", ".join(
        f"{each.series.runtime} {each.ratio.median:.2f} times ({each.ratio.low:.2f} to"
        f" {each.ratio.high:.2f})"
        if each.ratio
        else f"{each.series.runtime} not known"
        for each in choice.rivals
    )
    few = not all(each.ratio and each.ratio.is_sure for each in choice.rivals)
    why = "too few rounds to say that it wins" if few else "within noise of others"
    first = "wins" if choice.winner else f"has the least median, {why}"
    said = f"{choice.way} of {choice.case}: {choice.fastest.runtime} {first}; {rivals}"
    if choice.verdict is None:
        return said
    return f"{said}; bench.runtime {choice.pinned}: {choice.verdict}"


def cut_lines(cuts: Iterable[Cut]) -> Iterator[str]:
    """What was not measured for lack of time, by reason."""
    by_why: dict[str, list[str]] = {}
    for what, why in cuts:
        by_why.setdefault(why, []).append(what)
    for why, names in by_why.items():
        yield f"  cut: {why}:"
        yield from (f"    {name}" for name in names)


def comparison_lines(result: Result) -> Iterator[str]:
    """Each phase beside the base's."""
    found = result.comparison
    if found is None:
        return
    since = f"; changed since: {', '.join(result.since)}" if result.since else ""
    yield f"  compared with {result.base}{since}"
    if found.same_bytes:
        yield "    every phase: not moved: the same files on the same tools and settings"
        return
    if found.why_not:
        yield f"    not measured beside each other: {found.why_not}"
    for phase in PHASES:
        yield f"    {phase}: {found.verdict(phase)}"
        series = (each for each in found.compared if each.series.phase == phase)
        yield from (f"      {compared_text(each)}" for each in series)
    for fact in found.facts:
        yield f"    {named(fact.series)}: {fact.name} {fact.now:,}, before {fact.before:,}"


def compared_text(each: Compared) -> str:
    """One series beside the base's."""
    name = ", ".join(
        part for part in (each.series.way, each.series.runtime, each.series.case) if part
    )
    if each.verdict == "not known" or each.ratio is None:
        return f"{name}: not known: {each.why}"
    times = f"{each.ratio.median:.2f} times the {MEASURES[each.measure]}"
    if each.measure == "instructions":
        return f"{name}: {each.verdict}: {times}, counted; {each.why}"
    times += f" ({each.ratio.low:.2f} to {each.ratio.high:.2f})"
    return f"{name}: {each.verdict}: {times}"
