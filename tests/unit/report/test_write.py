"""report.json, report.md and the page: the same facts, and nothing in them is markup."""

from __future__ import annotations

import copy
import json
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

from report_files import NOTE, SIZES, outcome
from wasip1_build.files import json_bytes
from wasip1_build.findings import Finding, Location, Severity
from wasip1_build.report.json_report import json_report
from wasip1_build.report.markdown import markdown_report
from wasip1_build.report.page.page import html_page
from wasip1_build.report.render import render
from wasip1_build.report.rendering import Rendering
from wasip1_build.report.summary import Outcome, report
from wasip1_build.report.write import write_reports
from wasip1_build.schema_files import schema_path

HOSTILE = Finding(
    "check",
    Severity.ERROR,
    "<script>alert(1)</script> | `x` ![a](http://x)",
    "why <b>",
    "one\ntwo",
    Location("wasip1.toml", 4),
    details="````\n</pre><img src=x onerror=y>",
)


def built(directory: Path, build_dir: Path | None = None) -> Rendering:
    directory.mkdir(parents=True, exist_ok=True)
    outcomes = [
        outcome(directory, ".:hello", gate={"verdict": "pass", "findings": [NOTE.to_json()]}),
        Outcome("x:broken", failed=True, findings=(HOSTILE,)),
    ]
    return render(report("release", outcomes, findings=[NOTE]), build_dir or directory)


def nothing(build_dir: Path) -> Rendering:
    return render(report("release", []), build_dir)


def test_all_are_written_and_written_again_only_when_they_differ(tmp_path: Path) -> None:
    one = built(tmp_path / "hello", tmp_path)
    paths = write_reports(one, tmp_path)
    names = [path.relative_to(tmp_path).as_posix() for path in paths]
    assert names == ["report.json", "report.md", "report.sarif", "report/index.html"]
    stamps = [path.stat().st_ino for path in paths]
    write_reports(one, tmp_path)
    assert [path.stat().st_ino for path in paths] == stamps
    write_reports(nothing(tmp_path), tmp_path)
    assert [path.stat().st_ino for path in paths] != stamps


def test_the_json_says_what_passed_what_failed_and_where_the_manifest_is(tmp_path: Path) -> None:
    record = json.loads(json_report(built(tmp_path / "hello", tmp_path)))
    assert record["totals"] == {
        "artifacts": 2,
        "passed": 1,
        "failed": 1,
        "not_built": 0,
        "errors": 1,
        "warnings": 0,
        "notes": 2,
    }
    hello, broken = record["artifacts"]
    assert hello["manifest"] == "hello/hello.manifest.json"
    assert hello["sizes"][2] == {
        "form": "br",
        "size_bytes": 536_117,
        "budget_bytes": 600_000,
        "over_bytes": 0,
    }
    assert (broken["verdict"], broken["manifest"], broken["sizes"]) == ("fail", None, [])
    assert broken["findings"] == [HOSTILE.to_json()]
    assert record["findings"] == [NOTE.to_json()]


def test_the_json_is_the_same_bytes_below_another_root(tmp_path: Path) -> None:
    texts = [
        json_report(built(tmp_path / root / "hello", tmp_path / root)) for root in ("a", "b/c")
    ]
    assert texts[0] == texts[1]


def test_the_json_is_written_as_all_json_is(tmp_path: Path) -> None:
    for build in (built(tmp_path), nothing(tmp_path)):
        data = json_report(build)
        assert data == json_bytes(json.loads(data))


@pytest.mark.parametrize("place", ["", "totals", "artifacts"])
def test_the_schema_refuses_members_that_it_does_not_know(place: str, tmp_path: Path) -> None:
    schema = json.loads(schema_path("report").read_bytes())
    record = json.loads(json_report(built(tmp_path)))
    jsonschema.validate(record, schema)
    changed = copy.deepcopy(record)
    inner = changed[place] if place else changed
    (inner[0] if isinstance(inner, list) else inner)["extra"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(changed, schema)


def test_the_markdown_has_the_table_and_the_findings(tmp_path: Path) -> None:
    lines = markdown_report(built(tmp_path)).split("\n")
    assert lines[0] == "## WASI modules: 2 artifacts: 1 passed, 1 failed; 1 error, 2 notes"
    assert lines[2].startswith("| artifact | debug |")
    assert lines[3].startswith("| --- | --: |")
    assert lines[4].startswith("| hello | 2.36MiB |")
    assert "- **note** hello has no size budget (budget-missing)" in lines


def test_an_artifact_without_a_form_has_an_empty_cell_of_it_in_the_tables(tmp_path: Path) -> None:
    one = built(tmp_path)
    small = outcome(tmp_path, ".:small", sizes=SIZES | {"sizes": SIZES["sizes"][:1]})
    both = render(report("release", [outcome(tmp_path, ".:hello"), small]), tmp_path)
    markdown = next(line for line in markdown_report(both).split("\n") if "small" in line)
    assert "| 2.31MiB |  |  |  | 1.8 % |" in markdown
    page = next(line for line in html_page(both).split("\n") if ">small<" in line)
    assert page.count("<td>—") == 3
    broken = next(line for line in html_page(one).split("\n") if ">broken<" in line)
    assert broken.count("<td") == 9


def test_a_finding_is_only_text_in_markdown(tmp_path: Path) -> None:
    text = markdown_report(built(tmp_path))
    assert r"\<script\>alert(1)\</script\> \| \`x\` !\[a\](http://x)" in text
    assert "  - fix: one<br>two" in text
    assert "  `````text\n  ````\n" in text  # a fence longer than what it holds


class Page(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_has_one_heading_a_captioned_table_and_row_headers(tmp_path: Path) -> None:
    text = html_page(built(tmp_path))
    page = Page(text)
    assert [page.tags.count(tag) for tag in ("h1", "main", "table", "caption", "title")] == [1] * 5
    assert '<html lang="en">' in text
    assert "<tr><th scope=row>hello<td>" in text
    assert '<table id="artifacts" class="r2 r3 r4 r5 r6 r7">' in text
    assert "FAIL" in page.text


def test_nothing_in_a_finding_becomes_part_of_the_page(tmp_path: Path) -> None:
    text = html_page(built(tmp_path))
    page = Page(text)
    assert page.tags.count("script") == 3
    assert "img" not in page.tags
    assert "<script>alert(1)</script>" in page.text
    assert "default-src 'none'" in text


def test_a_build_without_artifacts_still_has_its_reports(tmp_path: Path) -> None:
    paths = write_reports(nothing(tmp_path), tmp_path)
    assert all(path.is_file() for path in paths)
    assert "0 artifacts" in paths[1].read_text()
