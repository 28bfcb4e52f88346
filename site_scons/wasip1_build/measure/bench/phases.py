"""Where does the time of a cold start go, and of a run of what is ready? And what is to be done?"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal, NamedTuple

from wasip1_build.dataclass import dataclass
from wasip1_build.measure.bench.estimate import NEEDED
from wasip1_build.measure.bench.probe import Phase, Sample, Series
from wasip1_build.measure.bench.rounds import Measured
from wasip1_build.measure.noise import ERROR, interval, ratio

# cold: from the bytes at a server to the answer; steady: an answer of what is compiled and loaded.
Life = Literal["cold start", "steady state"]
Part = Literal["delivery", "compilation", "instantiation", "boundary", "compute", "execution"]

# How the ways of each part begin, the better first: as what an artifact is delivered and loaded.
FETCH = ("fetch br", "fetch gz", "fetch raw")
LOAD = ("load cwasm", "compile module")
INSTANTIATE = ("instance per request",)
RUN = ("run cwasm",)
HALF = 0.5
# Of a run's time, computed from its host calls and what a small one costs here. A call can take
# twice as long or half as long as that one, so that between the two nothing is told.
BOUNDARY, COMPUTE = 0.75, 0.25


class Share(NamedTuple):
    """A part of the sum, between two shares that were seen with 95 % certainty; None where there
    are too few rounds to say."""

    part: Part
    series: Series
    median: float
    low: float | None
    high: float | None


class Calls(NamedTuple):
    """The host calls of a run, what a small one costs, and what they are of the run's time:
    computed from both, 1 at most."""

    number: int
    call_ns: int
    share: float


@dataclass(frozen=True)
class Account:
    """One life of one case: its parts, and what they take together, computed from what was
    measured. `dominating` takes more than half, beyond noise; None where nothing does."""

    life: Life
    runtime: str
    case: str
    total_ns: int
    shares: tuple[Share, ...]
    calls: Calls | None = None

    @property
    def dominating(self) -> Share | None:
        """What takes more than half. Of a run, "boundary" or "compute" where that can be told."""
        found = next((each for each in self.shares if (each.low or 0) > HALF), None)
        if found is None or found.part != "execution" or self.calls is None:
            return found
        if self.calls.share > BOUNDARY:
            return found._replace(part="boundary")
        return found._replace(part="compute") if self.calls.share < COMPUTE else found


def accounts(
    measured: Measured,
    *,
    is_precompiled: bool,
    call_ns: int | None = None,
    order: Iterable[Series] = (),
) -> tuple[Account, ...]:
    """The lives of every case in the runtime in which all phases were measured, the cases in the
    order of the series.

    `is_precompiled`: machine code is shipped beside the module, so that it is loaded and not made.
    `call_ns` is what a small host call costs, where that is known.
    """
    known = {row.series for row in measured.rows if row.side == "today"}
    first = [series for series in order if series in known]  # (rounds are measured in any order)
    every = [*first, *(row.series for row in measured.rows if row.series in known)]
    every = list(dict.fromkeys(every))
    found = _accounts(measured, every, LOAD if is_precompiled else LOAD[1:])
    return tuple(replace(each, calls=_calls(measured, each, call_ns)) for each in found)


def _calls(measured: Measured, account: Account, call_ns: int | None) -> Calls | None:
    series = account.shares[-1].series
    samples = measured.samples(series).values()
    numbers = [each.facts.get("host_calls") for each in samples]
    if not call_ns or None in numbers:
        return None
    number = statistics.median(number for number in numbers if number is not None)
    took_ns = statistics.median(each.wall_ns for each in samples)
    return Calls(round(number), call_ns, min(1.0, number * call_ns / max(1, took_ns)))


def _accounts(measured: Measured, every: list[Series], load: tuple[str, ...]) -> Iterator[Account]:
    fetch = shipped(every)
    for run in (each for each in every if each.phase == "execution" and each.way in RUN):
        same = [each for each in every if each.runtime == run.runtime]
        compile_ = _first(same, "compilation", load)
        start = _first(same, "instantiation", INSTANTIATE)
        parts = {"instantiation": start, "execution": run}
        if start and (found := _account(measured, "steady state", run, parts)):
            yield found
        parts = {"delivery": fetch, "compilation": compile_, **parts}
        if all(parts.values()) and (found := _account(measured, "cold start", run, parts)):
            yield found


def shipped(every: Iterable[Series]) -> Series | None:
    """How the module is delivered."""
    return _first(every, "delivery", FETCH)


def _first(every: Iterable[Series], phase: Phase, ways: tuple[str, ...]) -> Series | None:
    """The series of a phase whose way begins with the first of these that there is."""
    own = [each for each in every if each.phase == phase]
    return next((each for way in ways for each in own if each.way.startswith(way)), None)


def _account(
    measured: Measured, life: Life, run: Series, parts: Mapping[str, Series | None]
) -> Account | None:
    """Of the rounds in which all parts were measured; None where there is none."""
    samples = {part: measured.samples(series) for part, series in parts.items() if series}
    rounds = sorted(set.intersection(*(set(each) for each in samples.values())))
    if not rounds:
        return None
    totals = [sum(each[number].wall_ns for each in samples.values()) for number in rounds]
    shares = tuple(
        _share(part, series, [samples[part][number] for number in rounds], totals)
        for part, series in parts.items()
        if series
    )
    return Account(life, run.runtime, run.case, sorted(totals)[len(totals) // 2], shares)


def _share(part: str, series: Series, samples: list[Sample], totals: list[int]) -> Share:
    found = sorted(
        each.wall_ns / max(1, total) for each, total in zip(samples, totals, strict=True)
    )
    middle = found[len(found) // 2]
    if len(found) < NEEDED:
        return Share(part, series, middle, None, None)  # type: ignore[arg-type]
    return Share(part, series, middle, *interval(found, ERROR))  # type: ignore[arg-type]


class Advice(NamedTuple):
    """The one thing to do about what dominates. `measured` says by which figures; "" where none
    was measured that shows a gain."""

    do: str
    measured: str = ""


def advice(account: Account, measured: Measured, formats: tuple[str, ...]) -> Advice | None:
    """What to do about the dominating part; None where none dominates. `formats` are in what forms
    the artifact is compressed."""
    share = account.dominating
    if share is None:
        return None
    if share.part == "delivery":
        return _smaller(share.series, formats)
    if share.part == "compilation":
        return _compiled_before(share.series, measured)
    if share.part == "instantiation":
        return _reused(share.series, measured)
    if share.part == "boundary" and account.calls:
        calls = account.calls
        return Advice(
            "cross the boundary less often: buffer output, batch calls; see `wasip1 boundary`",
            f"{calls.number:,} host calls, at {calls.call_ns:,} ns each {100 * calls.share:.0f} % "
            "of the run, computed from both as measured",
        )
    return _native(share.series, measured)


def _smaller(series: Series, formats: tuple[str, ...]) -> Advice:
    if series.way.startswith("fetch raw"):
        missing = 'compress.formats = ["br"]' if not formats else "send the .br or the .gz"
        return Advice(f"compress it: {missing}")
    return Advice("make the module smaller: `wasip1 compare` says what TinyGo would save")


def _compiled_before(series: Series, measured: Measured) -> Advice:
    if series.way == "load cwasm":
        return Advice("load it once and keep it: a host that lives longer than a request")
    load = series._replace(way="load cwasm")
    return Advice(
        'precompile it: aot.targets = ["host"], or keep a cache of compiled code',
        _against(measured, load, series),
    )


def _reused(series: Series, measured: Measured) -> Advice:
    pooled = [
        row.series
        for row in measured.rows
        if row.series.phase == "instantiation" and "pool" in row.series.way
    ]
    said = _against(measured, pooled[0], series) if pooled else ""
    return Advice("keep instances ready: a host with a pool", said)


def _native(series: Series, measured: Measured) -> Advice:
    same = [row.series for row in measured.rows if row.series.case == series.case]
    native = _first(same, "execution", ("native process",))
    here = _first(same, "execution", ("process, cwasm",))
    said = _against(measured, here, native) if native and here else ""
    return Advice(
        "make the program itself do less, or accept it; where it must be faster, run it natively",
        said,
    )


def _against(measured: Measured, series: Series, other: Series) -> str:
    """A series beside another, in a few words; "" where that was not measured often enough, or
    shows no difference."""
    one, two = measured.samples(series), measured.samples(other)
    rounds = sorted(one.keys() & two.keys())
    if not rounds:
        return ""
    found = ratio(
        [max(1, one[each].wall_ns) for each in rounds],
        [max(1, two[each].wall_ns) for each in rounds],
    )
    if not found.is_apart:
        return ""
    return f"{series.way} takes {found.median:.3g} times as long as {other.way}, measured"
