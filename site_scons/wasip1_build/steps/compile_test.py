"""The tests of one Go package to one module: `go test -c` for wasip1."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes
from wasip1_build.findings import Failure
from wasip1_build.process import Result
from wasip1_build.steps.compile_go import linker_flags, standard_digest
from wasip1_build.steps.go_command import go_failure, run_go
from wasip1_build.steps.go_context import GoContext, require_member
from wasip1_build.steps.go_deps import Main
from wasip1_build.steps.list_tests import read_tests
from wasip1_build.steps.step import Context, Key
from wasip1_build.steps.test_build import BUILT, FAILED, NO_TESTS
from wasip1_build.toolchain.tools import ToolRequest


@dataclass(frozen=True)
class CompileTest:
    """Builds the test module of one package, and says in `report` how that ended.

    `package` is an argument of go test, `directory` the package's place from the workspace root,
    `listing` the go-tests.json that has it. Where the sources do not compile, or no file of them is
    for wasip1, the step succeeds and the module is empty: those are results, which the report of
    the tests tells. What could end otherwise on another day, such as a module that is not
    downloaded, is a failure.
    """

    name: ClassVar[str] = "compile"
    version: ClassVar[int] = 1

    modules: GoContext
    package: str
    directory: str
    flags: tuple[str, ...]
    define: Mapping[str, str]
    go: ToolRequest
    listing: str
    output: str
    report: str

    @property
    def inputs(self) -> tuple[str, ...]:
        return ()

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output, self.report)

    @property
    def requires(self) -> tuple[str, ...]:
        """What must be current before this step is looked at, without being an input."""
        return (self.listing,)

    def discovered(self, context: Context) -> tuple[str, ...]:
        """The sources that go-tests.json names: of the package, its tests and what they import."""
        tests = read_tests(context, self.listing)
        main = tests and tests.main(self.directory)
        return main.files if main else ()

    def watched(self, context: Context) -> tuple[str, ...]:
        """What go looks at beside the sources: their directories, and the files of modules."""
        directories = {os.path.dirname(name) for name in self.discovered(context)}
        own = (name for name in directories if not f"{name}/".startswith(f"{context.build_dir}/"))
        return (*sorted(own), *self.modules.files)

    def key(self, context: Context) -> Key:
        tests = read_tests(context, self.listing)
        main = tests and tests.main(self.directory)
        return {
            "arguments": (*self._flags(context), self.package),
            "files": self.discovered(context),
            "tools": self._tools(context),
            "standard": main and self._standard(context, main),
            "modules": main and main.modules,
            "godebug": main and main.godebug,
            "error": tests and tests.error(self.directory),
            "none": self._has_none(context),
        }

    def _flags(self, context: Context) -> tuple[str, ...]:  # noqa: ARG002  (TinyGo's depend on it)
        """The flags of go test, but for -c and -o."""
        return ("-trimpath", "-buildvcs=false", *linker_flags(self.define), *self.flags)

    def run(self, context: Context) -> None:
        """Raises Failure where go cannot load what the tests need."""
        require_member(context.root, self.modules)
        if self._has_none(context):
            context.out(self.output).write_bytes(b"")
            context.out(self.report).write_bytes(json_bytes({"build": NO_TESTS, "findings": []}))
            return
        made = context.scratch() / "test.wasm"
        result = self._compile(context, made)
        compiled = result.returncode == 0
        built = compiled and made.is_file()
        context.out(self.output).write_bytes(made.read_bytes() if built else b"")
        report: Mapping[str, object] = {"build": BUILT if built else NO_TESTS, "findings": []}
        if not compiled:
            report = self._failed(context, result)
        context.out(self.report).write_bytes(json_bytes(report))

    def _has_none(self, context: Context) -> bool:
        """Whether Go's listing says that no test file of the package is for wasip1. (go test would
        refuse a package of which no file is.)"""
        tests = read_tests(context, self.listing)
        listed = tests.package(self.directory) if tests else None
        return listed is not None and not (listed.has_tests or listed.error)

    def _failed(self, context: Context, result: Result) -> Mapping[str, object]:
        what = f"the tests of {self.directory} do not build"
        problem = self._problem(context, result, what)
        tests = read_tests(context, self.listing)
        if tests is None or tests.error(self.directory):
            raise problem
        return {
            "build": FAILED,
            "findings": [finding.to_json() for finding in problem.findings],
        }

    def _tools(self, context: Context) -> Key:
        """The identity of what compiles."""
        return context.tools.identity(self.go)

    def _standard(self, context: Context, main: Main) -> str | None:
        """A digest of the standard library's sources that are compiled in."""
        return standard_digest(context, self.go, main)

    def _compile(self, context: Context, made: Path) -> Result:
        """Runs the compiler. Raises Failure where it is missing."""
        arguments = ["test", "-c", "-o", str(made), *self._flags(context), self.package]
        return run_go(context, context.tools.find(self.go), self.modules, arguments)

    def _problem(self, context: Context, result: Result, what: str) -> Failure:
        return go_failure(context, self.modules, result, what, key="test.packages")
