"""What did a build look at, and is all of it still as it was at the first look?"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from stat import S_ISDIR

import wasip1_build
from wasip1_build.looks import Look, is_racy, look_at, name_of
from wasip1_build.report.write import report_files
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.state import format_file
from wasip1_build.spec.model import grants_file
from wasip1_build.steps.go_world import is_source, is_source_or_test, is_still


def looks_of(
    declared: Declared, started_ns: int, facts: Mapping[str, str]
) -> dict[str, Look] | None:
    """Everything that decided this build, as it is now; None where something moved meanwhile.

    A directory of sources may have moved, where what its `facts` say of it did not.
    """
    context = declared.context
    build_dir = str(context.path(declared.workspace.build_dir))
    seen = {
        path: known
        for path, known in context.digests.seen.items()
        if not path.startswith(f"{build_dir}/")
    }
    if declared.part is None:
        for path in read_before(declared):
            seen.setdefault(path, (look_at(path), started_ns))
    looks: dict[str, Look] = {}
    for path, (first, at_ns) in seen.items():
        name = name_of(context.root, path)
        look = looks[name] = look_at(path)
        if look != first or is_racy(first, at_ns):
            if not (name in facts and _is_directory_with(path, look, facts[name], declared)):
                return None
            if is_racy(look, time.time_ns()):
                looks[name] = None  # which it is not: the next build asks for the facts again
    for path in map(str, (*report_files(Path(build_dir)), format_file(context.state("")))):
        looks[name_of(context.root, path)] = look_at(path)
    if declared.part:
        for name in declared.part.change.paths:
            looks.setdefault(name, look_at(os.path.join(context.root, name)))
    return looks


def _is_directory_with(path: str, look: Look, fact: str, declared: Declared) -> bool:
    matters = is_source_or_test if declared.is_tested else is_source
    is_directory = look is not None and S_ISDIR(look[4])
    return is_directory and is_still(path, fact, declared.context.digests, matters)


def read_before(declared: Declared) -> Iterator[str]:
    """What was read without a note: the spec, this code, where a go.work or a tool could appear."""
    root = declared.context.root
    workspace = declared.workspace
    accepted = map(grants_file, workspace.files)
    for name in (*workspace.files, *accepted, *workspace.looked_in, "SConstruct", "site_scons"):
        yield str(root / name)
    for imported in list(sys.modules.values()):  # what the SConstruct imported from this tree
        source = getattr(imported, "__file__", None) or ""
        if source.startswith(f"{root}/"):
            yield source
    package = Path(wasip1_build.__file__).parent
    yield from (str(path) for path in package.rglob("*.py"))
    yield from (str(path) for path in (package / "report/page").glob("*.*"))
    yield from (str(path) for path in (package.parents[1] / "schemas").glob("*.json"))
    # Not the directory in which they are: engines and launchers make caches of their own beside.
    tools = declared.context.tools.places.store.root
    yield from (str(path) for path in (tools, *tools.glob("*")))
    modules = {step.modules.module for step in declared.plan.shared if hasattr(step, "modules")}
    for module in modules | {planned.artifact.directory for planned in declared.plan.artifacts}:
        start = Path(os.path.abspath(root / module))
        yield from (str(parent / "go.work") for parent in (start, *start.parents))
    if uses_path(declared):
        yield from os.environ.get("PATH", "").split(os.pathsep)


def uses_path(declared: Declared) -> bool:
    """Whether a tool was found through PATH."""
    return any(tool.origin == "PATH" for tool in declared.context.tools.found())
