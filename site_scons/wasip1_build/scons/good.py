"""What a build that ended well looked at, so that the next one need only look again."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import SCons.Script

import wasip1_build
from wasip1_build.looks import Look, is_racy, look_at
from wasip1_build.report.console import Style, table_lines
from wasip1_build.report.summary import Report
from wasip1_build.report.write import report_files
from wasip1_build.scons.fast import Good, forget, identity, save, store_of
from wasip1_build.scons.workspace import Declared


def keep_good(declared: Declared, report: Report, file: str, started_ns: int) -> None:
    """Keeps this build as a good one, or forgets that there was one. Raises OSError.

    Good is a bare `scons` in which every default artifact passed and nothing that was looked at
    has changed since the first look.
    """
    store = store_of(declared.context.root, file, declared.workspace.profile)
    looks = _looks(declared, started_ns) if _is_complete(declared, report) else None
    if looks is None:
        forget(store)
        return
    lines = table_lines(report, Style())
    by_path = [place for place in _tools(declared) if place == "PATH"]
    save(
        store,
        Good(
            identity=identity(),
            search_path=os.environ.get("PATH") if by_path else None,
            looks=looks,
            words=_words(declared),
            heading=lines.heading,
            rows=lines.rows,
            legend=lines.legend,
            totals=lines.totals,
            warnings=declared.workspace.warnings,
        ),
    )


def _is_complete(declared: Declared, report: Report) -> bool:
    if SCons.Script.GetBuildFailures() or SCons.Script.COMMAND_LINE_TARGETS:
        return False
    wanted = {p.artifact.id for p in declared.plan.artifacts if p.artifact.default}
    passed = {each.artifact for each in report.artifacts if each.verdict == "pass"}
    return bool(wanted) and wanted == passed


def _looks(declared: Declared, started_ns: int) -> dict[str, Look] | None:
    """Everything that decided this build, as it is now; None where something moved meanwhile."""
    context = declared.context
    build_dir = str(context.path(declared.workspace.build_dir))
    seen = {
        path: known
        for path, known in context.digests.seen.items()
        if not path.startswith(f"{build_dir}/")
    }
    for path in _read_before(declared):
        seen.setdefault(path, (look_at(path), started_ns))
    looks: dict[str, Look] = {}
    for path, (first, at_ns) in seen.items():
        looks[path] = look_at(path)
        if looks[path] != first or is_racy(first, at_ns):
            return None
    for output in _outputs(declared):
        path = str(context.path(output))
        looks[path] = look_at(path)
        if looks[path] is None or not declared.session.record.holds(output):
            return None
    for path in map(str, report_files(Path(build_dir))):
        looks[path] = look_at(path)
    return looks


def _read_before(declared: Declared) -> Iterator[str]:
    """What was read without a note: the spec, this code, where a go.work or a tool could appear."""
    root = declared.context.root
    workspace = declared.workspace
    for name in (*workspace.files, *workspace.looked_in, "SConstruct", "site_scons"):
        yield str(root / name)
    for imported in list(sys.modules.values()):  # what the SConstruct imported from this tree
        source = getattr(imported, "__file__", None) or ""
        if source.startswith(f"{root}/"):
            yield source
    package = Path(wasip1_build.__file__).parent
    yield from (str(path) for path in package.rglob("*.py"))
    yield from (str(path) for path in (package.parents[1] / "schemas").glob("*.json"))
    tools = declared.context.tools.places.store
    yield from (str(path) for path in (tools.directory, tools.root, *tools.root.glob("*")))
    modules = {step.modules.module for step in declared.plan.shared if hasattr(step, "modules")}
    for module in modules | {planned.artifact.directory for planned in declared.plan.artifacts}:
        start = Path(os.path.abspath(root / module))
        yield from (str(parent / "go.work") for parent in (start, *start.parents))
    if "PATH" in _tools(declared):
        yield from os.environ.get("PATH", "").split(os.pathsep)


def _tools(declared: Declared) -> list[str]:
    """Where the tools that were looked for were found."""
    return [tool.origin for tool in declared.context.tools.found()]


def _outputs(declared: Declared) -> Iterator[str]:
    """What every default artifact and what they share consists of."""
    for step in declared.plan.shared:
        yield from step.outputs
    for planned in declared.plan.artifacts:
        if planned.artifact.default:
            yield from (name for step in planned.steps for name in step.outputs)


def _words(declared: Declared) -> dict[str, tuple[str, ...]]:
    """The targets of a command line that a bare `scons` covers, each with its artifacts."""
    planned = declared.plan.artifacts
    covered = {each.artifact.id for each in planned if each.artifact.default}
    words: dict[str, set[str]] = {"": set(covered), "default": set(covered)}
    names = [each.artifact.name for each in planned]
    for each in planned:
        artifact = each.artifact
        words[artifact.id] = {artifact.id}
        if names.count(artifact.name) == 1:
            words[artifact.name] = {artifact.id}
        for parent in _directories(artifact.directory):
            for word in (parent, f"{parent}/", f"./{parent}"):
                words.setdefault(word, set()).add(artifact.id)
    return {word: tuple(sorted(ids)) for word, ids in words.items() if ids <= covered}


def _directories(directory: str) -> Iterable[str]:
    path = PurePosixPath(directory)
    return [str(parent) for parent in (path, *path.parents) if str(parent) != "."]
