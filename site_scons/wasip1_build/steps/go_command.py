"""Run the pinned go command so that nothing on this machine but our own settings decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from wasip1_build.findings import Failure, Location, failure
from wasip1_build.process import Result, run
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.environment import go_environment
from wasip1_build.toolchain.tools import Tool

_POSITION = re.compile(r"^(?P<file>[^\s:]+\.(?:go|s|mod|work)):(?P<line>\d+)(?::(?P<column>\d+))?:")


def run_go(context: Context, tool: Tool, modules: GoContext, arguments: Sequence[str]) -> Result:
    """Runs go where Go would find the context's go.work or go.mod, for wasip1.

    Raises OSError where go cannot be started.
    """
    environment = go_environment(context.environment, tool)
    environment["GOWORK"] = str(context.path(modules.work).resolve()) if modules.work else "off"
    environment["GOTMPDIR"] = str(context.scratch())
    if not environment.keys() & {"GOCACHE", "HOME", "XDG_CACHE_HOME"}:
        environment["GOCACHE"] = str(context.state("go-cache"))
    directory = context.path(modules.directory)
    return run([tool.path, *arguments], env=environment, cwd=directory)


def go_failure(context: Context, modules: GoContext, result: Result, what: str) -> Failure:
    """What go printed, as a finding at the first file:line that it names."""
    text = result.stderr.decode(errors="replace").replace(str(context.root) + "/", "")
    location = None
    for line in text.splitlines():
        if match := _POSITION.match(line):
            file = Path(modules.directory, match["file"]).as_posix()
            if context.path(file).is_file():
                column = int(match["column"]) if match["column"] else None
                location = Location(file, int(match["line"]), column)
                break
    return failure("go", what, location=location, details=text or f"exit {result.returncode}")
