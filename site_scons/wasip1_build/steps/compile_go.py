"""Go sources to one module with symbols: `go build` for wasip1, reproducibly."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from wasip1_build.digests import stamp_of
from wasip1_build.files import (
    sha256_of_bytes,
    sha256_of_file,
    sha256_of_json,
    write_atomically,
)
from wasip1_build.findings import Failure, failure
from wasip1_build.steps.go_command import go_failure, run_go
from wasip1_build.steps.go_context import GoContext, require_member
from wasip1_build.steps.go_deps import GoDeps, Main
from wasip1_build.steps.step import Context, Key
from wasip1_build.toolchain.tools import Tool, ToolRequest
from wasip1_build.wasm.sections import read_sections


@dataclass(frozen=True)
class CompileGo:
    """Builds the debug module of one main package.

    `package` is an argument of go build, `deps` the go-deps.json that lists it, `stage` a
    directory kept between builds, in which go finds the module it linked last and skips the link.
    """

    name: ClassVar[str] = "compile"
    version: ClassVar[int] = 1

    modules: GoContext
    package: str
    reactor: bool
    flags: tuple[str, ...]
    define: Mapping[str, str]
    go: ToolRequest
    deps: str
    stage: str
    output: str

    @property
    def inputs(self) -> tuple[str, ...]:
        return ()

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    @property
    def requires(self) -> tuple[str, ...]:
        """What must be current before this step is looked at, without being an input."""
        return (self.deps,)

    def discovered(self, context: Context) -> tuple[str, ...]:
        """The sources that go-deps.json names: own, shared, vendored, embedded, and default.pgo."""
        main = self._main(context)
        if main is None:
            return ()
        if not main.directory:  # it is in the module cache, and never changes
            return main.files
        profile = f"{main.directory}/default.pgo"
        return (*main.files, *((profile,) if context.path(profile).is_file() else ()))

    def key(self, context: Context) -> Key:
        main = self._main(context)
        return {
            "arguments": self.arguments,
            "go": context.tools.identity(self.go),
            "standard": main and self._standard(context, main),
            "modules": main and main.modules,
            "godebug": main and main.godebug,
            "error": main and main.error,
        }

    def run(self, context: Context) -> None:
        tool = context.tools.find(self.go)
        require_member(context.root, self.modules)
        self._require_main(context)
        link = context.state(self.stage) / Path(self.output).name
        sidecar = link.with_suffix(".sha256")
        _drop_unless_ours(link, sidecar)
        link.parent.mkdir(parents=True, exist_ok=True)
        result = run_go(context, tool, self.modules, ["build", "-o", str(link), *self.arguments])
        if result.returncode != 0:
            what = f"go cannot build {self.package}"
            raise go_failure(context, self.modules, result, what, key="package")
        data = link.read_bytes()
        _require_whole(data, self.output, link)
        context.out(self.output).write_bytes(data)
        write_atomically(sidecar, sha256_of_bytes(data).encode())

    @property
    def arguments(self) -> tuple[str, ...]:
        """What go build is given, but for -o."""
        return (*self.build_flags, "--", self.package)

    @property
    def build_flags(self) -> tuple[str, ...]:
        """The flags among them."""
        mode = ["-buildmode=c-shared"] if self.reactor else []
        linker = " ".join(_quoted(f"-X={name}={self.define[name]}") for name in sorted(self.define))
        return (
            "-trimpath",
            "-buildvcs=false",
            *mode,
            *([f"-ldflags={linker}"] if linker else []),
            *self.flags,
        )

    def _main(self, context: Context) -> Main | None:
        path = context.path(self.deps)
        deps = context.once((path, stamp_of(path)), lambda: GoDeps.read(path))
        return deps.main(self.package) if deps else None

    def _require_main(self, context: Context) -> None:
        """What `go build -o` lets pass: a library package gives an archive that is no module."""
        main = self._main(context)
        if main and main.name not in ("", "main") and not main.error:
            raise failure(
                "go-main",
                f"{self.package} is package {main.name}, not package main",
                why="only a main package becomes a module",
                fix='name the directory of the program: package = "./cmd/NAME"',
                key="package",
            )

    def _standard(self, context: Context, main: Main) -> str | None:
        """A digest of the standard library's sources that are linked into this module."""
        tool = _found(context, self.go)
        if tool is None or tool.root is None:
            return None
        source = tool.root / "src"

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


def _found(context: Context, request: ToolRequest) -> Tool | None:
    try:
        return context.tools.find(request)
    except Failure:
        return None


def _drop_unless_ours(link: Path, sidecar: Path) -> None:
    """Go trusts the build ID at the start of the file that it finds, and links nothing: a file that
    was cut short or changed since would be taken for good."""
    if link.exists():
        known = sidecar.read_bytes() if sidecar.exists() else b""
        if sha256_of_file(link).encode() != known:
            link.unlink()


def _require_whole(data: bytes, output: str, link: Path) -> None:
    """Go 1.27 ends with status 0 where the disk is full, or a limit on the size of files is hit,
    while it links: the module just stops somewhere."""
    try:
        read_sections(data, output)
    except Failure as problem:
        link.unlink()
        raise failure(
            "go-link",
            f"go did not write all of {output}",
            why=problem.findings[0].what,
            fix="make room on the disk, or raise the limit on the size of files (`ulimit -f`)",
        ) from None


def _quoted(word: str) -> str:
    """One word of -ldflags, which go splits at spaces outside of quotes (go help build)."""
    if not any(char in word for char in " \t\n'\""):
        return word
    quote = "'" if "'" not in word else '"'
    if quote in word:
        raise failure(
            "define",
            f"the value has both kinds of quotes: {word}",
            why="go's -ldflags cannot carry it",
            key="define",
        )
    return f"{quote}{word}{quote}"
