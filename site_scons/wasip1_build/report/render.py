"""How is an artifact shown? Each of its texts is made once, when its results have been read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from wasip1_build.findings import Finding, Severity
from wasip1_build.report.cells import cells_of
from wasip1_build.report.json_report import artifact_json, findings_json
from wasip1_build.report.markdown import findings_markdown, markdown_cells
from wasip1_build.report.moved import moved_lines
from wasip1_build.report.page.data import artifact_data
from wasip1_build.report.page.owners import MOST, owners_data
from wasip1_build.report.page.parts import findings_html, html_cells
from wasip1_build.report.rendering import SEVERITIES, Rendered, Rendering
from wasip1_build.report.sarif import results_json
from wasip1_build.report.summary import Report, Summary


def render(report: Report, build_dir: Path) -> Rendering:
    """A report in texts. Paths in them are relative to `build_dir`."""
    artifacts = {each.artifact: rendered(each, build_dir) for each in report.artifacts}
    return Rendering(report.profile, artifacts, _of_findings(report.findings))


def rendered(summary: Summary, build_dir: Path) -> Rendered:
    """One artifact in texts."""
    cells, owners = cells_of(summary), summary.owners
    return _of_findings(summary.findings, summary.artifact)._replace(
        verdict=summary.verdict,
        cells=cells,
        markdown_cells=markdown_cells(cells.values()),
        html_cells=html_cells(cells.values()),
        targets=sum(size.form == "cwasm" for size in summary.sizes),
        json=artifact_json(summary, build_dir),
        moved=moved_lines(summary.name, summary.moved) if summary.moved else (),
        page=artifact_data(summary),
        owners=owners_data(owners) if owners else "",
        largest_owners=owners_data(owners, MOST) if owners else "",
    )


def _of_findings(findings: Iterable[Finding], artifact: str = "") -> Rendered:
    listed = tuple(findings)
    notes = [finding for finding in listed if finding.severity is Severity.NOTE]
    others = [finding for finding in listed if finding.severity is not Severity.NOTE]
    severities = [str(finding.severity) for finding in listed]
    return Rendered(
        verdict="",
        cells={},
        markdown_cells="",
        html_cells="",
        targets=0,
        findings=tuple(map(severities.count, SEVERITIES)),
        json=findings_json(listed),
        markdown=findings_markdown(listed),
        html=findings_html(others, artifact),
        notes=findings_html(notes, artifact),
        sarif=results_json(listed),
        rules=tuple(dict.fromkeys(finding.rule for finding in listed)),
    )
