"""Figures in Go's benchmark format, which benchstat and other tools read.

The format is specified at https://go.googlesource.com/proposal/+/master/design/14313-benchmark-format.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from wasip1_build.measure.bench.rounds import Row, Side
from wasip1_build.measure.bench.rows import Run

# A name is one word, in which "/" begins a part.
_NO_NAME = re.compile(r"[^A-Za-z0-9_.:+@-]+")


def go_bytes(runs: Iterable[Run], side: Side = "today") -> bytes:
    """A line for each row of one side, under a heading for each artifact; empty without any."""
    return "".join(f"{line}\n" for run in runs for line in _lines(run, side)).encode()


def _lines(run: Run, side: Side) -> Iterator[str]:
    rows = [row for row in run.rows if row.side == side]
    if not rows:
        return
    yield "goos: wasip1"
    yield "goarch: wasm"
    yield f"pkg: {_word(run.header.artifact)}"
    yield from (_line(row) for row in rows)


def _line(row: Row) -> str:
    series, sample = row.series, row.sample
    parts = [f"way={_word(series.way)}"]
    parts += [f"runtime={_word(series.runtime)}"] if series.runtime else []
    parts += [f"case={_word(series.case)}"] if series.case else []
    name = "/".join([f"Benchmark{series.phase.capitalize()}", *parts])
    units = [f"{sample.wall_ns} ns/op"]
    units += [f"{sample.cpu_ns} cpu-ns/op"] if sample.cpu_ns is not None else []
    units += [f"{value} {_word(fact)}/op" for fact, value in sorted(sample.facts.items())]
    return f"{name} 1 {' '.join(units)}"


def _word(text: str) -> str:
    return _NO_NAME.sub("-", text).strip("-")
