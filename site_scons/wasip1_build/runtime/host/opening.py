"""Opens a host: what it is asked to do, held against what is there."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wasip1_build.findings import failure
from wasip1_build.runtime.host.artifact import Hosted
from wasip1_build.runtime.host.code import Code, library, machine_code
from wasip1_build.runtime.host.compiled import Compiler
from wasip1_build.runtime.host.given import Giving, giving
from wasip1_build.runtime.host.host import DECLARED, Host, Isolation, Serving, require_time
from wasip1_build.toolchain.host import host_target
from wasip1_build.toolchain.store import cache_directory

RULE = "host-open"
MOST_AT_ONCE = 256  # each reserves 5 GiB of the 128 TiB of addresses that a process has
Functions = Mapping[str, Callable[..., Any]] | str | os.PathLike[str] | None


def opened(
    artifact: Hosted,
    *,
    root: Path | None,
    concurrency: int,
    isolation: Isolation,
    timeout_s: float | None,
    output_bytes: int,
    functions: Functions,
    cache: Path | None,
) -> Host:
    """The host, as Host.open describes it. Raises Failure."""
    if isolation not in ("thread", "process"):
        raise failure(RULE, f"isolation {isolation!r}", fix='it is "thread" or "process"')
    if not 1 <= concurrency <= MOST_AT_ONCE:
        fix = f"it is a number from 1 to {MOST_AT_ONCE}"
        raise failure(RULE, f"concurrency {concurrency!r}", fix=fix)
    if output_bytes < 0:
        raise failure(RULE, f"output_bytes {output_bytes!r}", fix="it is a number of bytes")
    limit_s = artifact.runtime.timeout_s if timeout_s == DECLARED else timeout_s
    require_time(limit_s)
    directory, version = library()
    kept = cache or cache_directory(os.environ) / "host"
    gives = giving(artifact, root, os.environ)
    code = machine_code(
        artifact,
        host_target(),
        Compiler(directory / "wasmtime", version, kept),
        stoppable=isolation == "thread" and limit_s is not None,
    )
    serving = _in_threads(artifact, gives, code, concurrency, output_bytes, functions, limit_s)
    stops = isolation == "process" or code.interruptible
    return Host(artifact, gives, serving, concurrency, code.notes, limit_s, stops)


def _in_threads(
    artifact: Hosted,
    gives: Giving,
    code: Code,
    concurrency: int,
    output_bytes: int,
    functions: Functions,
    limit_s: float | None,
) -> Serving:
    from wasip1_build.runtime.host.ahead import Ahead
    from wasip1_build.runtime.host.direct import Direct
    from wasip1_build.runtime.host.functions import implementations
    from wasip1_build.runtime.host.loaded import Loaded, Settings
    from wasip1_build.runtime.host.sealed import sealed

    given = implementations(artifact.id, artifact.functions, functions)
    ahead = artifact.runtime.lifetime == "pooled" and artifact.kind == "reactor"
    # Those that run, those that wait, and the one that is being made.
    slots = 2 * concurrency + 1 if ahead else concurrency
    settings = Settings(
        name=artifact.id,
        functions=artifact.functions,
        exports=artifact.exports,
        memories=artifact.memories,
        preopens=gives.preopens,
        memory_bytes=artifact.runtime.max_memory_bytes,
        output_bytes=output_bytes,
        interruptible=code.interruptible,
        slots=slots,
    )
    descriptor = sealed(code.data)
    try:
        loaded = Loaded(settings, code.data, descriptor, given)
    finally:
        if descriptor is not None:
            os.close(descriptor)
    direct = Direct(loaded, gives.plain, artifact.runtime.lifetime, limit_s)
    return Ahead(direct, concurrency) if ahead else direct
