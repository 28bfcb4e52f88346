"""The results of an artifact's tests as JUnit XML, which CI systems read: one suite a package."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from typing import ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.runtime.go_test_output import TestOutcome
from wasip1_build.steps.judge_tests import read_records
from wasip1_build.steps.step import Context, Key
from wasip1_build.steps.test_record import TestRecord

# What XML 1.0 cannot hold, not even as a reference (https://www.w3.org/TR/xml/#charsets).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ERRORS = ("timeout", "build failed", "not runnable")


@dataclass(frozen=True)
class WriteJUnit:
    """A.tests.xml, written whether the tests passed or not."""

    artifact: str  # DIR:NAME
    records: tuple[str, ...]
    output: str

    name: ClassVar[str] = "report"
    version: ClassVar[int] = 1

    @property
    def inputs(self) -> tuple[str, ...]:
        return self.records

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def key(self, context: Context) -> Key:  # noqa: ARG002  (the Step protocol)
        return {"artifact": self.artifact, "records": list(self.records)}

    def run(self, context: Context) -> None:
        """Raises Failure where a record is damaged."""
        text = junit(self.artifact, read_records(context, self.records))
        context.out(self.output).write_bytes(text)


def junit(name: str, records: Iterable[TestRecord]) -> bytes:
    """The XML of some packages' results, with no time in it but how long each took."""
    suites = ElementTree.Element("testsuites", name=_clean(name))
    for record in records:
        suites.append(_suite(record))
    ElementTree.indent(suites)
    text: bytes = ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _suite(record: TestRecord) -> ElementTree.Element:
    cases = [_case(record.import_path, test) for test in record.tests]
    if record.verdict in _ERRORS or (record.verdict == "fail" and not _any(cases, "failure")):
        cases.append(_package_error(record))
    suite = ElementTree.Element(
        "testsuite",
        name=_clean(record.import_path),
        tests=str(len(cases)),
        failures=str(_count(cases, "failure")),
        errors=str(_count(cases, "error")),
        skipped=str(_count(cases, "skipped")),
        time=_seconds(record.duration_ns),
    )
    properties = ElementTree.SubElement(suite, "properties")
    ElementTree.SubElement(properties, "property", name="runtime", value=_clean(record.runtime))
    suite.extend(cases)
    if record.printed:
        ElementTree.SubElement(suite, "system-out").text = _clean(record.printed)
    return suite


def _case(package: str, test: TestOutcome) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase",
        classname=_clean(package),
        name=_clean(test.name),
        time=_seconds(test.duration_ns),
    )
    said = _clean(test.output)
    if test.status == "skip":
        ElementTree.SubElement(case, "skipped", message=said.strip())
    elif test.status == "fail":
        ElementTree.SubElement(case, "failure", message="failed").text = said
    elif test.status == "unfinished":
        message = "the program ended while it ran"
        ElementTree.SubElement(case, "failure", message=message).text = said
    return case


def _package_error(record: TestRecord) -> ElementTree.Element:
    """A case of the package's own, for what is no single test's: readers ignore bare suites."""
    case = ElementTree.Element("testcase", classname=_clean(record.import_path), name="(package)")
    details = "\n".join(finding.details for finding in record.findings)
    message = _clean(record.why or record.verdict)
    ElementTree.SubElement(case, "error", message=message).text = _clean(details)
    return case


def _any(cases: Iterable[ElementTree.Element], tag: str) -> bool:
    return _count(cases, tag) > 0


def _count(cases: Iterable[ElementTree.Element], tag: str) -> int:
    return sum(case.find(tag) is not None for case in cases)


def _seconds(duration_ns: int) -> str:
    return f"{duration_ns / 1e9:.3f}"


def _clean(text: str) -> str:
    """The text with what XML cannot hold written as escapes."""
    return _NOT_XML.sub(lambda match: match.group().encode("unicode_escape").decode(), text)
