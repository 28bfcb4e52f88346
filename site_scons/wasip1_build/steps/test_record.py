"""What is written down of one package's tests, and what follows from it: a line, findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding, Location, Severity
from wasip1_build.runtime.go_test_output import (
    NONE_RAN,
    TIMED_OUT,
    TestOutcome,
    failures,
    first_position,
    parse,
    placed,
    plain,
)
from wasip1_build.runtime.launch import Outcome
from wasip1_build.runtime.test_trial import Tried
from wasip1_build.steps.results import damaged, findings_of

LIBRARY = "wasmtime"  # the runtime that is a Python package; the others are programs
VERDICTS = ("pass", "fail", "timeout", "build failed", "no tests", "not runnable")
SHOWN_CHARS = 100_000  # of what a package printed, in a finding
# What programs print where the cause is known, and the cause. (Those of TinyGo were seen with
# 0.42.0: what it lacks compiles, and fails when it runs.)
_CAUSES = {
    "Bad file number": (  # what Go says of a path that is in no directory of the guest's
        "a test sees its package's directory without other packages in it, /tmp, and the "
        "directories of grants.dirs: put what it reads into the package's testdata"
    ),
    "Netdev not set": "TinyGo has no network on wasip1",
    "unimplemented: (reflect.": "TinyGo lacks this part of reflect, which calls methods by name",
    "Now is incomplete, requires runtime.Goexit": (
        "under TinyGo on wasip1 t.Skip and t.Fatal do not stop a test: what follows them runs, and "
        "a test that is skipped fails; return after them, or leave such tests to Go (//go:build "
        "!tinygo)"
    ),
}


@dataclass(frozen=True)
class TestRecord:
    """One package under one runtime. `why` says why it was not run, or not to its end; `printed`
    is all that it printed, `failed` what go test would show of what failed."""

    __test__ = False  # (for pytest, which would take it for a test)

    import_path: str
    directory: str
    runtime: str
    verdict: str
    why: str = ""
    duration_ns: int = 0
    tests: tuple[TestOutcome, ...] = ()
    printed: str = ""
    failed: str = ""
    none_ran: bool = False
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            **vars(self),
            "tests": [vars(test) for test in self.tests],
            "findings": [finding.to_json() for finding in self.findings],
        }

    @staticmethod
    def from_json(record: Mapping[str, Any], shown: str) -> TestRecord:
        """The reverse of `to_json`. Raises Failure where it is damaged; `shown` is its file."""
        try:
            tests = tuple(TestOutcome(**test) for test in record["tests"])
            read = TestRecord(
                **{**record, "tests": tests, "findings": findings_of(dict(record), shown)}
            )
        except (KeyError, TypeError) as error:
            raise damaged(shown, f"it is no record of tests: {error}") from None
        if read.verdict not in VERDICTS:
            raise damaged(shown, f"its verdict is {read.verdict!r}")
        return read


def record_of_run(
    blank: TestRecord, tried: Tried, timeout_s: float, names: frozenset[str]
) -> TestRecord:
    """The record of a run; `names` are the Go files of the package."""
    outcome = tried.outcome
    text = outcome.stdout.decode("utf-8", "backslashreplace")
    parsed = parse(text)
    verdict, why = _verdict(outcome, text, timeout_s, is_program=blank.runtime != LIBRARY)
    if verdict == "pass":  # a benchmark has no line that says that it passed
        for test in parsed.tests.values():
            test.status = "pass" if test.status == "unfinished" else test.status

    def here(said: str) -> str:
        return placed(said, blank.import_path, blank.directory, names)

    failed = "" if verdict == "pass" else here(failures(parsed)) + _host_output(outcome)
    for test in parsed.tests.values():
        test.output = here(test.output)
    record = replace(
        blank,
        verdict=verdict,
        why=why,
        duration_ns=tried.duration_ns,
        tests=tuple(parsed.tests.values()),
        printed=here(plain(text)),
        failed=failed,
        none_ran=NONE_RAN in text,
    )
    return replace(record, findings=_findings(record))


def _verdict(outcome: Outcome, text: str, timeout_s: float, *, is_program: bool) -> tuple[str, str]:
    response = outcome.response
    if outcome.killed == "timeout":
        return "timeout", f"it ran longer than {timeout_s:g} s, and was ended"
    if TIMED_OUT in text:
        return "timeout", f"it ran longer than {timeout_s:g} s"
    if response is None and is_program and not outcome.killed:
        return ("fail", f"exit {outcome.returncode}") if outcome.returncode else ("pass", "")
    if response is None:
        return "fail", _ENDS.get(outcome.killed, f"its process died ({outcome.returncode})")
    if response.stage in ("load", "host", "link"):
        return "not runnable", response.error
    if response.trapped or response.stage != "ended":
        return "fail", response.error or "it trapped"
    return ("fail", f"exit {response.exit}") if response.exit else ("pass", "")


_ENDS = {
    "output": "it printed more than 16 MiB",
    "scratch": "it wrote more than 256 MiB or 10000 files",
    "start": "its process did not come as far as the module: the machine is too busy",
    "compile": "wasmtime did not compile the module in time",
}


def _host_output(outcome: Outcome) -> str:
    said = outcome.response.host_output if outcome.response else ""
    return f"printed by the host's functions:\n{said}" if said else ""


def _findings(record: TestRecord) -> tuple[Finding, ...]:
    """Why a package did not pass, at the first line of its own that Go names."""
    if record.verdict == "pass":
        return ()
    failed = [test for test in record.tests if test.status in ("fail", "unfinished")]
    names = [test.name for test in failed if "/" not in test.name]
    place = first_position(record.failed, record.directory)
    what = f"{record.import_path}: {', '.join(names[:5])}" if names else record.import_path
    what += f" and {len(names) - 5} more" if len(names) > 5 else ""
    what += " did not end in time" if record.verdict == "timeout" else " failed"
    what += "" if record.runtime == LIBRARY else f" under {record.runtime}"
    cause = next((cause for sign, cause in _CAUSES.items() if sign in record.failed), record.why)
    return (
        Finding(
            "test",
            Severity.ERROR,
            what,
            why=cause,
            fix="" if record.verdict != "timeout"
            else "find what it waits for, or raise test.timeout on the artifact",
            location=Location(*place) if place else None,
            key="test",
            details=record.failed[-SHOWN_CHARS:],
        ),
    )  # fmt: skip


def not_run_finding(record: TestRecord) -> Finding:
    """What to say of a package that nothing here can run: it is no pass."""
    return Finding(
        "test-not-runnable",
        Severity.ERROR,
        f"the tests of {record.import_path} were not run",
        why=record.why,
        fix="declare what the host provides in imports.host and a check with `host`, or leave the "
        "package out of test.packages",
        key="test.packages",
    )


def result_line(record: TestRecord, *, cached: bool) -> str:
    """How go test reports a package."""
    seconds = f"{record.duration_ns / 1e9:.3f}s"
    if record.verdict == "pass":
        notes = " (cached)" * cached + " [no tests to run]" * record.none_ran
        return f"ok  \t{record.import_path}\t{seconds}{notes}"
    if record.verdict == "no tests":
        return f"?   \t{record.import_path}\t[no test files]"
    if record.verdict == "build failed":
        return f"FAIL\t{record.import_path} [build failed]"
    if record.verdict == "not runnable":
        return f"FAIL\t{record.import_path} [not runnable: {record.why}]"
    return f"FAIL\t{record.import_path}\t{seconds}" + " (cached)" * cached
