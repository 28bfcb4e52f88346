"""May the module import these functions, and does it mean those that the host has?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from wasip1_build.findings import Severity
from wasip1_build.spec.model import Compiler
from wasip1_build.steps.rules.subject import (
    MAX_LISTED,
    SOCKETS,
    Claim,
    Rule,
    Subject,
    host_line,
    listed,
    matches,
    toml_list,
)
from wasip1_build.wasm import preview1
from wasip1_build.wasm.cursor import printable
from wasip1_build.wasm.types import Import

BROWSER_MODULES = ("gojs", "go")  # of Go since 1.21, and of Go before and TinyGo
BROWSER_FIX: dict[Compiler, str] = {
    "go": "build with GOOS=wasip1 GOARCH=wasm; a file named *_js.go or //go:build js stays out",
    "tinygo": "build with -target=wasip1: GOOS=wasip1 alone makes TinyGo 0.35 build for browsers",
}


def unknown_module(subject: Subject) -> Iterator[Claim]:
    """Functions from a module that neither preview 1 nor the host provides."""
    strangers: dict[str, list[Import]] = {}
    for entry in subject.functions:
        if entry.module != preview1.MODULE and entry.module not in subject.provided:
            strangers.setdefault(entry.module, []).append(entry)
    for module, entries in strangers.items():
        yield Claim(
            f'imports {_names(entries)} from the unknown module "{printable(module)}"',
            *_explained(subject, module, entries),
            key="imports.host",
        )


def _explained(subject: Subject, module: str, entries: list[Import]) -> tuple[str, str]:
    """Why a module is unknown, and what to do, by what its name reveals."""
    if module in BROWSER_MODULES:
        return "it is what browsers provide: built for GOOS=js", BROWSER_FIX[subject.compiler]
    if module == "wasi_unstable":
        return "it is WASI preview 0, of 2019", "build with a current compiler"
    if module.startswith("wasi:"):
        return (
            "it is WASI preview 2 or later, of the component model",
            f"build for preview 1, whose module is {preview1.MODULE}",
        )
    near = get_close_matches(module, [preview1.MODULE, *subject.provided], 1, cutoff=0.8)
    if near:
        return "a host resolves imports by their exact names", f'did you mean "{near[0]}"?'
    lines = [host_line(entry.module, entry.name, entry.type) for entry in entries[:MAX_LISTED]]
    more = [f"... and {len(entries) - MAX_LISTED} more"] if len(entries) > MAX_LISTED else []
    known = f"{preview1.MODULE}{_modules_of_embedder(subject)} and what imports.host declares"
    return (
        f"only {known} is there when it is instantiated",
        "\n".join(["if your own host provides them, declare them:", *lines, *more]),
    )


def _modules_of_embedder(subject: Subject) -> str:
    """What a known host has beside preview 1, as a part of a list."""
    embedder = subject.imports.embedder
    if embedder is None:
        return ""
    modules = [name for name in embedder.modules if name != preview1.MODULE]
    return f", what {embedder.title} provides ({listed(modules) if modules else 'nothing more'})"


def unknown_function(subject: Subject) -> Iterator[Claim]:
    """Functions that preview 1 does not have."""
    for entry in subject.functions:
        if entry.module != preview1.MODULE or entry.name in preview1.FUNCTIONS:
            continue
        if subject.host_type(entry) is None:
            near = get_close_matches(entry.name, preview1.FUNCTIONS, 1)
            line = host_line(entry.module, entry.name, entry.type)
            yield Claim(
                f'imports "{printable(entry.name)}", which WASI preview 1 does not have',
                "no runtime provides it, so the module cannot be instantiated",
                f'did you mean "{near[0]}"?' if near else f"if your own host does: {line}",
                key="imports.host",
            )


def wrong_type(subject: Subject) -> Iterator[Claim]:
    """Preview-1 functions imported with another type than theirs."""
    for entry in subject.functions:
        known = preview1.FUNCTIONS.get(entry.name)
        if entry.module != preview1.MODULE or known is None or entry.type == known:
            continue
        if subject.host_type(entry) is None:
            yield Claim(
                f"imports {entry.name} as {entry.type}; in WASI preview 1 it is {known}",
                "imports link by name and type, so the module cannot be instantiated",
                f"correct the declaration under //go:wasmimport {preview1.MODULE} {entry.name}",
                key="imports.host",
            )


def undeclared_host_function(subject: Subject) -> Iterator[Claim]:
    """Functions of one of the host's modules that neither it nor imports.host has."""
    embedder = subject.imports.embedder
    for entry in subject.functions:
        if entry.module == preview1.MODULE or entry.module not in subject.provided:
            continue
        if subject.host_type(entry) is None:
            near = get_close_matches(entry.name, subject.provided[entry.module], 1)
            hint = f'did you mean "{near[0]}"? Else ' if near else ""
            if embedder is None:
                nobody = "imports.host does not declare"
                why = "the host is known to provide only what is declared"
            else:
                nobody = f"neither {embedder.title} provides nor imports.host declares"
                why = f"what is known of {embedder.title} is of {embedder.version}"
                hint += "if your host is another or extended, " if hint else ""
            yield Claim(
                f'imports "{printable(entry.name)}" from "{printable(entry.module)}", '
                f"which {nobody}",
                why,
                f"{hint}add: {host_line(entry.module, entry.name, entry.type)}",
                key=_host_key(subject, entry.module),
            )


def _host_key(subject: Subject, module: str, name: str = "") -> str:
    """Where the spec speaks of a function of the host, or of its module."""
    declared = subject.imports.host.get(module, {})
    if subject.imports.embedder and (name not in declared if name else not declared):
        return "imports.embedder"
    return ".".join(filter(None, ("imports.host", module, name)))


def other_host_type(subject: Subject) -> Iterator[Claim]:
    """Functions that imports.host declares, or the known host has, with another type."""
    for entry in subject.functions:
        declared = subject.host_type(entry)
        if declared is not None and declared != entry.type:
            says, fix = _declaration(subject, entry)
            yield Claim(
                f'imports "{printable(entry.name)}" from "{printable(entry.module)}" as '
                f"{entry.type}; {says} {declared}",
                "imports link by name and type, so the module cannot be instantiated",
                fix,
                key=_host_key(subject, entry.module, entry.name),
            )


def _declaration(subject: Subject, entry: Import) -> tuple[str, str]:
    """Who says which type a function has, and what to do where the module says another."""
    embedder = subject.imports.embedder
    if embedder is None or entry.name in subject.imports.host.get(entry.module, {}):
        line = host_line(entry.module, entry.name, entry.type)
        fix = f"correct the Go declaration, or the spec if the host has the module's type:\n{line}"
        return "imports.host declares", fix
    return (
        f"{embedder.title} {embedder.version} provides",
        "correct the Go declaration, or take the version of the SDK that fits the host:\n"
        + embedder.source_of(entry.module, entry.name),
    )


def unused_host_function(subject: Subject) -> Iterator[Claim]:
    """Declared host functions that the module does not import."""
    imported = {(entry.module, entry.name) for entry in subject.functions}
    for module, functions in subject.imports.host.items():
        for name in functions:
            if (module, name) not in imported:
                yield Claim(
                    f'does not import "{name}" from "{module}", which imports.host declares',
                    "the linker drops a //go:wasmimport that nothing calls",
                    "remove the declaration, or correct its name",
                    key=f"imports.host.{module}.{name}",
                )


def sockets(subject: Subject) -> Iterator[Claim]:
    """Socket functions, while the spec says nothing about imports."""
    deny = subject.imports.deny
    used = sorted(
        name for name in subject.preview1 if matches(name, [SOCKETS]) and not matches(name, deny)
    )
    if used and subject.imports.allow is None:
        why, instead = _SOCKETS_IN[subject.compiler]
        yield Claim(
            f"imports {', '.join(used)}, which are not allowed unless the spec says so",
            f"{why}; they serve only sockets that the host has opened",
            f"{instead}allow them knowingly:\n"
            f"imports.allow = {toml_list([*_groups(subject), *used])}",
            key="imports.allow",
        )


# How socket functions come into a module, and what else can be done about it. (TinyGo 0.42.0 links
# internal/poll with what reads a file.)
_SOCKETS_IN: Mapping[Compiler, tuple[str, str]] = {
    "go": (
        "linking net/http brings them in, and Go's net connects to a fake network inside the "
        "module",
        "keep net/http out of this build (//go:build !wasip1), or ",
    ),
    "tinygo": ("TinyGo links them with os, which can read and write a socket like a file", ""),
}


def _groups(subject: Subject) -> list[str]:
    """Globs that cover what the module imports of preview 1 but its sockets: "fd_*"."""
    others = [name for name in subject.preview1 if not matches(name, [SOCKETS])]
    return sorted({f"{name.partition('_')[0]}_*" for name in others})


def not_allowed(subject: Subject) -> Iterator[Claim]:
    """Preview-1 functions that imports.allow leaves out."""
    allow = subject.imports.allow
    if allow is None:
        return
    left_out = sorted(
        name
        for name in subject.preview1
        if not matches(name, allow) and not matches(name, subject.imports.deny)
    )
    if left_out:
        yield Claim(
            f"imports {listed(left_out)}, which imports.allow leaves out",
            "what is not allowed may not be imported",
            "find what brings them in, or allow them:\n"
            f"imports.allow = {toml_list([*allow, *left_out[:MAX_LISTED]])}",
            key="imports.allow",
        )


def denied(subject: Subject) -> Iterator[Claim]:
    """Preview-1 functions that imports.deny names; it beats imports.allow."""
    for pattern in subject.imports.deny:
        hit = sorted(name for name in subject.preview1 if matches(name, [pattern]))
        if hit:
            yield Claim(
                f'imports {listed(hit)}, which imports.deny forbids by "{pattern}"',
                "deny beats allow",
                "find what brings them in, or remove the pattern",
                key="imports.deny",
            )


def idle_pattern(subject: Subject) -> Iterator[Claim]:
    """Patterns that match no function of preview 1, so that they protect from nothing."""
    lists = {"imports.allow": subject.imports.allow or (), "imports.deny": subject.imports.deny}
    for key, patterns in lists.items():
        for pattern in patterns:
            if any(matches(name, [pattern]) for name in preview1.FUNCTIONS):
                continue
            near = get_close_matches(pattern, preview1.FUNCTIONS, 1)
            yield Claim(
                f'{key} has "{pattern}", which matches no function of WASI preview 1',
                "it names nothing, so it allows or forbids nothing",
                f'did you mean "{near[0]}"?' if near else 'write a name or a glob, as "path_*"',
                key=key,
            )


def not_a_function(subject: Subject) -> Iterator[Claim]:
    """Imported tables, globals, tags: no preview-1 host provides them."""
    for entry in subject.module.imports:
        if entry.kind not in ("func", "memory"):
            yield Claim(
                f'imports the {entry.kind} "{printable(entry.name)}" from '
                f'"{printable(entry.module)}"',
                "hosts of WASI preview 1 provide functions and nothing else",
                "link the module so that it defines its own",
                key="imports.host",
            )


def imported_memory(subject: Subject) -> Iterator[Claim]:
    """An imported memory: a preview-1 module brings its own."""
    for entry in subject.module.imports:
        if entry.kind == "memory":
            yield Claim(
                f'imports its memory, "{printable(entry.name)}" from "{printable(entry.module)}"',
                "hosts of WASI preview 1 provide functions; they read the module's own memory",
                "link without --import-memory",
                key="",
            )


def _names(entries: list[Import]) -> str:
    return listed([entry.name for entry in entries])


RULES = (
    Rule("import-module", Severity.ERROR, unknown_module),
    Rule("import-function", Severity.ERROR, unknown_function),
    Rule("import-type", Severity.ERROR, wrong_type),
    Rule("import-host-missing", Severity.ERROR, undeclared_host_function),
    Rule("import-host-type", Severity.ERROR, other_host_type),
    Rule("import-host-unused", Severity.WARNING, unused_host_function),
    Rule("import-sockets", Severity.ERROR, sockets),
    Rule("import-allow", Severity.ERROR, not_allowed),
    Rule("import-deny", Severity.ERROR, denied),
    Rule("import-pattern", Severity.ERROR, idle_pattern),
    Rule("import-kind", Severity.ERROR, not_a_function),
    Rule("import-memory", Severity.ERROR, imported_memory),
)
