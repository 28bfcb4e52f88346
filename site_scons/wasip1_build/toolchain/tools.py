"""Which program on this machine is the one that a step asks for, and exactly which bytes it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Program = Literal["go", "tinygo", "wasmtime", "wasmtime-library"]
Origin = Literal["spec", "cache", "wheel", "PATH"]


@dataclass(frozen=True)
class ToolRequest:
    """A tool as a step asks for it: what it must print of its version, or where it is."""

    program: Program
    version: str | None = None
    path: str | None = None


@dataclass(frozen=True)
class Tool:
    """A program that was found. `root` is its tree (GOROOT for go)."""

    program: Program
    path: Path
    version: str
    origin: Origin
    root: Path | None = None


class Tools:
    """Finds tools, each once: a path in the spec, the tool cache, the wheel, PATH."""

    def find(self, request: ToolRequest) -> Tool:
        """The tool. Raises Failure: what is missing, which version, how to get it."""
        raise NotImplementedError

    def identity(self, request: ToolRequest) -> Mapping[str, Any]:
        """What goes into keys: version and digests, or {"missing": ...}. Raises nothing."""
        raise NotImplementedError
