"""What go.mod and go.work say that a build must know: versions, members, local replacements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from wasip1_build.dataclass import dataclass

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|//.*|[()]|[^\s()"`]+')


@dataclass(frozen=True)
class Directive:
    """One directive of go.mod or go.work, blocks taken apart (go.dev/ref/mod#go-mod-file)."""

    verb: str
    words: tuple[str, ...]
    line: int


def directives(path: Path) -> tuple[Directive, ...]:
    """The directives of a go.mod or go.work in order; empty where the file cannot be read.

    It accepts more than Go does: whether the file is right is for Go to say.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    return tuple(_parse(text))


def _parse(text: str) -> Iterator[Directive]:
    block = ""
    for number, line in enumerate(text.splitlines(), 1):
        words = [_unquote(word) for word in _TOKEN.findall(line) if not word.startswith("//")]
        if not words:
            continue
        if words == [")"]:
            block = ""
        elif len(words) == 2 and words[1] == "(":
            block = words[0]
        elif block:
            yield Directive(block, tuple(words), number)
        else:
            yield Directive(words[0], tuple(words[1:]), number)


def _unquote(word: str) -> str:
    return word[1:-1] if word[:1] in ('"', "`") and len(word) > 1 else word


def used_directories(work: Path) -> tuple[Path, ...]:
    """The module directories that a go.work names with `use`."""
    return tuple(
        (work.parent / directive.words[0]).resolve()
        for directive in directives(work)
        if directive.verb == "use" and directive.words
    )


def local_replacements(file: Path) -> tuple[Path, ...]:
    """The directories that a go.mod or go.work puts in the place of modules.

    A replacement is a directory when it begins with "./", "../" or "/"
    (go.dev/ref/mod#go-mod-file-replace).
    """
    found = []
    for directive in directives(file):
        if directive.verb != "replace" or "=>" not in directive.words:
            continue
        target = directive.words[directive.words.index("=>") + 1 :]
        if target and target[0].startswith(("./", "../", "/")):
            found.append((file.parent / target[0]).resolve())
    return tuple(found)


def go_line(file: Path) -> Directive | None:
    """The `go 1.N` line of a go.mod or go.work."""
    return next((d for d in directives(file) if d.verb == "go" and d.words), None)


def version_tuple(version: str) -> tuple[int, ...]:
    """A Go version as numbers that compare: "1.27.3" and "1.27rc1" give (1, 27, 3) and (1, 27)."""
    return tuple(int(part) for part in re.findall(r"^\d+|(?<=\.)\d+", version))
