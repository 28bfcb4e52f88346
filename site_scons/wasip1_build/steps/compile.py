"""What compilations of a main package have in common, whatever the compiler."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.files import sha256_of_json
from wasip1_build.findings import Failure, failure
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.go_deps import Main
from wasip1_build.steps.list_go import read_deps
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.tools import Tool, ToolRequest


@dataclass(frozen=True)
class Compile:
    """Builds one module of a main package.

    `package` is an argument of the compiler, which runs in the context's directory, and `deps` the
    go-deps.json that lists it, as this compiler selects files. `go` is the Go that is run, or whose
    standard library is compiled. `flags` are those that select files too.
    """

    modules: GoContext
    package: str
    reactor: bool
    flags: tuple[str, ...]
    define: Mapping[str, str]
    go: ToolRequest
    deps: str
    output: str

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    @property
    def requires(self) -> tuple[str, ...]:
        """What must be current before this step is looked at, without being an input."""
        return (self.deps,)

    def discovered(self, context: Context) -> tuple[str, ...]:
        """The sources that go-deps.json names: own, shared, vendored and embedded."""
        main = self.main(context)
        return main.files if main else ()

    def watched(self, context: Context) -> tuple[str, ...]:
        """What the compiler looks at beside the sources: the directories in which it finds them,
        where a file may come and go, and the files of modules. What is embedded from the build
        directory lies among outputs, which come and go by our own doing."""
        directories = {os.path.dirname(name) for name in self.discovered(context)}
        own = (name for name in directories if not f"{name}/".startswith(f"{context.build_dir}/"))
        return (*sorted(own), *self.modules.files)

    def main(self, context: Context) -> Main | None:
        """What is listed of the package; None where there is no listing."""
        deps = read_deps(context, self.deps)
        return deps.main(self.package) if deps else None

    def require_main(self, context: Context) -> None:
        """What a compiler lets pass: of a library package it makes no module that could run.

        Raises Failure.
        """
        main = self.main(context)
        if main and main.name not in ("", "main") and not main.error:
            raise failure(
                "go-main",
                f"{self.package} is package {main.name}, not package main",
                why="only a main package becomes a module",
                fix='name the directory of the program: package = "./cmd/NAME"',
                key="package",
            )


def sources_digest(context: Context, main: Main, source: Path) -> str:
    """A digest of the standard library's sources, below `source`, that are compiled in."""

    def digest(package: str, names: tuple[str, ...]) -> list[str | None]:
        directory = os.path.join(source, package)
        return [context.digests.digest(os.path.join(directory, name)) for name in names]

    return sha256_of_json(
        {
            package: (
                names,
                context.once((source, package, names), partial(digest, package, names)),
            )
            for package, names in main.standard.items()
        }
    )


def found(context: Context, request: ToolRequest) -> Tool | None:
    """A tool, where it is on this machine."""
    try:
        return context.tools.find(request)
    except Failure:
        return None
