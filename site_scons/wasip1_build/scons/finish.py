"""What happens when a whole build ends: state is kept, leftovers go, the table is printed."""

from __future__ import annotations

import os
import sys

import SCons.Script

from wasip1_build.findings import Failure
from wasip1_build.report.console import style_of, table
from wasip1_build.report.github import append_summary, is_github
from wasip1_build.report.markdown import markdown_report
from wasip1_build.report.summary import report
from wasip1_build.report.write import write_reports
from wasip1_build.scons.outcomes import outcomes
from wasip1_build.scons.session import LOOKING
from wasip1_build.scons.workspace import Declared


def finish(declared: Declared) -> None:
    """Runs at the end of the process, after SCons has written its signatures."""
    try:
        if not any(SCons.Script.GetOption(name) for name in LOOKING):
            _remove_unplanned(declared)
            declared.session.save()
            if not SCons.Script.GetOption("clean"):
                _report(declared)
    except (Failure, OSError) as error:
        print(f"error: the end of the build was not recorded: {error}", file=sys.stderr)


def _report(declared: Declared) -> None:
    built = outcomes(declared)
    if not built:
        return
    summary = report(declared.workspace.profile, built, declared.context.locate)
    print(table(summary, style_of(sys.stdout, os.environ)), end="", flush=True)
    write_reports(summary, declared.context.root / declared.workspace.build_dir)
    if is_github(os.environ):
        append_summary(markdown_report(summary), os.environ)


def _remove_unplanned(declared: Declared) -> None:
    """After a build without failures: outputs that an earlier plan made and this one does not."""
    if not SCons.Script.GetBuildFailures():
        declared.session.record.remove_unplanned(declared.nodes)
