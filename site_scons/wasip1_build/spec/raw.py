"""One wasip1.toml as it is written: its values, where each stands, or why it is not TOML."""

from __future__ import annotations

import posixpath
import re
from dataclasses import field
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, Finding, Location, Severity, failure
from wasip1_build.spec.scanner import Path, Position, Scan, scan

RULE = "spec-syntax"

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

# What tomllib says, and what we say of it. Its words are the same from Python 3.11 to 3.14.
_REASONS: tuple[tuple[str, str], ...] = (
    (r"Cannot declare .* twice", "this table is declared a second time"),
    (r"Cannot overwrite a value", "this key has a value already"),
    (r"Cannot mutate immutable namespace .*", "this table is complete and cannot be added to"),
    (r"Cannot redefine namespace .*", "this table was declared elsewhere in the file"),
    (r"Duplicate inline table key .*", "this key is in the inline table already"),
    (r"Expected '=' after a key in a key/value pair", 'a key is followed by "="'),
    (r"Expected newline or end of document after a statement", "the line goes on after its value"),
    (r"Expected '\]' at the end of a table declaration", 'a table header ends with "]"'),
    (r"Expected '\]\]' at the end of an array declaration", 'this header ends with "]]"'),
    (r"Invalid initial character for a key part", "a key cannot begin like this"),
    (r"Invalid statement", "this is no key, table header or comment"),
    (r"Invalid value", "this is no value"),
    (r"Invalid date or datetime", "there is no such date or time"),
    (r"Unclosed array", 'the array has no "]"'),
    (r"Unclosed inline table", 'the inline table has no "}"'),
    (r"Unterminated string", "the string has no closing quote"),
    (r"Expected \"(.*)\"", "the string has no closing quote"),
    (r"Unescaped '\\' in a string", 'a "\\" in a string with " begins an escape'),
    (r"Illegal character '\\n'", "a string with one quote ends on its line"),
)

# Mistakes that the text of the line itself gives away, and what to do about them.
_LINE_FIXES: tuple[tuple[str, str], ...] = (
    (
        r"=\s*([0-9]+\s*(?:[kKMG]i?)?B)\b",
        'a size with a unit is a string: write it in quotes, such as "3MiB"',
    ),
    (
        r"=\s*([0-9.]+\s*(?:ms|s|m))\b",
        'a duration is a string: write it in quotes, such as "5s"',
    ),
    (r"=\s*(?:True|False|yes|no|on|off)\s*(?:#|$)", "write true or false"),
    (r"=\s*[A-Za-z/.~][^\"']*$", 'write a text in quotes: key = "text"'),
    (r"^[^=\"']*:\s", 'write "=" between a key and its value'),
    (
        r"\"[^\"]*\\[^btnfruU\"\\]",
        "write the string in single quotes, where a backslash is itself, or write it twice",
    ),
)


@dataclass(frozen=True)
class Document:
    """A file that is valid TOML. `file` and `directory` are relative to the workspace root."""

    file: str
    directory: str  # of the file; "." for the root itself
    top: bool
    data: dict[str, Any]
    scan: Scan = field(repr=False)
    known: dict[Path, Location] = field(default_factory=dict, repr=False)

    def location(self, path: Path) -> Location:
        """Where a key is written, or the nearest table or array around it.

        Asked twice it gives the same object: artifacts that share a default share its location,
        which keeps a stored workspace small.
        """
        found = self.known.get(path)
        if found is None:
            position = self.scan.positions.get(path)
            if position:
                found = Location(self.file, position.line, position.column)
            else:
                found = self.location(path[:-1]) if path else Location(self.file, 1, 1)
            self.known[path] = found
        return found

    def error(self, rule: str, path: Path, what: str, why: str = "", fix: str = "") -> Finding:
        """An error about a key of this file."""
        return Finding(rule, Severity.ERROR, what, why, fix, self.location(path))


def parse(content: bytes, file: str, *, top: bool) -> Document:
    """Reads a file's bytes. Raises Failure with its first syntax error."""
    import tomllib  # 15 ms that a build with nothing to do does not spend

    text = _decoded(content, file)
    scanned = scan(text)
    try:
        return Document(file, posixpath.dirname(file) or ".", top, tomllib.loads(text), scanned)
    except tomllib.TOMLDecodeError as error:
        raise _explained(str(error), text.replace("\r\n", "\n"), file, scanned) from None
    except RecursionError:
        raise failure(
            RULE, "arrays or tables are nested too deeply", location=Location(file)
        ) from None
    except ValueError as error:  # an integer of more digits than Python converts
        raise failure(RULE, f"this is not valid TOML: {error}", location=Location(file)) from None


def _decoded(content: bytes, file: str) -> str:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise failure(
            RULE,
            "the file is not UTF-8",
            why=f"byte {content[error.start]:#04x} begins no character",
            fix="save it as UTF-8",
            location=Location(file, line),
        ) from None
    if text.startswith("\ufeff"):
        raise failure(
            RULE,
            "the file begins with a byte order mark",
            why="TOML allows none",
            fix="save it as UTF-8 without a byte order mark (BOM)",
            location=Location(file, 1, 1),
        )
    return text


def _explained(message: str, text: str, file: str, scanned: Scan) -> Failure:
    lines = text.split("\n")
    match = _PLACE.search(message)
    if match and match[1]:
        position = Position(int(match[1]), int(match[2]))
    else:
        position = Position(len(lines), len(lines[-1]) + 1)
    said = message[: match.start()] if match else message
    reason = next((ours for theirs, ours in _REASONS if re.fullmatch(theirs, said)), said)
    what, why, fix = _hint(position, lines, scanned) or _twice(said, position, file, scanned)
    return failure(
        RULE,
        what or f"this is not valid TOML: {reason}",
        why=why,
        fix=fix,
        location=Location(file, position.line, position.column),
    )


def _twice(said: str, position: Position, file: str, scanned: Scan) -> tuple[str, str, str]:
    """What, why and fix where a table is declared again; empty where that is not the error."""
    match = re.fullmatch(r"Cannot declare \((.*?),?\) twice", said)
    path = tuple(re.findall(r"'([^']*)'", match[1])) if match else ()
    first = scanned.positions.get(path)
    if not path or first is None:
        return "", "", ""
    name = ".".join(path)
    if first.line == position.line:  # TOML: keys with dots have made it, and a header cannot add
        below = (key for key in scanned.positions if key[: len(path)] == path and key != path)
        key = next(below, path)
        first = scanned.positions[key]
        written = ".".join(map(str, key[len(path) - 1 :]))
        return (
            f"[{name}] cannot be added to here",
            f'the key "{written}" at {file}:{first.line}:{first.column} has made this table, and '
            "TOML lets no header add to what keys with dots have made",
            f'write that key below this header, as "{written.partition(".")[2]}", or all keys of '
            "the table with dots",
        )
    return (
        f"[{name}] is declared a second time",
        f"the first is at {file}:{first.line}:{first.column}",
        "give this one another name, or write the keys of both under one header",
    )


def _hint(position: Position, lines: list[str], scanned: Scan) -> tuple[str, str, str] | None:
    """What, why and fix of a known trap at this place, if it is one."""
    for trap in scanned.traps:
        name = ".".join(str(part) for part in trap.path if isinstance(part, str))
        if trap.kind == "inline-extended" and trap.position.line == position.line:
            return (
                f'the table "{name}" cannot be added to here',
                f"it is written inline, {name} = {{ ... }}, which makes it complete",
                f"write all its keys inside the braces, or all under a header [{name}]",
            )
        if trap.kind == "inline-newline" and trap.position.line == position.line:
            return (
                f'the inline table "{name}" goes on in the next line',
                "TOML allows no line end between { and }",
                f"write it on one line, or as a table of its own under a header [{name}]",
            )
    line = lines[position.line - 1] if position.line <= len(lines) else ""
    fix = next((fix for shape, fix in _LINE_FIXES if re.search(shape, line)), None)
    return ("", "", fix) if fix else None
