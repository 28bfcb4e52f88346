"""What does a manifest say of the artifact that a host is to serve?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, failure
from wasip1_build.runtime.request import HostFunction
from wasip1_build.spec.model import DirGrant, FunctionType, Grants, Kind, Lifetime, Runtime
from wasip1_build.wasm import preview1

RULE = "host-manifest"
SPEC_VERSION = 1
MAX_MANIFEST_BYTES = 16 << 20  # a module of 10,000 imports has 2 MB of them
NUMBERS = ("i32", "i64", "f32", "f64")
_TYPE = re.compile(r"\(([^()]*)\)(?: -> (.+))?")  # as FuncType prints itself
_KINDS: Mapping[str, Kind] = {"command": "command", "reactor": "reactor"}
_LIFETIMES: Mapping[str, Lifetime] = {
    "oneshot": "oneshot",
    "pooled": "pooled",
    "resident": "resident",
}


@dataclass(frozen=True)
class File:
    """A file that the manifest names: where it is, and which bytes it has to have."""

    path: Path
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class MachineCode:
    """A .cwasm that the manifest names: for which machine and engine, and of which module."""

    file: File
    target: str
    engine: str
    interruptible: bool
    module_sha256: str


@dataclass(frozen=True)
class Hosted:
    """An artifact as its manifest describes it."""

    manifest: Path
    id: str
    kind: Kind
    module: File
    codes: tuple[MachineCode, ...]
    grants: Grants
    runtime: Runtime
    functions: tuple[HostFunction, ...]  # what it imports beside preview 1
    exports: Mapping[str, FunctionType]  # its functions of numbers
    memories: tuple[str, ...]  # names under which it exports linear memories

    @property
    def name(self) -> str:
        """NAME of DIR:NAME; the guest's argv[0]."""
        return self.id.rpartition(":")[2]


def hosted(manifest: Path) -> Hosted:
    """What a manifest says. Raises Failure where there is none, or it is something else."""
    record = _record(manifest)
    try:
        return _hosted(manifest, record)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(manifest, f"{type(error).__name__}: {error}") from None


def _record(manifest: Path) -> dict[str, Any]:
    try:
        with manifest.open("rb") as stream:
            data = stream.read(MAX_MANIFEST_BYTES + 1)
    except FileNotFoundError:
        raise failure(
            RULE,
            f"there is no manifest {manifest}",
            why="a manifest is there only where every verdict is pass",
            fix="build the artifact with `scons`, or name its NAME.manifest.json",
        ) from None
    except OSError as error:
        raise failure(RULE, f"{manifest} cannot be read: {error.strerror or error}") from None
    if len(data) > MAX_MANIFEST_BYTES:
        raise _unreadable(manifest, f"it is larger than {MAX_MANIFEST_BYTES >> 20} MiB")
    try:
        record = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _unreadable(manifest, f"it is no JSON: {error}") from None
    if not isinstance(record, dict) or record.get("spec-version") != SPEC_VERSION:
        raise _unreadable(manifest, f'it does not say "spec-version": {SPEC_VERSION}')
    return record


def _unreadable(manifest: Path, why: str) -> Failure:
    fix = "name the NAME.manifest.json of a build, and build again if it is one"
    return failure(RULE, f"{manifest} is no manifest of an artifact", why=why, fix=fix)


def _hosted(manifest: Path, record: dict[str, Any]) -> Hosted:
    if record["verdict"] != "pass":
        raise ValueError(f'its verdict is {record["verdict"]!r}, not "pass"')
    place = manifest.parent
    exports = [(each["name"], each["kind"], each.get("type", "")) for each in record["exports"]]
    return Hosted(
        manifest=manifest,
        id=_text(record["artifact"]),
        kind=_KINDS[_one_of(record["kind"], *_KINDS)],
        module=_file(place, record["module"]),
        codes=tuple(_code(place, each) for each in record["files"] if each["role"] == "cwasm"),
        grants=_grants(record["grants"]),
        runtime=_runtime(record["runtime"]),
        functions=tuple(_functions(record["imports"])),
        exports={
            _text(name): type_
            for name, kind, text in exports
            if kind == "func" and (type_ := _type(text)) is not None
        },
        memories=tuple(_text(name) for name, kind, _type in exports if kind == "memory"),
    )


def _file(place: Path, record: dict[str, Any]) -> File:
    return File(place / _text(record["path"]), _text(record["sha256"]), int(record["size_bytes"]))


def _code(place: Path, record: dict[str, Any]) -> MachineCode:
    return MachineCode(
        _file(place, record),
        _text(record["target"]),
        _text(record["engine"]),
        record["interruptible"] is True,
        _text(record["module_sha256"]),
    )


def _grants(record: dict[str, Any]) -> Grants:
    """What is granted. Anything that is not exactly the word for more is the word for less."""
    return Grants(
        dirs=tuple(
            DirGrant(
                _text(each["host"]),
                _text(each["guest"]),
                "rw" if _one_of(each["mode"], "ro", "rw") == "rw" else "ro",
                _text(each["reason"]),
            )
            for each in record["dirs"]
        ),
        env={_text(name): _text(value) for name, value in record["env"].items()},
        env_inherit=tuple(_text(name) for name in record["env_inherit"]),
        args=tuple(_text(each) for each in record["args"]),
        stdin=record["stdin"] is True,
    )


def _runtime(record: dict[str, Any]) -> Runtime:
    lifetime = _one_of(record["lifetime"], *_LIFETIMES)
    timeout_ns = _count(record["timeout_ns"])
    return Runtime(
        lifetime=_LIFETIMES[lifetime],
        gogc=None if record["gogc"] is None else _text(record["gogc"]),
        memory_limit_bytes=_count(record["memory_limit_bytes"]),
        max_memory_bytes=_count(record["max_memory_bytes"]),
        timeout_s=None if timeout_ns is None else timeout_ns / 1e9,
    )


def _functions(imports: list[dict[str, Any]]) -> list[HostFunction]:
    found: dict[tuple[str, str], HostFunction] = {}
    for each in imports:
        module, name = _text(each["module"]), _text(each["name"])
        if module == preview1.MODULE and name in preview1.FUNCTIONS:
            continue
        if each["kind"] != "func":
            raise ValueError(f"it imports {module}.{name}, a {each['kind']}: hosts give functions")
        type_ = _type(each["type"])
        if type_ is None:
            raise ValueError(f"it imports {module}.{name}: {each['type']}: hosts give numbers")
        found[module, name] = HostFunction(module, name, type_.params, type_.results)
    return [found[key] for key in sorted(found)]


def _type(text: object) -> FunctionType | None:
    """A function's type; None where it has other values than numbers."""
    match = _TYPE.fullmatch(_text(text))
    if match is None:
        raise ValueError(f"{text!r} where a function's type is expected")
    params, results = (tuple(part.split(", ")) if part else () for part in match.groups())
    return FunctionType(params, results) if {*params, *results} <= set(NUMBERS) else None


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(f"{value!r} where a text is expected")
    return value


def _one_of(value: object, *known: str) -> str:
    if value not in known:
        raise ValueError(f"{value!r} where one of {', '.join(known)} is expected")
    return str(value)


def _count(value: object) -> int | None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise ValueError(f"{value!r} where a number is expected")
    return value
