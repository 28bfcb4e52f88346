"""Go sources to one module with symbols: `go build` for wasip1, reproducibly."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.files import sha256_of_json
from wasip1_build.findings import failure
from wasip1_build.looks import look_at
from wasip1_build.process import Result
from wasip1_build.steps.compile import Compile, found, sources_digest
from wasip1_build.steps.go_batch import GoBatch, Link
from wasip1_build.steps.go_command import go_failure, run_go
from wasip1_build.steps.go_context import require_member
from wasip1_build.steps.go_deps import Main
from wasip1_build.steps.go_stage import StagedModule, executable_name
from wasip1_build.steps.step import Context, Key
from wasip1_build.toolchain.tools import Tool, ToolRequest


@dataclass(frozen=True)
class CompileGo(Compile):
    """Builds the debug module of one main package. `stages` is a directory of the state below which
    go links: see steps.go_stage.
    """

    name: ClassVar[str] = "compile"
    version: ClassVar[int] = 1

    stages: str

    @property
    def inputs(self) -> tuple[str, ...]:
        return ()

    def discovered(self, context: Context) -> tuple[str, ...]:
        """The sources that go-deps.json names: own, shared, vendored, embedded, and default.pgo."""
        main, files = self.main(context), super().discovered(context)
        if main is None or not main.directory:  # it is in the module cache, and never changes
            return files
        profile = f"{main.directory}/default.pgo"
        return (*files, *((profile,) if context.path(profile).is_file() else ()))

    def key(self, context: Context) -> Key:
        main = self.main(context)
        return {
            "arguments": (*self.build_flags, self.package),
            # SCons compares what is in the sources, and Go writes their names into the module.
            "files": self.discovered(context),
            "go": context.tools.identity(self.go),
            "standard": main and standard_digest(context, self.go, main),
            "modules": main and main.modules,
            "godebug": main and main.godebug,
            "error": main and main.error,
        }

    def run(self, context: Context) -> None:
        tool = context.tools.find(self.go)
        require_member(context.root, self.modules)
        self.require_main(context)
        batch = context.once(("go build", *self._group), GoBatch)
        link = self._link(context)
        build = partial(self._go_build, context, tool)
        made = batch.module(link, partial(self._others, context), build)
        if isinstance(made, Result):
            if made.returncode != 0:
                what = f"go cannot build {self.package}"
                raise go_failure(context, self.modules, made, what, key="package")
            made = link.staged.whole(self.output)  # (something moved: it will be made again)
        context.out(self.output).write_bytes(made)

    @property
    def stage(self) -> str:
        """The directory in the state where go links, shared by what one call can build."""
        group = sha256_of_json([str(each) for each in self._group])[:12]
        return f"{self.stages}/{group}"

    @property
    def _group(self) -> tuple[object, ...]:
        """What two packages must have in common to be built by one call of go. It refuses several
        with -buildmode=c-shared."""
        where = (self.modules.work, self.modules.directory)
        return (
            *where,
            self.build_flags,
            self.go,
            self.stages,
            self.package if self.reactor else "",
        )

    def _go_build(
        self, context: Context, tool: Tool, directory: Path, packages: list[str]
    ) -> Result:
        arguments = ["build", "-o", f"{directory}{os.sep}", *self.build_flags, "--", *packages]
        return run_go(context, tool, self.modules, arguments)

    def _others(self, context: Context) -> Iterator[Link]:
        """What else this build needs that the same call can make."""
        compiled = (step for step in context.peers() if isinstance(step, CompileGo))
        for peer in compiled:
            if peer != self and peer._group == self._group and peer._is_listed(context):
                yield peer._link(context)

    def _link(self, context: Context) -> Link:
        main = self.main(context)
        watched = [os.path.abspath(context.path(name)) for name in self.watched(context)]
        for path in watched:
            context.digests.see(path)
        name = executable_name(main.import_path) if main else self.package.rpartition("/")[2]
        taken = {
            str(path): context.digests.taken(path)
            for path in (context.path(file) for file in self.discovered(context))
        }
        digests = {path: digest for path, (digest, _) in taken.items()}
        return Link(
            package=self.package,
            staged=StagedModule(context.state(self.stage), name),
            signature=sha256_of_json([self.version, self.key(context), digests]),
            stamps={path: stamp for path, (_, stamp) in taken.items()},
            looks={path: look_at(path) for path in watched},
            output=self.output,
        )

    def _is_listed(self, context: Context) -> bool:
        """Whether all that is known says that go can build the package."""
        main = self.main(context)
        return main is not None and main.name == "main" and not main.error

    @property
    def build_flags(self) -> tuple[str, ...]:
        """The flags of go build, but for -o."""
        mode = ["-buildmode=c-shared"] if self.reactor else []
        return ("-trimpath", "-buildvcs=false", *mode, *linker_flags(self.define), *self.flags)


def linker_flags(define: Mapping[str, str]) -> tuple[str, ...]:
    """The flag of go build that sets variables; none where nothing is to be set.

    Raises Failure where it cannot carry a value.
    """
    linker = " ".join(_quoted(f"-X={name}={define[name]}") for name in sorted(define))
    return (f"-ldflags={linker}",) if linker else ()


def standard_digest(context: Context, go: ToolRequest, main: Main) -> str | None:
    """A digest of the standard library's sources that are linked into a module."""
    tool = found(context, go)
    if tool is None or tool.root is None:
        return None
    return sources_digest(context, main, tool.root / "src")


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
