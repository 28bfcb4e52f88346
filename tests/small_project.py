"""The files of one artifact, made by hand, and a context in which its steps run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from wasip1_build.digests import Digests, Stamps
from wasip1_build.findings import Location, failure
from wasip1_build.steps.execute import execute
from wasip1_build.steps.step import Context, Step
from wasip1_build.toolchain.tools import Tool, ToolRequest, Tools

# The eight bytes of a module without a section, and a custom section that compresses well.
EMPTY_MODULE = b"\0asm\1\0\0\0"
MODULE = EMPTY_MODULE + b"\0\xd2\x0f\x04note" + b"go " * 667 + b"."


class KnownTools(Tools):
    """Tools of which only the versions are asked; one that is not named is missing."""

    def __init__(self, versions: Mapping[str, str]) -> None:
        self.versions = versions

    def find(self, request: ToolRequest) -> Tool:
        if request.program not in self.versions:
            raise failure("tool-missing", f"{request.program} is not on this machine")
        return Tool(request.program, Path("/nowhere"), self.versions[request.program], "wheel")

    def identity(self, request: ToolRequest) -> Mapping[str, Any]:
        version = self.versions.get(request.program)
        return {"version": version} if version else {"missing": request.program}


def reads(context: Context, names: Iterable[str]) -> Callable[[], Stamps]:
    """Takes the digests of a step's inputs."""
    paths = [str(context.path(name)) for name in names]
    return lambda: {path: context.digests.taken(path)[1] for path in paths}


def context_in(
    root: Path,
    tools: Mapping[str, str] | None = None,
    locations: Mapping[str, Location] | None = None,
) -> Context:
    """A context for steps below `root`; `locations` says where a key of the spec is written."""
    places = dict(locations or {})
    return Context(
        root=root,
        build_dir="build",
        tools=KnownTools(tools or {}),
        digests=Digests(None),
        locate=lambda _artifact, key: places.get(key),
    )


def run(step: Step, context: Context) -> None:
    """Runs a step as a build does, its outputs in place."""
    execute(step, context, reads(context, step.inputs))


def put(root: Path, name: str, content: bytes | Mapping[str, Any]) -> str:
    """Writes a file (a mapping as JSON) and returns its name."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return name


def read(root: Path, name: str) -> Any:
    """The JSON of a file."""
    return json.loads((root / name).read_bytes())
