"""Which packages of one Go context have tests, and what do those need? One `go list -test`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from wasip1_build.digests import stamp_of
from wasip1_build.process import Result
from wasip1_build.steps.go_command import go_failure, run_go
from wasip1_build.steps.go_context import GoContext, require_go_version
from wasip1_build.steps.go_tests import TEST_FIELDS, GoTests, from_test_list
from wasip1_build.steps.go_work_sum import keep_work_sum
from wasip1_build.steps.go_world import is_source_or_test, read_world
from wasip1_build.steps.step import Context, Key
from wasip1_build.toolchain.tools import ToolRequest


@dataclass(frozen=True)
class ListTests:
    """Lists the packages that patterns mean, with all that their tests depend on.

    `declared` are the directories that were found to have tests, from the workspace root, each with
    the argument of go that means it: where Go finds others, the listing says so. `patterns` are
    arguments of go list, `flags` build flags that select files, `skip` directories with no sources
    in them.
    """

    name: ClassVar[str] = "list"
    version: ClassVar[int] = 1

    modules: GoContext
    patterns: tuple[str, ...]
    declared: Mapping[str, str]
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
            "patterns": self.patterns,
            "declared": dict(self.declared),
            "flags": self.flags,
            "directory": self.modules.directory,
            "tools": self._tools(context),
            "world": context.once(("world", self.output), lambda: self._world(context)),
            "again": self._again(context),
        }

    def _world(self, context: Context) -> str:
        """The digest of all heads and listings that decide it, those of tests too."""
        places = (context.root, self.modules.directories, self.skip, context.digests)
        return read_world(*places, matters=is_source_or_test).digest

    def _again(self, context: Context) -> int | None:
        """Another number in each build where the last listing has an error, as in ListGo."""
        tests = read_tests(context, self.output)
        whole = tests is None or tests.is_whole
        return None if whole else context.once(("again", self.output), time.time_ns)

    def run(self, context: Context) -> None:
        """Raises Failure."""
        asked = dict.fromkeys((*self.patterns, *self.declared.values()))
        with keep_work_sum(context, self.modules):
            result, tree = self._list(context, ["-test", f"-json={TEST_FIELDS}"], asked)
        if result.returncode != 0:
            where = self.modules.work or f"{self.modules.module}/go.mod"
            what = f"go cannot list the tests of {where}"
            raise go_failure(context, self.modules, result, what, key="test.packages")
        local = self.modules.directories
        record = from_test_list(
            result.stdout, context.root, tree, local, self.declared, self.patterns
        )
        record |= self._beside(context, tree)
        context.out(self.output).write_text(json.dumps(record, sort_keys=True))

    def _tools(self, context: Context) -> Key:
        """The identity of what is run."""
        return context.tools.identity(self.go)

    def _list(
        self, context: Context, how: Sequence[str], packages: Iterable[str]
    ) -> tuple[Result, Path]:
        """What `go list` printed, and the tree of the standard library that it looked at.

        Raises Failure.
        """
        tool = context.tools.find(self.go)
        require_go_version(context.root, self.modules.files, tool.version)
        assert tool.root is not None, "go has a GOROOT"
        arguments = ["list", "-e", "-deps", *how, *self.flags, "--", *packages]
        return run_go(context, tool, self.modules, arguments), tool.root

    def _beside(self, context: Context, tree: Path) -> dict[str, str]:  # noqa: ARG002
        """What is recorded beside the packages: nothing of Go's own tree, whose place is known."""
        return {}


def read_tests(context: Context, listing: str) -> GoTests | None:
    """A listing, read once; None where there is none yet."""
    path = context.path(listing)
    return context.once((path, stamp_of(path)), lambda: GoTests.read(path))
