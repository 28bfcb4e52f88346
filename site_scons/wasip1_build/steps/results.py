"""How one step reads the JSON result of another, so that a damaged file is said, not crashed on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, Finding, Location, failure

_FIX = "remove it and build again"
# JSON can escape half of a pair (RFC 8259, section 8.2), and UTF-8 cannot write it.
_HALF_PAIR = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True)
class Record:
    """A JSON object of a result. What is read of it has its type, or is a Failure that names it.

    `shown` is the file as messages name it, `place` where in it the object is: "sizes[0]", or ""
    for the whole.
    """

    members: dict[str, Any]
    shown: str
    place: str = ""

    def has(self, name: str) -> bool:
        """Whether there is such a member, of whatever type."""
        return name in self.members

    def text(self, name: str) -> str:
        """A string that a file can hold. Raises Failure."""
        value = self.members.get(name)
        if not isinstance(value, str) or _HALF_PAIR.search(value):
            raise self._malformed(name)
        return value

    def texts(self, name: str) -> list[str]:
        """A list of strings that a file can hold. Raises Failure."""
        entries = self.members.get(name)
        if not isinstance(entries, list):
            raise self._malformed(name)
        for index, entry in enumerate(entries):
            if not isinstance(entry, str) or _HALF_PAIR.search(entry):
                raise self._malformed(f"{name}[{index}]")
        return entries

    def one_of(self, name: str, choices: tuple[str, ...]) -> str:
        """One of these strings. Raises Failure."""
        value = self.text(name)
        if value not in choices:
            raise self._malformed(name)
        return value

    def count(self, name: str) -> int:
        """An integer from 0 on. Raises Failure."""
        value = self.members.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._malformed(name)
        return value

    def records(self, name: str, *, least: int = 0) -> list[Record]:
        """A list of at least so many objects. Raises Failure."""
        entries = self.members.get(name)
        if not isinstance(entries, list) or len(entries) < least:
            raise self._malformed(name)
        for index, entry in enumerate(entries):
            if not isinstance(entry, dict):
                raise self._malformed(f"{name}[{index}]")
        return [
            Record(entry, self.shown, self._path(f"{name}[{index}]"))
            for index, entry in enumerate(entries)
        ]

    def _path(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def _malformed(self, name: str) -> Failure:
        return damaged(self.shown, f'its member "{self._path(name)}" is missing or malformed')


def record_of(path: Path, shown: str) -> Record:
    """The JSON object that a step wrote, to be read by type. Raises Failure as read_result."""
    return Record(read_result(path, shown), shown)


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
        raise damaged(shown, f"it is not JSON: {error}") from error
    if not isinstance(record, dict):
        raise damaged(shown, "it is not a JSON object")
    return record


def findings_of(record: dict[str, Any], shown: str) -> tuple[Finding, ...]:
    """The findings of a result. One without the member is damaged: silence is no verdict.

    Raises Failure where they are missing or malformed.
    """
    entries = record.get("findings")
    if not isinstance(entries, list):
        raise damaged(shown, 'it has no list of "findings"')
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
        raise damaged(shown, f"one of its findings is malformed: {error}") from error


def _is_place(location: Location) -> bool:
    numbers = (location.line, location.column)
    return isinstance(location.file, str) and all(
        number is None or (isinstance(number, int) and number > 0) for number in numbers
    )


def damaged(shown: str, why: str) -> Failure:
    """The Failure to raise where a file of an earlier step is not what that step writes."""
    return failure("result-damaged", f"{shown} is damaged", why=why, fix=_FIX)


def member(record: dict[str, Any], name: str, kind: type, shown: str) -> Any:
    """A member of a result that must be there, of this type. Raises Failure where it is not."""
    value = record.get(name)
    if not isinstance(value, kind):
        raise damaged(shown, f'its member "{name}" is missing or malformed')
    return value
