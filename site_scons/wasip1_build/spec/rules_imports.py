"""Whether an artifact's import policy is about functions that exist."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from wasip1_build.findings import Finding
from wasip1_build.spec.scope import Rule, Scope
from wasip1_build.spec.suggest import did_you_mean, shown
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


RULES = (Rule(patterns, ("imports.allow", "imports.deny")),)
