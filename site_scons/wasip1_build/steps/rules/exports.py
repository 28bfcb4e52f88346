"""Does the module export what its kind asks for and what the spec declares?"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from wasip1_build.findings import Severity
from wasip1_build.spec.model import Compiler, Kind
from wasip1_build.steps.rules.subject import MAX_LISTED, Claim, Rule, Subject, listed, toml_list
from wasip1_build.wasm.cursor import printable
from wasip1_build.wasm.types import FuncType

NOTHING = FuncType((), ())
ENTRY: dict[Kind, str] = {"command": "_start", "reactor": "_initialize"}
MAX_COMPARED = 1000  # exports looked through for a name that is nearly right
OTHER: dict[Kind, Kind] = {"command": "reactor", "reactor": "command"}
MISSING_FIX: dict[Compiler, str] = {
    "go": "write //go:wasmexport {name} above the function, in package main or one that it "
    "imports;\n//export and //go:export are TinyGo's, and Go ignores them silently",
    "tinygo": "write //go:wasmexport {name} above the function (//export {name} before 0.34)",
}


def memory(subject: Subject) -> Iterator[Claim]:
    """The exported memory, through which every WASI call reads and writes."""
    found = subject.exported.get("memory")
    if found is None or found.kind != "memory":
        yield Claim(
            'exports no memory named "memory"'
            if found is None
            else f'exports a {found.kind} as "memory"',
            "hosts of WASI preview 1 find the module's memory by this export",
            "link it so that it exports its memory, as go and tinygo do",
        )


def entry(subject: Subject) -> Iterator[Claim]:
    """The function that a host calls first: _start of a command, _initialize of a reactor."""
    name = ENTRY[subject.kind]
    found = subject.exported.get(name)
    if found is None:
        yield Claim(
            f'is declared as a {subject.kind} but exports no "{name}"',
            *_other_kind(subject),
            key="kind",
        )
    elif found.type != NOTHING:
        shown = f"as {found.type}" if found.kind == "func" else f"as a {found.kind}"
        yield Claim(
            f'exports "{name}" {shown}, where a {subject.kind} has a function of type {NOTHING}',
            "hosts call it without arguments and expect no result",
            key="kind",
        )


def _other_kind(subject: Subject) -> tuple[str, str]:
    """Why the entry is missing: mostly the module is of the other kind."""
    other = OTHER[subject.kind]
    if ENTRY[other] not in subject.exported:
        return "without it no host can start the module", "name a package main"
    mode = "with" if other == "reactor" else "without"
    return (
        f'it exports "{ENTRY[other]}", so it was built {mode} -buildmode=c-shared',
        f'write kind = "{other}", or build it as a {subject.kind}',
    )


def both_entries(subject: Subject) -> Iterator[Claim]:
    """A module that is a command and a reactor at once, which the WASI ABI forbids."""
    if all(name in subject.exported for name in ENTRY.values()):
        yield Claim(
            'exports "_start" and "_initialize"',
            "a module is a command or a reactor: hosts differ in which of the two they call",
            f'remove the export of "{ENTRY[OTHER[subject.kind]]}"',
            key="kind",
        )


def missing(subject: Subject) -> Iterator[Claim]:
    """Declared exports that are not there, or are no functions."""
    functions = [export.name for export in subject.module.exports if export.kind == "func"]
    for name in subject.exports:
        found = subject.exported.get(name)
        if found is None:
            near = get_close_matches(name, functions[:MAX_COMPARED], 1)
            hint = f'did you mean "{printable(near[0])}"? Else ' if near else ""
            yield Claim(
                f'does not export "{name}"',
                f"it exports {listed(functions)}" if functions else "it exports no function",
                hint + MISSING_FIX[subject.compiler].format(name=name),
                key="exports",
            )
        elif found.kind != "func":
            yield Claim(
                f'exports "{name}" as a {found.kind}, not as a function',
                "declared exports are functions that the host calls",
                "remove it from exports, or export a function of this name",
                key="exports",
            )


def undeclared(subject: Subject) -> Iterator[Claim]:
    """Functions of a reactor that the spec does not declare: hosts can call them all the same."""
    known = {*subject.exports, *ENTRY.values()}
    extra = [
        export.name
        for export in subject.module.exports
        if export.kind == "func" and export.name not in known
    ]
    if subject.kind == "reactor" and extra:
        declared = toml_list([*subject.exports, *extra[:MAX_LISTED]])
        yield Claim(
            f"also exports {listed(extra)}",
            "hosts can call every export, declared or not",
            f"exports = {declared}",
            key="exports",
        )


RULES = (
    Rule("export-memory", Severity.ERROR, memory),
    Rule("export-entry", Severity.ERROR, entry),
    Rule("export-both", Severity.ERROR, both_entries),
    Rule("export-missing", Severity.ERROR, missing),
    Rule("export-undeclared", Severity.NOTE, undeclared),
)
