"""What the head of a Go file says to the go command, without reading it twice."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from wasip1_build.digests import Digests

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


def head_of(file: str, digests: Digests) -> list[str]:
    """The header of a Go file; empty where it cannot be read. Its text is kept by its stamp."""
    head: list[str] = json.loads(digests.note(file, lambda path: json.dumps(read_head(path))))
    return head


def read_head(file: str) -> list[str]:
    """The header of a Go file as it is now; empty where it cannot be read."""
    try:
        return header(Path(file).read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return []


def bases_of(file: str, digests: Digests) -> set[str]:
    """The absolute paths at or below which the embed lines of one Go file find their files."""
    return {os.path.abspath(base) for base in bases(os.path.dirname(file), head_of(file, digests))}


def bases(directory: str, facts: Iterable[str]) -> Iterator[str]:
    """For each embed pattern, the path up to its first wildcard."""
    for patterns in (fact for fact in facts if fact.startswith("embed ")):
        for quoted, bare in re.findall(r'["`]([^"`]+)["`]|(\S+)', patterns.removeprefix("embed ")):
            base = directory
            for part in (quoted or bare).removeprefix("all:").split("/"):
                if any(char in part for char in "*?[\\"):
                    break
                base = os.path.join(base, part)
            yield base
