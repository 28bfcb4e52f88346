"""What of an artifact stands in the page itself, to be read where no script runs: its row of the
table, and its findings."""

from __future__ import annotations

from collections.abc import Iterable

from wasip1_build.findings import Finding
from wasip1_build.texts import escaped

# As html.escape does it; to import that reads two thousand names of signs: 3 ms.
_SIGNS = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#x27;"))


def shown(text: str) -> str:
    """A text as it may stand in a page: no markup, and nothing that turns the line around."""
    if text.isalnum():  # (most cells of a table are)
        return escaped(text)
    text = escaped(text, keep="\n\t")
    for sign, name in _SIGNS:
        text = text.replace(sign, name)
    return text


def html_cells(cells: Iterable[str]) -> str:
    """What follows an artifact's name in the table. (HTML needs no end tags there.)"""
    return "".join(f"<td>{shown(cell or '—')}" for cell in cells)


def findings_html(findings: Iterable[Finding], artifact: str = "") -> str:
    """Findings as items of a list, which name their artifact to the script; "" for none."""
    of = f' data-artifact="{shown(artifact)}"' if artifact else ""
    return "\n".join(_finding(finding, of) for finding in findings)


def _finding(finding: Finding, of: str) -> str:
    where = f"<code>{shown(str(finding.location))}</code> " if finding.location else ""
    named = (("why", finding.why), ("fix", finding.fix))
    parts = "".join(f"<dt>{name}<dd>{shown(text)}" for name, text in named if text)
    reasons = f"<dl>{parts}</dl>" if parts else ""
    details = f"<pre>\n{shown(finding.details)}</pre>" if finding.details else ""
    return (
        f'<li class="{finding.severity}"{of}><p><strong>{finding.severity}</strong> {where}'
        f"{shown(finding.what)} <code>{shown(finding.rule)}</code></p>{reasons}{details}</li>"
    )
