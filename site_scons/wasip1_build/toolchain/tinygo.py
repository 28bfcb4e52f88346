"""Where TinyGo is and which version it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from wasip1_build.toolchain.search import Candidate, Places, Probe, first_output, in_spec, on_path
from wasip1_build.toolchain.store import home_directory
from wasip1_build.toolchain.tool import Tool, ToolRequest


def candidates(places: Places, request: ToolRequest, _wanted: str | None) -> Iterator[Candidate]:
    """Where TinyGo may be: no registry has it, so the spec and PATH are all there is."""
    if request.path is not None:
        yield from in_spec(places, request)
        return
    yield from on_path(places, "tinygo")


def probe(places: Places, path: Path) -> Probe | None:
    """What `tinygo version` prints; None where it is no working TinyGo."""
    name = f"tinygo {path}"
    version = places.digests.fact(name, (str(path),))
    if version is None:
        home = home_directory(places.environ)  # without one it panics
        env = {"HOME": str(home), "PATH": places.environ.get("PATH", "/usr/bin:/bin")}
        version = parse_version(first_output([path, "version"], env) or "")
        if version is None:
            return None
        places.digests.remember(name, (str(path),), version)
    return Probe(version, path)


def parse_version(output: str) -> str | None:
    """The version in `tinygo version 0.35.0 linux/amd64 (using go version ...)`."""
    match = re.match(r"tinygo version (\d\S*) ", output)
    return match[1] if match else None


def identity(places: Places, tool: Tool) -> Mapping[str, Any]:
    """The version and the digest of the program."""
    digest = places.digests.digest(tool.path)
    return {"program": tool.program, "version": tool.version, "digest": digest}
