"""Run the pinned go command so that nothing on this machine but our own settings decides."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from wasip1_build.findings import Failure, Location, failure
from wasip1_build.process import Result, run
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.environment import go_environment
from wasip1_build.toolchain.tools import Tool

_POSITION = re.compile(r"^(?P<file>[^\s:]+\.(?:go|s|mod|work)):(?P<line>\d+)(?::(?P<column>\d+))?:")
_MODULE_SOURCE = re.compile(r"^\$GOMODCACHE/([^\s@]+@[^\s/]+)/\S+\.(?:go|s):\d+", re.MULTILINE)


def run_go(context: Context, tool: Tool, modules: GoContext, arguments: Sequence[str]) -> Result:
    """Runs go where Go would find the context's go.work or go.mod, for wasip1.

    Raises OSError where go cannot be started.
    """
    environment = go_environment(context.environment, tool)
    if not environment.keys() & {"GOCACHE", "HOME", "XDG_CACHE_HOME"}:
        environment["GOCACHE"] = str(context.state("go-cache"))
    return run_in_modules(context, modules, [tool.path, *arguments], environment)


def run_in_modules(
    context: Context, modules: GoContext, argv: Sequence[str | Path], given: Mapping[str, str]
) -> Result:
    """Runs a program where Go would find the context's go.work or go.mod. What it prints has
    $GOMODCACHE for where Go keeps modules. Raises OSError where it cannot be started.
    """
    environment = {
        **given,
        "GOWORK": str(context.path(modules.work).resolve()) if modules.work else "off",
        "GOTMPDIR": str(context.scratch()),
    }
    directory = context.path(modules.directory)
    result = run(argv, env=environment, cwd=directory)
    return replace(result, stderr=_without_module_cache(result.stderr, environment, directory))


def _without_module_cache(text: bytes, environment: Mapping[str, str], directory: Path) -> bytes:
    """What go printed, with $GOMODCACHE for where it keeps modules: the same on every machine.

    It prints a path relative to its working directory where that is shorter.
    """
    default = os.path.join(environment.get("HOME", ""), "go", "pkg", "mod")  # go help environment
    cache = environment.get("GOMODCACHE", default)
    relative = os.path.relpath(cache, os.path.realpath(directory))
    for path in (cache, relative):
        place = re.escape(path.rstrip("/").encode() + b"/")
        text = re.sub(rb"(?<![\w./-])" + place, b"$GOMODCACHE/", text)
    return text


def go_failure(
    context: Context,
    modules: GoContext,
    result: Result,
    what: str,
    key: str = "",
    *,
    rule: str = "go",
    fix: str = "",
) -> Failure:
    """What go printed, as a finding at the first file:line of the workspace that it names.

    `key` is what of the spec it is about where it names none, `fix` what to do where that is known.
    """
    printed = result.stderr.decode(errors="replace")
    places = (_in_workspace(context, modules, line) for line in printed.splitlines())
    location = next((place for place in places if place), None)
    foreign = [] if location else sorted(set(_MODULE_SOURCE.findall(printed)))
    why = f"does not compile for wasip1: {', '.join(map(_unescaped, foreign))}" if foreign else ""
    if not fix and not foreign and "exclude all Go files" in printed:
        from wasip1_build.steps.for_browsers import for_browsers  # for few

        why, fix = for_browsers(printed, context.path(modules.directory))
    return failure(
        rule,
        what,
        why=why,
        fix="require a version or a fork that does, or keep what imports it out of this build "
        "(//go:build !wasip1)"
        if foreign and not fix
        else fix,
        location=location,
        key="" if location else key,
        details=printed.replace(f"{context.root}/", "") or f"exit {result.returncode}",
    )


def _in_workspace(context: Context, modules: GoContext, line: str) -> Location | None:
    match = _POSITION.match(line)
    if match is None:
        return None
    path = os.path.normpath(context.path(modules.directory) / match["file"])
    file = Path(os.path.relpath(path, context.root)).as_posix()
    if file.startswith("../") or not os.path.isfile(path):
        return None
    return Location(file, int(match["line"]), int(match["column"]) if match["column"] else None)


def _unescaped(module: str) -> str:
    """A module's path from its directory in the cache (go.dev/ref/mod#module-cache)."""
    return re.sub("!([a-z])", lambda match: match[1].upper(), module)
