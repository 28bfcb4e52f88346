"""Do the tests of one Go package pass on wasip1? Runs its test module, and writes down what each
test did; the verdict is asked by another step."""

from __future__ import annotations

import json
import os
import platform
import posixpath
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.files import sha256_of_file, sha256_of_json
from wasip1_build.findings import Failure
from wasip1_build.runtime.granted import Layout
from wasip1_build.runtime.package_files import package_files
from wasip1_build.runtime.request import host_functions
from wasip1_build.runtime.staging import Entry
from wasip1_build.runtime.test_trial import TestTrial, Tried
from wasip1_build.spec.model import FunctionType, Grants
from wasip1_build.steps.granted_files import granted_files, listed
from wasip1_build.steps.step import Context, Key
from wasip1_build.steps.test_build import BUILT, FAILED, TestBuild, read_build
from wasip1_build.steps.test_record import TestRecord, record_of_run
from wasip1_build.toolchain.tools import ToolRequest
from wasip1_build.wasm.module import load, read_module
from wasip1_build.wasm.preview1 import MODULE as WASI


@dataclass(frozen=True)
class RunTests:
    """The record of one package's tests under one runtime; it succeeds whatever they do.

    `directory` is the package's place from the workspace root and `guest` the guest's path of it,
    `module` and `report` are what the compile step made. `program` is where the runtime's program
    is, None for the library. With `again` the tests run in every build.
    """

    artifact: str  # DIR:NAME
    directory: str
    guest: str
    import_path: str
    module: str
    report: str
    output: str
    grants: Grants
    imports_host: Mapping[str, Mapping[str, FunctionType]]
    host: str | None
    gogc: str | None
    memory_limit_bytes: int | None
    timeout_s: float
    flags: tuple[str, ...]
    again: bool
    runtime: str
    program: str | None
    library: ToolRequest

    name: ClassVar[str] = "test"
    version: ClassVar[int] = 1

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.module, self.report, *((self.host,) if self.host else ()))

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def discovered(self, context: Context) -> tuple[str, ...]:
        """The files beside the tests and in the granted directories, each an input."""
        try:
            made, listings, beside = self._files(context, lambda _path: "")
        except (Failure, OSError):
            return ()
        granted = (
            str(root / entry.name)
            for root, entries in zip(made.roots, listings, strict=True)
            for entry in entries
            if entry.kind == "file"
        )
        own = (f"{self.directory}/{entry.name}" for entry in beside if entry.kind == "file")
        return (*granted, *map(posixpath.normpath, own))

    def listed(self, context: Context) -> tuple[str, ...]:
        """The directories and links whose own entries are inputs."""
        try:
            made, listings, beside = self._files(context, lambda _path: "")
        except (Failure, OSError):
            return ()
        return (*listed(made, listings), *self._listed_beside(context, beside))

    def key(self, context: Context) -> Key:
        """Everything that the guest is given, and what runs it."""
        if self.program:
            engine: Any = context.digests.digest(self.program)
        else:
            engine = dict(context.tools.identity(self.library))
        return {
            "guest": self.guest,
            "import-path": self.import_path,
            "functions": [list(each) for each in host_functions(self.imports_host)],
            "host": [self.host, platform.python_version() if self.host else None],
            "dirs": [[grant.host, grant.guest, grant.mode] for grant in self.grants.dirs],
            "env": dict(self.grants.env),
            "runtime": [self.gogc, self.memory_limit_bytes, self.timeout_s],
            "flags": self.flags,
            "engine": [self.runtime, engine],
            "files": self._digest(context),
            "again": context.once(("again", self.output), time.time_ns) if self.again else None,
        }

    def run(self, context: Context) -> None:
        """Raises Failure where the library is missing or files cannot be staged."""
        build = read_build(context.path(self.report), self.report)
        foreign = self._foreign(context) if build.build == BUILT else ()
        missing = self._cannot_run(foreign)
        if build.build != BUILT:
            record = self._unbuilt(build)
        elif missing:
            record = self._record("not runnable", f"needs {', '.join(foreign)}: {missing}")
        else:
            record = self._tried(context, self._trial(context, foreign).run())
        text = json.dumps(record.to_json(), sort_keys=True, indent=2)
        context.out(self.output).write_text(f"{text}\n")

    def _trial(self, context: Context, foreign: tuple[str, ...]) -> TestTrial:
        made, listings, beside = self._files(context, sha256_of_file)
        library = None if self.program else context.tools.find(self.library)
        return TestTrial(
            name=posixpath.basename(self.import_path),
            module=context.path(self.module),
            package=context.path(self.directory),
            beside=beside,
            guest=self.guest,
            layout=made,
            listings=listings,
            grants=self.grants,
            functions=host_functions(self.imports_host) if foreign else (),
            host_file=str(context.path(self.host)) if self.host and foreign else None,
            host_name=self.host or "",
            gogc=self.gogc,
            memory_limit_bytes=self.memory_limit_bytes,
            timeout_s=self.timeout_s,
            flags=self.flags,
            program=(self.runtime, self.program) if self.program else None,
            library=str(library.root / "wasmtime") if library and library.root else None,
            cache=str(context.cache / "compiled") if context.cache else "",
            scratch=context.scratch(),
            cpus=context.cpus,
        )

    def _foreign(self, context: Context) -> tuple[str, ...]:
        """The functions that a module imports and WASI does not have. Raises Failure."""
        module = read_module(load(context.path(self.module), self.module), self.module)
        names = (f"{each.module}.{each.name}" for each in module.imports if each.module != WASI)
        return tuple(dict.fromkeys(names))

    def _cannot_run(self, foreign: tuple[str, ...]) -> str:
        """Why nothing here can run a module that needs these functions; empty where it can."""
        if not foreign:
            return ""
        if self.program:
            return f"{self.runtime} cannot be given functions; wasmtime can"
        declared = {function.id for function in host_functions(self.imports_host)}
        if not set(foreign) <= declared:
            return "imports.host does not declare them"
        return "" if self.host else "no check of the artifact names a file with `host`"

    def _unbuilt(self, build: TestBuild) -> TestRecord:
        verdict = "build failed" if build.build == FAILED else "no tests"
        return self._record(verdict, "", build)

    def _record(self, verdict: str, why: str, build: TestBuild | None = None) -> TestRecord:
        return TestRecord(
            import_path=self.import_path,
            directory=self.directory,
            runtime=self.runtime,
            verdict=verdict,
            why=why,
            findings=build.findings if build else (),
        )

    def _tried(self, context: Context, tried: Tried) -> TestRecord:
        names = frozenset(path.name for path in context.path(self.directory).glob("*.go"))
        blank = self._record("", "")
        return record_of_run(blank, tried, self.timeout_s, names)

    def _files(
        self, context: Context, digest: Callable[[Path], str | None]
    ) -> tuple[Layout, tuple[tuple[Entry, ...], ...], tuple[Entry, ...]]:
        """What is granted and what is beside the tests. Raises Failure and OSError."""
        made, listings = granted_files(self.grants, context, digest)
        skip = [context.path(name) for name in (context.build_dir, *context.hidden)]
        beside = package_files(context.path(self.directory), skip, digest)
        return made, listings, beside

    def _listed_beside(self, context: Context, beside: tuple[Entry, ...]) -> Iterator[str]:
        names = ("", *(entry.name for entry in beside if entry.kind != "file"))
        return (os.path.abspath(context.path(f"{self.directory}/{name}")) for name in names)

    def _digest(self, context: Context) -> list[Any]:
        """What a test can read, or why that cannot be said: then `run` fails."""
        try:
            made, listings, beside = self._files(context, context.digests.digest)
        except (Failure, OSError) as problem:
            return [str(problem)]
        for path in (*listed(made, listings), *self._listed_beside(context, beside)):
            context.digests.see(path)
        places = [[place.root, place.below] for place in made.places]
        return [places, *(sha256_of_json(each) for each in (*listings, beside))]
