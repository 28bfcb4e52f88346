"""What happens when a whole build ends: state is kept, leftovers go, the table is printed."""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import replace
from pathlib import Path

import SCons.Script

from wasip1_build.findings import Failure
from wasip1_build.report.console import printable, style_of, table
from wasip1_build.report.github import append_summary, is_github, prefix_of
from wasip1_build.report.lines import MANY, moved_text
from wasip1_build.report.markdown import markdown_report
from wasip1_build.report.render import render
from wasip1_build.report.rendering import Rendered, Rendering
from wasip1_build.report.summary import report
from wasip1_build.report.write import write_reports
from wasip1_build.scons.action import FAILED
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.fast import identity, store_of
from wasip1_build.scons.good import keep_build
from wasip1_build.scons.outcomes import outcomes, shared_findings
from wasip1_build.scons.session import is_looking
from wasip1_build.scons.work import is_current
from wasip1_build.spec.model import sizes_file
from wasip1_build.spec.sizes_file import PROFILE
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
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(FAILED)  # Python lets nothing else that runs at exit change the status
    _keep_to_the_end(declared)


def _keep_to_the_end(*what: object) -> None:
    """Spares Python from taking down, object by object, what the end of the process frees at once:
    a tenth of the time of a build that changes one file in a large workspace."""
    kept: list[object] = [*what]
    kept.append(kept)  # a circle, so that nothing but the search for garbage could free it,
    gc.freeze()  # which from now on passes by what there is


def _report(declared: Declared, file: str, started_ns: int) -> None:
    built = outcomes(declared)
    if not built:
        return
    build_dir = declared.context.root / declared.workspace.build_dir
    findings = (*declared.workspace.findings, *shared_findings(declared))
    summary = report(declared.workspace.profile, built, declared.context.locate, findings)
    if _has_ledger(declared):
        from wasip1_build.scons.moved import with_moved  # where nothing was accepted, none of it

        summary = with_moved(declared, summary)
    this = render(summary, build_dir)
    every, asked = _with_kept(declared, this)
    shown = this.artifacts if len(asked.artifacts) > MANY else asked.artifacts
    if SCons.Script.ARGUMENTS.get("FORMAT", "text") == "text":  # else stdout is a verb's alone
        print(table(asked, style_of(sys.stdout, os.environ), shown), end="", flush=True)
        _say_moved(asked, declared)
        _say_outdated(declared)
    write_reports(every, build_dir, prefix_of(declared.context.root, os.environ), _bench(declared))
    passed = {name: each for name, each in this.artifacts.items() if each.verdict == "pass"}
    store = store_of(declared.context.root, file, declared.workspace.profile)
    keep_build(declared, passed, store, identity(), started_ns)
    if is_github(os.environ):
        append_summary(markdown_report(every), os.environ)


def _has_ledger(declared: Declared) -> bool:
    """Whether there are sizes to compare with; that there are none is noted for the next build."""
    context = declared.context
    ledgers = [
        str(context.path(name)) for name in {each.ledger for each in declared.plan.artifacts} - {""}
    ]
    for path in ledgers:
        context.digests.see(path)
    return any(map(os.path.exists, ledgers))


def _say_moved(build: Rendering, declared: Declared) -> None:
    """What moved the artifacts that were asked for from the sizes that were accepted."""
    moved = {name: each.moved for name, each in build.artifacts.items() if each.moved}
    for line in moved_text(moved):
        print(printable(line, style_of(sys.stdout, os.environ)))
    if declared.workspace.profile != PROFILE:
        files = (declared.context.path(sizes_file(name)) for name in declared.workspace.files)
        if any(map(os.path.exists, files)):
            print(f"sizes are compared only under PROFILE={PROFILE}, whose sizes are accepted")


def _say_outdated(declared: Declared) -> None:
    """What was measured before, and is another since this build."""
    if not os.path.exists(declared.context.state("bench.json")):
        return
    from wasip1_build.scons.measured import outdated  # who measures nothing needs none of it

    built = (each for each in declared.plan.artifacts if is_current(declared.manifest(each)))
    for line in outdated(declared.context, built):
        print(line)


def _bench(declared: Declared) -> str:
    """What the page is to show of the last benchmark."""
    if not os.path.exists(declared.context.state("bench.page.json")):
        return ""
    from wasip1_build.scons.measured import page_part  # as above

    return page_part(declared.context)


def report_nothing_built(declared: Declared) -> None:
    """Reports a build that was refused before it began. Raises OSError."""
    build_dir = declared.context.root / declared.workspace.build_dir
    summary = report(declared.workspace.profile, (), findings=declared.workspace.findings)
    rendering = render(summary, build_dir)
    write_reports(rendering, build_dir, prefix_of(declared.context.root, os.environ))
    if is_github(os.environ):
        append_summary(markdown_report(rendering), os.environ)


def _with_kept(declared: Declared, this: Rendering) -> tuple[Rendering, Rendering]:
    """This run's artifacts together with those that it did not have to look at: all of them, and
    those that were asked for."""
    part = declared.part
    if part is None:
        return this, this
    kept = {k: Rendered(*v) for k, v in part.graph.rendered.items() if k not in part.stale}
    every = dict(sorted({**kept, **this.artifacts}.items()))
    asked = {name: each for name, each in every.items() if name in part.change.asked}
    return replace(this, artifacts=every), replace(this, artifacts=asked)


def _remove_unplanned(declared: Declared) -> None:
    """After a build without failures: outputs that an earlier plan made and this one does not."""
    if declared.part is None and not SCons.Script.GetBuildFailures():
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
