"""`wasip1 embed`: a Go package that runs an artifact in a Go program, by wazero."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from wasip1_build.cli.built import Built, built, verified
from wasip1_build.cli.where import add_workspace_choice, from_here, workspace_root
from wasip1_build.findings import Failure, failure
from wasip1_build.planned import Names
from wasip1_build.runtime.go_host.declared import VALUE_TYPES
from wasip1_build.runtime.go_host.go_module import GoModule, module_around, work_around
from wasip1_build.runtime.go_host.hosted import Hosted
from wasip1_build.runtime.go_host.package import package_files
from wasip1_build.runtime.go_host.place import write_package
from wasip1_build.runtime.go_host.wazero import GO_SUM, IMPORT_PATH, VERSION, go_mod
from wasip1_build.runtime.go_host.words import package_of, refused_package
from wasip1_build.runtime.launchers import untrusted
from wasip1_build.runtime.request import HostFunction
from wasip1_build.spec.cached import load_workspace
from wasip1_build.spec.model import Artifact, FunctionType
from wasip1_build.spec.select import select_one
from wasip1_build.spec.values import function_type
from wasip1_build.steps.manifest import grants_record, runtime_record
from wasip1_build.wasm import preview1

RULE = "embed"


def add(subparsers: Any) -> None:
    """Adds the subcommand's parser."""
    parser = subparsers.add_parser(
        "embed",
        help="write a Go package that runs an artifact in your Go program",
        description="Writes a Go package for programs that run the module of the last build by "
        "wazero, in their own process: the module, what its wasip1.toml declares, functions of the "
        "host as an interface, tests that run the declared checks, and a benchmark. Writes over "
        "what it generated before, and over nothing else.",
    )
    add_workspace_choice(parser)
    parser.add_argument(
        "--output",
        metavar="DIR",
        help="the directory of the package (default: one of its name, in this one)",
    )
    parser.add_argument(
        "--package",
        metavar="NAME",
        help='its name (default: the artifact\'s, without "-" and "_")',
    )
    parser.add_argument(
        "--module",
        metavar="PATH",
        help="make it a Go module of its own, of this path (default: a package of the module "
        "around it; where there is none, a module of its name)",
    )
    parser.add_argument("artifact", metavar="ARTIFACT", help="NAME or DIR:NAME, as for scons")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Writes the package and says how to use it. 0; raises Failure where it cannot be."""
    root, file = workspace_root(arguments)
    workspace = load_workspace(root, file, arguments.profile)
    artifact = select_one(workspace, arguments.artifact, from_here(root), "one module is embedded")
    package = _package(artifact, arguments.package)
    directory = Path(os.path.realpath(arguments.output or package))
    names = Names(workspace.build_dir, workspace.profile, artifact.directory, artifact.name)
    made = built(root, names, artifact)
    _refuse_other_spec(artifact, made, names)
    why = untrusted(artifact.grants, artifact.trusted)
    if why:
        location = artifact.where("grants.dirs")
        what = f"{artifact.id} cannot be embedded: wazero runs it, with directories"
        raise failure(RULE, what, why=f"wazero: {why}", fix=_TRUST, location=location)
    name, sha256 = made.module
    module = verified(root, names, name, sha256).read_bytes()
    hosted = Hosted(artifact, package, sha256, _functions(made), _exports(artifact, made))
    around = None if arguments.module else module_around(directory)
    own = {} if around else _own_module(arguments.module or package)
    try:
        files = package_files(hosted, module, root, lambda path: _read(root, path))
        write_package(directory, artifact.id, package, files, own)
    except Failure as failed:
        raise _located(artifact, failed) from None
    except OSError as error:
        what = f"{arguments.output or package} cannot be written: {error.strerror}"
        raise failure(RULE, what, fix="name another directory with --output") from None
    shown = os.path.relpath(directory)
    size_bytes = sum(map(len, files.values()))
    print(f"{artifact.name}: package {package}, {len(files)} files, {size_bytes} bytes: {shown}")
    for line in _next(hosted, directory, around or module_around(directory), bool(own)):
        print(f"  {line}")
    return 0


_TRUST = (
    "write trusted = true if the module is your own, or as good as; else grant no directories, and "
    "pass files through stdin or functions of your host"
)


def _package(artifact: Artifact, given: str | None) -> str:
    """The package's name. Raises Failure where Go has no such names."""
    name = package_of(artifact.name) if given is None else given
    why = refused_package(name)
    if why:
        what = f'a Go package cannot be called "{name}"'
        raise failure(RULE, what, why=why, fix=f"--package NAME: go{package_of(artifact.name)}")
    return name


def _refuse_other_spec(artifact: Artifact, made: Built, names: Names) -> None:
    """Raises Failure where the module was verified under other grants than are declared now."""
    declared = {
        "kind": artifact.kind,
        "grants": grants_record(artifact.grants),
        "runtime": runtime_record(artifact.runtime),
    }
    other = [key for key, value in declared.items() if made.record.get(key) != value]
    if other:
        raise failure(
            "not-built",
            f"{artifact.id} is declared with other {' and '.join(other)} than {names.manifest} has",
            why="a package has what was verified, and nothing else",
            fix=f"run `scons {artifact.id}`",
            location=artifact.where(other[0]),
        )


def _functions(made: Built) -> tuple[HostFunction, ...]:
    """What the module imports beside WASI, sorted, each once."""
    found = {}
    for each in made.record["imports"]:
        module, name = each["module"], each["name"]
        if module != preview1.MODULE or name not in preview1.FUNCTIONS:
            type_ = _type(f"{module}.{name}", each["type"])
            found[module, name] = HostFunction(module, name, type_.params, type_.results)
    return tuple(found[key] for key in sorted(found))


def _exports(artifact: Artifact, made: Built) -> tuple[tuple[str, FunctionType], ...]:
    types = {each["name"]: each["type"] for each in made.record["exports"] if each.get("type")}
    return tuple((name, _type(name, types[name])) for name in sorted(artifact.exports))


def _type(name: str, text: str) -> FunctionType:
    """A function's type. Raises Failure where Go has no types like those in it."""
    try:
        type_ = function_type(text)
    except ValueError:
        type_ = None
    if type_ is None or {*type_.params, *type_.results} - VALUE_TYPES:
        what = f"{name} has the type {text}, which cannot be embedded"
        raise failure(RULE, what, fix="use i32, i64, f32 and f64 only")
    return type_


def _own_module(path: str) -> Mapping[str, bytes]:
    """The go.mod and go.sum of a module of this path. Raises Failure where it is none."""
    if not path or any(not (c.isalnum() or c in "-._~/") or not c.isascii() for c in path):
        what = f'a Go module cannot have the path "{path}"'
        raise failure(RULE, what, fix="--module example.com/NAME", why="https://go.dev/ref/mod")
    return {"go.mod": go_mod(path).encode(), "go.sum": GO_SUM.encode()}


def _read(root: Path, path: str) -> bytes:
    """The bytes of a file that a check names. Raises Failure."""
    try:
        return (root / path).read_bytes()
    except OSError as error:
        raise failure(
            "check-file",
            f"{path} cannot be read: {error.strerror}",
            why="a check compares with it, and so does the test of the package",
            fix="correct the path, or create the file",
        ) from None


def _located(artifact: Artifact, failed: Failure) -> Failure:
    """The same findings, where the keys that they are about are written."""
    return Failure(
        tuple(
            replace(each, location=artifact.where(each.key)) if each.key else each
            for each in failed.findings
        )
    )


def _next(hosted: Hosted, directory: Path, module: GoModule | None, own: bool) -> Iterator[str]:
    """What to do with the package."""
    if module is None:
        return
    yield f'import "{module.import_path(directory)}"'
    top, below = os.path.relpath(module.directory), directory.relative_to(module.directory)
    enter = "" if top == "." else f"cd {top} && "
    package = "." if below == Path() else f"./{below.as_posix()}"
    work = work_around(module.directory) if own else None
    if work:
        yield f"go.work is around it: go work use {os.path.relpath(module.directory, work.parent)}"
    if not module.has_wazero:
        yield f"it needs wazero: {enter}go get {IMPORT_PATH}@{VERSION}"
    yield f"prove it: {enter}go test {package}"
    yield f"measure it: {enter}go test -run - -bench . {package}"
    python = [check.name for check in hosted.artifact.checks if check.host]
    if python:
        yield f"skipped by go test unless checkHost gives their host in Go: {', '.join(python)}"
