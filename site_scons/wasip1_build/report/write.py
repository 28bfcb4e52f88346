"""The files in which a build's report is kept: report.json, report.md and report/index.html."""

from __future__ import annotations

from pathlib import Path

from wasip1_build.files import write_atomically
from wasip1_build.report.json_report import json_report
from wasip1_build.report.markdown import markdown_report
from wasip1_build.report.page import html_page
from wasip1_build.report.summary import Report


def write_reports(report: Report, build_dir: Path) -> tuple[Path, ...]:
    """Writes all three below `build_dir` and returns their paths.

    A file that says the same already stays untouched. Raises Failure where report.json would not
    fit its schema, OSError where a file cannot be written.
    """
    contents = {
        build_dir / "report.json": json_report(report, build_dir),
        build_dir / "report.md": markdown_report(report).encode(),
        build_dir / "report" / "index.html": html_page(report).encode(),
    }
    for path, data in contents.items():
        if not path.is_file() or path.read_bytes() != data:
            write_atomically(path, data)
    return tuple(contents)
