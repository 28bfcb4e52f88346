"""What do the main packages of one Go context need? One `go list` for all of them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from wasip1_build.digests import stamp_of
from wasip1_build.process import Result
from wasip1_build.steps.go_command import go_failure, run_go
from wasip1_build.steps.go_context import GoContext, require_go_version
from wasip1_build.steps.go_deps import FIELDS, GoDeps, from_go_list
from wasip1_build.steps.go_work_sum import keep_work_sum
from wasip1_build.steps.go_world import World, read_world
from wasip1_build.steps.step import Context, Key
from wasip1_build.toolchain.tools import ToolRequest


@dataclass(frozen=True)
class ListGo:
    """Lists packages with all that they depend on into a go-deps.json.

    A package that cannot be loaded is recorded with its error and does not keep the others back.
    `packages` are arguments of go list, `flags` build flags that select files, `skip` directories
    with no sources in them.
    """

    name: ClassVar[str] = "list"
    version: ClassVar[int] = 2

    modules: GoContext
    packages: tuple[str, ...]
    flags: tuple[str, ...]
    go: ToolRequest
    skip: tuple[str, ...]
    output: str

    @property
    def inputs(self) -> tuple[str, ...]:
        return self.modules.files

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    @property
    def trees(self) -> tuple[str, ...]:
        """Directories in which another build step may generate sources."""
        return self.modules.directories

    def key(self, context: Context) -> Key:
        return {
            "packages": self.packages,
            "flags": self.flags,
            "directory": self.modules.directory,
            "tools": self._tools(context),
            "world": self.world(context).digest,
            "again": self._again(context),
        }

    def world(self, context: Context) -> World:
        """What the listing depends on beside its inputs, read once in a process."""
        return context.once(("world", self.output), lambda: self._read_world(context))

    def _read_world(self, context: Context) -> World:
        unseen = context.made_from(self.output)
        return read_world(
            context.root, self.modules.directories, self.skip, context.digests, unseen
        )

    def _again(self, context: Context) -> int | None:
        """Another number in each build where the last listing has an error: a proxy that did not
        answer is no input, and what it did not give must be listed when it does."""
        path = context.path(self.output)
        deps = context.once((path, stamp_of(path)), lambda: GoDeps.read(path))
        whole = deps is None or deps.is_whole
        return None if whole else context.once(("again", self.output), time.time_ns)

    def run(self, context: Context) -> None:
        with keep_work_sum(context, self.modules):
            result, tree = self._list(context)
        if result.returncode != 0:
            where = self.modules.work or f"{self.modules.module}/go.mod"
            raise go_failure(
                context, self.modules, result, f"go cannot list the packages of {where}"
            )
        record = from_go_list(result.stdout, context.root, tree, self.modules.directories)
        record |= self._beside(context, tree)
        # Thousands of packages: with an indent, Python's encoder takes ten times as long.
        context.out(self.output).write_text(json.dumps(record, sort_keys=True))

    def _tools(self, context: Context) -> Key:
        """The identity of what is run."""
        return context.tools.identity(self.go)

    def _list(self, context: Context) -> tuple[Result, Path]:
        """What `go list` printed, and the tree of the standard library that it looked at.

        Raises Failure.
        """
        tool = context.tools.find(self.go)
        require_go_version(context.root, self.modules.files, tool.version)
        assert tool.root is not None, "go has a GOROOT"
        arguments = ["list", "-e", "-deps", f"-json={FIELDS}", *self.flags, "--", *self.packages]
        return run_go(context, tool, self.modules, arguments), tool.root

    def _beside(self, context: Context, tree: Path) -> dict[str, str]:  # noqa: ARG002
        """What is recorded beside the packages: nothing of Go's own tree, whose place is known."""
        return {}
