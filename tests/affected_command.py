"""What `wasip1 affected` prints, read."""

from __future__ import annotations

import json

import jsonschema

from wasip1_build.cli import main
from wasip1_build.schema_files import schema_path


def report(capsys, *arguments: str) -> dict:
    assert main(["affected", "--json", *arguments]) == 0
    record = json.loads(capsys.readouterr().out)
    jsonschema.validate(record, json.loads(schema_path("affected").read_bytes()))
    return record


def refused(capsys, *arguments: str) -> str:
    """What is said where there is no answer."""
    assert main(["affected", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err
