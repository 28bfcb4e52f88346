"""The tests of one Go package to one module by TinyGo: `tinygo test -c` for wasip1."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure
from wasip1_build.process import Result
from wasip1_build.steps.compile_test import CompileTest
from wasip1_build.steps.compile_tinygo import linker_flags, standard_digest
from wasip1_build.steps.go_deps import Main
from wasip1_build.steps.list_tests import read_tests
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
class CompileTinyGoTest(CompileTest):
    """Builds the test module of one package as TinyGo builds the artifact. `options` are flags
    that select no files."""

    version: ClassVar[int] = 1

    tinygo: ToolRequest
    options: tuple[str, ...]

    def _flags(self, context: Context) -> tuple[str, ...]:
        """The flags of tinygo test, but for -c and -o.

        -X of a variable in a package that is not linked is an error to TinyGo, and `main` is the
        tests' own program there.
        """
        tests = read_tests(context, self.listing)
        linked = tests.linked(self.directory) if tests else frozenset()
        known = {k: v for k, v in self.define.items() if k.rpartition(".")[0] in linked}
        return (TARGET, "-no-debug", *linker_flags(known), *self.options, *self.flags)

    def _tools(self, context: Context) -> Key:
        return tinygo_identity(context, self.tinygo, self.go)

    def _standard(self, context: Context, main: Main) -> str | None:
        return standard_digest(context, main)

    def _compile(self, context: Context, made: Path) -> Result:
        tools = find_tinygo(context, self.tinygo, self.go)
        arguments = ["test", "-c", "-o", str(made), f"-p={context.cpus}", *self._flags(context)]
        return run_tinygo(context, tools, self.modules, [*arguments, self.package])

    def _problem(self, context: Context, result: Result, what: str) -> Failure:
        tools = find_tinygo(context, self.tinygo, self.go)
        return tinygo_failure(context, tools, self.modules, result, what, key="test.packages")
