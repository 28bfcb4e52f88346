"""What subcommands that measure one artifact have in common: which, where, how often, on what."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wasip1_build.cli.where import add_workspace_options, from_here, workspace_root
from wasip1_build.cpus import usable_cpus
from wasip1_build.measure.aside import Apart
from wasip1_build.spec.cached import load_workspace
from wasip1_build.spec.model import Artifact
from wasip1_build.spec.select import select_one


def add_options(parser: argparse.ArgumentParser, rounds: int) -> None:
    """Adds ARTIFACT, --rounds and the options of the workspace."""
    parser.add_argument("artifact", metavar="ARTIFACT", help="NAME or DIR:NAME, as for scons")
    parser.add_argument(
        "--rounds",
        type=_count,
        default=rounds,
        metavar="N",
        help=f"how often each check is run to be timed (default: {rounds})",
    )
    add_workspace_options(parser)


@contextmanager
def one_artifact(arguments: argparse.Namespace, why: str) -> Iterator[tuple[Artifact, Apart]]:
    """The artifact that is asked for, and a place outside of its workspace to build it, which is
    removed in the end. `why` says why it must be one. Raises Failure where it is not."""
    root, file = workspace_root(arguments)
    workspace = load_workspace(root, file, arguments.profile)
    artifact = select_one(workspace, arguments.artifact, from_here(root), why)
    with tempfile.TemporaryDirectory(prefix="wasip1-measure-") as scratch:
        place = Path(scratch).resolve()
        yield artifact, Apart(root, workspace, os.environ, place, usable_cpus())


def machine(apart: Apart) -> dict[str, Any]:
    """On what it is measured, as JSON."""
    return {"system": platform.system(), "machine": platform.machine(), "cpus": apart.cpus}


def machine_text(apart: Apart) -> str:
    """The same for people."""
    return f"{platform.system()} {platform.machine()} with {apart.cpus} CPUs"


def tell(line: str) -> None:
    """What is going on: it takes minutes."""
    print(f"{line} ...", file=sys.stderr, flush=True)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1 on")
    return int(text)
