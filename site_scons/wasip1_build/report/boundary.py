"""What crossed between a module and its host, in the lines that a person reads, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.measure.boundary import Boundary, Crossed
from wasip1_build.report.lines import aligned
from wasip1_build.runtime.request import Crossing
from wasip1_build.texts import escaped
from wasip1_build.units import human_size
from wasip1_build.wasm.preview1 import ERRNOS
from wasip1_build.wasm.preview1 import MODULE as WASI

HEADINGS = ("function", "calls", "errors", "moved", "B/call", "calls by size in bytes")
RIGHT = (False, True, False, True, True, False)
SIZES_SHOWN = 4  # of the ranges with most calls; JSON has all


@dataclass(frozen=True)
class About:
    """The module that ran."""

    artifact: str  # DIR:NAME
    path: str  # below the workspace
    sha256: str
    size_bytes: int


def boundary_text(about: About, found: Boundary) -> str:
    """A table for each run with what was found of it."""
    # (names of imports, and what failed, are the module's own words)
    lines = [escaped(line, "\n") for run in found.runs for line in (*_run(run, found), "")]
    lines.append(
        f"counted: each call of the {len(found.imports)} functions that {about.path} imports "
        f"({about.size_bytes:,} B, sha256 {about.sha256[:12]}), on wasmtime"
    )
    return "\n".join(lines) + "\n"


def _run(run: Crossed, found: Boundary) -> Iterator[str]:
    if run.crossings is None:
        yield f"check {run.check}: not counted"
    else:
        total = sum(each.calls for each in run.crossings)
        yield f"check {run.check}: {total:,} call{'' if total == 1 else 's'} of the host" + (
            ", and it failed: counted up to its end" if run.failed else ""
        )
        rows = list(_rows(run.crossings, found))
        if rows:
            table = aligned([list(HEADINGS), *rows], RIGHT)
            yield from (f"  {'  '.join(row)}".rstrip() for row in table)
    yield from (str(finding) for finding in (*run.failed, *run.chatty))


def _rows(crossings: tuple[Crossing, ...], found: Boundary) -> Iterator[list[str]]:
    """Those that were called, most calls first."""
    numbered = [(number, each) for number, each in enumerate(crossings) if each.calls]
    for number, each in sorted(numbered, key=lambda pair: -pair[1].calls):
        errors = ", ".join(f"{count:,} {_errno(errno)}" for errno, count in each.errors)
        moved = each.size_bytes
        yield [
            _name(number, found),
            f"{each.calls:,}",
            errors,
            "" if moved is None else human_size(moved),
            "" if moved is None else f"{moved / each.calls:.1f}",
            _sizes(each),
        ]


def _name(number: int, found: Boundary) -> str:
    """The function, and what tells it from another of its name: Go imports fd_write twice."""
    imported = found.imports[number]
    name = imported.name if imported.module == WASI else imported.id
    if Counter((each.module, each.name) for each in found.imports)[imported[:2]] == 1:
        return name
    package = found.packages[number]
    return f"{name} [{number}{': Go package ' + package if package else ''}]"


def _sizes(each: Crossing) -> str:
    ranges = [(count, bucket) for bucket, count in enumerate(each.sizes) if count]
    most = sorted(ranges, reverse=True)[:SIZES_SHOWN]
    shown = [f"{_range(bucket)}: {count:,}" for count, bucket in sorted(most, key=lambda it: it[1])]
    rest = sum(count for count, _ in ranges) - sum(count for count, _ in most)
    return ", ".join([*shown, f"other: {rest:,}"] if rest else shown)


def _range(bucket: int) -> str:
    low, high = _bounds(bucket)
    return f"{low}" if low == high else f"{low}-{high}"


def _bounds(bucket: int) -> tuple[int, int]:
    """The least and the greatest size that a count of Crossing.sizes is about."""
    return (0, 0) if bucket == 0 else (1 << (bucket - 1), (1 << bucket) - 1)


def _errno(number: int) -> str:
    return ERRNOS[number] if number < len(ERRNOS) else str(number)


def boundary_record(about: About, found: Boundary) -> dict[str, Any]:
    """The same as JSON, with every function that is imported."""
    return {
        "artifact": about.artifact,
        "module": {"path": about.path, "sha256": about.sha256, "size_bytes": about.size_bytes},
        "runs": [_run_record(run, found) for run in found.runs],
    }


def _run_record(run: Crossed, found: Boundary) -> dict[str, Any]:
    crossings = run.crossings
    return {
        "check": run.check,
        "verdict": "fail" if run.failed else "pass",
        "host_calls": None if crossings is None else sum(each.calls for each in crossings),
        "functions": None
        if crossings is None
        else [
            {
                "position": number,
                "module": each.module,
                "name": each.name,
                "go_package": found.packages[number] or None,
                "calls": each.calls,
                "moved_bytes": each.size_bytes,
                "sizes": [_size_record(*pair) for pair in enumerate(each.sizes) if pair[1]],
                "errors": {_errno(errno): count for errno, count in each.errors},
            }
            for number, each in enumerate(crossings)
        ],
        "findings": [finding.to_json() for finding in (*run.failed, *run.chatty)],
    }


def _size_record(bucket: int, calls: int) -> dict[str, int]:
    low, high = _bounds(bucket)
    return {"least_bytes": low, "most_bytes": high, "calls": calls}
