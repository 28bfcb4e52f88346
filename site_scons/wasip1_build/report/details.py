"""What else is told of an artifact beside its verdict: what it is, may do, and did in its checks.

It is only shown, and decides nothing: a member that is missing or malformed is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wasip1_build.dataclass import dataclass

Record = Mapping[str, Any]
RUNTIME = ("lifetime", "gogc", "memory_limit_bytes", "max_memory_bytes", "timeout_ns")


@dataclass(frozen=True)
class Run:
    """What a check did, as far as that is known: in the first of its forms, the module itself.

    `host_calls` and `fd_write_calls` are counted only where a budget asks for it; `calls` are
    those of functions beside WASI, which are always counted.
    """

    check: str
    verdict: str
    ended: str | int = ""  # the exit code, or "trap"
    peak_memory_bytes: int | None = None
    stdout_bytes: int | None = None
    host_calls: int | None = None
    fd_write_calls: int | None = None
    calls: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Details:
    """From A.manifest.json, A.imports.json and A.checks.json, as far as this build made them."""

    about: tuple[str, ...] = ()  # package, kind, compiler with its version, flags
    tools: tuple[tuple[str, str], ...] = ()  # with their versions
    module_sha256: str = ""
    grants: tuple[tuple[str, str, str], ...] = ()  # (kind, what, reason)
    runtime: tuple[str | int | None, ...] = ()  # as RUNTIME names them
    imports: tuple[tuple[str, str, str], ...] = ()  # (module, name, type), in the module's order
    exports: tuple[tuple[str, str, str], ...] = ()  # (kind, name, type)
    runs: tuple[Run, ...] = ()


def details_of(manifest: Record, imports: Record, checks: Record) -> Details:
    """What three records say; {} for one that this build did not make."""
    compiler = _record(manifest, "compiler")
    about = (
        _text(manifest, "package"),
        _text(manifest, "kind"),
        f"{_text(compiler, 'name')} {_text(compiler, 'version')}".strip(),
        " ".join(_texts(manifest, "build_flags")),
    )
    declared = manifest if "imports" in manifest else imports
    tools = _record(manifest, "toolchain")
    return Details(
        about=about if any(about) else (),
        tools=tuple((name, version) for name, version in tools.items() if isinstance(version, str)),
        module_sha256=_text(_record(manifest, "module"), "sha256"),
        grants=tuple(_grants(_record(manifest, "grants"))),
        runtime=_runtime(_record(manifest, "runtime")),
        imports=tuple(
            (_text(each, "module"), _text(each, "name"), _text(each, "type"))
            for each in _records(declared, "imports")
        ),
        exports=tuple(
            (_text(each, "kind"), _text(each, "name"), _text(each, "type"))
            for each in _records(declared, "exports")
        ),
        runs=tuple(_run(each) for each in _records(checks, "checks")),
    )


def _runtime(runtime: Record) -> tuple[str | int | None, ...]:
    found = (runtime.get(name) for name in RUNTIME)
    return tuple(each if isinstance(each, str | int) else None for each in found) if runtime else ()


def _grants(grants: Record) -> Iterator[tuple[str, str, str]]:
    """What writes first: that is what a reader looks for."""
    directories = list(_records(grants, "dirs"))
    for each in sorted(directories, key=lambda each: _text(each, "mode") != "rw"):
        what = f"{_text(each, 'guest')} from {_text(each, 'host')}"
        yield f"directory, {_text(each, 'mode')}", what, _text(each, "reason")
    for name, value in _record(grants, "env").items():
        yield "variable", f"{name}={value}", ""
    for name in _texts(grants, "env_inherit"):
        yield "inherited variable", name, ""
    if arguments := list(_texts(grants, "args")):
        yield "arguments", " ".join(arguments), ""
    if grants.get("stdin") is True:
        yield "standard input", "", ""


def _run(check: Record) -> Run:
    name, verdict = _text(check, "name"), _text(check, "verdict")
    form = next(_records(check, "forms"), None)
    if form is None:
        return Run(name, verdict)
    status = _count(form, "exit")
    calls = _record(form, "calls").items()
    return Run(
        name,
        verdict,
        ended=_text(form, "ended") if status is None else status,
        peak_memory_bytes=_count(form, "peak_memory_bytes"),
        stdout_bytes=_count(form, "stdout_bytes"),
        host_calls=_count(form, "host_calls"),
        fd_write_calls=_count(form, "fd_write_calls"),
        calls=tuple((function, calls) for function, calls in calls if isinstance(calls, int)),
    )


def _record(record: Record, name: str) -> Record:
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def _records(record: Record, name: str) -> Iterator[Record]:
    value = record.get(name)
    return (each for each in (value if isinstance(value, list) else ()) if isinstance(each, dict))


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _texts(record: Record, name: str) -> Iterator[str]:
    value = record.get(name)
    return (each for each in (value if isinstance(value, list) else ()) if isinstance(each, str))


def _count(record: Record, name: str) -> int | None:
    value = record.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
