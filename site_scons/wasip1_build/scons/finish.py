"""What happens when a whole build ends: state is kept, leftovers go, the table is printed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import SCons.Script

from wasip1_build.findings import Failure
from wasip1_build.report.console import style_of, table
from wasip1_build.report.github import append_summary, is_github
from wasip1_build.report.markdown import markdown_report
from wasip1_build.report.summary import report
from wasip1_build.report.write import write_reports
from wasip1_build.scons.good import keep_good
from wasip1_build.scons.outcomes import outcomes, shared_findings
from wasip1_build.scons.session import is_looking
from wasip1_build.scons.workspace import Declared
from wasip1_build.steps.compile_go import CompileGo
from wasip1_build.steps.go_stage import remove_stages


def finish(declared: Declared, file: str, started_ns: int, _lock: object) -> None:
    """Runs at the end of the process, after SCons has written its signatures.

    `file` is the top wasip1.toml, `started_ns` a time before anything was read. The lock is held
    until this has run.
    """
    try:
        if not is_looking():
            _remove_unplanned(declared)
            declared.session.save()
            if SCons.Script.GetOption("clean"):
                _remove_empty_directories(declared)
            else:
                _report(declared, file, started_ns)
    except (Failure, OSError) as error:
        print(f"error: the end of the build was not recorded: {error}", file=sys.stderr)


def _report(declared: Declared, file: str, started_ns: int) -> None:
    built = outcomes(declared)
    if not built:
        return
    summary = report(
        declared.workspace.profile, built, declared.context.locate, shared_findings(declared)
    )
    print(table(summary, style_of(sys.stdout, os.environ)), end="", flush=True)
    write_reports(summary, declared.context.root / declared.workspace.build_dir)
    keep_good(declared, summary, file, started_ns)
    if is_github(os.environ):
        append_summary(markdown_report(summary), os.environ)


def _remove_unplanned(declared: Declared) -> None:
    """After a build without failures: outputs that an earlier plan made and this one does not."""
    if not SCons.Script.GetBuildFailures():
        declared.session.record.remove_unplanned(declared.nodes)
        stages = {Path(step.stage) for step in declared.plan.steps if isinstance(step, CompileGo)}
        for directory in {stage.parent for stage in stages}:
            remove_stages(declared.context.state(str(directory)), {s.name for s in stages})


def _remove_empty_directories(declared: Declared) -> None:
    """What is left when outputs are removed; a directory with anything else in it stays."""
    build_dir = declared.context.root / declared.workspace.build_dir
    made = {declared.context.path(name).parent for name in declared.nodes} | {build_dir / "report"}
    for directory in sorted({p for d in made for p in (d, *d.parents)}, reverse=True):
        if directory.is_relative_to(build_dir) and directory.is_dir() and not os.listdir(directory):
            directory.rmdir()
