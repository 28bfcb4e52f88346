"""What `scons bench` measured, kept for the pages of later builds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from wasip1_build.measure.bench.result import Figure, Result
from wasip1_build.report.bench import choice_line, dominance_text
from wasip1_build.report.page.data import DIGEST, page_json

# Of the page's 2 MB; a small artifact with two runtimes has 60 series of 120 bytes.
MOST_BYTES = 300_000


def bench_part(results: Iterable[Result], before: str = "") -> str:
    """The page's part of these artifacts, and of those that are only in `before`, an earlier one.

    Where all figures are too many, none are in it, and of each artifact only what follows.
    """
    record = _read(before) | {each.artifact: _artifact(each) for each in results}
    text = page_json(record)
    if len(text) <= MOST_BYTES:
        return text
    return page_json({name: {**each, "figures": []} for name, each in record.items()})


def _read(text: str) -> dict[str, Any]:
    """What is damaged says nothing."""
    try:
        record = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(record, dict):
        return {}
    return {name: each for name, each in record.items() if isinstance(each, dict)}


def _artifact(result: Result) -> dict[str, Any]:
    header = result.run.header
    return {
        "at": header.measured_at,
        "profile": header.profile,
        "module": header.files.get("module", "")[:DIGEST],
        "rounds": result.measured.rounds,
        "figures": [_figure(each) for each in result.figures],
        "accounts": [
            {
                "life": account.life,
                "case": account.case,
                "total_ns": account.total_ns,
                "shares": [[each.part, each.median] for each in account.shares],
                "said": dominance_text(result, account),
            }
            for account in result.accounts
        ],
        "choices": [choice_line(choice) for choice in result.choices],
    }


def _figure(each: Figure) -> list[Any]:
    series, wall = each.series, each.wall
    times = [wall.n, wall.median, wall.low, wall.high]
    return [series.phase, series.way, series.runtime, series.case, *times, each.facts]
