"""`wasip1 symbolize`: names for the function indexes in the trace of a stripped module's trap."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from wasip1_build.cli.where import add_workspace_choice, from_here, workspace_root
from wasip1_build.findings import Failure, Finding, Severity, failure
from wasip1_build.planned import Names
from wasip1_build.runtime.traces import FORMS, Naming
from wasip1_build.spec.cached import load_workspace
from wasip1_build.spec.select import select_one
from wasip1_build.wasm.cursor import printable
from wasip1_build.wasm.module import load, read_module
from wasip1_build.wasm.names import function_names, functions_of, section_content
from wasip1_build.wasm.types import Module

RULE = "symbolize"
# What must be the same in both modules: an index counts the imported functions, then the bodies.
DECISIVE = ("import", "code")
DWARF = ".debug_info"  # Go writes none
MAX_SHOWN_NAME = 1000  # characters; Go's longest are those of generic functions


def add(subparsers: Any) -> None:
    """Adds the subcommand's parser."""
    parser = subparsers.add_parser(
        "symbolize",
        help="name the functions in the trace of a trap of a stripped module",
        description="Reads what a runtime printed of a trap, and prints it with the name of each "
        f"function after its index. It knows the traces of {', '.join(FORMS)}; everything else is "
        "printed as it is. The names are those of the debug module, which must have the same code.",
        epilog="The exit code is 1 where the input has no function to name, or one that the module "
        "does not have.",
    )
    parser.add_argument(
        "artifact", nargs="?", metavar="ARTIFACT", help="NAME or DIR:NAME, as for scons"
    )
    parser.add_argument("trace", nargs="?", metavar="FILE", help="the trace (default: stdin)")
    parser.add_argument(
        "--module", metavar="M.wasm", help="the module that trapped (default: the artifact's)"
    )
    parser.add_argument(
        "--debug", metavar="D.wasm", help="its debug module (default: the artifact's)"
    )
    add_workspace_choice(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the trace with names. 0; 1 where there is nothing to name. Raises Failure."""
    module, debug, trace = _asked(arguments)
    naming = _naming(module, debug)
    with _opened(trace) as stream:
        for line in stream:
            sys.stdout.buffer.write(naming.line(line))
    sys.stdout.buffer.flush()
    return _told(naming, module, debug)


def _asked(arguments: argparse.Namespace) -> tuple[Path, Path, str | None]:
    """The two modules, and the file with the trace. Raises Failure."""
    artifact, trace = arguments.artifact, arguments.trace
    if arguments.module and arguments.debug:
        if trace is not None:
            raise failure(
                "argument",
                f"{artifact} beside --module and --debug",
                why="these two name the modules of an artifact",
                fix="leave the artifact out",
            )
        return Path(arguments.module), Path(arguments.debug), artifact
    if artifact is None:
        raise failure(
            "argument",
            "no artifact is named",
            why="the names are in its debug module",
            fix="wasip1 symbolize ARTIFACT, or --module M.wasm --debug D.wasm",
        )
    built = _built(arguments)
    module = Path(arguments.module) if arguments.module else built[0]
    return module, Path(arguments.debug) if arguments.debug else built[1], trace


def _built(arguments: argparse.Namespace) -> tuple[Path, Path]:
    """The modules of an artifact in the build directory."""
    root, file = workspace_root(arguments)
    workspace = load_workspace(root, file, arguments.profile)
    why = "a trace is of one module"
    artifact = select_one(workspace, arguments.artifact, from_here(root), why)
    names = Names(workspace.build_dir, workspace.profile, artifact.directory, artifact.name)
    paths = (root / names.file("wasm"), root / names.file("debug.wasm"))
    given = (arguments.module, arguments.debug)
    for path, instead in zip(paths, given, strict=True):
        if not instead and not path.is_file():
            raise failure(
                RULE,
                f"there is no {path.relative_to(root)}",
                why="the artifact is not built",
                fix=f"scons {artifact.id}",
            )
    return paths


def _naming(module: Path, debug: Path) -> Naming:
    """What names the functions of a module. Raises Failure where the debug module is another's."""
    data, other = load(module, str(module)), load(debug, str(debug))
    stripped, named = read_module(data, str(module)), read_module(other, str(debug))
    for section in DECISIVE:
        if section_content(data, stripped, section) != section_content(other, named, section):
            raise _of_another(module, debug, named, section)
    names = function_names(other, named, str(debug))
    if not names:
        raise failure(
            RULE,
            f"{debug} has no name section",
            why="that is where the names of functions are",
            fix="name the debug module, A.debug.wasm beside A.wasm",
        )
    functions = functions_of(data, stripped, str(module))

    def name_of(index: int) -> str | None:
        known = index < functions.total
        return printable(names.get(index, ""), MAX_SHOWN_NAME) if known else None

    return Naming(name_of, functions.at)


def _of_another(module: Path, debug: Path, named: Module, section: str) -> Failure:
    what = f"{debug} is not the debug module of {module}: their {section} sections differ"
    if any(each.custom and each.name == DWARF for each in named.sections):
        return failure(
            RULE,
            what,
            why="TinyGo makes other code with debug information than without it",
            fix=f"make {debug} trap, whose traces have names already",
        )
    return failure(
        RULE,
        what,
        why="an index would be given the name of another function",
        fix="take both from one build; a trace belongs to the module that trapped",
    )


@contextmanager
def _opened(trace: str | None) -> Iterator[IO[bytes]]:
    """The trace. Raises Failure where it cannot be read."""
    if trace in (None, "-"):
        yield sys.stdin.buffer
        return
    try:
        with open(str(trace), "rb") as stream:
            yield stream
    except OSError as error:
        raise failure(RULE, f"{trace} cannot be read: {error.strerror or error}") from error


def _told(naming: Naming, module: Path, debug: Path) -> int:
    """Says on stderr what could not be named. The exit code."""
    findings = []
    if not naming.seen:
        what = "the input has no function of a WebAssembly trace by its index"
        why = f"those that are known are of {', '.join(FORMS)}"
        fix = "give all that the runtime printed; names that are there already need nothing"
        findings.append(Finding(RULE, Severity.ERROR, what, why, fix))
    if naming.unknown:
        what = f"frames of functions that are not in {module}, or not there: {naming.unknown}"
        why = "the trace is of another module, or of several"
        fix = "name the module that trapped: --module M.wasm"
        findings.append(Finding(RULE, Severity.ERROR, what, why, fix))
    if naming.nameless:
        what = f"frames of functions that have no name in {debug}: {naming.nameless}"
        findings.append(Finding(RULE, Severity.NOTE, what))
    for finding in findings:
        print(finding, file=sys.stderr)
    return int(not naming.seen or naming.unknown > 0)
