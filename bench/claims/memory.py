"""Execution: what settings of Go's collector do to the time and the memory of one run."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from bench.claims.claim import Found, Row, Taken, row
from bench.claims.guests import Host, Run
from bench.claims.starts import SERVER_ERRORS, given
from bench.claims.turns import in_turns
from bench.claims.workshop import ROOT, Workshop
from wasip1_build.measure.gc_settings import MIB, Setting

TURNS, CEILING_TURNS = 9, 6
DEFAULT = Setting()
OFF = Setting("off")
ONE_SHOT = (Setting("400"), OFF)
HELD, THROWN = 8, 100  # MiB, of the program garbage
TREES = 1000  # of the program trees


class Subject(NamedTuple):
    """A run of a program, and the limits that are tried on it."""

    what: str
    name: str
    run: Run
    limits: Sequence[Setting]


def collecting(shop: Workshop) -> Found:
    """Each program under Go's defaults and under every setting, in turns."""
    host = Host(shop.scratch("guests"))
    for subject in _subjects(shop):
        compiled = host.loaded(shop.machine_code(subject.name))
        settings = (DEFAULT, *ONE_SHOT, *subject.limits)
        ways = {
            each.name: partial(host.request_with_peak, compiled, _under(subject.run, each))
            for each in settings
        }
        taken = in_turns(ways, shop.turns(TURNS))
        for each in ONE_SHOT:
            yield "gogc", _row(subject, taken, DEFAULT, each)
        for each in subject.limits:
            base = OFF if each.is_off else DEFAULT
            yield "memory-limit", _row(subject, taken, base, each)


def _row(
    subject: Subject, taken: Mapping[str, Sequence[Taken]], base: Setting, setting: Setting
) -> Row:
    ends = (base.name, taken[base.name]), (setting.name, taken[setting.name])
    return row(f"{subject.what}, {setting.name}", *ends)


def _subjects(shop: Workshop) -> list[Subject]:
    words = (str(HELD), str(THROWN))
    expected = shop.printed((shop.native("garbage"), *words))
    garbage = Run(("garbage", *words), expected)
    return [
        Subject(
            f"{THROWN} MiB of garbage, {HELD} MiB live",
            "garbage",
            garbage,
            (
                Setting(None, 64 * MIB),  # over the peak
                Setting(None, 14 * MIB),  # between the live set and the peak
                Setting(None, 4 * MIB),  # under the live set
                Setting("off", 32 * MIB),
            ),
        ),
        Subject(
            "jsonl, 20,000 lines",
            "jsonl",
            given(shop, "jsonl", SERVER_ERRORS, 20_000),
            (Setting(None, 64 * MIB), Setting(None, 3 * MIB), Setting("off", 32 * MIB)),
        ),
        _trees(shop),
        Subject("thumbnail, 3 pictures", "thumbnail", _pictures(shop), (Setting(None, 64 * MIB),)),
    ]


def _trees(shop: Workshop) -> Subject:
    words = (str(TREES),)
    run = Run(("trees", *words), shop.printed((shop.native("trees"), *words)))
    return Subject(f"{TREES} trees", "trees", run, (Setting(None, 5 * MIB),))


def _pictures(shop: Workshop) -> Run:
    example = ROOT / "examples/thumbnail"
    out = shop.scratch("thumbnails")
    shutil.rmtree(out)
    out.mkdir()
    expected = (example / "testdata/all.txt").read_bytes()
    argv = ("thumbnail", "--width", "48")
    return Run(argv, expected, preopens=((example / "pictures", "/in"), (out, "/out")))


def _under(run: Run, setting: Setting) -> Run:
    limit = setting.memory_limit_bytes
    env = [("GOGC", setting.gogc)] if setting.gogc else []
    env += [("GOMEMLIMIT", f"{limit}B")] if limit is not None else []
    return Run(run.argv, run.expects, tuple(env), run.stdin, run.preopens)


def ceiling(shop: Workshop) -> Found:
    """How far a program grows that needs less than GOMEMLIMIT, and one that needs more."""
    host = Host(shop.scratch("guests"))
    compiled = host.loaded(shop.machine_code("garbage"))
    limit = 32 * MIB
    for held in (8, 64):
        words = (str(held), "64")
        expected = shop.printed((shop.native("garbage"), *words))
        run = _under(Run(("garbage", *words), expected), Setting("off", limit))
        turns = range(shop.turns(CEILING_TURNS))
        peaks = [host.request_with_peak(compiled, run)["peak_memory_bytes"] for _ in turns]
        limits = [limit] * len(peaks)
        quantities = {"peak_memory_bytes": (limits, peaks)}
        yield "memory-ceiling", Row(f"{held} MiB live", "the limit", "the peak", quantities)
