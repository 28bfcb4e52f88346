"""How one step reads the JSON result of another, so that a damaged file is said, not crashed on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wasip1_build.findings import Failure, Finding, Location, failure

_FIX = "remove it and build again"


def read_result(path: Path, shown: str) -> dict[str, Any]:
    """The JSON object that a step wrote; `shown` is the path that messages name.

    Raises Failure where the file cannot be read or holds no JSON object.
    """
    try:
        record = json.loads(path.read_bytes())
    except OSError as error:
        raise failure(
            "result-unreadable", f"{shown} cannot be read: {error.strerror or error}", fix=_FIX
        ) from error
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise _damaged(shown, f"it is not JSON: {error}") from error
    if not isinstance(record, dict):
        raise _damaged(shown, "it is not a JSON object")
    return record


def findings_of(record: dict[str, Any], shown: str) -> tuple[Finding, ...]:
    """The findings of a result. One without the member is damaged: silence is no verdict.

    Raises Failure where they are missing or malformed.
    """
    entries = record.get("findings")
    if not isinstance(entries, list):
        raise _damaged(shown, 'it has no list of "findings"')
    return tuple(_finding(entry, shown) for entry in entries)


def size_of(path: Path, shown: str) -> int:
    """The size in bytes of a file that an earlier step made. Raises Failure where there is none."""
    try:
        return path.stat().st_size
    except OSError as error:
        raise failure(
            "output-missing",
            f"{shown} cannot be read: {error.strerror or error}",
            fix="build again",
        ) from error


def _finding(entry: Any, shown: str) -> Finding:
    try:
        texts = [value for name, value in entry.items() if name != "location"]
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("a member is not a string")
        finding = Finding.from_json(entry)
        if finding.location and not _is_place(finding.location):
            raise TypeError("its location is none")
        return finding
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _damaged(shown, f"one of its findings is malformed: {error}") from error


def _is_place(location: Location) -> bool:
    numbers = (location.line, location.column)
    return isinstance(location.file, str) and all(
        number is None or (isinstance(number, int) and number > 0) for number in numbers
    )


def _damaged(shown: str, why: str) -> Failure:
    return failure("result-damaged", f"{shown} is damaged", why=why, fix=_FIX)


def member(record: dict[str, Any], name: str, kind: type, shown: str) -> Any:
    """A member of a result that must be there, of this type. Raises Failure where it is not."""
    value = record.get(name)
    if not isinstance(value, kind):
        raise _damaged(shown, f'its member "{name}" is missing or malformed')
    return value
