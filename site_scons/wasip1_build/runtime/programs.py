"""How the runtimes that are programs on PATH are told to run a module under grants."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import failure
from wasip1_build.runtime.request import Preopen


@dataclass(frozen=True)
class Guest:
    """What a module is given, whatever runs it. `options` are further ones of the runtime's own,
    `cache` is a directory in which it may keep what it compiled."""

    module: Path
    args: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    preopens: tuple[Preopen, ...]
    cache: Path
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Runtime:
    """A program: its command line for a guest, and how to get it."""

    command: Callable[[str, Guest], list[str]]
    get_it: str


def program(name: str, search_path: str) -> Path:
    """Where a runtime's program is on a PATH. Raises Failure where it is not there."""
    found = shutil.which(name, path=search_path)
    if found is None:
        raise failure("runtime", f"{name} is not on PATH", fix=RUNTIMES[name].get_it)
    return Path(found)


def _wazero(program: str, guest: Guest) -> list[str]:
    mounts = (f"-mount={p.host}:{p.guest}{':ro' * p.read_only}" for p in guest.preopens)
    env = (f"-env={name}={value}" for name, value in guest.env)
    options = (f"-cachedir={guest.cache}", *mounts, *env, *guest.options)
    return [program, "run", *options, str(guest.module), *guest.args]


def _wasmedge(program: str, guest: Guest) -> list[str]:
    dirs = (f"--dir={p.guest}:{p.host}" for p in guest.preopens)
    env = (word for pair in guest.env for word in ("--env", "=".join(pair)))
    return [program, *dirs, *env, *guest.options, str(guest.module), *guest.args]


def _node(program: str, guest: Guest) -> list[str]:
    """node has no command line for WASI: a script says what its API is told
    (https://nodejs.org/api/wasi.html). It knows no read-only directories."""
    options = {
        "version": "preview1",
        "args": [guest.module.name, *guest.args],
        "env": dict(guest.env),
        "preopens": {p.guest: p.host for p in guest.preopens},
    }
    script = _NODE % (json.dumps(options), json.dumps(str(guest.module)))
    return [program, "--no-warnings", *guest.options, "--input-type=module", "--eval", script]


_NODE = """
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const wasi = new WASI(%s);
const module = new WebAssembly.Module(readFileSync(%s));
process.exit(wasi.start(new WebAssembly.Instance(module, wasi.getImportObject())));
"""

RUNTIMES: Mapping[str, Runtime] = {
    "wazero": Runtime(
        _wazero, "run `go install github.com/tetratelabs/wazero/cmd/wazero@latest` and add Go's "
        "bin directory to PATH"
    ),
    "wasmedge": Runtime(_wasmedge, "see https://wasmedge.org/docs/start/install"),
    "node": Runtime(_node, "install Node 22 or later (20 crashes when a module's memory grows)"),
}  # fmt: skip
