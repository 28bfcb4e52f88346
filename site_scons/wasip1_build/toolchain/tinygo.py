"""Where TinyGo is, which version it is, and which other programs it runs."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from wasip1_build.process import run
from wasip1_build.toolchain.search import (
    PROBE_OUTPUT_BYTES,
    PROBE_TIMEOUT_S,
    Candidate,
    Places,
    Probe,
    first_output,
    in_spec,
    on_path,
)
from wasip1_build.toolchain.store import home_directory
from wasip1_build.toolchain.tool import Tool, ToolRequest

STAND_IN = "stand-in"  # in the version of a program that only plays TinyGo's part in tests
# What TinyGo prints where it does not work with the Go beside it.
_GO_VERSIONS = re.compile(r"requires go version (\S+) through (\S+), got go(\S+)")
_BUILT_BY = re.compile(r"cannot compile with Go toolchain version go(\S+) \(TinyGo was built .*\)")
# Of the tree beside the program: what decides how a module for wasip1 is made (the sources that are
# compiled in are inputs of the compilations).
_TREE = ("targets/wasip1.json", "src/runtime/asm_tinygowasm.S")


def candidates(places: Places, request: ToolRequest, _wanted: str | None) -> Iterator[Candidate]:
    """Where TinyGo may be: no registry has it, so the spec and PATH are all there is."""
    if request.path is not None:
        yield from in_spec(places, request)
        return
    yield from on_path(places, "tinygo")


def probe(places: Places, path: Path) -> Probe | None:
    """What `tinygo version` and `tinygo env` print; None where it is no working TinyGo."""
    given = places.environ.get("TINYGOROOT", "")
    name = f"tinygo {path} {given}"
    known = places.digests.fact(name, (str(path),))
    if known is None:
        env = _environment(places)
        version = parse_version(first_output([path, "version"], env) or "")
        root = first_output([path, "env", "TINYGOROOT"], env)
        if version is None or not root:
            return None
        known = f"{version}\n{root}"
        places.digests.remember(name, (str(path),), known)
    version, root = known.split("\n")
    return Probe(version, path, Path(root))


def parse_version(output: str) -> str | None:
    """The version in `tinygo version 0.35.0 linux/amd64 (using go version ...)`."""
    match = re.match(r"tinygo version (\d\S*) ", output)
    return match[1] if match else None


def identity(places: Places, tool: Tool) -> Mapping[str, Any]:
    """The version, and the digests of the programs that decide what TinyGo makes."""
    root = tool.root or tool.path.parent.parent
    programs = (tool.path, wasm_opt(tool, places.environ), wasm_ld(places, tool))
    files = [path for path in programs if path] + [root / name for name in _TREE]
    digests = {path.name: places.digests.digest(path) for path in files}
    return {"program": tool.program, "version": tool.version, "digests": digests}


def wasm_opt(tool: Tool, environ: Mapping[str, str]) -> Path | None:
    """The wasm-opt that TinyGo runs, where TinyGo itself looks for it; None where there is none."""
    root = tool.root or tool.path.parent.parent
    for place in (root / "bin" / "wasm-opt", root / "build" / "wasm-opt"):
        if place.is_file():
            return place
    return _on_path("wasm-opt", environ)


def wasm_ld(places: Places, tool: Tool) -> Path | None:
    """The linker that TinyGo runs; None where it has its own, as its releases have, or none is."""
    if _links_itself(places, tool):
        return None
    return _on_path("wasm-ld", places.environ)


def lacks(places: Places, tool: Tool) -> tuple[str, ...]:
    """The programs that TinyGo would run for wasip1 and cannot find."""
    missing = [] if wasm_opt(tool, places.environ) else ["wasm-opt"]
    if not _links_itself(places, tool) and _on_path("wasm-ld", places.environ) is None:
        missing.append("wasm-ld")
    return tuple(missing)


def wrong_go(printed: str) -> str:
    """Why TinyGo does not work with the Go beside it, told by what it printed; "" for all else."""
    if match := _GO_VERSIONS.search(printed):
        return f"it works with Go {match[1]} to {match[2]}"
    match = _BUILT_BY.search(printed)
    return match[0] if match else ""


def refuses(places: Places, tool: Tool, go: Tool) -> str:
    """Why TinyGo does not work with a Go; "" where it does, or nobody can say."""
    root = go.root or go.path.parent.parent
    with tempfile.TemporaryDirectory() as cache:
        env = {
            **_environment(places),
            "PATH": f"{root / 'bin'}:{places.environ.get('PATH', os.defpath)}",
            "GOROOT": str(root),
            "GOENV": "off",
            "GOTOOLCHAIN": "local",
            "XDG_CACHE_HOME": cache,
        }
        try:
            result = run(
                [tool.path, "info", "-json", "-target=wasip1"],
                env=env,
                cwd=Path(cache),
                timeout_s=PROBE_TIMEOUT_S,
            )
        except OSError:
            return ""
    return wrong_go(result.stderr.decode(errors="replace"))


def _links_itself(places: Places, tool: Tool) -> bool:
    """Whether LLVM's linker is part of the program: `tinygo wasm-ld` then is that linker, and in
    other builds no command."""
    name = f"tinygo wasm-ld {tool.path}"
    known = places.digests.fact(name, (str(tool.path),))
    if known is None:
        try:
            result = run(
                [tool.path, "wasm-ld", "--version"],
                env=_environment(places),
                cwd=tool.path.parent,
                timeout_s=PROBE_TIMEOUT_S,
                output_bytes=PROBE_OUTPUT_BYTES,
            )
        except OSError:
            return False
        known = "" if result.returncode else "own"
        places.digests.remember(name, (str(tool.path),), known)
    return known == "own"


def _environment(places: Places) -> dict[str, str]:
    home = home_directory(places.environ)  # without one it panics
    given = {k: places.environ[k] for k in ("TINYGOROOT",) if places.environ.get(k)}
    return {"HOME": str(home), "PATH": places.environ.get("PATH", "/usr/bin:/bin"), **given}


def _on_path(name: str, environ: Mapping[str, str]) -> Path | None:
    found = shutil.which(name, path=environ.get("PATH") or os.defpath)
    return Path(found) if found and os.path.isabs(found) else None
