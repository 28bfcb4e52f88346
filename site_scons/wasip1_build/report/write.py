"""The files in which a build's report is kept: report.json, report.md, report.sarif and the page,
report/index.html."""

from __future__ import annotations

from pathlib import Path

from wasip1_build.files import write_atomically
from wasip1_build.report.json_report import json_report
from wasip1_build.report.markdown import markdown_report
from wasip1_build.report.page.page import html_page
from wasip1_build.report.rendering import Rendering
from wasip1_build.report.sarif import sarif_report


def report_files(build_dir: Path) -> tuple[Path, ...]:
    """Where the report of a build directory is kept."""
    return (
        build_dir / "report.json",
        build_dir / "report.md",
        build_dir / "report.sarif",
        build_dir / "report" / "index.html",
    )


def bench_files(build_dir: Path) -> tuple[Path, Path, Path, Path]:
    """Where `scons bench` keeps the last rows of each artifact, the same in Go's format, those of
    the base that were measured beside them, and the page."""
    report = build_dir / "report"
    return (
        report / "bench.jsonl",
        report / "bench.txt",
        report / "bench.base.txt",
        report / "bench.html",
    )


def write_reports(
    build: Rendering, build_dir: Path, prefix: str = "", bench: str = ""
) -> tuple[Path, ...]:
    """Writes all four below `build_dir` and returns their paths.

    `prefix` is the workspace's directory in the repository, from whose top SARIF names files;
    `bench` is what the last benchmark said, for the page. A file that says the same already stays
    untouched. Raises OSError where one cannot be written.
    """
    data_file, text_file, findings_file, page = report_files(build_dir)
    contents = {
        data_file: json_report(build),
        text_file: markdown_report(build).encode(),
        findings_file: sarif_report(build, prefix),
        page: html_page(build, bench).encode(),
    }
    for path, data in contents.items():
        if not _says(path, data):
            write_atomically(path, data)
    return tuple(contents)


def _says(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False
