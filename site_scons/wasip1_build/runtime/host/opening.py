"""Opens a host: what it is asked to do, held against what is there."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import failure
from wasip1_build.runtime.host.artifact import Hosted
from wasip1_build.runtime.host.code import Code, library, machine_code
from wasip1_build.runtime.host.compiled import Compiler
from wasip1_build.runtime.host.given import Giving, giving
from wasip1_build.runtime.host.host import Host, Isolation, Serving, Timeout, require_time
from wasip1_build.toolchain.host import host_target
from wasip1_build.toolchain.store import cache_directory

RULE = "host-open"
MOST_AT_ONCE = 256  # each reserves 5 GiB of the 128 TiB of addresses that a process has
Functions = Mapping[str, Callable[..., Any]] | str | os.PathLike[str] | None


@dataclass(frozen=True)
class Wanted:
    """What Host.open is asked for; it describes each."""

    root: Path | None
    concurrency: int
    isolation: Isolation
    timeout_s: Timeout
    output_bytes: int
    functions: Functions
    cache: Path | None


def opened(artifact: Hosted, wanted: Wanted) -> Host:
    """The host. Raises Failure."""
    _require(wanted)
    limit_s = require_time(
        artifact.runtime.timeout_s if wanted.timeout_s == "declared" else wanted.timeout_s
    )
    directory, version = library()
    kept = wanted.cache or cache_directory(os.environ) / "host"
    gives = giving(artifact, wanted.root, os.environ)
    code = machine_code(
        artifact,
        host_target(),
        Compiler(directory, version, kept),
        stoppable=wanted.isolation == "thread" and limit_s is not None,
    )
    if wanted.isolation == "thread":
        serving = _in_threads(artifact, gives, code, wanted, limit_s)
    else:
        serving = _in_processes(artifact, gives, code, wanted, directory)
    stops = wanted.isolation == "process" or code.interruptible
    return Host(artifact, gives, serving, wanted.concurrency, code.notes, limit_s, stops)


def _require(wanted: Wanted) -> None:
    if wanted.isolation not in get_args(Isolation):
        fix = 'it is "thread" or "process"'
        raise failure(RULE, f"isolation is {wanted.isolation!r}", fix=fix)
    if not (isinstance(wanted.concurrency, int) and 1 <= wanted.concurrency <= MOST_AT_ONCE):
        fix = f"it is a number from 1 to {MOST_AT_ONCE}"
        raise failure(RULE, f"concurrency is {wanted.concurrency!r}", fix=fix)
    if not (isinstance(wanted.output_bytes, int) and wanted.output_bytes >= 0):
        raise failure(RULE, f"output_bytes is {wanted.output_bytes!r}", fix="it is a number")


def _in_threads(
    artifact: Hosted,
    gives: Giving,
    code: Code,
    wanted: Wanted,
    limit_s: float | None,
) -> Serving:
    from wasip1_build.runtime.host.ahead import Ahead
    from wasip1_build.runtime.host.direct import Direct
    from wasip1_build.runtime.host.functions import implementations
    from wasip1_build.runtime.host.loaded import Loaded, Settings
    from wasip1_build.runtime.host.sealed import sealed

    given = implementations(artifact.id, artifact.functions, wanted.functions)
    ahead = artifact.runtime.lifetime == "pooled" and artifact.kind == "reactor"
    # Those that run, those that wait, and the one that is being made.
    slots = 2 * wanted.concurrency + 1 if ahead else wanted.concurrency
    settings = Settings(
        name=artifact.id,
        functions=artifact.functions,
        exports=artifact.exports,
        memories=artifact.memories,
        preopens=gives.preopens,
        memory_bytes=artifact.runtime.max_memory_bytes,
        output_bytes=wanted.output_bytes,
        interruptible=code.interruptible,
        slots=slots,
        is_command=artifact.kind == "command",
    )
    descriptor = sealed(code.data)
    try:
        loaded = Loaded(settings, code.data, descriptor, given)
    finally:
        if descriptor is not None:
            os.close(descriptor)
    direct = Direct(loaded, gives.plain, artifact.runtime.lifetime, limit_s)
    return Ahead(direct, wanted.concurrency) if ahead else direct


def _in_processes(
    artifact: Hosted,
    gives: Giving,
    code: Code,
    wanted: Wanted,
    directory: Path,
) -> Serving:
    from wasip1_build.runtime.host.sealed import memory_file, sealed
    from wasip1_build.runtime.host.workers import Plan, Workers, words

    functions = wanted.functions
    if isinstance(functions, Mapping) and functions:
        raise failure(
            RULE,
            f"{artifact.id}: Python functions cannot be given to worker processes",
            fix='name a file that has them: functions="host.py", with a dict `functions`',
        )
    file = os.path.abspath(functions) if isinstance(functions, str | os.PathLike) else None
    settings = {
        "library": str(directory),
        "name": artifact.id,
        "functions": artifact.functions,
        "exports": {
            name: (type_.params, type_.results) for name, type_ in artifact.exports.items()
        },
        "memories": artifact.memories,
        "preopens": gives.preopens,
        "memory_bytes": artifact.runtime.max_memory_bytes,
        "output_bytes": wanted.output_bytes,
        "interruptible": code.interruptible,
        "kind": artifact.kind,
        "lifetime": artifact.runtime.lifetime,
        "plain": words(gives.plain),
        "host_file": file,
    }
    descriptor = sealed(code.data)
    settings["sealed"] = descriptor is not None
    if descriptor is None:
        with memory_file() as copy:
            copy.write(code.data)
            copy.flush()
            descriptor = os.dup(copy.fileno())
    plan = Plan(settings, descriptor, artifact.runtime.max_memory_bytes, wanted.output_bytes)
    return Workers(plan, wanted.concurrency)
