"""`wasip1 run`: runs an artifact that was built, with what it is granted and nothing else."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

from wasip1_build.cli.built import built, verified
from wasip1_build.cli.where import add_workspace_choice, from_here, workspace_root
from wasip1_build.findings import failure
from wasip1_build.planned import Names
from wasip1_build.runtime import grants as guest
from wasip1_build.runtime.attended import run_attended
from wasip1_build.runtime.request import Call, Preopen, Request, host_functions
from wasip1_build.spec.cached import load_workspace
from wasip1_build.spec.model import Artifact
from wasip1_build.spec.select import select_one
from wasip1_build.toolchain.host import host_target
from wasip1_build.toolchain.store import cache_directory
from wasip1_build.toolchain.tools import KINDS


def add(subparsers: Any) -> None:
    """Adds the subcommand's parser."""
    parser = subparsers.add_parser(
        "run",
        help="run an artifact that was built, under its grants",
        description="Runs the module of the last build, or its machine code for this machine, with "
        "what its wasip1.toml declares: directories, variables, arguments, stdin, memory and time. "
        "Ends with its exit code; with 124 after its time-out, with 134 after a trap.",
    )
    add_workspace_choice(parser)
    parser.add_argument(
        "--host",
        metavar="FILE",
        help="the Python file with the functions of imports.host (default: that of its checks)",
    )
    parser.add_argument(
        "--invoke",
        metavar="EXPORT",
        help="call this export of a reactor; the arguments are its numbers, and what it returns "
        "is printed",
    )
    parser.add_argument("artifact", metavar="ARTIFACT", help="NAME or DIR:NAME, as for scons")
    parser.add_argument(
        "args", nargs=argparse.REMAINDER, help="its arguments, after those that are granted"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Runs the artifact and returns its exit code. Raises Failure where it cannot be run."""
    root, file = workspace_root(arguments)
    workspace = load_workspace(root, file, arguments.profile)
    artifact = select_one(workspace, arguments.artifact, from_here(root), "one module is run")
    place = (workspace.build_dir, workspace.profile, artifact.directory, artifact.name)
    code, compiled = _code(root, Names(*place), artifact)
    request = _request(root, artifact, arguments, code, compiled)
    if importlib.util.find_spec("wasmtime") is None:
        kind = KINDS["wasmtime-library"]
        raise failure("tool-missing", f"{kind.title} is missing", fix=kind.get_it)
    return run_attended(request, artifact.name, artifact.runtime.timeout_s)


def _code(root: Path, names: Names, artifact: Artifact) -> tuple[Path, bool]:
    """The machine code for this machine and True, or the module and False: as the manifest has
    them, or not at all. Raises Failure."""
    files = built(root, names, artifact).files
    own = [each for each in files if each[0] == "cwasm" and each[3] == host_target()]
    role, name, sha256, _target = (own or [each for each in files if each[0] == "module"])[0]
    path = verified(root, names, name, sha256)
    if not own and sys.stderr.isatty():
        said = "aot.targets has no machine code for this machine: the engine compiles it"
        print(f"{artifact.name}: {said}", file=sys.stderr)
    return path, role == "cwasm"


def _request(
    root: Path, artifact: Artifact, arguments: argparse.Namespace, code: Path, compiled: bool
) -> Request:
    words = tuple(arguments.args[1:] if arguments.args[:1] == ["--"] else arguments.args)
    grants, policy = artifact.grants, artifact.runtime
    invoke = _invoked(artifact, arguments.invoke, words)
    given = () if invoke else words
    env = dict(guest.environment(grants, None, policy.gogc, policy.memory_limit_bytes))
    env |= {name: os.environ[name] for name in grants.env_inherit if name in os.environ}
    host = _host(root, artifact, arguments.host)
    return Request(
        action="run",
        code=str(code),
        compiled_code=compiled,
        interruptible=artifact.aot_interruptible,
        argv=(*guest.arguments(artifact.name, grants, None), *given),
        env=tuple(sorted(env.items())),
        preopens=tuple(
            Preopen(
                guest.real_directory(root, grant.host, artifact.where(f"grants.dirs.{number}")),
                grant.guest,
                grant.mode == "ro",
            )
            for number, grant in enumerate(grants.dirs)
        ),
        stdin=grants.stdin,
        functions=host_functions(artifact.imports.beside_wasi),
        host_file=str(host) if host else None,
        host_name=str(host or ""),
        invoke=invoke,
        memory_bytes=policy.max_memory_bytes,
        cache=str(cache_directory(os.environ) / "compiled"),
        attended=True,
    )


def _host(root: Path, artifact: Artifact, given: str | None) -> Path | None:
    """The file with the host's functions: the one that is named, or that of the first check."""
    if given is not None:
        path = Path(os.path.abspath(given))
        if not path.is_file():
            raise failure("run", f"--host {given} is no file")
        return path
    named = next((check.host for check in artifact.checks if check.host), None)
    return root / named if named else None


def _invoked(artifact: Artifact, export: str | None, words: tuple[str, ...]) -> Call | None:
    """The call of a reactor's export. Raises Failure where the artifact has no such call."""
    if export is None:
        if artifact.kind == "reactor":
            what = f"{artifact.id} is a reactor: it does nothing until an export is called"
            known = ", ".join(artifact.exports)
            raise failure("run", what, fix=f"--invoke EXPORT; it has {known}")
        return None
    if artifact.kind != "reactor":
        raise failure("run", f"{artifact.id} is a command: it is run whole, without --invoke")
    if export not in artifact.exports:
        known = ", ".join(artifact.exports)
        raise failure("run", f"{artifact.id} declares no export {export}", fix=f"known: {known}")
    return Call(export, tuple(map(_number, words)))


def _number(word: str) -> int | float:
    try:
        return int(word, 0)
    except ValueError:
        pass
    try:
        return float(word)
    except ValueError:
        raise failure("run", f"{word} is no number: exports take numbers only") from None
