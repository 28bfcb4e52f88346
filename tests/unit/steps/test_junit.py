"""Is what CI systems read well-formed, whatever tests print?"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from wasip1_build.runtime.go_test_output import TestOutcome
from wasip1_build.steps.junit import junit
from wasip1_build.steps.test_record import TestRecord, result_line


def record(verdict: str, *tests: TestOutcome, printed: str = "", why: str = "") -> TestRecord:
    return TestRecord("example.com/p", "p", "wasmtime", verdict, why, 1_500_000_000, tests, printed)


def test_every_character_that_a_test_prints_gives_valid_xml() -> None:
    nasty = "".join(map(chr, [*range(0x20), 0xD800, 0xFFFE, 0x1F600])) + "]]>&<\\xff"
    text = junit("a", [record("fail", TestOutcome(nasty, "fail", 0, nasty), printed=nasty)])
    (suite,) = ElementTree.fromstring(text)
    said = suite.findtext("testcase/failure") or ""
    assert "\\x00" in said and "\\ud800" in said and "\U0001f600" in said and "]]>&<" in said


def test_what_is_no_single_tests_is_an_error_of_the_package() -> None:
    for verdict in ("timeout", "build failed", "not runnable", "fail"):
        (suite,) = ElementTree.fromstring(junit("a", [record(verdict, why="so it is")]))
        assert (suite.get("errors"), suite.get("tests")) == ("1", "1"), verdict
        error = suite.find("testcase/error")
        assert error is not None and error.get("message") == "so it is"
    (suite,) = ElementTree.fromstring(junit("a", [record("no tests")]))
    assert (suite.get("errors"), suite.get("tests"), suite.get("time")) == ("0", "0", "1.500")


def test_the_lines_are_gos_own() -> None:
    assert result_line(record("pass"), cached=False) == "ok  \texample.com/p\t1.500s"
    assert result_line(record("pass"), cached=True) == "ok  \texample.com/p\t1.500s (cached)"
    assert result_line(record("fail"), cached=False) == "FAIL\texample.com/p\t1.500s"
    assert result_line(record("no tests"), cached=True) == "?   \texample.com/p\t[no test files]"
    assert result_line(record("build failed"), cached=True) == "FAIL\texample.com/p [build failed]"
