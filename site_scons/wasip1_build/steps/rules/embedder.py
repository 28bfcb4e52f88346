"""Would the known host that the module is made for take it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wasip1_build.findings import Severity
from wasip1_build.spec.model import Compiler, Embedder, RequiredExport
from wasip1_build.steps.rules.subject import Claim, Rule, Subject, listed, matches
from wasip1_build.wasm.types import Export

KEY = "imports.embedder"
# Measured with Go 1.27.3: what an empty program imports, and one that links os or time.
IN_EVERY_GO_PROGRAM = frozenset(
    (
        *("args_get", "args_sizes_get", "clock_time_get", "environ_get", "environ_sizes_get"),
        *("fd_write", "poll_oneoff", "proc_exit", "random_get", "sched_yield"),
        *("fd_close", "fd_fdstat_get", "fd_fdstat_set_flags"),
        *("fd_prestat_dir_name", "fd_prestat_get"),
    )
)
# Which calls bring a function in, by the first pattern that fits; measured likewise, one program a
# call.
BROUGHT_BY: Mapping[str, str] = {
    "sock_*": "net.Listen, and net/http with it",
    "fd_readdir": "os.ReadDir, and net/http",
    "path_open": "os.Open, os.ReadFile and the like",
    "path_filestat_get": "os.Stat, and all that opens a file",
    "path_*": "the functions of os that change or follow paths",
    "fd_*": "os.ReadFile, and methods of os.File",
    "*": "a package that you link",
}
EXPORT_FIX: Mapping[Compiler, str] = {
    "go": "export it with //go:wasmexport {name}, or link the SDK that does;\n"
    "//export and //go:export are TinyGo's, and Go ignores them silently",
    "tinygo": "export it with //go:wasmexport {name} (//export {name} before TinyGo 0.34),\n"
    "or link the SDK that does",
}


def kind(subject: Subject) -> Iterator[Claim]:
    """A command for a host that runs reactors alone, or the other way round."""
    embedder = subject.imports.embedder
    if embedder and embedder.kinds and subject.kind not in embedder.kinds:
        [other] = embedder.kinds
        yield Claim(
            f"is a {subject.kind}; {embedder.title} runs a {other}",
            embedder.kinds[other],
            f'write kind = "{other}" and export what the host calls (//go:wasmexport)'
            if other == "reactor"
            else f'write kind = "{other}", and put what it does into main',
            key=KEY,
        )


def missing_preview1(subject: Subject) -> Iterator[Claim]:
    """Functions of preview 1 that the host does not have: it refuses the whole module."""
    embedder = subject.imports.embedder
    lacked = sorted(subject.preview1.intersection(embedder.lacks)) if embedder else []
    if embedder and lacked:
        yield Claim(
            f"imports {listed(lacked)} of WASI preview 1, which {embedder.title} "
            f"{embedder.version} does not have",
            "a module is instantiated only where all its imports are there, called or not "
            f"({embedder.lacks_source})",
            _without(lacked, subject.compiler),
            key=KEY,
        )


def _without(names: list[str], compiler: Compiler) -> str:
    """What to leave out of a program, so that it does not import these functions."""
    always = [name for name in names if compiler == "go" and name in IN_EVERY_GO_PROGRAM]
    groups: dict[str, list[str]] = {}
    for name in names:
        if name not in always:
            pattern = next(each for each in BROUGHT_BY if matches(name, [each]))
            groups.setdefault(pattern, []).append(name)
    lines = [f"{', '.join(found)}: from {BROUGHT_BY[each]}" for each, found in groups.items()]
    if lines:
        lines.insert(0, "keep what brings them in out of this build (//go:build !wasip1):")
    if always:
        lines.append(f"{', '.join(always)}: in every program of Go's own compiler; take TinyGo")
    return "\n".join(lines)


def missing_exports(subject: Subject) -> Iterator[Claim]:
    """Functions that the host looks for."""
    embedder = subject.imports.embedder
    for required in embedder.exports if embedder else ():
        found = [subject.exported[name] for name in required.any_of if name in subject.exported]
        if not any(_fits(export, required) for export in found):
            assert embedder
            yield _missing(subject, embedder, required, found)


def _fits(export: Export, required: RequiredExport) -> bool:
    return export.kind == "func" and required.type in (None, export.type)


def _missing(
    subject: Subject, embedder: Embedder, required: RequiredExport, found: list[Export]
) -> Claim:
    names = " or ".join(f'"{name}"' for name in required.any_of)
    wanted = f" as {required.type}" if required.type else " as a function"
    has = ", ".join(
        f'"{each.name}" as {each.type if each.kind == "func" else f"a {each.kind}"}'
        for each in found
    )
    return Claim(
        f"exports {has}; {embedder.title} requires {names}{wanted}"
        if found
        else f"does not export {names}, which {embedder.title} requires",
        f"{required.why} ({required.source})",
        EXPORT_FIX[subject.compiler].format(name=required.any_of[0]),
        key=KEY,
    )


def unverified(subject: Subject) -> Iterator[Claim]:
    """Data that was read of sources only: what rests on it is no proof."""
    embedder = subject.imports.embedder
    if embedder and not embedder.verified:
        yield Claim(
            f"was compared with data of {embedder.title} {embedder.version} that is unverified",
            "it was read of sources, and compared with no guest of the host's SDK and no host",
            "try the module in the host itself",
            key=KEY,
        )


RULES = (
    Rule("embedder-kind", Severity.ERROR, kind),
    Rule("embedder-preview1", Severity.ERROR, missing_preview1),
    Rule("embedder-export", Severity.ERROR, missing_exports),
    Rule("embedder-unverified", Severity.NOTE, unverified),
)
