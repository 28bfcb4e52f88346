"""Everything about a finished artifact in one file: what it is, needs, and was verified to be."""

from __future__ import annotations

import posixpath
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Literal, get_args

from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes
from wasip1_build.findings import failure
from wasip1_build.spec import model
from wasip1_build.steps.budget import CALLS, Form, call_limits
from wasip1_build.steps.compress import encoder_version
from wasip1_build.steps.results import Record, damaged, record_of, size_of
from wasip1_build.steps.step import Context, Key
from wasip1_build.toolchain.tools import ToolRequest
from wasip1_build.wasm.precompiled import read_precompiled
from wasip1_build.wasm.types import ExternKind

SPEC_VERSION = 1
Role = Literal["module", "br", "gz", "cwasm"]
# What an HTTP server says in Content-Encoding (RFC 9110, RFC 7932), and which library wrote it.
_ENCODINGS = {"br": ("br", "brotli"), "gz": ("gzip", "deflate")}
_ENGINE = re.compile(r"[0-9]+")  # wasmtime's own; an embedder can have another text written


@dataclass(frozen=True)
class ManifestFile:
    """One file that ships. Only a cwasm has a target: the triple, never "host"."""

    path: str
    role: Role
    target: str | None = None


@dataclass(frozen=True)
class Manifest:
    """A.manifest.json, written only where the gate says pass.

    The same bytes on every machine: no time, no absolute path of this machine, no measurement
    and no digest of a tool, because tools differ by host platform.

    It fits schemas/manifest.schema.json because each part comes from typed values, or is read by
    type from what other steps wrote. Tests hold it to the schema; to ask jsonschema here took
    75 ms of CPU, half of what a build of one file may take beside its tools.
    """

    artifact: model.Artifact
    files: tuple[ManifestFile, ...]
    imports: str  # A.imports.json
    sizes: str  # A.sizes.json
    checks: str | None  # A.checks.json
    gate: str  # A.gate.json
    output: str
    tools: tuple[ToolRequest, ...]  # the compiler's, and others whose versions are written down
    flags: tuple[str, ...]  # of the compiler
    tests: str | None = None  # A.tests.json, where the gate asks for tests
    after: tuple[str, ...] = ()  # files that are whole where there is a manifest, and not in it

    name: ClassVar[str] = "manifest"
    version: ClassVar[int] = 3

    @property
    def inputs(self) -> tuple[str, ...]:
        results = (self.imports, self.sizes, self.checks, self.tests, self.gate)
        named = (*(file.path for file in self.files), *(path for path in results if path))
        return (*named, *self.after)

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def key(self, context: Context) -> Key:
        """What the spec and the tools put into the manifest; lines of the spec are not in it."""
        requests = [in_use(tool, context) for tool in self.tools]
        return {
            "declared": self._declared(),
            "files": [asdict(file) for file in self.files],
            "tools": [
                [request.program, context.tools.identity(request).get("version")]
                for request in requests
            ],
            "encoders": self._encoders(),
        }

    def run(self, context: Context) -> None:
        """Raises Failure where a result is damaged or not passed, or a file cannot be read."""
        record = self._declared() | self._compiled(context) | self._verified(context)
        record |= self._files(context)
        context.out(self.output).write_bytes(json_bytes(record))

    def _declared(self) -> dict[str, Any]:
        """What the spec alone says."""
        artifact = self.artifact
        return {
            "spec-version": SPEC_VERSION,
            "artifact": artifact.id,
            "package": artifact.package,
            "kind": artifact.kind,
            "build_flags": list(self.flags),
            "grants": grants_record(artifact.grants),
            "runtime": runtime_record(artifact.runtime),
        }

    def _encoders(self) -> dict[str, str]:
        libraries = [_ENCODINGS[file.role][1] for file in self.files if file.role in _ENCODINGS]
        return {library: encoder_version(library) for library in libraries}

    def _compiled(self, context: Context) -> dict[str, Any]:
        """What it was made by: versions, as each tool prints its own."""
        tools = [context.tools.find(in_use(tool, context)) for tool in self.tools]
        found: dict[str, str] = {tool.program: tool.version for tool in tools}
        name = self.artifact.compiler
        return {
            "compiler": {"name": name, "version": found[name]},
            "toolchain": found | self._encoders(),
        }

    def _verified(self, context: Context) -> dict[str, Any]:
        """What the verifications found out."""
        gate = record_of(context.path(self.gate), self.gate).members
        if gate.get("verdict") != "pass":
            raise failure(
                "manifest-refused",
                f"{self.artifact.id} gets no manifest",
                why=f'the verdict of {self.gate} is {gate.get("verdict")!r}, not "pass"',
                fix="build again",
            )
        imports = record_of(context.path(self.imports), self.imports)
        sizes = record_of(context.path(self.sizes), self.sizes)
        limits = call_limits(self.artifact.budget)
        # In the module's order: a host that fills them by position needs it.
        return {
            "imports": [_import(entry) for entry in imports.records("imports")],
            "exports": [_export(entry) for entry in imports.records("exports")],
            "sizes": [_size(entry) for entry in sizes.records("sizes", least=1)],
            "memory_budget_bytes": self.artifact.budget.memory,
            "checks": self._checks(context),
            "tests": self._tests(context),
            "verdict": "pass",
            # Limits that no check exceeded; how often one calls can differ from run to run.
            **({"call_budgets": {CALLS[key]: limits[key] for key in limits}} if limits else {}),
        }

    def _checks(self, context: Context) -> list[dict[str, Any]]:
        if self.checks is None:
            return []
        return [
            {"name": check.text("name"), "verdict": check.one_of("verdict", ("pass",))}
            for check in record_of(context.path(self.checks), self.checks).records("checks")
        ]

    def _tests(self, context: Context) -> dict[str, Any]:
        """Which of the linked packages were tested, where the gate asks for it."""
        if self.tests is None:
            return {"gate": False}
        record = record_of(context.path(self.tests), self.tests)
        packages = [
            {"import_path": each.text("import_path"), "verdict": each.one_of("verdict", ("pass",))}
            for each in record.records("packages", least=1)
        ]
        return {"gate": True, "packages": packages, "untested": record.texts("untested")}

    def _files(self, context: Context) -> dict[str, Any]:
        """Every file with its digest; those derived from the module name the module's."""
        entries = [self._file(context, file) for file in self.files]
        module = next(entry for entry in entries if entry["role"] == "module")
        for entry in entries:
            if entry["role"] != "module":
                entry["module_sha256"] = module["sha256"]
        entries.sort(key=lambda entry: entry["path"])
        return {"module": _pick(module, "path", "sha256", "size_bytes"), "files": entries}

    def _file(self, context: Context, file: ManifestFile) -> dict[str, Any]:
        path = context.path(file.path)
        entry: dict[str, Any] = {
            "path": posixpath.relpath(file.path, posixpath.dirname(self.output) or "."),
            "role": file.role,
            "size_bytes": size_of(path, file.path),
            "sha256": _sha256(context, path, file.path),
        }
        if file.role in _ENCODINGS:
            entry["encoding"] = _ENCODINGS[file.role][0]
        if file.role == "cwasm":
            entry |= self._compiled_for(path, file)
        return entry

    def _compiled_for(self, path: Path, file: ManifestFile) -> dict[str, Any]:
        """Which hosts can load a .cwasm. Raises Failure where it does not say so."""
        header = read_precompiled(path, file.path)
        target = file.target or header.target
        if not target or not _ENGINE.fullmatch(header.engine_major):
            what = f'target "{target}", engine "{header.engine_major}"'
            raise damaged(file.path, f"it does not name a target and a version of wasmtime: {what}")
        proved = header.interruptible
        return {
            "engine": header.engine_major,
            "target": target,
            "interruptible": self.artifact.aot_interruptible if proved is None else proved,
        }


def in_use(tool: ToolRequest, context: Context) -> ToolRequest:
    """The tool, or the library that precompiles where there is no wasmtime program."""
    if tool.program == "wasmtime" and "missing" in context.tools.identity(tool):
        return ToolRequest("wasmtime-library")
    return tool


def grants_record(grants: model.Grants) -> dict[str, Any]:
    """What the host has to give: of inherited variables the names, never a value."""
    return {
        "dirs": [_pick(asdict(grant), "host", "guest", "mode", "reason") for grant in grants.dirs],
        "env": dict(grants.env),
        "env_inherit": sorted(grants.env_inherit),
        "args": list(grants.args),
        "stdin": grants.stdin,
    }


def runtime_record(runtime: model.Runtime) -> dict[str, Any]:
    """How the module lives, as the manifest has it."""
    timeout_s = runtime.timeout_s
    return {
        "lifetime": runtime.lifetime,
        "gogc": runtime.gogc,
        "memory_limit_bytes": runtime.memory_limit_bytes,
        "max_memory_bytes": runtime.max_memory_bytes,
        "timeout_ns": None if timeout_s is None else round(timeout_s * 1_000_000_000),
    }


def _import(entry: Record) -> dict[str, Any]:
    return {"module": entry.text("module"), **_export(entry), "type": entry.text("type")}


def _export(entry: Record) -> dict[str, Any]:
    port = {"name": entry.text("name"), "kind": entry.one_of("kind", get_args(ExternKind))}
    return port | ({"type": entry.text("type")} if entry.has("type") else {})


def _size(entry: Record) -> dict[str, Any]:
    size: dict[str, Any] = {
        "form": entry.one_of("form", get_args(Form)),
        "size_bytes": entry.count("size_bytes"),
    }
    if entry.has("target"):
        size["target"] = entry.text("target")
    if entry.has("budget_bytes"):
        size["budget_bytes"] = entry.count("budget_bytes")
    return size


def _sha256(context: Context, path: Path, shown: str) -> str:
    digest = context.digests.digest(path)
    if digest is None:
        raise failure("output-missing", f"{shown} cannot be read", fix="build again")
    return digest


def _pick(record: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: record[name] for name in names}
