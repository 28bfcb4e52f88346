"""`wasip1 why`: who owns the bytes of a module, and why is a package in a program?"""

from __future__ import annotations

import argparse
import sys
from itertools import islice
from pathlib import Path
from typing import Any

from wasip1_build.cli.where import add_workspace_options, from_here, workspace_root
from wasip1_build.files import json_bytes
from wasip1_build.findings import Failure, failure
from wasip1_build.plan import go_package, plan
from wasip1_build.planned import STATE, Names
from wasip1_build.report.owners import (
    Brought,
    brought_json,
    brought_text,
    owners_json,
    owners_text,
)
from wasip1_build.spec.cached import load_workspace
from wasip1_build.spec.model import Artifact, Workspace
from wasip1_build.spec.select import select_one
from wasip1_build.spec.suggest import did_you_mean
from wasip1_build.steps.compile import Compile
from wasip1_build.steps.go_contexts import look_for_contexts
from wasip1_build.steps.go_deps import GoDeps
from wasip1_build.steps.import_graph import ImportGraph
from wasip1_build.texts import escaped
from wasip1_build.toolchain.host import host_target
from wasip1_build.wasm.module import load
from wasip1_build.wasm.sizes.attribution import Attribution, attribute, main_package

SPEC_VERSION = 1
RULE = "why"
MODULE = ".wasm"
SHOWN = 10  # rows of each table
CHAINS = 5


def add(subparsers: Any) -> None:
    """Adds the subcommand's parser."""
    parser = subparsers.add_parser(
        "why",
        help="show who owns the bytes of a module, or why a package is in it",
        description="Divides the module that was built last, or any .wasm file, to the byte: code "
        "by Go module, package and function, data by what it is, and the rest of the file. With a "
        "package: the shortest chains of imports that lead to it, and which packages are linked "
        "only because of it. Nothing is built or run.",
    )
    parser.add_argument(
        "artifact", metavar="ARTIFACT", help="NAME or DIR:NAME, as for scons, or a .wasm FILE"
    )
    parser.add_argument(
        "package", nargs="?", metavar="PACKAGE", help="an import path, such as encoding/json"
    )
    parser.add_argument(
        "--all", action="store_true", help=f"all rows, not the {SHOWN} largest of each table"
    )
    add_workspace_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints who owns the bytes. 0. Raises Failure where the module cannot be read."""
    most = None if arguments.all else SHOWN
    if arguments.artifact.endswith(MODULE):
        return _of_file(arguments, most)
    root, file = workspace_root(arguments)
    workspace = load_workspace(root, file, arguments.profile)
    why = "what is divided is one module"
    artifact = select_one(workspace, arguments.artifact, from_here(root), why)
    found, shown = _built(root, workspace, artifact)
    if arguments.package is None:
        _print(arguments, {"artifact": artifact.id, **owners_json(found)}, found, shown, most)
        return 0
    graph = _graph(root, workspace, artifact)
    each = _brought(graph, found, arguments.package)
    if arguments.json:
        record = {"spec-version": SPEC_VERSION, "artifact": artifact.id, **brought_json(each)}
        sys.stdout.buffer.write(json_bytes(record))
    else:
        sys.stdout.write(brought_text(shown, found.size_bytes, each, most))
    return 0


def _of_file(arguments: argparse.Namespace, most: int | None) -> int:
    """Divides a file. Raises Failure."""
    shown = arguments.artifact
    if arguments.package is not None:
        raise failure(
            "argument",
            f"{escaped(arguments.package)} beside a file",
            why="a module does not say which package imports which",
            fix="name the artifact that it was built from: wasip1 why ARTIFACT PACKAGE",
        )
    found = attribute(load(Path(shown), escaped(shown)), escaped(shown))
    _print(arguments, {"file": escaped(shown), **owners_json(found)}, found, shown, most)
    return 0


def _print(
    arguments: argparse.Namespace,
    record: dict[str, Any],
    found: Attribution,
    shown: str,
    most: int | None,
) -> None:
    if arguments.json:
        sys.stdout.buffer.write(json_bytes({"spec-version": SPEC_VERSION, **record}))
    else:
        sys.stdout.write(owners_text(shown, found, most))


def _built(root: Path, workspace: Workspace, artifact: Artifact) -> tuple[Attribution, str]:
    """The module of an artifact, and its path. Raises Failure where it is not built."""
    names = Names(workspace.build_dir, workspace.profile, artifact.directory, artifact.name)
    shown = names.file("wasm")
    if not (root / shown).is_file():
        raise failure(
            "not-built",
            f"there is no {shown}",
            why="the artifact is not built",
            fix=f"scons {artifact.id}",
        )
    named = f"{workspace.build_dir}/{STATE}/{names.state('tinygo')}.wasm"
    other = None
    if artifact.compiler == "tinygo" and (root / named).is_file():
        other = load(root / named, named)
    return attribute(load(root / shown, shown), shown, other, named), shown


def _graph(root: Path, workspace: Workspace, artifact: Artifact) -> ImportGraph:
    """Who imports whom, as the last build listed it. Raises Failure where there is no listing."""
    contexts, without = look_for_contexts(root, workspace.artifacts)
    if artifact.id in without:
        raise Failure(without[artifact.id])
    planned = plan(workspace, contexts, host_target())
    steps = next(each.steps for each in planned.artifacts if each.artifact.id == artifact.id)
    listing = next(step.deps for step in steps if isinstance(step, Compile))
    deps = GoDeps.read(root / listing)
    graph = ImportGraph.of(deps, go_package(artifact, contexts[artifact.id])) if deps else None
    if graph is None:
        raise failure(
            "not-built",
            f"{artifact.id} is not listed: there is no {listing}, or not this program in it",
            why="the build lists who imports whom",
            fix=f"scons {artifact.id}",
        )
    return graph


def _brought(graph: ImportGraph, found: Attribution, package: str) -> Brought:
    """What is known of a package. Raises Failure where the program has no such package."""
    # (in a module the main package is "main" where it was built without its path)
    own = {main_package(found.info): graph.main}
    code = {own.get(name, name): both for name, both in found.packages.items()}
    wanted = graph.main if package == "main" else package
    if wanted not in graph.imports:
        raise failure(
            RULE,
            f"{graph.main} does not import {escaped(package)}, and nothing that it imports does",
            fix=did_you_mean(package, graph.imports, "`wasip1 why ARTIFACT` lists packages"),
        )
    chains = tuple(islice(graph.chains(wanted), CHAINS + 1))
    sizes = {name: code.get(name, (0, 0))[0] for name in graph.brought_by(wanted)}
    size, functions = code.get(wanted, (0, 0))
    return Brought(
        package=wanted,
        chains=chains[:CHAINS],
        more=len(chains) > CHAINS,
        alone=tuple(sorted(sizes.items(), key=lambda each: (-each[1], each[0]))),
        code_bytes=None if found.functions is None else size,
        functions=functions,
    )
