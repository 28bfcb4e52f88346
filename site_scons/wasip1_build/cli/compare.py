"""`wasip1 compare`: one artifact by Go and by TinyGo, measured phase by phase."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

from wasip1_build.cli.where import add_workspace_options, from_here, workspace_root
from wasip1_build.files import json_bytes
from wasip1_build.findings import failure
from wasip1_build.measure.by_compiler import Comparing, Measured
from wasip1_build.report.by_compiler import compared_record, compared_text
from wasip1_build.spec.cached import load_workspace
from wasip1_build.spec.select import select

SPEC_VERSION = 1


def add(subparsers: Any) -> None:
    """Adds the subcommand's parser."""
    parser = subparsers.add_parser(
        "compare",
        help="build an artifact by Go and by TinyGo, and measure both",
        description="Compiles one artifact with both compilers from empty caches, runs its checks "
        "and the Go tests of what it links, and prints what was measured side by side. Nothing of "
        "the workspace or its build directory is written. It takes minutes.",
    )
    parser.add_argument("artifact", metavar="ARTIFACT", help="NAME or DIR:NAME, as for scons")
    parser.add_argument(
        "--rounds",
        type=_count,
        default=5,
        metavar="N",
        help="how often each check is run to be timed (default: 5)",
    )
    add_workspace_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the table, or JSON. 0; raises Failure where a compiler cannot build the artifact."""
    root, file = workspace_root(arguments)
    workspace = load_workspace(root, file, arguments.profile)
    found = select(workspace, arguments.artifact, from_here(root))
    if len(found) != 1:
        raise failure(
            "argument",
            f"{arguments.artifact} means {len(found)} artifacts",
            why="what is compared are the two modules that two compilers make of one artifact",
            fix=f"name one: {', '.join(each.id for each in found)}",
        )
    [artifact] = found
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="wasip1-compare-") as scratch:
        place = Path(scratch).resolve()
        comparing = Comparing(
            root, workspace, os.environ, place, cpus, arguments.rounds, tell=_tell
        )
        go, tinygo = comparing.of(artifact)
    if arguments.json:
        record = {
            "spec-version": SPEC_VERSION,
            "artifact": artifact.id,
            "rounds": arguments.rounds,
            "machine": {"system": platform.system(), "machine": platform.machine(), "cpus": cpus},
            "compilers": compared_record(go, tinygo),
        }
        sys.stdout.buffer.write(json_bytes(record))
    else:
        about = _about(artifact.id, go, tinygo, arguments.rounds, cpus)
        sys.stdout.write(compared_text(go, tinygo, about))
    return 0


def _about(name: str, go: Measured, tinygo: Measured, rounds: int, cpus: int) -> str:
    return (
        f"measured: {name} by Go {go.version} and TinyGo {tinygo.version} on {platform.system()} "
        f'{platform.machine()} with {cpus} CPUs; compilations once, "again" with what the first '
        f"left in the caches; load, start and runs {rounds} times each in turns, as median (least "
        "to greatest) of the machine code for this machine; (same): the spreads overlap"
    )


def _tell(line: str) -> None:
    """What is going on: it takes minutes."""
    print(f"{line} ...", file=sys.stderr, flush=True)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1 on")
    return int(text)
