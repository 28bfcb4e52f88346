"""`wasip1 sweep`: settings of Go's collector on one artifact, time against memory."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from wasip1_build.cli.measuring import add_options, machine, machine_text, one_artifact, tell
from wasip1_build.files import json_bytes
from wasip1_build.measure.gc_sweep import Sweeping
from wasip1_build.report.gc_sweep import swept_record, swept_text

SPEC_VERSION = 1
WHY_ONE = "its own settings are what the others are compared with"


def add(subparsers: Any) -> None:
    """Adds the subcommand's parser."""
    parser = subparsers.add_parser(
        "sweep",
        help="measure what GOGC and GOMEMLIMIT do to an artifact's time and memory",
        description="Runs the checks of one artifact, and the cases of its bench, under several "
        "settings of Go's garbage collector; prints CPU time against peak linear memory, what "
        "settings do harm, and the lines of wasip1.toml for one that is better than what is "
        "declared by more than noise. Nothing of the workspace or its build directory is written.",
    )
    add_options(parser, rounds=10)
    parser.add_argument(
        "--check",
        action="append",
        default=[],
        metavar="NAME",
        help="run this check alone, or bench.NAME for a case; may be given again (default: all)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the table, or JSON. 0; raises Failure where the artifact cannot be swept."""
    with one_artifact(arguments, WHY_ONE) as (artifact, apart):
        sweeping = Sweeping(apart, arguments.rounds, tuple(arguments.check), tell)
        swept = sweeping.of(artifact)
    if arguments.json:
        record = {"spec-version": SPEC_VERSION, "machine": machine(apart), **swept_record(swept)}
        sys.stdout.buffer.write(json_bytes(record))
    else:
        sys.stdout.write(swept_text(swept, machine_text(apart)))
    return 0
