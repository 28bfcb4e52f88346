"""The build as a page to look at: BUILD-DIR/report/index.html, one file with no script."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from wasip1_build.findings import Finding
from wasip1_build.report.cells import Column, Table, has_all_of, table_of, totals_line
from wasip1_build.report.rendering import Rendered, Rendering

# Nothing is loaded and nothing runs, whatever a finding quotes.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = """\
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
table { border-collapse: collapse; }
caption { text-align: left; font-weight: bold; padding: .5rem 0; }
th, td { padding: .25rem .75rem; border-bottom: 1px solid; text-align: left; }
.right { text-align: right; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
pre { overflow-x: auto; border-left: 3px solid; padding-left: .75rem; }
dd { white-space: pre-line; }"""


def html_page(build: Rendering) -> str:
    """The table and every finding. The verdict is a word, so no colour is needed to read it."""
    content = table_of(build)
    head = "".join(_cell("th", column.heading, column, "col") for column in content.columns)
    rows = "\n".join(
        _row(shown, cells, build.artifacts[name], content)
        for name, (shown, *cells) in content.rows.items()
    )
    legend = "\n".join(f"<p>{escape(line)}</p>" for line in content.legend)
    every = (build.workspace, *build.artifacts.values())
    findings = "\n".join(each.html for each in every if each.html)
    section = f"<h2>Findings</h2>\n<ul>\n{findings}\n</ul>" if findings else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>WASI modules: {escape(totals_line(build))}</title>
<style>
{STYLE}
</style>
</head>
<body>
<main>
<h1>WASI modules</h1>
<p>{escape(totals_line(build))}</p>
<div class="scroll" role="region" aria-label="Artifacts" tabindex="0">
<table>
<caption>Artifacts, profile {escape(build.profile)}</caption>
<thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
{legend}
{section}
</main>
</body>
</html>
"""


def findings_html(findings: Iterable[Finding]) -> str:
    """Findings as items of a list; "" for none."""
    return "\n".join(_finding(finding) for finding in findings)


def html_cells(cells: Iterable[str], columns: Iterable[Column]) -> str:
    """What follows an artifact's name in the table."""
    each = zip(cells, columns, strict=True)
    return "".join(_cell("td", cell or "—", column) for cell, column in each)


def _row(name: str, cells: Iterable[str], artifact: Rendered, content: Table) -> str:
    first = _cell("th", name, content.columns[0], "row")
    own = has_all_of(artifact, content)
    rest = artifact.html_cells if own else html_cells(cells, content.columns[1:])
    return f"<tr>{first}{rest}</tr>"


def _cell(tag: str, text: str, column: Column, scope: str = "") -> str:
    attributes = f' scope="{scope}"' if scope else ""
    attributes += ' class="right"' if column.align == "right" else ""
    return f"<{tag}{attributes}>{escape(text)}</{tag}>"


def _finding(finding: Finding) -> str:
    where = f"<code>{escape(str(finding.location))}</code>: " if finding.location else ""
    named = (("why", finding.why), ("fix", finding.fix))
    parts = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in named if text)
    reasons = f"<dl>{parts}</dl>" if parts else ""
    details = f"<pre>{escape(finding.details)}</pre>" if finding.details else ""
    return (
        f"<li>{where}<strong>{finding.severity}</strong>: {escape(finding.what)}"
        f" <code>{escape(finding.rule)}</code>{reasons}{details}</li>"
    )
