"""`wasip1 exec`: runs a module for `go test -exec`, as Go's own go_wasip1_wasm_exec does, or under
what an artifact is granted."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import failure
from wasip1_build.runtime.programs import RUNTIMES, Guest, program
from wasip1_build.runtime.request import HostFunction, Preopen, host_functions
from wasip1_build.spec.cached import load_workspace
from wasip1_build.spec.members import SPEC_FILE
from wasip1_build.spec.model import Artifact
from wasip1_build.spec.select import select_one
from wasip1_build.toolchain.store import cache_directory
from wasip1_build.toolchain.tools import KINDS

LIBRARY = "wasmtime"
GRACE_S = 2.0
# How time.Duration prints itself, from milliseconds on (pkg.go.dev/time#Duration.String).
_GO_DURATION = re.compile(r"([0-9.]+)(ms|h|m|s)")
_UNITS_S = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


@dataclass(frozen=True)
class Given:
    """What the module is given."""

    preopens: tuple[Preopen, ...]
    env: tuple[tuple[str, str], ...]
    functions: tuple[HostFunction, ...] = ()
    host: Path | None = None


def add(subparsers: Any) -> None:
    """Adds the subcommand's parser."""
    known = ", ".join((LIBRARY, *RUNTIMES))
    parser = subparsers.add_parser(
        "exec",
        help="run a module, as `go test -exec 'wasip1 exec'` asks for it",
        description="Runs a module with this process's stdin, stdout and stderr, and ends with its "
        "exit code. Without an artifact it is given all files, as by Go's own go_wasip1_wasm_exec; "
        "with one, the artifact's grants, this directory and the temporary one.",
    )
    parser.add_argument(
        "--runtime",
        default=os.environ.get("GOWASIRUNTIME") or LIBRARY,
        help=f"{known} (default: $GOWASIRUNTIME, or {LIBRARY}, the Python package)",
    )
    parser.add_argument(
        "--artifact",
        default=os.environ.get("WASIP1_ARTIFACT", ""),
        help="the artifact (NAME or DIR:NAME) under whose grants it runs ($WASIP1_ARTIFACT)",
    )
    parser.add_argument("module", help="the .wasm file")
    parser.add_argument("args", nargs=argparse.REMAINDER, help="its arguments")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Runs the module. Its exit code; raises Failure where it cannot be run."""
    module = Path(arguments.module).absolute()
    if not module.is_file():
        raise failure("exec", f"{arguments.module} is no file")
    given = _granted(arguments.artifact) if arguments.artifact else _everything()
    words = tuple(arguments.args)
    if arguments.runtime == LIBRARY:
        return _by_library(module, words, given)
    if arguments.runtime not in RUNTIMES:
        known = ", ".join((LIBRARY, *RUNTIMES))
        raise failure("exec", f"no such runtime: {arguments.runtime}", fix=f"known: {known}")
    return _by_program(arguments.runtime, module, words, given)


def _by_library(module: Path, words: tuple[str, ...], given: Given) -> int:
    try:
        from wasip1_build.runtime.direct import run_directly
    except ModuleNotFoundError as missing:
        kind = KINDS["wasmtime-library"]
        raise failure("tool-missing", f"{kind.title} is missing", fix=kind.get_it) from missing
    # While the module runs, no Python code would see the signal.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _end_after(timeout_of_tests_s(words))
    cache = cache_directory(os.environ)
    sys.stdout.flush()
    where = (given.env, given.preopens, given.functions, given.host)
    return run_directly(module, words, *where, cache)


def _end_after(seconds: float) -> None:
    """Lets the system end this process (SIGALRM) after a time; 0 is never."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def timeout_of_tests_s(words: tuple[str, ...]) -> float:
    """When tests are past their -test.timeout, and a little more; 0 where they have none.

    They end themselves then, but for one that loops without a call: nothing can interrupt it on
    wasm, and go test waits for a minute more.
    """
    given = (word.partition("=")[2] for word in words if word.startswith("-test.timeout="))
    parts = _GO_DURATION.findall(next(given, ""))
    seconds = sum(float(number) * _UNITS_S[unit] for number, unit in parts)
    return seconds + GRACE_S if seconds else 0.0


def _by_program(name: str, module: Path, words: tuple[str, ...], given: Given) -> int:
    """Becomes the runtime's program, so that signals and the exit code are its own."""
    found = program(name, os.environ.get("PATH", ""))
    if given.functions:
        names = ", ".join(function.id for function in given.functions)
        raise failure("exec", f"{name} cannot be given {names}", fix=f"use --runtime {LIBRARY}")
    guest = Guest(
        module=module,
        args=words,
        env=given.env,
        preopens=given.preopens,
        cache=cache_directory(os.environ) / name,
        options=tuple(shlex.split(os.environ.get("GOWASIRUNTIMEARGS", ""))),
    )
    command = RUNTIMES[name].command(str(found), guest)
    os.execv(found, command)


def _everything() -> Given:
    """What Go's own script gives: every file, PWD and PATH; and where temporary files go."""
    named = {"PWD": os.getcwd(), "PATH": os.environ.get("PATH", ""), "TMPDIR": _temporary()}
    return Given((Preopen("/", "/", read_only=False),), tuple(named.items()))


def _granted(name: str) -> Given:
    """What an artifact is granted, with this directory and the temporary one under their own names.

    Raises Failure.
    """
    root = _workspace_root()
    workspace = load_workspace(root, SPEC_FILE)
    here = os.path.relpath(os.getcwd(), root)
    artifact = select_one(workspace, name, here, "a module runs under the grants of one")
    grants = artifact.grants
    own = tuple(Preopen(path, path, read_only=False) for path in (os.getcwd(), _temporary()))
    dirs = (Preopen(str(root / d.host), d.guest, d.mode == "ro") for d in grants.dirs)
    host = next((check.host for check in artifact.checks if check.host), None)
    return Given(
        (*own, *dirs),
        _environment(artifact),
        host_functions(artifact.imports.beside_wasi),
        root / host if host else None,
    )


def _environment(artifact: Artifact) -> tuple[tuple[str, str], ...]:
    env = dict(artifact.grants.env)
    inherited = (name for name in artifact.grants.env_inherit if name in os.environ)
    env |= {name: os.environ[name] for name in inherited}
    if artifact.runtime.gogc is not None:
        env["GOGC"] = artifact.runtime.gogc
    if artifact.runtime.memory_limit_bytes is not None:
        env["GOMEMLIMIT"] = f"{artifact.runtime.memory_limit_bytes}B"
    return tuple(sorted({**env, "PWD": os.getcwd(), "TMPDIR": _temporary()}.items()))


def _temporary() -> str:
    return os.path.realpath(tempfile.gettempdir())


def _workspace_root() -> Path:
    """The directory of the outermost wasip1.toml at or above this one. Raises Failure."""
    here = Path.cwd()
    found = [place for place in (here, *here.parents) if (place / SPEC_FILE).is_file()]
    if not found:
        raise failure("exec", f"no {SPEC_FILE} here or above", fix="call it in the workspace")
    return found[-1]
