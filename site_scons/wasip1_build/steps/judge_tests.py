"""Did all tests of an artifact pass? Asked of what was written down, and answered in full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes
from wasip1_build.findings import Failure, Finding, failure
from wasip1_build.steps.gate import located
from wasip1_build.steps.list_tests import read_tests
from wasip1_build.steps.results import read_result
from wasip1_build.steps.step import Context, Key
from wasip1_build.steps.test_record import TestRecord, not_run_finding


@dataclass(frozen=True)
class JudgeTests:
    """A file that exists only where every package with tests passed.

    `listing` is the go-tests.json that says whether Go finds the same packages.
    """

    artifact: str  # DIR:NAME
    records: tuple[str, ...]
    listing: str
    output: str

    name: ClassVar[str] = "judge"
    version: ClassVar[int] = 1

    @property
    def inputs(self) -> tuple[str, ...]:
        return (*self.records, self.listing)

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def key(self, context: Context) -> Key:  # noqa: ARG002  (the Step protocol)
        return {"artifact": self.artifact, "records": list(self.records)}

    def run(self, context: Context) -> None:
        """Raises Failure with what was found of every package that did not pass."""
        findings = tuple(self._findings(context))
        if findings:
            raise Failure(located(findings, self.artifact, context.locate))
        passed = [record.import_path for record in read_records(context, self.records)]
        context.out(self.output).write_bytes(json_bytes({"verdict": "pass", "packages": passed}))

    def _findings(self, context: Context) -> Iterator[Finding]:
        listed = read_tests(context, self.listing)
        if listed is None:
            raise failure("result-damaged", f"{self.listing} is damaged", fix="build again")
        yield from listed.mismatches
        for record in read_records(context, self.records):
            if record.verdict == "not runnable":
                yield not_run_finding(record)
            else:
                yield from record.findings


def read_records(context: Context, records: tuple[str, ...]) -> tuple[TestRecord, ...]:
    """The records at these paths. Raises Failure where one is damaged."""
    return tuple(
        TestRecord.from_json(read_result(context.path(name), name), name) for name in records
    )
