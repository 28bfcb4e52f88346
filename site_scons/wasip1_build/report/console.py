"""How a build ends on a terminal or in a log: its findings, and one table of its artifacts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TextIO

from wasip1_build.findings import Finding
from wasip1_build.report.cells import Column, table_of, totals_line
from wasip1_build.report.summary import Report

_RESET = "\x1b[0m"
_COLORS = {
    "error": "\x1b[31m",
    "warning": "\x1b[33m",
    "note": "\x1b[36m",
    "FAIL": "\x1b[31m",
    "pass": "\x1b[32m",
}
# A finding may quote what a module printed: no escape sequence of it may reach the terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Style:
    """What the stream can show."""

    color: bool = False
    encoding: str = "utf-8"

    @property
    def unicode(self) -> bool:
        """Whether signs outside ASCII can be shown."""
        return self.encoding.lower().replace("-", "") in ("utf8", "utf16", "utf32")


def style_of(stream: TextIO, environment: Mapping[str, str]) -> Style:
    """Colour only on a terminal that has it, and never under NO_COLOR (https://no-color.org)."""
    terminal = stream.isatty() and environment.get("TERM") != "dumb"
    color = terminal and not environment.get("NO_COLOR")
    return Style(color, stream.encoding or "ascii")


@dataclass(frozen=True)
class TableLines:
    """The table in pieces; `rows` by artifact (DIR:NAME), in the report's order."""

    heading: str
    rows: Mapping[str, str]
    legend: tuple[str, ...]
    totals: str


def table(report: Report, style: Style = Style()) -> str:
    """The table at the end of a build, with its legend and totals; ends with a newline."""
    lines = table_lines(report, style)
    return "\n".join([lines.heading, *lines.rows.values(), *lines.legend, lines.totals]) + "\n"


def table_lines(report: Report, style: Style = Style()) -> TableLines:
    """The lines of the table."""
    content = table_of(report)
    nothing = "—" if style.unicode else "-"
    heading = tuple(column.heading for column in content.columns)
    rows = [tuple(_printable(cell, style) or nothing for cell in row) for row in content.rows]
    widths = [max(len(cell) for cell in cells) for cells in zip(heading, *rows, strict=True)]
    lines = [_line(row, widths, content.columns, style) for row in rows]
    names = [summary.artifact for summary in report.artifacts]
    return TableLines(
        heading=_line(heading, widths, content.columns),
        rows=dict(zip(names, lines, strict=True)),
        legend=tuple(content.legend),
        totals=totals_line(report),
    )


def findings_text(findings: Iterable[Finding], style: Style = Style()) -> str:
    """The findings as a person reads them, each with a blank line after it; "" for none."""
    return "".join(f"{_finding(finding, style)}\n\n" for finding in findings)


def _finding(finding: Finding, style: Style) -> str:
    text = _printable(str(finding), style)
    if not style.color:
        return text
    severity = f"{finding.severity}:"
    color = _COLORS[str(finding.severity)]
    return text.replace(severity, f"{color}{severity}{_RESET}", 1)


def _line(
    cells: tuple[str, ...],
    widths: list[int],
    columns: tuple[Column, ...],
    style: Style = Style(),
) -> str:
    padded = [
        cell.rjust(width) if column.align == "right" else cell.ljust(width)
        for cell, width, column in zip(cells, widths, columns, strict=True)
    ]
    padded[-1] = cells[-1]
    if style.color and cells[-1] in _COLORS:
        padded[-1] = f"{_COLORS[cells[-1]]}{cells[-1]}{_RESET}"
    return "  ".join(padded)


def _printable(text: str, style: Style) -> str:
    """The text with control signs, and what the stream cannot show, written as escapes."""
    shown = _CONTROL.sub(lambda sign: f"\\x{ord(sign.group()):02x}", text)
    return shown.encode(style.encoding, "backslashreplace").decode(style.encoding)
