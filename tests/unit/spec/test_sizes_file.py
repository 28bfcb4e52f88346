"""wasip1.sizes.json is written so that git can merge it, and what is no such file is found."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from wasip1_build.findings import Severity
from wasip1_build.schema_files import schema_path
from wasip1_build.spec.model import sizes_file
from wasip1_build.spec.sizes_file import Accepted, ledger_bytes, parsed, read_ledger

FILE = "m/wasip1.sizes.json"
FULL = Accepted(
    compiler="go 1.27.3",
    size_bytes={"br": 300, "cwasm pulley64": 2200, "gz": 400, "wasm": 1000},
    engine="wasmtime 49.0.3",
    functions=12,
    code_bytes={"": {"(linker)": 3}, "std": {"fmt": 100, "os": 50}, "example.com/w": {"main": 7}},
    data_bytes={"pclntab": 200, "other": 40},
    modules={"example.com/x": "v1.2.0"},
)
SMALL = Accepted("tinygo 0.42.0 (go 1.26.6)", {"wasm": 5})


def written(**artifacts: Accepted) -> bytes:
    return ledger_bytes({name: each.to_json() for name, each in artifacts.items()})


def test_it_lies_beside_its_spec() -> None:
    assert sizes_file("m/wasip1.toml") == FILE
    assert sizes_file("other.toml") == "other.sizes.json"  # two workspaces in one directory


def test_what_is_written_is_read_as_it_was_and_is_as_the_schema_says() -> None:
    data = written(full=FULL, small=SMALL)
    schema = json.loads(schema_path("sizes").read_bytes())
    Draft7Validator.check_schema(schema)
    Draft7Validator(schema).validate(json.loads(data))
    ledger = parsed(data, FILE)
    assert ledger.damage is None
    assert dict(ledger.artifacts) == {"full": FULL, "small": SMALL}
    assert ledger_bytes(ledger.records) == data


def test_every_line_has_one_value_and_keys_are_sorted() -> None:
    lines = written(z=FULL, a=SMALL).decode().splitlines()
    assert all(line.count(":") <= 1 for line in lines)
    assert lines.index('    "a": {') < lines.index('    "z": {')
    assert lines.index('          "fmt": 100,') < lines.index('          "os": 50')


def test_what_the_module_has_beside_code_and_data_is_the_rest() -> None:
    assert FULL.rest_bytes == 1000 - (3 + 100 + 50 + 7) - (200 + 40)


def test_two_branches_that_move_different_artifacts_are_merged(tmp_path: Path) -> None:
    """By the real git, whose hunks must not touch: artifacts of one file, one after the other."""
    base = {"a": FULL, "b": FULL, "c": FULL}
    grown = replace(
        FULL,
        size_bytes={**FULL.size_bytes, "wasm": 1100, "br": 310},
        code_bytes={**FULL.code_bytes, "std": {"fmt": 200, "net": 5, "os": 50, "zip": 1}},
    )
    for name, artifacts in (
        ("base", base),
        ("ours", base | {"a": grown}),
        ("theirs", base | {"b": grown, "new": SMALL}),
    ):
        (tmp_path / name).write_bytes(written(**artifacts))
    argv = ["git", "merge-file", "-p", "ours", "base", "theirs"]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()
    assert done.stdout == written(a=grown, b=grown, c=FULL, new=SMALL)


GOOD = written(a=SMALL)


@pytest.mark.parametrize(
    ("data", "line", "told"),
    [
        (b"<<<<<<< HEAD\n" + GOOD, 1, "has the marks of a merge that was not finished"),
        (GOOD + b">>>>>>> topic\n", len(GOOD.splitlines()) + 1, "has the marks of a merge"),
        (GOOD.replace(b"tiny", b"ti\xffy"), 4, "is not UTF-8"),
        (GOOD[:-10], 10, "is not JSON"),
        (b"", 1, "is not JSON"),
        (b"[" * 100_000, None, "is not as"),
        (b"[]", None, "is not as"),
        (b'{"spec-version": 1}', None, 'or no "artifacts"'),
        (GOOD.replace(b'"wasm": 5', b'"wasm": -5'), None, "-5 is no number from 0 on"),
        (GOOD.replace(b'"wasm": 5', b'"wasm": true'), None, "true is no number"),
        (GOOD.replace(b'"tinygo 0.42.0 (go 1.26.6)"', b"null"), None, "null is no text"),
        (GOOD.replace(b'"wasm": 5', b'"cwasm": 5'), None, "malformed"),
        (b'{"spec-version": 1, "artifacts": {"a": 5}}', None, "malformed"),
        (b'{"spec-version": 1, "artifacts": {"a": {}}}', None, "malformed"),
        (GOOD.replace(b'"wasm": 5', b'"wasm": 5, "wasm": 6'), None, '"wasm" is in one object twic'),
    ],
)
def test_what_cannot_be_compared_is_found(data: bytes, line: int | None, told: str) -> None:
    ledger = parsed(data, FILE)
    assert ledger.damage and not ledger.artifacts
    finding = ledger.finding(Severity.WARNING, "scons w-sizes")
    assert finding and finding.location and finding.location.line == line
    assert told in str(finding)
    assert finding.what.startswith(FILE)
    assert "scons w-sizes writes it anew" in finding.fix


def test_a_file_of_a_newer_version_is_left_to_a_newer_plug_in() -> None:
    ledger = parsed(GOOD.replace(b'"spec-version": 1', b'"spec-version": 2'), FILE)
    finding = ledger.finding(Severity.WARNING, "scons sizes")
    assert ledger.damage and ledger.damage.newer and finding
    assert "spec-version 2, which is newer" in finding.what
    assert finding.fix == "install a newer wasip1-scons"


def test_a_good_file_has_no_finding_and_what_is_no_file_is_said(tmp_path: Path) -> None:
    assert parsed(GOOD, FILE).finding(Severity.WARNING, "scons sizes") is None
    missing = read_ledger(tmp_path / "none", FILE)
    assert not missing.is_there and missing.damage is None
    unreadable = read_ledger(tmp_path, FILE)
    assert unreadable.is_there and unreadable.damage
    assert unreadable.damage.what == "cannot be read"
