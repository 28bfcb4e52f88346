"""A build as the table and the report files show it, artifact by artifact, in plain texts.

A large workspace has a thousand artifacts and a build remakes one: what is shown of the others is
kept from build to build, and nothing of them is read again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from wasip1_build.dataclass import dataclass

SEVERITIES = ("error", "warning", "note")


class Rendered(NamedTuple):
    """What is shown of one artifact; nothing that marshal could not keep.

    `cells` are those of the table that the artifact has, by heading and in the table's order, but
    for its name; `markdown_cells` and `html_cells` are all of them as report.md and the page show
    them. `findings` are counted by SEVERITIES; `rules` are theirs. `json` is the artifact's part of
    report.json, `page` of what the page's script reads, which `owners` completes, or where there
    is no room `largest_owners`. `markdown`, `html` with `notes`, and `sarif` are the findings in
    report.md, on the page and in report.sarif. `moved` are lines on what moved it from the sizes
    that were accepted.
    """

    verdict: str
    cells: Mapping[str, str]
    markdown_cells: str
    html_cells: str
    targets: int  # for how many it is precompiled
    findings: tuple[int, ...]
    json: str
    markdown: str
    html: str
    moved: tuple[str, ...] = ()
    notes: str = ""
    sarif: str = ""
    rules: tuple[str, ...] = ()
    page: str = ""
    owners: str = ""
    largest_owners: str = ""


@dataclass(frozen=True)
class Rendering:
    """A whole build; `artifacts` are by DIR:NAME and in that order.

    What is said of no single artifact is in a Rendered too, which has no cells.
    """

    profile: str
    artifacts: Mapping[str, Rendered]
    workspace: Rendered

    def count(self, verdict: str) -> int:
        """How many artifacts have this verdict."""
        return sum(each.verdict == verdict for each in self.artifacts.values())

    @property
    def findings(self) -> tuple[int, ...]:
        """All findings, counted by SEVERITIES."""
        every = (self.workspace, *self.artifacts.values())
        return tuple(map(sum, zip(*(each.findings for each in every), strict=True)))


def shown_names(artifacts: Iterable[str]) -> dict[str, str]:
    """What stands for each DIR:NAME in a table: NAME alone, where no other artifact has it."""
    names = {artifact: artifact.rpartition(":")[2] for artifact in artifacts}
    counted = Counter(names.values())
    return {artifact: name if counted[name] == 1 else artifact for artifact, name in names.items()}
