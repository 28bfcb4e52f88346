"""What do the files say in which sizes were accepted, and what is wrong with them?"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import replace

import SCons.Script

from wasip1_build.findings import Finding, Location, Severity
from wasip1_build.scons.arguments import SIZES
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.graph import Part
from wasip1_build.spec.model import sizes_file
from wasip1_build.spec.sizes_file import PROFILE, Ledger
from wasip1_build.steps.ledger import ledger_of
from wasip1_build.steps.step import Context

GONE = "sizes-gone"
SUFFIX = ".sizes.json"


def review_ledgers(declared: Declared, prefix: str = "") -> Declared:
    """The workspace with what is wrong with its ledgers in workspace.findings: nothing where they
    are about to be written, or of another profile."""
    workspace, word = declared.workspace, prefix + SIZES
    looking = any(SCons.Script.GetOption(name) for name in ("clean", "help"))
    if looking or workspace.profile != PROFILE or word in SCons.Script.COMMAND_LINE_TARGETS:
        return declared
    here: dict[str, set[str]] = {sizes_file(spec): set() for spec in workspace.files}
    for each in declared.plan.artifacts:
        here.setdefault(each.ledger, set()).add(each.artifact.name)
    found = tuple(
        finding
        for file, names in here.items()
        for finding in ledger_findings(ledger_of(declared.context, file), names, f"scons {word}")
    )
    if not found:
        return declared
    return replace(declared, workspace=replace(workspace, findings=(*workspace.findings, *found)))


def ledger_findings(ledger: Ledger, declared: Iterable[str], command: str) -> Iterator[Finding]:
    """What is wrong with one; `declared` are the artifacts that are to be in it."""
    if damage := ledger.finding(Severity.WARNING, command):
        yield damage
    for name in sorted(ledger.artifacts.keys() - set(declared)):
        yield Finding(
            GONE,
            Severity.NOTE,
            f"{ledger.file} has the artifact {name}, which is not declared any more",
            fix=f"{command} takes it out",
            location=Location(ledger.file),
        )


def needs_all(part: Part, context: Context) -> bool:
    """Whether a ledger among the changed paths is, or was, one of which more is to be told than
    how far artifacts have moved."""
    findings = part.workspace.findings
    told = {finding.location.file for finding in findings if finding.location}
    for path in part.change.paths:
        if not path.endswith(SUFFIX):
            continue
        directory = posixpath.dirname(path) or "."
        here = (name.rpartition(":") for name in part.graph.artifacts)
        names = {name for place, _, name in here if place == directory}
        if path in told or any(ledger_findings(ledger_of(context, path), names, SIZES)):
            return True
    return False
