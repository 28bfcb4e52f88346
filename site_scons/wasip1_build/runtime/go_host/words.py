"""How names and texts of a spec or a module are written in Go, so that gofmt leaves them alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

# https://go.dev/ref/spec#Keywords
KEYWORDS = frozenset(
    (
        *("break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough"),
        *("for", "func", "go", "goto", "if", "import", "interface", "map", "package", "range"),
        *("return", "select", "struct", "switch", "type", "var"),
    )
)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PACKAGE = re.compile(r"[a-z][a-z0-9]*")


def quoted(text: str) -> str:
    """A string literal. https://go.dev/ref/spec#String_literals"""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def remark(text: str) -> str:
    """A text for one line of a comment."""
    shown = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(shown.split())


def exported(words: str) -> str:
    """An exported name of ASCII letters and digits: "env.emit_batch" is EnvEmitBatch."""
    parts = re.findall(r"[A-Za-z0-9]+", words)
    name = "".join(part[0].upper() + part[1:] for part in parts)
    return name if name[:1].isalpha() else f"X{name}"


def distinct(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Exported names, one for each of the texts; a number tells apart what would be the same."""
    used = set(taken)
    found = []
    for name in names:
        plain = exported(name)
        choice, number = plain, 2
        while choice in used:
            choice, number = f"{plain}{number}", number + 1
        used.add(choice)
        found.append(choice)
    return found


def package_of(artifact: str) -> str:
    """What a package is called after an artifact: its name without "-" and "_"."""
    return re.sub(r"[-_]", "", artifact)


def refused_package(name: str) -> str:
    """Why a package cannot have this name; "" where it can. https://go.dev/blog/package-names"""
    if not _PACKAGE.fullmatch(name):
        return "a package's name is of lower-case letters and digits, with a letter first"
    if name in KEYWORDS:
        return f"{name} is a keyword of Go"
    if name == "main":
        return "main is a program, which nothing can import"
    return ""
