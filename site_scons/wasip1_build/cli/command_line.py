"""Which subcommand of `wasip1` is asked for, and how its failures reach the user."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from wasip1_build import __version__
from wasip1_build.cli import (
    affected,
    boundary,
    compare,
    doctor,
    embed,
    exec_module,
    history,
    query,
    run_artifact,
    sweep,
    symbolize,
    why,
)
from wasip1_build.findings import Failure

# Each adds its subcommand's parser, and names the function that runs it.
COMMANDS = (
    *(doctor, run_artifact, affected, query, compare, sweep, boundary),
    *(why, history, exec_module, embed, symbolize),
)

EXIT_READER_GONE = 1
EXIT_FAILURE = 2
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells report it


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one subcommand and returns the exit code; no traceback for what a user can cause."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if "run" not in arguments:
        parser.print_help()
        return 0
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except Failure as failed:
        print(failed, file=sys.stderr)
        return EXIT_FAILURE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # `wasip1 doctor | head`
        # The interpreter flushes stdout once more when it ends; the null device takes that.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return EXIT_READER_GONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wasip1",
        description="What a build with wasip1.toml needs and has made; `scons -h` shows the build.",
    )
    parser.add_argument("--version", action="version", version=f"wasip1 {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        command.add(subparsers)
    return parser
