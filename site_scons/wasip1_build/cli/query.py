"""`wasip1 query`: what are an artifact's inputs, and which artifacts is a file an input of?"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from wasip1_build.cli.inputs import GROUPS, ArtifactInputs, Reader
from wasip1_build.cli.where import add_workspace_options, from_here, workspace_root
from wasip1_build.digests import Digests
from wasip1_build.files import json_bytes
from wasip1_build.findings import Failure, failure
from wasip1_build.spec.cached import load_workspace
from wasip1_build.spec.disk import below
from wasip1_build.spec.model import Workspace
from wasip1_build.spec.select import select
from wasip1_build.texts import escaped
from wasip1_build.toolchain.store import cache_directory
from wasip1_build.toolchain.tools import Tools

SPEC_VERSION = 1


def add(subparsers: Any) -> None:
    """Adds the subcommand's parser, with one for each question."""
    parser = subparsers.add_parser(
        "query",
        help="show an artifact's inputs, or the artifacts that depend on a file",
        description="Answers from the sources as they are; nothing is built.",
    )
    questions = parser.add_subparsers(title="questions", metavar="QUESTION", required=True)
    inputs = questions.add_parser(
        "inputs",
        help="show the files and Go modules that an artifact is made from",
        description="Prints each input on a line of its own: its kind, a tab, and its path from "
        "the top of the workspace.",
    )
    inputs.add_argument("artifact", metavar="ARTIFACT", help="NAME, DIR:NAME or DIR, as for scons")
    inputs.set_defaults(run=run_inputs)
    dependents = questions.add_parser(
        "dependents",
        help="show the artifacts that a file is an input of",
        description="Prints the DIR:NAME of each artifact that a file, or a file below a "
        "directory, is an input of.",
    )
    dependents.add_argument("path", metavar="FILE", help="a path from here")
    dependents.set_defaults(run=run_dependents)
    for question in (inputs, dependents):
        add_workspace_options(question)


def run_inputs(arguments: argparse.Namespace) -> int:
    """Prints the inputs of the artifacts that a word means. 0; 1 where they are not all known."""
    root, file = workspace_root(arguments)
    workspace = load_workspace(root, file, arguments.profile)
    wanted = select(workspace, arguments.artifact, from_here(root))
    found = _read(root, replace(workspace, artifacts=wanted))
    if arguments.json:
        record = {"spec-version": SPEC_VERSION, "artifacts": [_record(each) for each in found]}
        sys.stdout.buffer.write(json_bytes(record))
    else:
        print("\n\n".join("\n".join(_lines(each, len(found) > 1)) for each in found))
    return _tell_problems(found)


def run_dependents(arguments: argparse.Namespace) -> int:
    """Prints the artifacts that a file is an input of. 0; 1 where not all inputs are known."""
    root, file = workspace_root(arguments)
    workspace = load_workspace(root, file, arguments.profile)
    asked = os.path.abspath(arguments.path)
    if not os.path.lexists(asked):
        raise failure(
            "unknown-file",
            f"there is no file {escaped(arguments.path)}",
            why="a file is asked for by its path from this directory",
            fix="correct it; `wasip1 query inputs ARTIFACT` lists an artifact's files",
        )
    found = _read(root, workspace)
    places = {asked, os.path.realpath(asked)}
    dependents = [each.artifact.id for each in found if _depends(each, places, root)]
    if arguments.json:
        path = escaped(os.path.relpath(asked, root))
        record = {"spec-version": SPEC_VERSION, "file": path, "dependents": dependents}
        sys.stdout.buffer.write(json_bytes(record))
    else:
        for name in dependents:
            print(name)
        if not dependents:
            print(f"note: {escaped(arguments.path)} is an input of no artifact", file=sys.stderr)
    return _tell_problems(found)


def _read(root: Path, workspace: Workspace) -> list[ArtifactInputs]:
    with tempfile.TemporaryDirectory(prefix="wasip1-query-") as scratch:
        tools = Tools(root, Digests(None), os.environ, cache_directory(os.environ))
        read = Reader(root, workspace, tools, os.environ, Path(scratch).resolve()).read()
    return list(read.values())


def _depends(inputs: ArtifactInputs, places: Iterable[str], root: Path) -> bool:
    """Whether an input is at or below one of these paths, by its name or where links lead."""
    for name in (name for group in inputs.files.values() for name in group):
        path = os.path.normpath(root / name)
        for place in places:
            if below(path, place) or below(os.path.realpath(path), place):
                return True
    return False


def _lines(inputs: ArtifactInputs, named: bool) -> list[str]:
    lines = [inputs.artifact.id] if named else []
    for group in GROUPS:
        lines += [f"{group}\t{escaped(name)}" for name in inputs.files.get(group, ())]
    return lines + [f"module\t{_module(module)}" for module in inputs.modules]


def _module(module: Mapping[str, Any]) -> str:
    """A module as go list prints it: "example.com/x v1.2.0 => ../x"."""
    own = f"{module['Path']} {module.get('Version', '')}".strip()
    return f"{own} => {_module(module['Replace'])}" if "Replace" in module else own


def _record(inputs: ArtifactInputs) -> dict[str, Any]:
    return {
        "artifact": inputs.artifact.id,
        "files": {
            group: [escaped(name) for name in inputs.files.get(group, ())] for group in GROUPS
        },
        "modules": [_module_record(module) for module in inputs.modules],
        "findings": [finding.to_json() for finding in inputs.problems],
    }


def _module_record(module: Mapping[str, Any]) -> dict[str, Any]:
    names = {"path": "Path", "version": "Version", "sum": "Sum", "go": "GoVersion"}
    record = {name: module[key] for name, key in names.items() if key in module}
    if "Replace" in module:
        record["replace"] = _module_record(module["Replace"])
    return record


def _tell_problems(found: Iterable[ArtifactInputs]) -> int:
    problems = tuple(dict.fromkeys(problem for each in found for problem in each.problems))
    if problems:
        print(Failure(problems), file=sys.stderr)
    return 1 if problems else 0
