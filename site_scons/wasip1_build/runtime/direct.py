"""Runs a module in this very process, its stdin, stdout and stderr the process's own.

For who asked for the run himself and waits for it; builds run modules in child processes, under
limits.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import wasmtime

from wasip1_build.files import write_atomically
from wasip1_build.findings import failure
from wasip1_build.runtime.host_functions import HostError, load
from wasip1_build.runtime.request import HostFunction, Preopen

# Each call of Go's is a call of wasm: deep recursion needs it, and Go's own script says 8 MiB.
# 2 MiB is the most that the library takes (its async_stack_size cannot be set from Python).
STACK_BYTES = 2 << 20
TRAPPED = 134  # as the wasmtime CLI: 128 + SIGABRT


def run_directly(
    module: Path,
    args: tuple[str, ...],
    env: tuple[tuple[str, str], ...],
    preopens: tuple[Preopen, ...],
    functions: tuple[HostFunction, ...],
    host: Path | None,
    cache: Path,
) -> int:
    """Runs a command to its end and returns its exit code; 134 where it trapped.

    `cache` is a directory in which compiled code is kept. Raises Failure where the module cannot be
    loaded or linked.
    """
    engine = wasmtime.Engine(_config(cache))
    store = wasmtime.Store(engine)
    store.set_wasi(_wasi((str(module), *args), env, preopens))
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    try:
        load(str(host) if host else None, str(host or ""), functions).define(linker)
        instance = linker.instantiate(store, wasmtime.Module.from_file(engine, str(module)))
        start = instance.exports(store).get("_start")
    except (HostError, wasmtime.WasmtimeError, wasmtime.Trap) as error:
        raise failure(
            "exec",
            f"{module} cannot be run",
            why=str(error).strip(),
            fix="build it with GOOS=wasip1 GOARCH=wasm; with --artifact it is given what "
            "imports.host declares",
        ) from None
    if not isinstance(start, wasmtime.Func):
        raise failure("exec", f"{module} is no command: it exports no function _start")
    return _called(store, start)


def _called(store: wasmtime.Store, start: wasmtime.Func) -> int:
    try:
        start(store)
    except wasmtime.ExitTrap as end:
        return int(end.code)
    except HostError as error:
        print(f"wasip1 exec: the host's functions: {error}", file=sys.stderr)
        return TRAPPED
    except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
        print(f"wasip1 exec: {error}", file=sys.stderr)
        return TRAPPED
    return 0


def _config(cache: Path) -> wasmtime.Config:
    config = wasmtime.Config()
    config.max_wasm_stack = STACK_BYTES
    # https://docs.wasmtime.dev/cli-cache.html: a file is how a cache's place is said.
    settings = cache / "exec.toml"
    text = f"[cache]\ndirectory = {json.dumps(str(cache / 'exec'))}\n".encode()
    try:
        if not settings.is_file() or settings.read_bytes() != text:
            write_atomically(settings, text)
        config.cache = str(settings)
    except (OSError, wasmtime.WasmtimeError):
        return config  # it only saves time
    return config


def _wasi(
    argv: tuple[str, ...], env: tuple[tuple[str, str], ...], preopens: tuple[Preopen, ...]
) -> wasmtime.WasiConfig:
    wasi = wasmtime.WasiConfig()
    wasi.argv = list(argv)
    wasi.env = list(env)
    wasi.inherit_stdin()
    wasi.inherit_stdout()
    wasi.inherit_stderr()
    for preopen in preopens:
        try:
            wasi.preopen_dir(preopen.host, preopen.guest, fs_mutable=not preopen.read_only)
        except wasmtime.WasmtimeError:
            raise failure("exec", f"the directory {preopen.host} cannot be opened") from None
    return wasi
