"""What `scons bench` measured as a page to look at: one file with its plots in it and no script."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from wasip1_build.measure.bench.result import Figure, Result
from wasip1_build.measure.bench.rounds import named
from wasip1_build.report.bench import LEGEND, artifact_lines, estimate_text
from wasip1_build.units import human_time

WIDTH, LABEL, ROW, TEXT = 1100, 520, 22, 5  # pixels; the axis is what the labels leave
# Nothing is loaded and nothing runs.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = """\
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
.scroll { overflow-x: auto; }
pre { overflow-x: auto; border-left: 3px solid; padding-left: .75rem; }"""
_PLOT = """
svg { width: 100%; height: auto; font: 13px system-ui, sans-serif; }
svg text { fill: currentColor; }
svg line, svg circle { stroke: currentColor; fill: currentColor; }
svg .grid { opacity: .2; }"""


def bench_page(results: Iterable[Result]) -> str:
    """Of each artifact a plot, and all that the console says."""
    sections = "\n".join(_section(result) for result in results)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>WASI modules: scons bench</title>
<style>
{STYLE}{_PLOT}
</style>
</head>
<body>
<main>
<h1>WASI modules: scons bench</h1>
<p>{escape(LEGEND)}</p>
{sections}
</main>
</body>
</html>
"""


def _section(result: Result) -> str:
    header = result.run.header
    measured = ", ".join(f"{name} {digest[:12]}" for name, digest in sorted(header.files.items()))
    tools = ", ".join(f"{name} {value[:32]}" for name, value in sorted(header.tools.items()))
    lines = "\n".join(escape(line) for line in artifact_lines(result))
    return f"""<h2>{escape(header.artifact)}</h2>
<p>Measured at {escape(header.measured_at)}: {escape(measured)}. {escape(tools)}</p>
{plot(result.figures)}
<pre>{lines}</pre>"""


def plot(figures: Sequence[Figure]) -> str:
    """A row for each series: its median as a dot on an axis of powers of ten, and from where to
    where it lies as a line."""
    times = [
        ns
        for each in figures
        for ns in (each.wall.low, each.wall.median, each.wall.high)
        if ns is not None
    ]
    if not times:
        return ""
    low = math.floor(math.log10(max(1, min(times))))
    high = max(low + 1, math.ceil(math.log10(max(1, *times))))
    height = ROW * (len(figures) + 1)

    def x(ns: int) -> str:
        share = (math.log10(max(1, ns)) - low) / (high - low)
        return f"{LABEL + share * (WIDTH - LABEL - 20):.1f}"

    grid = (
        f'<line class="grid" x1="{x(10**power)}" x2="{x(10**power)}" y1="0" y2="{height - ROW}"/>'
        f'<text x="{x(10**power)}" y="{height - TEXT}" text-anchor="middle">'
        f"{escape(human_time(10**power))}</text>"
        for power in range(low, high + 1)
    )
    rows = (
        line
        for number, each in enumerate(figures)
        for line in _row(each, [x(_or(ns, each)) for ns in each.wall[1:]], number)
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Wall time of each series">\n'
        + "\n".join([*grid, *rows])
        + "\n</svg>"
    )


def _or(ns: int | None, figure: Figure) -> int:
    return figure.wall.median if ns is None else ns


def _row(figure: Figure, places: list[str], number: int) -> Iterator[str]:
    median, low, high = places
    y = number * ROW + ROW // 2
    said = f"{named(figure.series)}: {estimate_text(figure.wall)}, n = {figure.wall.n}"
    yield f'<g><title>{escape(said)}</title><text x="0" y="{y + TEXT}">'
    yield f"{escape(named(figure.series))}</text>"
    yield f'<line x1="{low}" x2="{high}" y1="{y}" y2="{y}"/>'
    yield f'<circle cx="{median}" cy="{y}" r="3"/></g>'
