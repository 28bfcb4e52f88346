"""Whether an artifact's checks can run, and name files and functions that exist."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from wasip1_build.findings import Finding
from wasip1_build.spec.model import Check, Imports
from wasip1_build.spec.scope import Rule, Scope
from wasip1_build.spec.suggest import did_you_mean, quoted, shown

RULE = "spec-check"
FILE = "spec-file"
IMPLICIT = "instantiates"  # every artifact has this check without writing it


def names(scope: Scope) -> Iterator[Finding]:
    """A check's name stands for it in reports and file names."""
    seen: set[str] = set()
    for check in scope.artifact.checks:
        key = f"check.{check.name}.name"
        if check.name == IMPLICIT:
            yield scope.error(
                RULE,
                key,
                f'a check is named "{IMPLICIT}"',
                "every artifact has a check of this name without writing it",
                "choose another name",
            )
        if check.name in seen:
            what = f'two checks of "{scope.artifact.name}" are named "{check.name}"'
            yield scope.error(RULE, key, what, fix="give each its own name")
        seen.add(check.name)


def invoke(scope: Scope) -> Iterator[Finding]:
    """Only a reactor's declared exports can be called."""
    artifact = scope.artifact
    for check in artifact.checks:
        key = f"check.{check.name}.invoke"
        if check.invoke is None:
            continue
        if artifact.kind == "command":
            yield scope.error(
                RULE,
                key,
                f'the check "{check.name}" invokes an export of a command',
                "a command runs from _start to its end and has no exports to call",
                'write args = [...] in place of invoke, or kind = "reactor"',
            )
        elif check.invoke.export not in artifact.exports:
            yield scope.error(
                RULE,
                f"{key}.export",
                f'the check "{check.name}" invokes "{check.invoke.export}", '
                "which is not in exports",
                fix=did_you_mean(
                    check.invoke.export, artifact.exports, f'add "{check.invoke.export}" to exports'
                ),
            )


def calls(scope: Scope) -> Iterator[Finding]:
    """Calls are counted for the functions that the host is declared to have."""
    imports = scope.artifact.imports
    if imports.embedder is not None and not imports.embedder.known:
        return  # which is reported, and nothing is known of its functions
    declared = {f"{module}.{name}" for module, group in imports.provided.items() for name in group}
    for check in scope.artifact.checks:
        for name in check.expect.calls:
            if name not in declared:
                yield scope.error(
                    RULE,
                    f"check.{check.name}.expect.calls.{name}",
                    f"{shown(name)} in expect.calls is no declared host function",
                    _declared(imports, declared),
                    did_you_mean(
                        name, declared, 'declare it: imports.host.MODULE.FUNCTION = "(...) -> ..."'
                    ),
                )


def _declared(imports: Imports, names: set[str]) -> str:
    if imports.embedder is not None:
        theirs, own = (
            sum(map(len, functions.values()))
            for functions in (imports.embedder.modules, imports.host)
        )
        return f"{imports.embedder.title} provides {theirs}, imports.host declares {own}"
    return f"declared: {quoted(sorted(names), 'and')}" if names else "imports.host declares none"


def alternatives(scope: Scope) -> Iterator[Finding]:
    """A text and a file for the same thing contradict each other."""
    for check in scope.artifact.checks:
        given = {
            "stdin": (check.stdin, check.stdin_file, ""),
            "stdout": (check.expect.stdout, check.expect.stdout_file, "expect."),
            "stderr": (check.expect.stderr, check.expect.stderr_file, "expect."),
        }
        for name, (text, file, table) in given.items():
            if text is not None and file is not None:
                yield scope.error(
                    RULE,
                    f"check.{check.name}.{table}{name}-file",
                    f'the check "{check.name}" has both {table}{name} and {table}{name}-file',
                    fix="remove one of them",
                )


def environment(scope: Scope) -> Iterator[Finding]:
    """A check can give a value to what is inherited, and grant nothing."""
    grants = scope.artifact.grants
    for check in scope.artifact.checks:
        for name in check.env:
            if name not in grants.env_inherit:
                yield scope.error(
                    RULE,
                    f"check.{check.name}.env.{name}",
                    f'the check "{check.name}" sets {name}, which the module does not inherit',
                    "its value is fixed by grants.env"
                    if name in grants.env
                    else "a variable that is not granted does not exist for the module",
                    did_you_mean(name, grants.env_inherit, f'add "{name}" to grants.env-inherit'),
                )


def files(scope: Scope) -> Iterator[Finding]:
    """Every file that is named must be there, in the workspace."""
    for check in scope.artifact.checks:
        for key, path in _files(check):
            yield from _missing(scope, f"check.{check.name}.{key}", path)


def bench_names(scope: Scope) -> Iterator[Finding]:
    """A case's name stands for it in reports."""
    seen: set[str] = set()
    for index, case in enumerate(scope.artifact.bench.cases):
        if case.name in seen:
            what = f'two cases of "{scope.artifact.name}" are named "{case.name}"'
            yield scope.error(RULE, f"bench.cases.{index}.name", what, fix="give each its own name")
        seen.add(case.name)


def bench_files(scope: Scope) -> Iterator[Finding]:
    """The same for the runs that are timed."""
    for index, case in enumerate(scope.artifact.bench.cases):
        if case.stdin_file is not None:
            yield from _missing(scope, f"bench.cases.{index}.stdin-file", case.stdin_file)


def _files(check: Check) -> Iterator[tuple[str, str]]:
    given = {
        "stdin-file": check.stdin_file,
        "host": check.host,
        "expect.stdout-file": check.expect.stdout_file,
        "expect.stderr-file": check.expect.stderr_file,
    }
    yield from ((key, path) for key, path in given.items() if path is not None)
    for guest, path in check.expect.files.items():
        yield f"expect.files.{guest}", path


def _missing(scope: Scope, key: str, path: str) -> Iterator[Finding]:
    if posixpath.isabs(path) or path.startswith("../") or not scope.disk.inside(path):
        yield scope.error(
            FILE,
            key,
            f"{shown(path)} is outside of the workspace",
            "what a check reads is an input of the build, the same on every machine",
            "put the file into the workspace",
        )
    elif not scope.disk.is_file(path):
        directory = scope.disk.is_directory(path)
        yield scope.error(
            FILE,
            key,
            f"{shown(path)} is a directory" if directory else f"there is no file {shown(path)}",
            "paths are relative to the wasip1.toml in which they are written",
            "name a file" if directory else "correct the path, or create the file",
        )


RULES = (
    Rule(names, ("check",)),
    Rule(invoke, ("check", "kind", "exports")),
    Rule(calls, ("check", "imports.host", "imports.embedder")),
    Rule(alternatives, ("check",)),
    Rule(environment, ("check", "grants.env", "grants.env-inherit")),
    Rule(files, ("check",)),
    Rule(bench_names, ("bench.cases",)),
    Rule(bench_files, ("bench.cases",)),
)
