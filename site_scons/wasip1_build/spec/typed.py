"""The merged values of a spec as the dataclasses that the rest of the program uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Location
from wasip1_build.spec import model
from wasip1_build.spec.embedders import embedder
from wasip1_build.spec.values import duration_s, function_type, size_bytes

Built = TypeVar("Built")


@dataclass(frozen=True)
class Field:
    """A key of the spec ("compress.formats") and the dataclass field that takes its value."""

    key: str
    name: str
    convert: Callable[[Any], Any] = lambda value: value


def built(kind: type[Built], table: Mapping[str, Any], fields: tuple[Field, ...]) -> Built:
    """A dataclass from a table; what the table has not is the dataclass's own default."""
    return kind(**_fields(table, fields))


def artifact(
    name: str, directory: str, table: Mapping[str, Any], locations: Mapping[str, Location]
) -> model.Artifact:
    """An artifact from its merged table, which has the structure that the schema says."""
    # Only where the package is missing or unusable, and that is reported, is there none here.
    complete = {"package": ".", **table}
    return model.Artifact(
        name=name, directory=directory, locations=locations, **_fields(complete, ARTIFACT)
    )


def toolchain(table: Mapping[str, Any]) -> model.Toolchain:
    """[toolchain]."""
    return built(model.Toolchain, table, TOOLCHAIN)


def _fields(table: Mapping[str, Any], fields: tuple[Field, ...]) -> dict[str, Any]:
    return {f.name: f.convert(value) for f in fields if (value := _at(table, f.key)) is not None}


def _at(table: Mapping[str, Any], key: str) -> Any:
    value: Any = table
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _table(kind: type[Any], fields: tuple[Field, ...]) -> Callable[[Any], Any]:
    return lambda table: built(kind, table, fields)


def _tables(kind: type[Any], fields: tuple[Field, ...]) -> Callable[[Any], Any]:
    return lambda tables: tuple(built(kind, table, fields) for table in tables)


def _or_none(word: str, convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A conversion in which one word stands for nothing: "none", "any"."""
    return lambda value: None if value == word else convert(value)


def _pin(value: Any) -> model.ToolPin:
    if isinstance(value, str):
        return model.ToolPin(version=value)
    return built(model.ToolPin, value, TOOL_PIN)


def _host_functions(modules: Mapping[str, Any]) -> dict[str, dict[str, model.FunctionType]]:
    return {
        module: {name: function_type(text) for name, text in functions.items()}
        for module, functions in modules.items()
    }


TOOL_PIN = (Field("version", "version"), Field("path", "path"), Field("go", "go"))
TOOLCHAIN = (
    Field("go", "go", _pin),
    Field("wasmtime", "wasmtime", _pin),
    Field("tinygo", "tinygo", _pin),
)
TINYGO = (
    Field("opt", "opt"),
    Field("gc", "gc"),
    Field("scheduler", "scheduler"),
    Field("panic", "panic"),
    Field("stack-size", "stack_size_bytes", size_bytes),
    Field("flags", "flags", tuple),
)
IMPORTS = (
    Field("allow", "allow", tuple),
    Field("deny", "deny", tuple),
    Field("embedder", "embedder", embedder),
    Field("host", "host", _host_functions),
)
DIR_GRANT = (
    Field("host", "host"),
    Field("guest", "guest"),
    Field("mode", "mode"),
    Field("reason", "reason"),
    Field("outside", "outside"),
)
GRANTS = (
    Field("dirs", "dirs", _tables(model.DirGrant, DIR_GRANT)),
    Field("env", "env"),
    Field("env-inherit", "env_inherit", tuple),
    Field("args", "args", tuple),
    Field("stdin", "stdin"),
)
GROWTH = (Field("percent", "percent", float), Field("bytes", "bytes", size_bytes))
BUDGET = (
    Field("wasm", "wasm", _or_none("none", size_bytes)),
    Field("br", "br", _or_none("none", size_bytes)),
    Field("gz", "gz", _or_none("none", size_bytes)),
    Field("cwasm", "cwasm", _or_none("none", size_bytes)),
    Field("memory", "memory", _or_none("none", size_bytes)),
    Field("host-calls", "host_calls", _or_none("none", int)),
    Field("fd-write", "fd_write", _or_none("none", int)),
    Field("growth", "growth", _or_none("none", _table(model.Growth, GROWTH))),
    Field("required", "required"),
)
RUNTIME = (
    Field("lifetime", "lifetime"),
    Field("gogc", "gogc", str),
    Field("memory-limit", "memory_limit_bytes", size_bytes),
    Field("max-memory", "max_memory_bytes", size_bytes),
    Field("timeout", "timeout_s", duration_s),
)
INVOKE = (
    Field("export", "export"),
    Field("args", "args", tuple),
    Field("returns", "returns", tuple),
)
EXPECT = (
    Field("exit", "exit", _or_none("any", int)),
    Field("stdout", "stdout"),
    Field("stdout-file", "stdout_file"),
    Field("stderr", "stderr"),
    Field("stderr-file", "stderr_file"),
    Field("files", "files"),
    Field("no-other-files", "no_other_files"),
    Field("calls", "calls"),
)
CHECK = (
    Field("name", "name"),
    Field("args", "args", tuple),
    Field("env", "env"),
    Field("stdin", "stdin"),
    Field("stdin-file", "stdin_file"),
    Field("host", "host"),
    Field("invoke", "invoke", _table(model.Invoke, INVOKE)),
    Field("timeout", "timeout_s", duration_s),
    Field("expect", "expect", _table(model.Expect, EXPECT)),
)
GO_TEST = (
    Field("packages", "packages", tuple),
    Field("gate", "gate"),
    Field("timeout", "timeout_s", duration_s),
)
BENCH_CASE = (
    Field("name", "name"),
    Field("args", "args", tuple),
    Field("stdin-file", "stdin_file"),
)
BENCH = (
    Field("go", "go"),
    Field("runtime", "runtime"),
    Field("cases", "cases", _tables(model.BenchCase, BENCH_CASE)),
)
ARTIFACT = (
    Field("package", "package"),
    Field("kind", "kind"),
    Field("exports", "exports", tuple),
    Field("compiler", "compiler"),
    Field("default", "default"),
    Field("tags", "tags", tuple),
    Field("define", "define"),
    Field("go-flags", "go_flags", tuple),
    Field("tinygo", "tinygo", _table(model.TinyGo, TINYGO)),
    Field("strip.keep", "strip_keep", tuple),
    Field("trusted", "trusted"),
    Field("imports", "imports", _table(model.Imports, IMPORTS)),
    Field("compress.formats", "compress_formats", tuple),
    Field("compress.brotli-quality", "brotli_quality"),
    Field("aot.targets", "aot_targets", tuple),
    Field("aot.interruptible", "aot_interruptible"),
    Field("grants", "grants", _table(model.Grants, GRANTS)),
    Field("budget", "budget", _table(model.Budget, BUDGET)),
    Field("runtime", "runtime", _table(model.Runtime, RUNTIME)),
    Field("check", "checks", _tables(model.Check, CHECK)),
    Field("test", "test", _table(model.GoTest, GO_TEST)),
    Field("bench", "bench", _table(model.Bench, BENCH)),
)
# Every table of the spec that has a dataclass, by the keys that lead to it.
TABLES: Mapping[str, tuple[type[Any], tuple[Field, ...]]] = {
    "toolchain": (model.Toolchain, TOOLCHAIN),
    "toolchain.tinygo": (model.ToolPin, TOOL_PIN),
    "artifact.*": (model.Artifact, ARTIFACT),
    "artifact.*.tinygo": (model.TinyGo, TINYGO),
    "artifact.*.imports": (model.Imports, IMPORTS),
    "artifact.*.grants": (model.Grants, GRANTS),
    "artifact.*.grants.dirs.*": (model.DirGrant, DIR_GRANT),
    "artifact.*.budget": (model.Budget, BUDGET),
    "artifact.*.budget.growth": (model.Growth, GROWTH),
    "artifact.*.runtime": (model.Runtime, RUNTIME),
    "artifact.*.check.*": (model.Check, CHECK),
    "artifact.*.check.*.invoke": (model.Invoke, INVOKE),
    "artifact.*.check.*.expect": (model.Expect, EXPECT),
    "artifact.*.test": (model.GoTest, GO_TEST),
    "artifact.*.bench": (model.Bench, BENCH),
    "artifact.*.bench.cases.*": (model.BenchCase, BENCH_CASE),
}
