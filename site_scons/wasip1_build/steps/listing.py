"""What every listing of Go packages has in common, whatever it asks of them."""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.process import Result
from wasip1_build.steps.go_command import go_failure, run_go
from wasip1_build.steps.go_context import GoContext, require_go_version
from wasip1_build.steps.go_work_sum import keep_work_sum
from wasip1_build.steps.go_world import World, is_source, read_world
from wasip1_build.steps.step import Context, Key
from wasip1_build.toolchain.tools import ToolRequest


@dataclass(frozen=True)
class Listing(ABC):
    """One `go list` in one Go context, into a JSON file.

    `flags` are build flags that select files, `skip` directories with no sources in them. A package
    that cannot be loaded is recorded with its error and does not keep the others back.
    """

    name: ClassVar[str] = "list"

    modules: GoContext
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
            **self._asked(),
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
        return read_world(
            context.root,
            self.modules.directories,
            self.skip,
            context.digests,
            context.made_from(self.output),
            self._matters(),
        )

    def _again(self, context: Context) -> int | None:
        """Another number in each build where the last listing has an error: a proxy that did not
        answer is no input, and what it did not give must be listed when it does."""
        if self._was_whole(context):
            return None
        return context.once(("again", self.output), time.time_ns)

    def run(self, context: Context) -> None:
        """Raises Failure."""
        how, packages = self._arguments()
        with keep_work_sum(context, self.modules):
            result, tree = self.ask(context, how, packages)
        if result.returncode != 0:
            where = self.modules.work or f"{self.modules.module}/go.mod"
            what = f"go cannot list {self._what} of {where}"
            raise go_failure(context, self.modules, result, what, self._key)
        record = {**self._record(context, result.stdout, tree), **self._beside(context, tree)}
        # Thousands of packages: with an indent, Python's encoder takes ten times as long.
        context.out(self.output).write_text(json.dumps(record, sort_keys=True))

    def _tools(self, context: Context) -> Key:
        """The identity of what is run."""
        return context.tools.identity(self.go)

    def ask(
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

    _what: ClassVar[str]  # is listed
    _key: ClassVar[str] = ""  # of the spec, at whose line a failure is told

    @abstractmethod
    def _asked(self) -> dict[str, Any]:
        """What of the step's own decides the answer."""

    @abstractmethod
    def _arguments(self) -> tuple[Sequence[str], Iterable[str]]:
        """Flags that say how to list, and the packages."""

    @abstractmethod
    def _record(self, context: Context, printed: bytes, tree: Path) -> Mapping[str, Any]:
        """What is written of what go list printed. Raises Failure."""

    @abstractmethod
    def _was_whole(self, context: Context) -> bool:
        """Whether the last listing, if there is one, has no error."""

    def _matters(self) -> Callable[[str], bool]:
        """Which names of files decide something."""
        return is_source
