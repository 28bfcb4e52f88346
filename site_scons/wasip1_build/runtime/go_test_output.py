"""What the tests of a Go package did, told from what their program printed with
-test.v=test2json (cmd/test2json, package testing), or with -test.v alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from typing import Literal

from wasip1_build.dataclass import dataclass

Status = Literal["pass", "fail", "skip", "unfinished"]

# Package testing writes SYN before each line of its own, which may stand in the middle of a line,
# and since Go 1.26 SO and SI around what t.Error says.
_MARK = "\x16"
_AROUND_ERRORS = str.maketrans("", "", "\x0e\x0f")
_EVENT = re.compile(r"=== (?P<verb>RUN|NAME|CONT|PAUSE)\s*(?P<name>\S*)")
_RESULT = re.compile(r"\s*--- (?P<status>PASS|FAIL|SKIP): (?P<name>\S+) \((?P<seconds>[\d.]+)s\)")
_LAST = re.compile(r"(PASS|FAIL|ok|testing: warning: no tests to run)\s*")
NONE_RAN = "testing: warning: no tests to run"
TIMED_OUT = "panic: test timed out after "
_POSITION = re.compile(r"^(?P<indent>\s*)(?P<file>[^\s:]+\.go):(?P<line>\d+)", re.MULTILINE)
_STATUSES: dict[str, Status] = {"PASS": "pass", "FAIL": "fail", "SKIP": "skip"}


@dataclass
class TestOutcome:
    """One test, subtest, example or benchmark. "unfinished": the program ended while it ran."""

    __test__ = False  # (for pytest, which would take it for a test)

    name: str
    status: Status = "unfinished"
    duration_ns: int = 0
    output: str = ""


@dataclass
class TestOutput:
    """All tests in the order in which they began, and what was printed outside of any."""

    __test__ = False

    tests: dict[str, TestOutcome] = field(default_factory=dict)
    rest: str = ""

    @property
    def failed(self) -> list[TestOutcome]:
        """Those that failed, or were running when the program ended."""
        return [test for test in self.tests.values() if test.status in ("fail", "unfinished")]


def parse(text: str) -> TestOutput:
    """Takes apart what a test program printed, stdout and stderr together."""
    found = TestOutput()
    current = ""
    for line, marked in _lines(text):
        event = _EVENT.match(line) if marked else None
        result = _RESULT.match(line) if marked else None
        if event:
            current = "" if event["verb"] == "PAUSE" else event["name"]
            if event["verb"] == "RUN":
                found.tests[current] = TestOutcome(current)
        elif result:
            test = found.tests.setdefault(result["name"], TestOutcome(result["name"]))
            test.status = _STATUSES[result["status"]]
            test.duration_ns = round(float(result["seconds"]) * 1e9)
            current = test.name
        elif current in found.tests:
            found.tests[current].output += line
        elif not (marked and _LAST.fullmatch(line)):
            found.rest += line
    return found


def plain(text: str) -> str:
    """What `go test -v` shows of it: without marks and without the lines that name no test."""
    lines = (line for line, marked in _lines(text) if not (marked and line.strip() == "=== NAME"))
    return "".join(lines)


def failures(output: TestOutput) -> str:
    """What `go test` shows of a package that failed: the failed tests with what they printed, each
    below the test that it is a part of, and what was printed outside of any test."""
    shown = ""
    for test in output.failed:
        indent = "    " * test.name.count("/")
        word = "FAIL" if test.status == "fail" else "RUNNING"
        shown += f"{indent}--- {word}: {test.name} ({test.duration_ns / 1e9:.2f}s)\n"
        shown += "".join(f"{indent}{line}" for line in test.output.splitlines(keepends=True))
        if not shown.endswith("\n"):
            shown += "\n"
    return shown + output.rest


def placed(text: str, import_path: str, directory: str, names: frozenset[str]) -> str:
    """The text with the package's files as paths from the workspace root.

    Package testing names the file alone, and the runtime the import path with it (-trimpath).
    `names` are the files that the package's directory has.
    """
    prefix = "" if directory == "." else f"{directory}/"

    def place(match: re.Match[str]) -> str:
        package, _, name = match["file"].rpartition("/")
        own = package in ("", import_path, f"{import_path}_test") and name in names
        file = f"{prefix}{name}" if own else match["file"]
        return f"{match['indent']}{file}:{match['line']}"

    return _POSITION.sub(place, text)


def first_position(text: str, directory: str) -> tuple[str, int] | None:
    """The first file:line of a directory that a text names at the beginning of a line."""
    prefix = "" if directory == "." else f"{directory}/"
    for match in _POSITION.finditer(text):
        if match["file"].startswith(prefix) and "/" not in match["file"].removeprefix(prefix):
            return match["file"], int(match["line"])
    return None


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """The lines, each with its end, and whether package testing may have written it: where it
    writes no marks (under -test.v alone), any line may be its own."""
    unmarked = _MARK not in text
    for line in text.translate(_AROUND_ERRORS).splitlines(keepends=True):
        before, *marked = line.split(_MARK)
        if before:
            yield before, unmarked
        for part in marked:
            yield part, True
