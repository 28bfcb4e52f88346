"""Whether what an artifact is granted stays where a grant may reach."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from wasip1_build.findings import Finding
from wasip1_build.spec.disk import below
from wasip1_build.spec.model import DirGrant
from wasip1_build.spec.scope import Rule, Scope
from wasip1_build.spec.suggest import shown

RULE = "spec-grants"
CREDENTIAL = "spec-credential"

_CREDENTIAL = re.compile(
    r"(^|_)(SECRETS?|TOKENS?|PASSW(OR)?D|PASSPHRASE|PASS|PWD|CREDENTIALS?"
    r"|(API|ACCESS|PRIVATE|SECRET|SIGNING|ENCRYPTION)_?KEY(_ID)?|AUTH|DSN)(_|$)",
    re.IGNORECASE,
)
# What the build itself runs or keeps: a module that can write it can change the build.
_BUILD_FILES = ("SConstruct", "site_scons", ".git")
_OUTSIDE = "write outside = true on this grant, if that is what you want"


def directories(scope: Scope) -> Iterator[Finding]:
    """Where each granted directory is, links followed."""
    for index, grant in enumerate(scope.artifact.grants.dirs):
        key = f"grants.dirs.{index}.host"
        if scope.disk.real(grant.host) == "/":
            yield scope.error(
                RULE,
                key,
                f"{shown(grant.host)} is the root of the host's file system",
                "it would grant everything; this is always refused",
                "grant the directories that the module needs",
            )
        elif not grant.outside:
            yield from _leaving(scope, key, grant)
            if grant.mode == "rw":
                yield from _over_the_build(scope, index, grant)


def _leaving(scope: Scope, key: str, grant: DirGrant) -> Iterator[Finding]:
    why = ""
    if posixpath.isabs(grant.host):
        why = "an absolute path is another directory on another machine"
    elif grant.host == ".." or grant.host.startswith("../"):
        why = "it is above the workspace's directory"
    elif not scope.disk.inside(grant.host):
        why = f"it is a link, and leads to {scope.disk.real(grant.host)}"
    if why:
        what = f"the granted directory {shown(grant.host)} is outside of the workspace"
        yield scope.error(RULE, key, what, why, _OUTSIDE)


def _over_the_build(scope: Scope, index: int, grant: DirGrant) -> Iterator[Finding]:
    real, root = scope.disk.real(grant.host), scope.disk.real(".")
    for name in (*scope.around.files, *_BUILD_FILES, scope.around.build_dir):
        protected = posixpath.normpath(posixpath.join(root, name))
        if below(protected, real) or below(real, protected):
            yield _writable(scope, index, grant, name)
            return
    if found := scope.disk.holds_go(grant.host):
        name = posixpath.normpath(posixpath.join(grant.host, found))
        yield _writable(scope, index, grant, f"{name}, an input of the build")


def _writable(scope: Scope, index: int, grant: DirGrant, name: str) -> Finding:
    return scope.error(
        RULE,
        f"grants.dirs.{index}.mode",
        f"{shown(grant.host)} is granted for writing",
        f"the module could write {name}",
        f'grant a narrower directory, or mode = "ro", or {_OUTSIDE}',
    )


def guest_paths(scope: Scope) -> Iterator[Finding]:
    """Guest paths must be plain, and none may be at or below another."""
    seen: list[str] = []
    for index, grant in enumerate(scope.artifact.grants.dirs):
        key, guest = f"grants.dirs.{index}.guest", grant.guest
        plain = posixpath.normpath("/" + guest.lstrip("/"))
        if plain != guest:
            yield scope.error(
                RULE,
                key,
                f"the guest path {shown(guest)} is not in its plain form",
                "runtimes disagree on paths with //, ., .. or a / at the end",
                f'write guest = "{plain}"',
            )
        other = next((path for path in seen if below(plain, path) or below(path, plain)), None)
        if other is not None:
            yield scope.error(
                RULE,
                key,
                f"the guest path {shown(guest)} is granted twice"
                if other == plain
                else f"the guest paths {shown(guest)} and {shown(other)} overlap",
                "which directory a file below both is in depends on the runtime",
                "give each directory a guest path of its own",
            )
        seen.append(plain)


def environment(scope: Scope) -> Iterator[Finding]:
    """A variable has one origin, and secrets are not written down."""
    grants = scope.artifact.grants
    for index, name in enumerate(grants.env_inherit):
        if name in grants.env:
            yield scope.error(
                RULE,
                f"grants.env-inherit.{index}",
                f"{name} is in grants.env and in grants.env-inherit",
                "a variable has one value",
                "remove it from one of them",
            )
    for name, value in grants.env.items():
        if value and _CREDENTIAL.search(name):
            yield scope.warning(
                CREDENTIAL,
                f"grants.env.{name}",
                f"{name} in grants.env looks like a credential",
                "wasip1.toml and the manifest are read by many, and its value stands in both",
                f'take it from the host instead: grants.env-inherit = ["{name}"]',
            )


RULES = (
    Rule(directories, ("grants.dirs",)),
    Rule(guest_paths, ("grants.dirs",)),
    Rule(environment, ("grants.env", "grants.env-inherit")),
)
