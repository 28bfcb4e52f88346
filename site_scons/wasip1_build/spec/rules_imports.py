"""Whether an artifact's import policy is about functions, and a host, that exist."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from wasip1_build.findings import Finding
from wasip1_build.spec.embedders import embedder_names
from wasip1_build.spec.scope import Rule, Scope
from wasip1_build.spec.suggest import did_you_mean, key, quoted, shown
from wasip1_build.wasm.preview1 import FUNCTIONS, MODULE

RULE = "spec-imports"


def patterns(scope: Scope) -> Iterator[Finding]:
    """A pattern that matches no function of preview 1 allows or denies nothing."""
    imports = scope.artifact.imports
    for side, listed in (("allow", imports.allow or ()), ("deny", imports.deny)):
        for index, pattern in enumerate(listed):
            if any(fnmatchcase(name, pattern) for name in FUNCTIONS):
                continue
            bare = pattern.removeprefix(f"{MODULE}.")
            groups = {f"{name.split('_')[0]}_*" for name in FUNCTIONS}
            yield scope.error(
                RULE,
                f"imports.{side}.{index}",
                f"{shown(pattern)} in imports.{side} matches no function of WASI preview 1",
                "allow and deny are about preview 1; imports.host declares your host's functions",
                did_you_mean(bare, groups if "*" in bare else FUNCTIONS.keys()),
            )


def known_embedder(scope: Scope) -> Iterator[Finding]:
    """There must be data of the host that the module is made for."""
    embedder = scope.artifact.imports.embedder
    if embedder is not None and not embedder.known:
        names = embedder_names()
        near = did_you_mean(embedder.name, names)
        instead = "leave imports.embedder out, and declare what your host has in imports.host"
        yield scope.error(
            RULE,
            "imports.embedder",
            f"unknown embedder {shown(embedder.name)}",
            f"known: {quoted(names, 'and')}",
            f"{near} Else {instead}" if near else instead,
        )


def contradiction(scope: Scope) -> Iterator[Finding]:
    """imports.host adds to what a known host has; the two cannot say different types."""
    imports = scope.artifact.imports
    if imports.embedder is None:
        return
    known = imports.embedder.modules
    for module, functions in imports.host.items():
        for name, written in functions.items():
            theirs = known.get(module, {}).get(name)
            if theirs is not None and theirs != written:
                yield scope.error(
                    RULE,
                    f"imports.host.{module}.{name}",
                    f"imports.host.{key(module)}.{key(name)} is {written}; "
                    f"{imports.embedder.title} provides it as {theirs}",
                    imports.embedder.source_of(module, name),
                    "remove the line; for a host that differs leave imports.embedder out",
                )


RULES = (
    Rule(patterns, ("imports.allow", "imports.deny")),
    Rule(known_embedder, ("imports.embedder",)),
    Rule(contradiction, ("imports.embedder", "imports.host")),
)
