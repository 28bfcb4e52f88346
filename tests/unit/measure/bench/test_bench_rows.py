"""The raw rows of a run: written, read back, and what is no such file refused with its line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from bench_fakes import series
from wasip1_build.findings import Failure
from wasip1_build.measure.bench.kept import Kept
from wasip1_build.measure.bench.outdated import changed, surroundings
from wasip1_build.measure.bench.probe import Sample
from wasip1_build.measure.bench.rounds import Row
from wasip1_build.measure.bench.rows import Header, Run, read_rows, rows_bytes
from wasip1_build.measure.bench.subject import Files
from wasip1_build.schema_files import schema_path

HEADER = Header(
    artifact=".:a",
    profile="release",
    measured_at="2026-01-01T00:00:00+00:00",
    machine={"system": "Linux", "machine": "x86_64", "cpus": 2},
    files={"module": "ab" * 32, "cwasm": "cd" * 32},
    tools={"wazero": "1.12.0 ef"},
    settings="01" * 32,
    rounds=2,
    dominating={"cold start of c": "delivery"},
)
ROWS = (
    Row("today", series("delivery", "fetch br"), 0, Sample(5, None, {"size_bytes": 9})),
    Row("base", series(), 1, Sample(7, 6)),
)
RUN = Run(HEADER, ROWS)


def test_what_is_written_is_read_and_fits_the_schema(tmp_path: Path) -> None:
    file = tmp_path / "bench.jsonl"
    other = replace(RUN, header=replace(HEADER, artifact=".:b"))
    file.write_bytes(rows_bytes([RUN, other]))
    assert read_rows(file, "x") == {".:a": RUN, ".:b": other}
    assert RUN.samples() == {ROWS[0].series: [ROWS[0].sample]}
    schema = json.loads(schema_path("bench-rows").read_bytes())
    for line in file.read_text().splitlines():
        jsonschema.validate(json.loads(line), schema)


def test_of_an_artifact_the_last_run_counts(tmp_path: Path) -> None:
    file = tmp_path / "bench.jsonl"
    file.write_bytes(rows_bytes([replace(RUN, rows=()), RUN]))
    assert read_rows(file, "x") == {".:a": RUN}


LINES = rows_bytes([RUN]).decode().splitlines()


@pytest.mark.parametrize(
    ("lines", "line", "why"),
    [
        (["{"], 1, "Expecting"),
        ([], 1, "holds no run"),
        (["[]"], 1, "no JSON object"),
        (LINES[1:], 1, "no run before it"),
        ([LINES[0].replace('"spec-version": 1', '"spec-version": 9')], 1, "version 9"),
        ([LINES[0], LINES[1].replace('"delivery"', '"lunch"')], 2, "'lunch'"),
        ([LINES[0], LINES[1].replace('"wall_ns": 5', '"wall_ns": "5"')], 2, "no number"),
        ([LINES[0], LINES[1].replace('"wall_ns": 5', '"wall_ns": -5')], 2, "no number"),
        ([LINES[0], LINES[1].replace('"way": "fetch br"', '"way": 1')], 2, "no text"),
        ([LINES[0], LINES[1].replace('"round"', '"sound"')], 2, "'round'"),
    ],
)
def test_what_is_no_such_file_is_refused_with_its_line(
    lines: list[str], line: int, why: str, tmp_path: Path
) -> None:
    file = tmp_path / "old.jsonl"
    file.write_text("\n".join(lines))
    with pytest.raises(Failure) as caught:
        read_rows(file, "old.jsonl")
    assert f"old.jsonl:{line}: error: old.jsonl is not the file of a run" in str(caught.value)
    assert why in str(caught.value).replace("is not a JSON", "no JSON")


def test_a_missing_base_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="No such file"):
        read_rows(tmp_path / "none", "none")
    (tmp_path / "binary").write_bytes(b"\xff")
    with pytest.raises(Failure, match="no UTF-8"):
        read_rows(tmp_path / "binary", "binary")


def test_what_changed_since_is_named_and_nothing_else() -> None:
    assert changed(HEADER, HEADER) == ()
    other = replace(HEADER, files={**HEADER.files, "module": "00"}, tools={"wazero": "1.13.0 ef"})
    assert changed(HEADER, other) == ("the module", "wazero")
    assert surroundings(HEADER, other) == ("wazero",)
    assert changed(HEADER, replace(HEADER, files={"module": "ab" * 32})) == ("the .cwasm",)
    assert changed(HEADER, replace(HEADER, tools={"node": "24 01"})) == ()
    [settings] = changed(HEADER, replace(HEADER, settings="x"))
    assert "grants, checks" in settings
    elsewhere = replace(HEADER, machine={}, profile="dev")
    assert changed(HEADER, elsewhere) == ("the profile", "the machine")


def kept_files(directory: Path, module: bytes, cwasm: bytes) -> Files:
    directory.mkdir(exist_ok=True)
    (directory / "a.wasm").write_bytes(module)
    (directory / "a.cwasm").write_bytes(cwasm)
    return Files(directory / "a.wasm", cwasm=directory / "a.cwasm")


def test_files_are_kept_by_digest_and_verified_when_taken(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "kept")
    digests = kept.put(kept_files(tmp_path / "now", b"module", b"code"))
    again = kept.files(digests)
    assert again and again.module.read_bytes() == b"module"
    assert again.cwasm and again.cwasm.read_bytes() == b"code"
    assert kept.put(kept_files(tmp_path / "now", b"module", b"code")) == digests
    again.cwasm.write_bytes(b"evil")
    assert kept.files(digests) is None
    again.cwasm.unlink()
    assert kept.files(digests) is None
    assert kept.files({"module": "../now/a.wasm"}) is None
    assert kept.files({"lunch": digests["module"]}) is None


def test_what_was_used_longest_ago_goes_but_not_what_is_needed(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "kept")
    first = kept.put(kept_files(tmp_path / "one", b"1" * 10, b"2" * 10))
    second = kept.put(kept_files(tmp_path / "two", b"3" * 10, b"4" * 10))
    kept.clear(set(second.values()), most_bytes=5)
    assert kept.files(first) is None
    assert kept.files(second)
    kept.clear((), most_bytes=100)
    assert kept.files(second)
