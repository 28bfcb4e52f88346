"""What may each artifact do, line by line, as a reviewer is to read it in wasip1.grants?

Limits of memory and time are none of it: they say how much of the host a module may use, and not
what of it.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from wasip1_build.findings import Location
from wasip1_build.spec.model import Artifact, Capability, DirGrant, Imports
from wasip1_build.wasm.preview1 import FUNCTIONS

NONE = "none"  # the kind of the line that says of an artifact that there is nothing to say
_SOCKETS = "sock_"
_BARE = re.compile(r"[A-Za-z0-9_]+")


def in_quotes(text: str) -> str:
    """A JSON string on one line. What does not print is escaped, such as the signs that make a
    terminal or a browser show the rest of a line in another order."""
    return "".join(
        c if c.isprintable() else json.dumps(c)[1:-1] for c in json.dumps(text, ensure_ascii=False)
    )


def in_list(texts: Iterable[str]) -> str:
    """A JSON array of strings on one line."""
    return f"[{', '.join(map(in_quotes, texts))}]"


def _name(text: str) -> str:
    """A variable's name: bare where it is of the usual kind."""
    return text if _BARE.fullmatch(text) else in_quotes(text)


def capabilities(profiles: Mapping[str, Iterable[Artifact]]) -> tuple[Capability, ...]:
    """The capabilities of the artifacts of one wasip1.toml, in order of their lines.

    `profiles` are the artifacts as each profile has them. A profile cannot change a grant, but what
    may be imported: what does not hold under all of them names those under which it does.
    """
    under: dict[Capability, list[str]] = {}
    declared: dict[str, Location | None] = {}
    for profile, artifacts in profiles.items():
        for artifact in artifacts:
            declared[artifact.name] = artifact.where("")
            for capability in _of(artifact):
                under.setdefault(capability, []).append(profile)
    found = [
        each if len(those) == len(profiles) else _only(each, those) for each, those in under.items()
    ]
    with_some = {each.artifact for each in found}
    found += [
        Capability(name, NONE, location=place)
        for name, place in declared.items()
        if name not in with_some
    ]
    return tuple(sorted(found, key=lambda each: each.line))


def _only(capability: Capability, profiles: Iterable[str]) -> Capability:
    how = f"{capability.how} profiles={in_list(sorted(profiles))}".lstrip()
    return Capability(
        capability.artifact, capability.kind, capability.what, how, capability.location
    )


def _of(artifact: Artifact) -> Iterator[Capability]:
    for key, kind, what, how in _entries(artifact):
        yield Capability(artifact.name, kind, what, how, artifact.where(key))


def _entries(artifact: Artifact) -> Iterator[tuple[str, str, str, str]]:
    """Each with the key of the spec that says so."""
    grants = artifact.grants
    if grants.args:
        yield "grants.args", "grants.args", "", in_list(grants.args)
    for index, grant in enumerate(grants.dirs):
        how = _directory(grant, artifact.directory)
        yield f"grants.dirs.{index}", "grants.dirs", in_quotes(grant.guest), how
    for name, value in grants.env.items():
        yield f"grants.env.{name}", "grants.env", _name(name), in_quotes(value)
    for index, name in enumerate(grants.env_inherit):
        yield f"grants.env-inherit.{index}", "grants.env-inherit", _name(name), ""
    if grants.stdin:
        yield "grants.stdin", "grants.stdin", "", ""
    yield from _imports(artifact.imports)
    if artifact.trusted:
        yield "trusted", "trusted", "", ""


def _directory(grant: DirGrant, directory: str) -> str:
    """As it is written in its file: a directory that moves with its member is the same grant."""
    host = grant.host if posixpath.isabs(grant.host) else posixpath.relpath(grant.host, directory)
    outside = " outside" if grant.outside else ""
    reason = f" reason={in_quotes(grant.reason)}" if grant.reason else ""
    return f"{grant.mode} host={in_quotes(host)}{outside}{reason}"


def _imports(imports: Imports) -> Iterator[tuple[str, str, str, str]]:
    """What may be imported, as far as it is not the default: all of preview 1 but sockets."""
    default = {name for name in FUNCTIONS if not name.startswith(_SOCKETS)}
    allowed = {name for name in FUNCTIONS if _is_allowed(name, imports)}
    for kind, names in (
        ("imports.allow", allowed - default),
        ("imports.deny", default - allowed),
    ):
        for name in _families(names):
            yield kind, kind, name, ""
    if imports.embedder is not None:
        yield "imports.embedder", "imports.embedder", in_quotes(imports.embedder.name), ""
    for module, functions in imports.host.items():
        for name, type_ in functions.items():
            key = f"imports.host.{module}.{name}"
            yield key, "imports.host", in_quotes(f"{module}.{name}"), str(type_)


def _is_allowed(name: str, imports: Imports) -> bool:
    if any(fnmatchcase(name, pattern) for pattern in imports.deny):
        return False
    if imports.allow is None:
        return not name.startswith(_SOCKETS)
    return any(fnmatchcase(name, pattern) for pattern in imports.allow)


def _families(names: Collection[str]) -> Iterator[str]:
    """The functions, "path_*" for all of a family."""
    families = dict.fromkeys(name.partition("_")[0] for name in names)
    for family in families:
        every = {name for name in FUNCTIONS if name.startswith(f"{family}_")}
        if every <= set(names):
            yield f"{family}_*"
        else:
            yield from (name for name in names if name in every)
