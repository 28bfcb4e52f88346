"""Run TinyGo with the Go that is pinned beside it, its cache inside the build directory."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, failure
from wasip1_build.process import Result
from wasip1_build.steps.go_command import go_failure, run_in_modules
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.step import Context, Key
from wasip1_build.toolchain import tinygo as toolchain
from wasip1_build.toolchain.environment import go_environment
from wasip1_build.toolchain.tools import Tool, ToolRequest

TARGET = "-target=wasip1"
SELECTING = ("-tags=", "-gc=", "-scheduler=")  # flags that become build tags
# What it prints where a program needs what a flag took away, and what to do.
_FIXES = {
    "attempted to start a goroutine without a scheduler": (
        'leave tinygo.scheduler out, or set it to "asyncify": the program, or a package that it '
        "imports, starts a goroutine (fmt does, since Go 1.25)"
    ),
    "undefined symbol: runtime.alloc": 'set tinygo.gc = "leaking", which never frees',
    "global not found": "correct define: the package has no such variable",
}


@dataclass(frozen=True)
class TinyGoTools:
    """TinyGo, and the Go whose standard library it compiles."""

    tinygo: Tool
    go: Tool


@dataclass(frozen=True)
class TinyGoInfo:
    """What `tinygo info` says of wasip1: the tree of the standard library as TinyGo changes it, the
    build tags, GOOS and GOARCH."""

    tree: Path
    tags: tuple[str, ...]
    system: str
    machine: str


def find_tinygo(context: Context, tinygo: ToolRequest, go: ToolRequest) -> TinyGoTools:
    """TinyGo with all that it runs. Raises Failure: what is missing, which version, how to get
    it."""
    tool = context.tools.find(tinygo)
    if missing := toolchain.lacks(context.tools.places, tool):
        raise failure(
            "tinygo-tools",
            f"TinyGo {tool.version} ({tool.path}) cannot find {' and '.join(missing)}",
            why="every module for wasip1 goes through them",
            fix="install TinyGo's own release, which brings both, or put them on PATH (binaryen 102"
            " or newer, and lld)",
            key="toolchain.tinygo",
        )
    try:
        return TinyGoTools(tool, context.tools.find(go))
    except Failure as absent:
        [finding] = absent.findings
        raise failure(
            "tinygo-go",
            f"{finding.what}, and TinyGo compiles its standard library",
            why=finding.why,
            fix="run `wasip1 doctor --fetch`, or name another Go beside TinyGo in [toolchain]",
            key="toolchain.tinygo",
        ) from None


def tinygo_identity(context: Context, tinygo: ToolRequest, go: ToolRequest) -> Key:
    """The identities of TinyGo and its Go, for keys."""
    return [context.tools.identity(tinygo), context.tools.identity(go)]


def tinygo_info(
    context: Context, tools: TinyGoTools, modules: GoContext, flags: Sequence[str]
) -> TinyGoInfo:
    """Asks TinyGo about wasip1 under the flags of a build that select files. Raises Failure."""
    selecting = [flag for flag in flags if flag.startswith(SELECTING)]
    result = run_tinygo(context, tools, modules, ["info", "-json", TARGET, *selecting])
    try:
        told = json.loads(result.stdout)
        tags = tuple(map(str, told["build_tags"]))
        return TinyGoInfo(Path(told["goroot"]), tags, str(told["goos"]), str(told["goarch"]))
    except (ValueError, KeyError, TypeError):
        what = f"TinyGo {tools.tinygo.version} does not say what it builds for wasip1"
        raise tinygo_failure(context, tools, modules, result, what) from None


def run_tinygo(
    context: Context, tools: TinyGoTools, modules: GoContext, arguments: Sequence[str]
) -> Result:
    """Runs TinyGo where Go would find the context's go.work or go.mod.

    Raises OSError where it cannot be started.
    """
    environment = _environment(context, tools)
    return run_in_modules(context, modules, [tools.tinygo.path, *arguments], environment)


def tinygo_failure(
    context: Context,
    tools: TinyGoTools,
    modules: GoContext,
    result: Result,
    what: str,
    key: str = "package",
) -> Failure:
    """What TinyGo printed, with the reason and the fix where they are known."""
    printed = result.stderr.decode(errors="replace")
    if why := toolchain.wrong_go(printed):
        version = tools.tinygo.version
        return failure(
            "tinygo-go",
            f"TinyGo {version} does not work with Go {tools.go.version}",
            why=why,
            fix="name another Go beside it in [toolchain]: "
            f'tinygo = {{ version = "{version}", go = "..." }}',
            key="toolchain.tinygo",
        )
    fix = next((fix for sign, fix in _FIXES.items() if sign in printed), "")
    return go_failure(context, modules, _short(result), what, key=key, rule="tinygo", fix=fix)


def _environment(context: Context, tools: TinyGoTools) -> Mapping[str, str]:
    environ = context.environment
    environment = go_environment(environ, tools.go)
    root = tools.go.root or tools.go.path.parent.parent
    optimizer = toolchain.wasm_opt(tools.tinygo, environ)
    return {
        **environment,
        # TinyGo asks `go` on PATH for its version, also where GOROOT says which one it is.
        "PATH": f"{root / 'bin'}:{environment['PATH']}",
        "TINYGOROOT": str(tools.tinygo.root),
        "WASMOPT": str(optimizer or ""),
        "XDG_CACHE_HOME": str(tinygo_cache(context)),  # GOCACHE does not move it
        "TMPDIR": str(context.scratch()),
    }


def tinygo_cache(context: Context) -> Path:
    """Where TinyGo keeps what it compiled. It must not be a cache that others share: with DWARF the
    place is part of the module."""
    return context.state("tinygo-cache")


def _short(result: Result) -> Result:
    """Without the help that TinyGo prints after many an error."""
    lines = result.stderr.splitlines(keepends=True)
    end = next((n for n, line in enumerate(lines) if _HELP.match(line)), len(lines))
    return Result(result.returncode, result.stdout, b"".join(lines[:end]), result.killed)


_HELP = re.compile(rb"TinyGo is a Go compiler for small places|usage: |Usage of ")
