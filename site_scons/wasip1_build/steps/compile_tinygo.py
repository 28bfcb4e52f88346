"""Go sources to one module by TinyGo: `tinygo build` for wasip1."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.steps.compile import Compile, sources_digest
from wasip1_build.steps.go_context import require_member
from wasip1_build.steps.go_deps import Main
from wasip1_build.steps.step import Context, Key
from wasip1_build.steps.tinygo_command import (
    TARGET,
    find_tinygo,
    run_tinygo,
    tinygo_failure,
    tinygo_identity,
)
from wasip1_build.toolchain.tools import ToolRequest


@dataclass(frozen=True)
class CompileTinyGo(Compile):
    """Builds a module without debug information, which is the same bytes from every directory; or,
    where it comes `after` that, the debug module, whose DWARF names the places of files.

    `options` are flags that select no files.
    """

    name: ClassVar[str] = "compile"
    version: ClassVar[int] = 2

    tinygo: ToolRequest
    options: tuple[str, ...]
    after: str | None = None

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.after,) if self.after else ()

    def key(self, context: Context) -> Key:
        main = self.main(context)
        return {
            "arguments": (*self.build_flags, self.package),
            "files": self.discovered(context),
            "tools": tinygo_identity(context, self.tinygo, self.go),
            "standard": main and standard_digest(context, main),
            "modules": main and main.modules,
            "error": main and main.error,
        }

    def run(self, context: Context) -> None:
        tools = find_tinygo(context, self.tinygo, self.go)
        require_member(context.root, self.modules)
        self.require_main(context)
        made = context.out(self.output)
        arguments = ["build", "-o", str(made), f"-p={context.cpus}", *self.build_flags]
        result = run_tinygo(context, tools, self.modules, [*arguments, self.package])
        if result.returncode != 0 or not made.is_file():
            what = f"TinyGo cannot build {self.package}"
            raise tinygo_failure(context, tools, self.modules, result, what)

    @property
    def build_flags(self) -> tuple[str, ...]:
        """The flags of tinygo build, but for -o and -p."""
        return (
            TARGET,
            *(() if self.after else ("-no-debug",)),
            *(("-buildmode=c-shared",) if self.reactor else ()),
            *linker_flags(self.define),
            *self.options,
            *self.flags,
        )


def linker_flags(define: Mapping[str, str]) -> tuple[str, ...]:
    """The flag of tinygo that sets variables, words quoted as in a shell; none where nothing is to
    be set."""
    linker = " ".join(shlex.quote(f"-X={name}={define[name]}") for name in sorted(define))
    return (f"-ldflags={linker}",) if linker else ()


def standard_digest(context: Context, main: Main) -> str | None:
    """A digest of the standard library's sources that are compiled in, as TinyGo has them."""
    return sources_digest(context, main, context.path(main.tree) / "src") if main.tree else None
