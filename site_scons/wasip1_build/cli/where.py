"""Which workspace a subcommand is about: the options that say so."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from wasip1_build.spec.members import SPEC_FILE


def add_workspace_options(parser: argparse.ArgumentParser) -> None:
    """Adds --file, --profile and --json."""
    add_workspace_choice(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_workspace_choice(parser: argparse.ArgumentParser) -> None:
    """Adds --file and --profile."""
    parser.add_argument(
        "--file",
        default=SPEC_FILE,
        metavar="FILE",
        help="the top file of the workspace (default: wasip1.toml in this directory)",
    )
    parser.add_argument(
        "--profile", default="release", help="the profile that is built (default: release)"
    )


def workspace_root(arguments: argparse.Namespace) -> tuple[Path, str]:
    """The workspace's directory, without links, and the name of its top file."""
    directory, name = os.path.split(os.path.abspath(arguments.file))
    return Path(os.path.realpath(directory)), name


def from_here(root: Path) -> str:
    """This directory as a path from the workspace root; "." where it is not below it."""
    relative = os.path.relpath(os.path.realpath(os.curdir), root)
    return "." if relative.startswith("..") else relative
