"""Which tools and packages the workspace in a directory needs, and what it can do without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure
from wasip1_build.plan import compilers_go
from wasip1_build.spec.model import Artifact, Toolchain, ToolPin, Workspace
from wasip1_build.toolchain.host import host_target
from wasip1_build.toolchain.tools import Program, ToolRequest

# Distributions that the package depends on, with the module that each is imported as.
PACKAGES: Mapping[str, str] = {
    "scons": "SCons",
    "brotli": "brotli",
    "deflate": "deflate",
    "jsonschema": "jsonschema",
}


@dataclass(frozen=True)
class Requirements:
    """The tools asked for, and the names of those, and of the packages, that must be there.

    `tinygos_go` is the Go whose standard library TinyGo compiles.
    """

    tools: tuple[ToolRequest, ...]
    needed: frozenset[str] = field(default_factory=frozenset)
    tinygos_go: ToolRequest = field(default_factory=lambda: ToolRequest("go"))

    @property
    def beside_tinygo(self) -> tuple[ToolRequest, ...]:
        """The Go that only TinyGo needs, if there is one and TinyGo is needed."""
        other = self.tinygos_go not in self.tools
        return (self.tinygos_go,) if other and "tinygo" in self.needed else ()


def requirements(workspace: Workspace | None) -> Requirements:
    """What a bare `scons` needs; without a workspace, the first artifact of a new one."""
    artifacts = [each for each in workspace.artifacts if each.default] if workspace else []
    toolchain = workspace.toolchain if workspace else Toolchain()
    pins: tuple[tuple[Program, ToolPin | None], ...] = (
        ("go", toolchain.go),
        ("wasmtime", toolchain.wasmtime),
        ("wasmtime-library", None),
        ("tinygo", toolchain.tinygo),
    )
    tools = tuple(
        ToolRequest(program, pin.version, pin.path) if pin else ToolRequest(program)
        for program, pin in pins
    )
    # The library runs the check that every artifact has.
    needed = {"scons", "jsonschema", "wasmtime-library"}
    if workspace is None:
        needed |= {"go", "brotli", "deflate"}
    for artifact in artifacts:
        needed |= _needs(artifact)
    return Requirements(tools, frozenset(needed), compilers_go(toolchain, "tinygo"))


def _needs(artifact: Artifact) -> set[str]:
    packages = {"br": "brotli", "gz": "deflate"}
    # Go lists the dependencies of TinyGo's artifacts too.
    needed = {"go", artifact.compiler} | {packages[name] for name in artifact.compress_formats}
    if any(target not in _library_targets() for target in artifact.aot_targets):
        needed.add("wasmtime")
    return needed


def _library_targets() -> tuple[str, ...]:
    """What the Python library precompiles for where there is no wasmtime program."""
    try:
        return ("host", "pulley64", host_target())
    except Failure:
        return ("host", "pulley64")
