"""What do packages need when TinyGo compiles them? Its tags select other files than Go's.

`tinygo list` is go list with TinyGo's tags and its copy of the standard library, and so is what is
run here: with -e, which tinygo list does not know, one broken package keeps no other back.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.process import Result
from wasip1_build.steps.go_command import run_in_modules
from wasip1_build.steps.go_context import require_go_version
from wasip1_build.steps.list_go import ListGo
from wasip1_build.steps.list_tests import ListTests
from wasip1_build.steps.listing import Listing
from wasip1_build.steps.step import Context, Key
from wasip1_build.steps.tinygo_command import (
    SELECTING,
    find_tinygo,
    tinygo_identity,
    tinygo_info,
)
from wasip1_build.toolchain.environment import go_environment
from wasip1_build.toolchain.tools import ToolRequest


@dataclass(frozen=True)
class _ByTinyGo(Listing):
    """A listing as TinyGo sees it. `flags` are flags of tinygo that select files."""

    version: ClassVar[int] = 1

    tinygo: ToolRequest

    def _tools(self, context: Context) -> Key:
        return tinygo_identity(context, self.tinygo, self.go)

    def ask(
        self, context: Context, how: Sequence[str], packages: Iterable[str]
    ) -> tuple[Result, Path]:
        """What go list printed, and the tree of the standard library as TinyGo has it.

        Raises Failure.
        """
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
        others = [flag for flag in self.flags if not flag.startswith(SELECTING)]
        selecting = [f"-tags={','.join(info.tags)}", *others]
        argv: list[str | Path] = [program, "list", "-e", "-deps", *how, *selecting, "--", *packages]
        return run_in_modules(context, self.modules, argv, environment), info.tree

    def _beside(self, context: Context, tree: Path) -> dict[str, str]:
        """Where the standard library lies that was listed: in TinyGo's cache, in the state."""
        return {"tree": os.path.relpath(tree, context.root)}


@dataclass(frozen=True)
class ListTinyGo(_ByTinyGo, ListGo):
    """Lists packages as TinyGo sees them, into a go-deps.json of their own."""

    version: ClassVar[int] = 2


@dataclass(frozen=True)
class ListTinyGoTests(_ByTinyGo, ListTests):
    """Lists packages with their tests as TinyGo sees them."""
