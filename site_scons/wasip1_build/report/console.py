"""How a build ends on a terminal or in a log: its findings, and one table of its artifacts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from wasip1_build.findings import Finding
from wasip1_build.report.cells import Table, table_of, totals_line
from wasip1_build.report.rendering import Rendering
from wasip1_build.report.terminal import COLORS, PLAIN, RESET, Style, rows_text, style_of

__all__ = ["PLAIN", "Style", "findings_text", "printable", "style_of", "table", "table_lines"]

# A finding may quote what a module printed: no escape sequence of it may reach the terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def table(build: Rendering, style: Style = PLAIN, shown: Collection[str] | None = None) -> str:
    """The table at the end of a build, with its legend and totals; ends with a newline.

    With `shown` only these artifacts (DIR:NAME) have a row; the totals are of all.
    """
    content = table_of(build)
    lines = table_lines(content, style, [name for name in content.rows if _is_in(name, shown)])
    rest = len(content.rows) - len(lines) + 1
    if rest:
        lines.append(f"and {rest} more, up to date" if lines[1:] else f"{rest} up to date")
    return "\n".join([*lines, *content.legend, totals_line(build)]) + "\n"


def table_lines(content: Table, style: Style, shown: Iterable[str]) -> list[str]:
    """The heading, and the rows of these artifacts; on a terminal that is wide enough, budgets have
    bars."""
    heading = [column.heading for column in content.columns]
    texts = [[printable(cell, style) for cell in content.rows[name]] for name in shown]
    return rows_text(
        [heading, *texts], [column.align == "right" for column in content.columns], style
    )


def _is_in(name: str, shown: Collection[str] | None) -> bool:
    return shown is None or name in shown


def findings_text(findings: Iterable[Finding], style: Style = PLAIN) -> str:
    """The findings as a person reads them, each with a blank line after it; "" for none."""
    return "".join(f"{_finding(finding, style)}\n\n" for finding in findings)


def _finding(finding: Finding, style: Style) -> str:
    text = _printable(str(finding), style)
    if not style.color:
        return text
    severity = f"{finding.severity}:"
    color = COLORS[str(finding.severity)]
    return text.replace(severity, f"{color}{severity}{RESET}", 1)


def printable(cell: str, style: Style) -> str:
    """A cell as the stream can show it; a dash where there is nothing to say."""
    return _printable(cell, style) or ("—" if style.unicode else "-")


def _printable(text: str, style: Style) -> str:
    """The text with control signs, and what the stream cannot show, written as escapes."""
    if text.isascii() and text.isprintable():
        return text
    shown = _CONTROL.sub(lambda sign: f"\\x{ord(sign.group()):02x}", text)
    return shown.encode(style.encoding, "backslashreplace").decode(style.encoding)
