"""What a step says of the tool that it needs, and what is known of the tool once it is found."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from wasip1_build.dataclass import dataclass

Program = Literal["go", "tinygo", "wasmtime", "wasmtime-library"]
Origin = Literal["spec", "cache", "wheel", "PATH"]


@dataclass(frozen=True)
class ToolRequest:
    """A tool as a step asks for it: what it must print of its version, or where it is.

    Without a version, what this package pins counts; with a path alone, what is there.
    `path` is relative to the workspace root, or absolute.
    """

    program: Program
    version: str | None = None
    path: str | None = None


@dataclass(frozen=True)
class Tool:
    """A program that was found. `root` is its tree: GOROOT for go, and for the Python library
    the directory to import it from."""

    program: Program
    path: Path
    version: str
    origin: Origin
    root: Path | None = None
