"""The raw figures of a run as JSON lines: what was measured, of what, with what; read back, too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, Location, failure
from wasip1_build.measure.bench.probe import Phase, Sample, Series
from wasip1_build.measure.bench.rounds import Row, Side

SPEC_VERSION = 1


@dataclass(frozen=True)
class Header:
    """What the rows of one artifact that follow are of.

    `files` are the SHA-256 of what was measured ("module", "br", "gz", "cwasm"); `tools` of what
    made and ran it, by name and version; `settings` of what the spec gives to each run: grants,
    checks, cases and runtime. `dominating` are the phases that dominated, by the life and the case.
    """

    artifact: str  # DIR:NAME
    profile: str
    measured_at: str  # UTC, ISO 8601
    machine: Mapping[str, Any]
    files: Mapping[str, str]
    tools: Mapping[str, str]
    settings: str
    rounds: int
    dominating: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """One artifact's part of a run."""

    header: Header
    rows: tuple[Row, ...]

    def samples(self, side: Side = "today") -> dict[Series, list[Sample]]:
        """By series."""
        found: dict[Series, list[Sample]] = {}
        for row in self.rows:
            if row.side == side:
                found.setdefault(row.series, []).append(row.sample)
        return found


def run_lines(run: Run) -> Iterator[str]:
    """The lines of one artifact: what it is, and each measurement."""
    header = {"kind": "run", "spec-version": SPEC_VERSION, **vars(run.header)}
    yield json.dumps(header, sort_keys=True)
    for row in run.rows:
        yield json.dumps(_row(run.header.artifact, row), sort_keys=True)


def _row(artifact: str, row: Row) -> dict[str, Any]:
    return {
        "kind": "row",
        "artifact": artifact,
        "side": row.side,
        **row.series._asdict(),
        "round": row.round,
        "wall_ns": row.sample.wall_ns,
        "cpu_ns": row.sample.cpu_ns,
        "facts": dict(row.sample.facts),
    }


def rows_bytes(runs: Iterable[Run]) -> bytes:
    """The file."""
    return "".join(f"{line}\n" for run in runs for line in run_lines(run)).encode()


def read_rows(path: Path, shown: str) -> dict[str, Run]:
    """The runs of a file by artifact; of an artifact's, the last. `shown` is what messages call it.

    Raises Failure, which names the line, where it is not what `rows_bytes` writes.
    """
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        raise failure(
            "bench-base",
            f"{shown} cannot be read: {error.strerror or error}",
            why="it is to hold the rows of an earlier run",
            fix="give a copy of BUILD-DIR/report/bench.jsonl from then",
        ) from None
    except UnicodeDecodeError as error:
        raise _malformed(shown, 1, f"it is no UTF-8: {error.reason}") from None
    headers: dict[str, Header] = {}
    rows: dict[str, list[Row]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise TypeError("it is not a JSON object")
            if record.get("kind") == "run":
                header = read_header(record)
                headers[header.artifact], rows[header.artifact] = header, []
            else:
                rows[str(record["artifact"])].append(_read_row(record))
        except KeyError as error:
            raise _malformed(shown, number, f"it has no {error}, or no run before it") from None
        except (ValueError, TypeError, RecursionError) as error:
            raise _malformed(shown, number, str(error)) from None
    if not headers:
        raise _malformed(shown, 1, "it holds no run")
    return {name: Run(header, tuple(rows[name])) for name, header in headers.items()}


def read_header(record: Mapping[str, Any]) -> Header:
    """What a run's line says. Raises ValueError, TypeError or KeyError where it is none."""
    if record.get("spec-version", SPEC_VERSION) != SPEC_VERSION:
        raise ValueError(
            f"its format is version {record['spec-version']!r}, and {SPEC_VERSION} is known"
        )
    return Header(
        artifact=_text(record["artifact"]),
        profile=_text(record["profile"]),
        measured_at=_text(record["measured_at"]),
        machine=dict(record["machine"]),
        files=_texts(record["files"]),
        tools=_texts(record["tools"]),
        settings=_text(record["settings"]),
        rounds=_count(record["rounds"]),
        dominating=_texts(record["dominating"]),
    )


def _read_row(record: Mapping[str, Any]) -> Row:
    phase, side = record["phase"], record["side"]
    if phase not in get_args(Phase) or side not in get_args(Side):
        raise ValueError(f"there is no phase {phase!r} of {side!r}")
    series = Series(phase, _text(record["way"]), _text(record["runtime"]), _text(record["case"]))
    cpu = record["cpu_ns"]
    facts = {name: _count(value) for name, value in dict(record["facts"]).items()}
    sample = Sample(_count(record["wall_ns"]), None if cpu is None else _count(cpu), facts)
    return Row(side, series, _count(record["round"]), sample)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _texts(value: Any) -> dict[str, str]:
    return {name: _text(text) for name, text in dict(value).items()}


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"{value!r} is no number from 0 on")
    return value


def _malformed(shown: str, line: int, why: str) -> Failure:
    return failure(
        "bench-base",
        f"{shown} is not the file of a run of `scons bench`",
        why=why,
        fix="give BUILD-DIR/report/bench.jsonl, or a copy of it, unchanged",
        location=Location(shown, line),
    )
