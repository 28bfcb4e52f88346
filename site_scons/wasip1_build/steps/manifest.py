"""Everything about a finished artifact in one file: what it is, needs, and was verified to be."""

from __future__ import annotations

import json
import posixpath
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

from wasip1_build.files import json_bytes
from wasip1_build.findings import failure
from wasip1_build.schema_files import schema_path
from wasip1_build.spec import model
from wasip1_build.steps.compress import encoder_version
from wasip1_build.steps.results import member, read_result, size_of
from wasip1_build.steps.step import Context, Key
from wasip1_build.toolchain.tools import ToolRequest
from wasip1_build.wasm.precompiled import read_precompiled

SPEC_VERSION = 1
Role = Literal["module", "br", "gz", "cwasm"]
# What an HTTP server says in Content-Encoding (RFC 9110, RFC 7932), and which library wrote it.
_ENCODINGS = {"br": ("br", "brotli"), "gz": ("gzip", "deflate")}


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
    """

    artifact: model.Artifact
    files: tuple[ManifestFile, ...]
    imports: str  # A.imports.json
    sizes: str  # A.sizes.json
    checks: str | None  # A.checks.json
    gate: str  # A.gate.json
    output: str
    tools: tuple[ToolRequest, ...]  # those whose versions are written down
    flags: tuple[str, ...]  # of the compiler

    name: ClassVar[str] = "manifest"
    version: ClassVar[int] = 2

    @property
    def inputs(self) -> tuple[str, ...]:
        results = (self.imports, self.sizes, self.checks, self.gate)
        return (*(file.path for file in self.files), *(path for path in results if path))

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def key(self, context: Context) -> Key:
        """What the spec and the tools put into the manifest; lines of the spec are not in it."""
        requests = [_in_use(tool, context) for tool in self.tools]
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
        """Raises Failure where a result is damaged, not passed, or does not fit the schema."""
        record = self._declared() | self._compiled(context) | self._verified(context)
        record |= self._files(context)
        _fits_schema(record, self.output)
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
            "grants": _grants(artifact.grants),
            "runtime": _runtime(artifact.runtime),
        }

    def _encoders(self) -> dict[str, str]:
        libraries = [_ENCODINGS[file.role][1] for file in self.files if file.role in _ENCODINGS]
        return {library: encoder_version(library) for library in libraries}

    def _compiled(self, context: Context) -> dict[str, Any]:
        """What it was made by: versions, as each tool prints its own."""
        tools = [context.tools.find(_in_use(tool, context)) for tool in self.tools]
        found: dict[str, str] = {tool.program: tool.version for tool in tools}
        name = self.artifact.compiler
        return {
            "compiler": {"name": name, "version": found.get(name)},
            "toolchain": found | self._encoders(),
        }

    def _verified(self, context: Context) -> dict[str, Any]:
        """What the verifications found out."""
        gate = read_result(context.path(self.gate), self.gate)
        if gate.get("verdict") != "pass":
            raise failure(
                "manifest-refused",
                f"{self.artifact.id} gets no manifest",
                why=f'the verdict of {self.gate} is {gate.get("verdict")!r}, not "pass"',
                fix="build again",
            )
        imports = read_result(context.path(self.imports), self.imports)
        sizes = read_result(context.path(self.sizes), self.sizes)
        return {
            "imports": _ports(imports, "imports", self.imports),
            "exports": _ports(imports, "exports", self.imports),
            "sizes": [_size(entry) for entry in member(sizes, "sizes", list, self.sizes)],
            "memory_budget_bytes": self.artifact.budget.memory,
            "checks": self._checks(context),
            "verdict": "pass",
        }

    def _checks(self, context: Context) -> list[Any]:
        if self.checks is None:
            return []
        record = read_result(context.path(self.checks), self.checks)
        return [
            _pick(check, "name", "verdict") for check in member(record, "checks", list, self.checks)
        ]

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
        entry = {
            "path": posixpath.relpath(file.path, posixpath.dirname(self.output) or "."),
            "role": file.role,
            "size_bytes": size_of(path, file.path),
            "sha256": context.digests.digest(path),
        }
        if file.role in _ENCODINGS:
            entry["encoding"] = _ENCODINGS[file.role][0]
        if file.role == "cwasm":
            header = read_precompiled(path, file.path)
            entry["engine"] = header.engine_major
            entry["target"] = file.target or header.target
            declared = self.artifact.aot_interruptible
            proved = header.interruptible
            entry["interruptible"] = declared if proved is None else proved
        return entry


def _in_use(tool: ToolRequest, context: Context) -> ToolRequest:
    """The tool, or the library that precompiles where there is no wasmtime program."""
    if tool.program == "wasmtime" and "missing" in context.tools.identity(tool):
        return ToolRequest("wasmtime-library")
    return tool


def _grants(grants: model.Grants) -> dict[str, Any]:
    """What the host has to give: of inherited variables the names, never a value."""
    return {
        "dirs": [_pick(asdict(grant), "host", "guest", "mode", "reason") for grant in grants.dirs],
        "env": dict(grants.env),
        "env_inherit": sorted(grants.env_inherit),
        "args": list(grants.args),
        "stdin": grants.stdin,
    }


def _runtime(runtime: model.Runtime) -> dict[str, Any]:
    timeout_s = runtime.timeout_s
    return {
        "lifetime": runtime.lifetime,
        "gogc": runtime.gogc,
        "memory_limit_bytes": runtime.memory_limit_bytes,
        "max_memory_bytes": runtime.max_memory_bytes,
        "timeout_ns": None if timeout_s is None else round(timeout_s * 1_000_000_000),
    }


def _ports(imports: dict[str, Any], side: str, shown: str) -> list[Any]:
    """Imports or exports in the module's order: a host that fills them by position needs it."""
    return [
        _pick(entry, "module", "name", "kind", "type")
        for entry in member(imports, side, list, shown)
    ]


def _size(entry: Any) -> Any:
    return _pick(entry, "form", "target", "size_bytes", "budget_bytes")


def _pick(record: Any, *names: str) -> Any:
    """These members of a record, as far as it has them; the schema judges what is no record."""
    if not isinstance(record, dict):
        return record
    return {name: record[name] for name in names if name in record}


def _fits_schema(record: dict[str, Any], shown: str) -> None:
    import jsonschema  # 75 ms: only where a manifest is written

    schema = json.loads(schema_path("manifest").read_bytes())
    errors = jsonschema.Draft7Validator(schema).iter_errors(record)
    first = min(errors, key=lambda error: list(map(str, error.absolute_path)), default=None)
    if first is not None:
        place = ".".join(map(str, first.absolute_path)) or "the top"
        raise failure(
            "manifest-invalid",
            f"{shown} would not fit its schema",
            why=f"at {place}: {first.message}",
            fix="remove the build directory and build again; if it comes back, report it",
        )
