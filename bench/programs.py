"""Which programs there are to compare with, and what to install where one is missing."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from wasip1_build.digests import Digests
from wasip1_build.toolchain.store import cache_directory
from wasip1_build.toolchain.tools import ToolRequest, Tools

INSTALL: Mapping[str, str] = {
    "ninja": "pip install ninja",
    "make": "apt install make, or the like",
    "task": "pip install go-task-bin",
    "gzip": "apt install gzip, or the like",
    "tinygo": "a release of tinygo-org/tinygo on GitHub, on PATH",
    "wasm-opt": "a release of WebAssembly/binaryen on GitHub, on PATH",
    "wazero": "go install github.com/tetratelabs/wazero/cmd/wazero@v1.12.0",
}
SCONS = (sys.executable, "-m", "SCons")


def program(name: str) -> str | None:
    """A program of this Python environment, or else of the machine; None where there is none."""
    places = (sysconfig.get_path("scripts"), os.defpath, os.environ.get("PATH", ""))
    return shutil.which(name, path=os.pathsep.join(places))


def missing(name: str) -> str:
    """What to say of a program that is not there."""
    return f"{name} is not on this machine: {INSTALL[name]}"


def pinned(environment: Mapping[str, str]) -> dict[str, Path]:
    """The pinned Go and wasmtime, which builds with no [toolchain] use. Raises Failure."""
    store = cache_directory(environment)
    tools = Tools(Path.cwd(), Digests(None), environment, store)
    return {
        "go": tools.find(ToolRequest("go")).path,
        "wasmtime": tools.find(ToolRequest("wasmtime")).path,
    }
