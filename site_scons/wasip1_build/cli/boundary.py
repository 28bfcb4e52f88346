"""`wasip1 boundary`: what crosses between a module and its host while its checks run."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from wasip1_build.cli.measuring import one_artifact
from wasip1_build.cli.where import add_workspace_choice
from wasip1_build.files import json_bytes, sha256_of_file
from wasip1_build.findings import failure
from wasip1_build.measure.boundary import boundary
from wasip1_build.measure.cases import chosen, require_granted, runs_of
from wasip1_build.planned import Names
from wasip1_build.report.boundary import About, boundary_record, boundary_text
from wasip1_build.spec.model import Artifact, Budget, Check, GoTest

SPEC_VERSION = 1
WHY_ONE = "what is counted are the calls of one module"


def add(subparsers: Any) -> None:
    """Adds the subcommand's parser."""
    parser = subparsers.add_parser(
        "boundary",
        help="count what crosses between a module and its host",
        description="Runs the checks of one artifact, and the cases of its bench, on the module of "
        "the last build, and counts inside the engine: the calls of each function that it imports, "
        "the bytes that they moved, their sizes and errors. What is called often for little is a "
        "warning that says what to do. Nothing of the workspace or its build directory is written.",
        epilog="The exit code is 1 where a check fails or was not counted.",
    )
    parser.add_argument("artifact", metavar="ARTIFACT", help="NAME or DIR:NAME, as for scons")
    parser.add_argument(
        "--check",
        action="append",
        default=[],
        metavar="NAME",
        help="run this check alone, or bench.NAME for a case; may be given again (default: all)",
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="how it is printed"
    )
    add_workspace_choice(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the tables, or JSON. 0; 1 where a check failed or was not counted. Raises Failure
    where the artifact is not built, has nothing to run, or its calls cannot be counted."""
    with one_artifact(arguments, WHY_ONE) as (artifact, apart):
        checks = _checks(artifact, tuple(arguments.check))
        names = Names(
            apart.workspace.build_dir, apart.workspace.profile, artifact.directory, artifact.name
        )
        module, debug = (apart.root / names.file(form) for form in ("wasm", "debug.wasm"))
        about = _about(artifact, module, names.file("wasm"))
        # (only what runs need is planned, and no step runs)
        unbuilt = replace(
            artifact, compress_formats=(), aot_targets=(), budget=Budget(), test=GoTest(gate=False)
        )
        aside = apart.aside(unbuilt, "boundary")
        named = debug if debug.is_file() else None
        found = boundary(aside.subject(), module, named, checks, aside.path, apart.cpus)
    if arguments.format == "json":
        record = {"spec-version": SPEC_VERSION, **boundary_record(about, found)}
        sys.stdout.buffer.write(json_bytes(record))
    else:
        sys.stdout.write(boundary_text(about, found))
    return int(any(each.failed or each.crossings is None for each in found.runs))


def _checks(artifact: Artifact, only: tuple[str, ...]) -> tuple[Check, ...]:
    found = runs_of(artifact)
    if not found:
        raise failure(
            "boundary-nothing",
            f"{artifact.name} has nothing to run: no check is declared",
            why="what crosses is counted while a check runs",
            fix=f"declare a run with a typical input, [[artifact.{artifact.name}.check]]; "
            f"[artifact.{artifact.name}.bench] cases are run too",
            location=artifact.where(""),
        )
    taken = chosen(artifact, found, only)
    require_granted(artifact, taken)
    return taken


def _about(artifact: Artifact, module: Path, shown: str) -> About:
    try:
        return About(artifact.id, shown, sha256_of_file(module), module.stat().st_size)
    except OSError:
        raise failure(
            "not-built",
            f"{artifact.id} is not built: there is no {shown}",
            fix=f"run `scons {artifact.id}`",
        ) from None
