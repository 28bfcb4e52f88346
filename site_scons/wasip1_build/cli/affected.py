"""`wasip1 affected`: which artifacts does a change affect, and why?"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from wasip1_build.cli.comparison import Reason
from wasip1_build.cli.since import Since, since
from wasip1_build.cli.where import add_workspace_options, workspace_root
from wasip1_build.files import json_bytes
from wasip1_build.texts import escaped

SPEC_VERSION = 1
# A line is for a person or for `cut`; --json has every reason.
REASONS_SHOWN = 5


def add(subparsers: Any) -> None:
    """Adds the subcommand's parser."""
    parser = subparsers.add_parser(
        "affected",
        help="show which artifacts a change affects, and why",
        description="Prints each artifact whose inputs on disk differ from those at a git "
        "revision: DIR:NAME, a tab, and the reasons. Files that are not tracked count, files that "
        "git ignores do not. Exits 0 whether or not there is any.",
    )
    parser.add_argument(
        "revision",
        metavar="BASE=REV",
        help="the commit, branch or tag to compare with; REV... (three dots) is where REV and "
        "HEAD have parted",
    )
    add_workspace_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the affected artifacts, or JSON. 0; raises Failure where it cannot be said."""
    revision = arguments.revision.removeprefix("BASE=")
    root, file = workspace_root(arguments)
    found = since(root, file, arguments.profile, revision, os.environ)
    for finding in found.findings:
        print(finding, file=sys.stderr)
    if arguments.json:
        sys.stdout.buffer.write(json_bytes(_record(found, revision, arguments.profile)))
        return 0
    for artifact, reasons in found.artifacts.items():
        if reasons:
            print(f"{artifact}\t{_told(reasons)}")
    for name in found.removed:
        print(f"note: {name} is no longer declared", file=sys.stderr)
    if not any(found.artifacts.values()):
        print("note: no artifact is affected", file=sys.stderr)
    return 0


def _told(reasons: Sequence[Reason]) -> str:
    shown = [reason.text for reason in reasons[:REASONS_SHOWN]]
    more = len(reasons) - len(shown)
    return "; ".join([*shown, f"{more} more (--json has all)"] if more else shown)


def _record(found: Since, revision: str, profile: str) -> dict[str, Any]:
    return {
        "spec-version": SPEC_VERSION,
        "profile": profile,
        "base": {
            "revision": escaped(revision),
            "commit": found.commit,
            "spec": found.base_spec,
        },
        "affected": [
            {"artifact": artifact, "reasons": [asdict(reason) for reason in reasons]}
            for artifact, reasons in found.artifacts.items()
            if reasons
        ],
        "unaffected": [artifact for artifact, reasons in found.artifacts.items() if not reasons],
        "removed": list(found.removed),
        "findings": [finding.to_json() for finding in found.findings],
    }
