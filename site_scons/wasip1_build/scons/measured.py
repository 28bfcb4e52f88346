"""What `scons bench` measured before, and whether that is still what there is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from wasip1_build.advise.call_costs import BENCHED
from wasip1_build.files import write_atomically
from wasip1_build.measure.bench.outdated import changed
from wasip1_build.measure.bench.phases import Account
from wasip1_build.measure.bench.result import Result
from wasip1_build.measure.bench.rows import Header, Run, read_header
from wasip1_build.measure.bench.settings import settings_of, toolchain_of
from wasip1_build.measure.bench.subject import built_files
from wasip1_build.planned import PlannedArtifact
from wasip1_build.report.page.bench_part import bench_part
from wasip1_build.steps.step import Context

# In the build's state, and looked for at the end of each build.
FILE = "bench.json"
PAGE_FILE = "bench.page.json"


def keep_headers(context: Context, runs: Mapping[str, Run]) -> None:
    """Keeps what was measured of each artifact, to be seen at a glance. Raises OSError."""
    headers = [vars(run.header) for run in runs.values()]
    write_atomically(context.state(FILE), json.dumps(headers).encode())


def keep_page_part(context: Context, results: Iterable[Result]) -> None:
    """Keeps what the page of each build shows of the last measurements. Raises OSError."""
    part = bench_part(results, page_part(context))
    write_atomically(context.state(PAGE_FILE), part.encode())


def keep_calls(context: Context, results: Iterable[Result]) -> None:
    """Keeps what the host calls of each case are of its run, for who advises to make fewer; those
    of artifacts that were not measured now stay. Raises OSError."""
    path = context.state(BENCHED)
    try:
        known = dict(json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        known = {}
    for result in results:
        known[result.run.header.artifact] = {
            "module": result.run.header.files.get("module"),
            "cases": [
                {
                    "case": each.case,
                    "host_calls": each.calls.number,
                    "fd_writes": _writes(result, each),
                    "call_ns": each.calls.call_ns,
                    "percent": round(100 * each.calls.share),
                }
                for each in result.accounts
                if each.life == "steady state" and each.calls
            ],
        }
    write_atomically(path, json.dumps(known, sort_keys=True).encode())


def _writes(result: Result, account: Account) -> int | None:
    """Its calls of fd_write; None where they were not counted."""
    samples = result.run.samples().get(account.shares[-1].series, ())
    return next((each.facts["fd_writes"] for each in samples if "fd_writes" in each.facts), None)


def page_part(context: Context) -> str:
    """What was kept; "" where nothing was, or it is no text."""
    try:
        return context.state(PAGE_FILE).read_text("utf-8")
    except (OSError, ValueError):
        return ""


def outdated(context: Context, artifacts: Iterable[PlannedArtifact]) -> Iterator[str]:
    """A line for each of these artifacts that was measured, and of which something is another by
    now. What cannot be read says nothing."""
    try:
        records = json.loads(context.state(FILE).read_bytes())
        headers = {header.artifact: header for header in map(read_header, records)}
    except (OSError, ValueError, TypeError, KeyError):
        return
    for planned in artifacts:
        then = headers.get(planned.artifact.id)
        found = changed(then, _now(context, planned, then)) if then else ()
        if found:
            yield (
                f"{planned.artifact.id}: {' and '.join(found)} changed since it was measured: run "
                f"`scons bench ARTIFACT={planned.artifact.id}` again"
            )


def _now(context: Context, planned: PlannedArtifact, then: Header) -> Header:
    """Runtimes on PATH are not looked at: a build does not ask for them."""
    files = built_files(planned, context).named()
    digests = {name: context.digests.digest(path) or "" for name, path in files.items()}
    tools = toolchain_of(planned, context)
    return replace(then, files=digests, settings=settings_of(planned.artifact), tools=tools)
