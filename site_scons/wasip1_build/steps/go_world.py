"""Everything in a tree that decides what `go list` answers, as one digest, without running go."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from wasip1_build.files import sha256_of_json

# What the go command looks at in a package's directory (go help packages, go/build).
SOURCES = (
    ".go", ".s", ".S", ".sx", ".syso", ".h", ".hh", ".hpp", ".hxx", ".c", ".cc", ".cpp",
    ".cxx", ".m", ".f", ".F", ".for", ".f90", ".swig", ".swigcxx",
)  # fmt: skip

_HEADER_TOKEN = re.compile(
    r"\s+|;|(?P<line>//[^\n]*)|(?P<block>/\*.*?\*/)"
    r"|(?P<package>package\s+\w+)"
    r'|(?P<import>import\s*(?:\((?:[^()"`/]|"[^"\n]*"|`[^`]*`|//[^\n]*|/\*.*?\*/|/)*\)'
    r'|[^\s"`(]*\s*(?:"[^"\n]*"|`[^`]*`)))',
    re.DOTALL,
)
_IMPORT_NOISE = re.compile(r'("[^"\n]*"|`[^`]*`)|//[^\n]*|/\*.*?\*/', re.DOTALL)
_EMBED = re.compile(r"^[ \t]*//go:embed[ \t]+(.+?)[ \t\r]*$", re.MULTILINE)


def header(text: str) -> list[str]:
    """What a Go file's head says to the go command: build lines, package clause, imports, embeds.

    Comments beside them and everything below them is left out, so that an edit there does not
    make the list of dependencies stale. Where a head cannot be understood, all of it counts.
    """
    facts: list[str] = []
    position = 1 if text.startswith("\ufeff") else 0
    while token := _HEADER_TOKEN.match(text, position):
        position = token.end()
        if token["line"]:
            if token["line"].startswith(("//go:build", "// +build", "//+build")):
                facts.append(token["line"].rstrip())
        elif token["package"]:
            facts.append(" ".join(token["package"].split()))
        elif token["import"]:
            facts.append(" ".join(_IMPORT_NOISE.sub(r"\1", token["import"]).split()))
    facts += [f"embed {match}" for match in _EMBED.findall(text)]
    if text.startswith("import", position) or text.startswith("package", position):
        facts.append(text)
    return facts


def world_digest(root: Path, directories: Collection[str], skip: Collection[str]) -> str:
    """A digest over the listings and file heads of local modules.

    `directories` are the modules, `skip` directories that hold none of their sources; both are
    relative to `root`. Nested modules count only when they are among `directories`. Directories
    that begin with "." or "_", and node_modules, are no packages of anybody's.
    """
    skipped = {os.path.abspath(root / name) for name in skip}
    facts = [
        fact
        for directory in sorted(directories)
        for fact in _walk(root, os.path.abspath(root / directory), skipped, set())
    ]
    return sha256_of_json(facts)


def _walk(root: Path, top: str, skip: set[str], seen: set[str]) -> Iterator[list[object]]:
    real = os.path.realpath(top)
    if real in seen:
        return
    seen.add(real)
    names, subdirectories = _listing(top, skip)
    where = os.path.relpath(top, root)
    if names:
        yield [where, names]
    for name in names:
        if name.endswith(".go"):
            yield from _file_facts(root, top, name)
    for path in subdirectories:
        if os.path.isfile(os.path.join(path, "go.mod")):
            yield [os.path.relpath(path, root), "module"]
        else:
            yield from _walk(root, path, skip, seen)


def _listing(top: str, skip: set[str]) -> tuple[list[str], list[str]]:
    """The names of files that matter to go, and the paths of directories to go on with."""
    try:
        entries = sorted(os.scandir(top), key=lambda entry: entry.name)
    except OSError:
        return [], []
    directories = [entry for entry in entries if entry.is_dir()]
    return (
        [entry.name for entry in entries if entry not in directories and _matters(entry.name)],
        [entry.path for entry in directories if _may_hold_packages(entry, skip)],
    )


def _matters(name: str) -> bool:
    return name == "go.mod" or (name.endswith(SOURCES) and not name.endswith("_test.go"))


def _may_hold_packages(entry: os.DirEntry[str], skip: set[str]) -> bool:
    return entry.name[0] not in "._" and entry.name != "node_modules" and entry.path not in skip


def _file_facts(root: Path, directory: str, name: str) -> Iterator[list[object]]:
    path = os.path.join(directory, name)
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    facts = header(text)
    yield [os.path.relpath(path, root), facts]
    for base in _bases(directory, facts):
        yield from _embedded(root, base)


def embed_bases(root: Path, directories: Collection[str], skip: Collection[str]) -> set[str]:
    """The absolute paths at or below which embed lines of local modules find their files."""
    skipped = {os.path.abspath(root / name) for name in skip}
    found: set[str] = set()
    for top in directories:
        for where, names, files in os.walk(root / top):
            names[:] = [n for n in names if n[0] not in "._" and f"{where}/{n}" not in skipped]
            for file in files:
                if file.endswith(".go"):
                    text = Path(where, file).read_text(encoding="utf-8", errors="replace")
                    found |= {os.path.abspath(base) for base in _bases(where, header(text))}
    return found


def _bases(directory: str, facts: Iterable[str]) -> Iterator[str]:
    """For each embed pattern, the path up to its first wildcard."""
    for patterns in (fact for fact in facts if fact.startswith("embed ")):
        for quoted, bare in re.findall(r'["`]([^"`]+)["`]|(\S+)', patterns.removeprefix("embed ")):
            base = directory
            for part in (quoted or bare).removeprefix("all:").split("/"):
                if any(char in part for char in "*?[\\"):
                    break
                base = os.path.join(base, part)
            yield base


def _embedded(root: Path, base: str) -> Iterator[list[object]]:
    """The names of all files that an embed line could match, now."""
    where = os.path.relpath(base, root)
    if os.path.isdir(base):
        names = sorted(
            os.path.relpath(os.path.join(directory, file), root)
            for directory, _, files in os.walk(base)
            for file in files
        )
        yield [where, "embeds", names]
    else:
        yield [where, "embeds", os.path.isfile(base)]
