"""Does the module do what the spec's checks expect, under its grants, in both of its forms?"""

from __future__ import annotations

import platform
from dataclasses import asdict, replace
from typing import Any, ClassVar

from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes, sha256_of_bytes, sha256_of_file, sha256_of_json
from wasip1_build.findings import Failure, failure
from wasip1_build.runtime.granted import stage
from wasip1_build.runtime.request import HostFunction, host_functions
from wasip1_build.runtime.trial import Subject
from wasip1_build.runtime.trials import Tried, try_all
from wasip1_build.runtime.values import shown
from wasip1_build.runtime.verdict import Run
from wasip1_build.spec.model import Check, Grants, Imports, Kind
from wasip1_build.steps.granted_files import granted_files, listed
from wasip1_build.steps.step import Context, Key
from wasip1_build.toolchain.tools import ToolRequest


@dataclass(frozen=True)
class RunChecks:
    """A.checks.json: every declared check and the implicit `instantiates`, with their verdicts.

    Each runs on the module, and on the host's .cwasm where there is one; `instantiates` of a
    command alone on the .cwasm only. It succeeds whatever the verdicts are; the gate fails on its
    findings.
    """

    artifact: str  # DIR:NAME
    module: str
    cwasm: str | None
    interruptible: bool
    output: str
    kind: Kind
    exports: tuple[str, ...]
    imports: Imports
    grants: Grants
    max_memory_bytes: int | None
    gogc: str | None
    memory_limit_bytes: int | None
    checks: tuple[Check, ...]
    library: ToolRequest
    counted: bool = False  # whether a budget asks for the calls of the host

    name: ClassVar[str] = "check"
    version: ClassVar[int] = 2

    @property
    def inputs(self) -> tuple[str, ...]:
        named = [self.module, self.cwasm]
        for check in self.checks:
            expect = check.expect
            named += [check.stdin_file, check.host, expect.stdout_file, expect.stderr_file]
            named += sorted(expect.files.values())
        return tuple(dict.fromkeys(name for name in named if name))

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def discovered(self, context: Context) -> tuple[str, ...]:
        """The files in the granted directories, each an input; none where they cannot be listed."""
        try:
            made, listings = granted_files(self.grants, context, lambda _path: "")
        except Failure:
            return ()
        return tuple(
            str(root / entry.name)
            for root, entries in zip(made.roots, listings, strict=True)
            for entry in entries
            if entry.kind == "file"
        )

    def listed(self, context: Context) -> tuple[str, ...]:
        """The directories and links whose own entries are inputs."""
        try:
            return listed(*granted_files(self.grants, context, lambda _path: ""))
        except Failure:
            return ()

    def key(self, context: Context) -> Key:
        """Everything that a guest is given, and what runs it: the engine and, for host.py, Python.

        Why a directory is granted decides nothing.
        """
        hosted = any(check.host for check in self.checks)
        return {
            "artifact": self.artifact,
            "forms": [self.cwasm is not None, self.interruptible],
            "kind": self.kind,
            "exports": list(self.exports),
            "functions": [list(each) for each in host_functions(self.imports.beside_wasi)],
            "dirs": [[grant.host, grant.guest, grant.mode] for grant in self.grants.dirs],
            "env": dict(self.grants.env),
            "env-inherit": list(self.grants.env_inherit),
            "args": list(self.grants.args),
            "stdin": self.grants.stdin,
            "runtime": [self.max_memory_bytes, self.gogc, self.memory_limit_bytes],
            "checks": [asdict(check) for check in self.checks],
            "library": dict(context.tools.identity(self.library)),
            "python": platform.python_version() if hosted else None,
            "granted": self._granted_digest(context),
            # (what is not asked for leaves the key as it is without it)
            **({"counted": True} if self.counted else {}),
        }

    def run(self, context: Context) -> None:
        """Raises Failure where the library is missing or a granted directory cannot be staged."""
        imports = self._imports(context)
        tried = try_all(
            replace(self.subject(context), counted=None if isinstance(imports, str) else imports),
            context.path(self.module),
            context.path(self.cwasm) if self.cwasm else None,
            self.checks,
            lambda name: read_expected(context, name),
            context.cpus,
        )
        record = self._record(tried)
        if self.counted:
            record["calls_not_counted"] = imports if isinstance(imports, str) else ""
        if self.counted or self._declared:  # whose calls are told elsewhere, too
            record["module_sha256"] = context.digests.digest(context.path(self.module))
        context.out(self.output).write_bytes(json_bytes(record))

    def _imports(self, context: Context) -> tuple[HostFunction, ...] | str | None:
        """The imports whose calls are to be counted, or why they cannot be; None: not asked for."""
        if not self.counted:
            return None
        from wasip1_build.runtime.counted import imports_of  # few artifacts have such a budget

        return imports_of(context.path(self.module), self.module)

    def subject(self, context: Context) -> Subject:
        """What all runs have in common, with copies of what is granted in the step's scratch
        directory. Raises Failure where the library is missing or a directory cannot be staged."""
        library = context.tools.find(self.library)
        made, listings = granted_files(self.grants, context, sha256_of_file)
        scratch = context.scratch()
        pristine = scratch / "pristine"
        stage(made, listings, pristine)
        return Subject(
            name=self.artifact.rpartition(":")[2],
            kind=self.kind,
            root=context.root,
            scratch=scratch,
            library=str(library.root / "wasmtime") if library.root else None,
            layout=made,
            listings=listings,
            pristine=pristine,
            exports=self.exports,
            functions=host_functions(self.imports.beside_wasi),
            grants=self.grants,
            interruptible=self.interruptible,
            cache=str(context.cache / "compiled") if context.cache else "",
            gogc=self.gogc,
            memory_limit_bytes=self.memory_limit_bytes,
            max_memory_bytes=self.max_memory_bytes,
        )

    def _record(self, tried: tuple[Tried, ...]) -> dict[str, Any]:
        peaks = [run.peak_memory_bytes for each in tried for run in each.runs]
        return {
            "artifact": self.artifact,
            "checks": [
                {
                    "name": each.name,
                    "verdict": each.verdict,
                    "forms": [_form(run, self._declared) for run in each.runs],
                }
                for each in tried
            ],
            "peak_memory_bytes": max((peak for peak in peaks if peak is not None), default=None),
            "findings": [finding.to_json() for each in tried for finding in each.findings],
        }

    @property
    def _declared(self) -> frozenset[str]:
        """The functions whose calls are told even where there were none: of imports.host."""
        return frozenset(function.id for function in host_functions(self.imports.host))

    def _granted_digest(self, context: Context) -> list[Any]:
        """What is in the granted directories, or why that cannot be said: then `run` fails."""
        try:
            made, listings = granted_files(self.grants, context, context.digests.digest)
        except Failure as problem:
            return [str(problem)]
        for path in listed(made, listings):  # (files are seen where their digests are asked)
            context.digests.see(path)
        below = [[place.root, place.below] for place in made.places]
        return [below, *(sha256_of_json(listing) for listing in listings)]


def read_expected(context: Context, name: str) -> bytes:
    """The bytes of a file that a check names. Raises Failure."""
    try:
        return context.path(name).read_bytes()
    except OSError as error:
        raise failure(
            "check-file",
            f"{name} cannot be read: {error.strerror or error}",
            why="a check compares with it",
            fix="correct the path, or create the file",
        ) from None


def _form(run: Run, declared: frozenset[str]) -> dict[str, Any]:
    """One run as it is recorded: what it did, but not when or how fast, and no path of ours.

    A known host has hundreds of functions: of those only what was called.
    """
    outcome, response = run.outcome, run.outcome.response
    record: dict[str, Any] = {"form": run.form}
    if response is None:
        return record | {"ended": outcome.killed or "crash", "peak_memory_bytes": None}
    record |= {
        "ended": "trap" if response.trapped else response.stage,
        "exit": response.exit,
        "peak_memory_bytes": response.peak_memory_bytes,
        "calls": {
            name: count for name, count in response.calls.items() if count or name in declared
        },
        "stdout_sha256": sha256_of_bytes(outcome.stdout),
        "stdout_bytes": len(outcome.stdout),
        "stderr_bytes": len(outcome.stderr),
    }
    if response.returns is not None:
        record["returns"] = [shown(value) for value in response.returns]
    if response.crossings is not None:
        record |= _counts(run)
    return record


def _counts(run: Run) -> dict[str, int | None]:
    """The calls of a run, as budgets limit them."""
    from wasip1_build.runtime.counted import fd_write_calls, host_calls  # as above

    return {"host_calls": host_calls(run), "fd_write_calls": fd_write_calls(run)}
