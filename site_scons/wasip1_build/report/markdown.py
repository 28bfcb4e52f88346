"""The build as a pull request shows it: BUILD-DIR/report.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from wasip1_build.findings import Finding
from wasip1_build.report.cells import has_all_of, table_of, totals_line
from wasip1_build.report.rendering import Rendering
from wasip1_build.texts import escaped

# What Markdown or the HTML inside it would read as markup: names and messages are only text.
_MARKUP = str.maketrans({sign: f"\\{sign}" for sign in r"\`*_{}[]<>#|~&@"} | {"\n": "<br>"})


def markdown_report(build: Rendering) -> str:
    """The table, its legend and every finding, as GitHub-flavoured Markdown."""
    content = table_of(build)
    lines = [f"## WASI modules: {totals_line(build)}", ""]
    lines.append(_row(column.heading for column in content.columns))
    lines.append(_row("--:" if column.align == "right" else "---" for column in content.columns))
    for name, (shown, *cells) in content.rows.items():
        artifact = build.artifacts[name]
        own = has_all_of(artifact, content)
        rest = artifact.markdown_cells if own else markdown_cells(cells)
        lines.append(f"| {_text(shown)}{rest} |")
    lines += ["", *(f"{_text(line)}  " for line in content.legend)]
    moved = [each.moved for each in build.artifacts.values() if each.moved]
    if moved:
        lines += ["", "### Sizes that moved", "", *(item for each in moved for item in _item(each))]
    findings = [each.markdown for each in (build.workspace, *build.artifacts.values())]
    if any(findings):
        lines += ["", "### Findings", "", *(text for text in findings if text)]
    return "\n".join(lines).rstrip() + "\n"


def markdown_cells(cells: Iterable[str]) -> str:
    """What follows an artifact's name in the table."""
    return "".join(f" | {_text(cell)}" for cell in cells)


def findings_markdown(findings: Iterable[Finding]) -> str:
    """Findings as items of a list; "" for none."""
    return "\n".join(line for finding in findings for line in _finding(finding))


def _item(texts: Sequence[str]) -> Iterator[str]:
    """An item of a list; the first text is its head."""
    for mark, text in zip(["- ", *["  - "] * (len(texts) - 1)], texts, strict=True):
        yield f"{mark}{_text(text.strip())}"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _text(text: str) -> str:
    return escaped(text, keep="\n\t").translate(_MARKUP)


def _finding(finding: Finding) -> list[str]:
    where = f"{_text(str(finding.location))}: " if finding.location else ""
    lines = [f"- **{finding.severity}** {where}{_text(finding.what)} ({_text(finding.rule)})"]
    if finding.why:
        lines.append(f"  - why: {_text(finding.why)}")
    if finding.fix:
        lines.append(f"  - fix: {_text(finding.fix)}")
    if finding.details:
        longest = max((len(run) for run in re.findall("`+", finding.details)), default=0)
        fence = "`" * max(3, longest + 1)
        shown = escaped(finding.details, keep="\n\t")
        details = [f"  {line}" for line in shown.rstrip("\n").split("\n")]
        lines += ["", f"  {fence}text", *details, f"  {fence}", ""]
    return lines
