"""`wasip1 compare`: one artifact by Go and by TinyGo, measured phase by phase."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from wasip1_build.cli.measuring import add_options, machine, machine_text, one_artifact, tell
from wasip1_build.files import json_bytes
from wasip1_build.measure.by_compiler import Comparing, Measured
from wasip1_build.report.by_compiler import compared_record, compared_text

SPEC_VERSION = 1
WHY_ONE = "what is compared are the two modules that two compilers make of one artifact"


def add(subparsers: Any) -> None:
    """Adds the subcommand's parser."""
    parser = subparsers.add_parser(
        "compare",
        help="build an artifact by Go and by TinyGo, and measure both",
        description="Compiles one artifact with both compilers from empty caches, runs its checks "
        "and the Go tests of what it links, and prints what was measured side by side. Nothing of "
        "the workspace or its build directory is written. It takes minutes.",
    )
    add_options(parser, rounds=5)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the table, or JSON. 0; raises Failure where a compiler cannot build the artifact."""
    with one_artifact(arguments, WHY_ONE) as (artifact, apart):
        go, tinygo = Comparing(apart, arguments.rounds, tell).of(artifact)
    if arguments.json:
        record = {
            "spec-version": SPEC_VERSION,
            "artifact": artifact.id,
            "rounds": arguments.rounds,
            "machine": machine(apart),
            "compilers": compared_record(go, tinygo),
        }
        sys.stdout.buffer.write(json_bytes(record))
    else:
        about = _about(artifact.id, go, tinygo, arguments.rounds, machine_text(apart))
        sys.stdout.write(compared_text(go, tinygo, about))
    return 0


def _about(name: str, go: Measured, tinygo: Measured, rounds: int, on: str) -> str:
    return (
        f"measured: {name} by Go {go.version} and TinyGo {tinygo.version} on {on}; compilations "
        f'once, "again" with what the first left in the caches; load, start and runs {rounds} '
        "times each in turns, as median (least to greatest) of the machine code for this machine; "
        "(same): the spreads overlap"
    )
