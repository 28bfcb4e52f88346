"""What do main packages need when TinyGo compiles them? Its tags select other files than Go's."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from wasip1_build.process import Result
from wasip1_build.steps.go_command import run_in_modules
from wasip1_build.steps.go_context import require_go_version
from wasip1_build.steps.list_go import ListGo
from wasip1_build.steps.step import Context, Key
from wasip1_build.steps.tinygo_command import (
    SELECTING,
    TinyGoInfo,
    find_tinygo,
    tinygo_identity,
    tinygo_info,
)
from wasip1_build.toolchain.environment import go_environment
from wasip1_build.toolchain.tools import ToolRequest


@dataclass(frozen=True)
class ListTinyGo(ListGo):
    """Lists packages as TinyGo sees them, into a go-deps.json of their own.

    `tinygo list` itself is go list with TinyGo's tags and its copy of the standard library; like
    this it knows nothing of -e, with which one broken package keeps no other back. `flags` are
    flags of tinygo that select files.
    """

    version: ClassVar[int] = 1

    tinygo: ToolRequest

    def _tools(self, context: Context) -> Key:
        return tinygo_identity(context, self.tinygo, self.go)

    def _list(self, context: Context) -> tuple[Result, Path]:
        tools = find_tinygo(context, self.tinygo, self.go)
        require_go_version(context.root, self.modules.files, tools.go.version)
        info = tinygo_info(context, tools, self.modules, self.flags)
        # CGO_ENABLED=1, so that files with `import "C"`, which TinyGo compiles, are listed.
        environment = go_environment(context.environment, tools.go) | {
            "GOROOT": str(info.tree),
            "GOOS": info.system,
            "GOARCH": info.machine,
            "CGO_ENABLED": "1",
        }
        program = (tools.go.root or tools.go.path.parent.parent) / "bin" / "go"
        listing = self._arguments(_go_flags(self.flags, info))
        return run_in_modules(context, self.modules, [program, *listing], environment), info.tree

    def _beside(self, context: Context, tree: Path) -> dict[str, str]:
        return {"tree": os.path.relpath(tree, context.root)}


def _go_flags(flags: tuple[str, ...], info: TinyGoInfo) -> list[str]:
    """The flags of go list that select the files which these flags of tinygo select."""
    others = [flag for flag in flags if not flag.startswith(SELECTING)]
    return [f"-tags={','.join(info.tags)}", *others]
