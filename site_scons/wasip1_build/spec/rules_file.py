"""Whether each table of a wasip1.toml stands where it may, under a name that it may have."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from wasip1_build.findings import Finding
from wasip1_build.spec.disk import below
from wasip1_build.spec.merge import from_root
from wasip1_build.spec.raw import Document
from wasip1_build.spec.scanner import Path
from wasip1_build.spec.suggest import key, shown

VERSION_RULE = "spec-version"
PLACE = "spec-place"
NAME = "spec-name"
BUILD_DIR = "spec-build-dir"

SPEC_VERSION = 1
DEFAULT_BUILD_DIR = "build"
TOP_ONLY = ("workspace", "toolchain", "advise")
CAPABILITIES: tuple[tuple[str, ...], ...] = (("grants",), ("check",), ("imports", "host"))
# What a word on the command line of scons means already.
VERBS = frozenset(
    (
        "test",
        "audit",
        "advise",
        "bench",
        "reproduce",
        "sizes",
        "grants",
        "lock",
        "dist",
        "report",
        "run",
    )
)


def newer_version(document: Document) -> Finding | None:
    """The one error to report about a file that a later version of this plug-in understands."""
    version = document.data.get("spec-version")
    if type(version) is not int or version <= SPEC_VERSION:
        return None
    return document.error(
        VERSION_RULE,
        ("spec-version",),
        f"spec-version {version} is newer than this plug-in knows",
        f"it knows version {SPEC_VERSION}, and cannot judge the rest of the file",
        "install a newer wasip1-scons",
    )


def file_findings(document: Document) -> Iterator[Finding]:
    """All that is wrong with a file's tables, before any artifact is looked at."""
    yield from _top_only(document)
    yield from _capabilities(document)
    yield from _verbs(document)
    if document.top:
        yield from _build_dir(document)


def _top_only(document: Document) -> Iterator[Finding]:
    if document.top:
        return
    for name in TOP_ONLY:
        if name in document.data:
            yield document.error(
                PLACE,
                (name,),
                f"[{name}] in a member's file",
                "it is about the whole workspace",
                f"write [{name}] in the top wasip1.toml",
            )


def _capabilities(document: Document) -> Iterator[Finding]:
    """A capability is written where the artifact is, so that reading one table tells them all."""
    profiles: list[Path] = [("profile", name) for name in document.data.get("profile", {})]
    for table in [*([("defaults",)] if document.top else []), *profiles]:
        name = ".".join(key(str(part)) for part in table)
        for capability in CAPABILITIES:
            path: Path = (*table, *capability)
            if _has(document.data, path):
                yield document.error(
                    PLACE,
                    path,
                    f"{'.'.join(capability)} in [{name}]",
                    "a capability is written where the artifact is: whoever reads it must see all",
                    f"write it in [artifact.NAME.{'.'.join(capability)}]"
                    if capability != ("check",)
                    else "write it as [[artifact.NAME.check]]",
                )


def _has(data: dict[str, Any], path: Path) -> bool:
    value: Any = data
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True


def _verbs(document: Document) -> Iterator[Finding]:
    for name in document.data.get("artifact", {}):
        if name in VERBS:
            yield document.error(
                NAME,
                ("artifact", name),
                f'an artifact is named "{name}"',
                f"`scons {name}` is a command",
                "choose another name",
            )


def build_dir_of(document: Document) -> str:
    """BUILD-DIR, relative to the workspace root."""
    written = document.data.get("workspace", {}).get("build-dir", DEFAULT_BUILD_DIR)
    return from_root(document.directory, written)


def _build_dir(document: Document) -> Iterator[Finding]:
    """What is in BUILD-DIR may be removed, so nothing else can be there."""
    path = build_dir_of(document)
    why = ""
    if posixpath.isabs(path):
        why = "it is absolute: manifests and keys would differ on every machine"
    elif path == ".." or path.startswith("../"):
        why = "it is outside of the workspace"
    elif below(document.directory, path) or path == ".":
        why = "it holds the sources, and the build removes what it does not know there"
    elif below(path, ".git") or below(path, "site_scons"):
        why = "other programs keep their files there"
    if why:
        yield document.error(
            BUILD_DIR,
            ("workspace", "build-dir"),
            f"{shown(path)} cannot be the build directory",
            why,
            f'write build-dir = "{DEFAULT_BUILD_DIR}"',
        )
