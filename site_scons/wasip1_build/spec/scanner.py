"""Where in the text of a TOML file each key, table and array element is written.

tomllib judges a document and gives its values, but tells no positions. This scanner reads the
same text, believes that it is valid, and notes positions; on a text that is not valid it notes
what it saw up to there. The grammar is that of https://toml.io/en/v1.0.0.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from contextlib import suppress
from dataclasses import field
from typing import Literal

from wasip1_build.dataclass import dataclass

Path = tuple[str | int, ...]
TrapKind = Literal["inline-newline", "inline-extended"]

_BLANK = re.compile(r"[ \t]*")
_BLANK_LINES = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_REST_OF_LINE = re.compile(r"[^\n]*\n?")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SIMPLE_KEY = re.compile(r"([A-Za-z0-9_-]+)[ \t]*(?=[=\]])")
_LITERAL = re.compile(r"'([^'\n]*)'")
_BASIC = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
# Up to two quotes may stand right before the three that close a multi-line string.
_MULTI_LITERAL = re.compile(r"'''.*?'''(?:'{0,2})", re.DOTALL)
_MULTI_BASIC = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""(?:"{0,2})', re.DOTALL)
_SCALAR = re.compile(r"[^,\]}#\n]+")  # a date and its time may have a blank between them
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|.)", re.DOTALL)
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


@dataclass(frozen=True)
class Position:
    """A place in a text; both count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True)
class Trap:
    """A place where the text does what TOML does not allow and many expect of it.

    "inline-newline": an inline table that goes on in the next line; the position is its line's end.
    "inline-extended": a key or header that adds to an inline table; `path` is that table.
    """

    kind: TrapKind
    position: Position
    path: Path


@dataclass
class Scan:
    """What was seen. A path has keys and, for elements of arrays, indexes from 0."""

    positions: dict[Path, Position] = field(default_factory=dict)
    headers: set[Path] = field(default_factory=set)  # tables that have a [header] of their own
    traps: list[Trap] = field(default_factory=list)


def scan(text: str) -> Scan:
    """The positions of all keys, table headers and array elements of a TOML text.

    Of a table header, the position is its bracket; of a key, its own part of a dotted key; of an
    element, its first character. Raises nothing: an invalid text gives a part of the answer.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    with suppress(_Lost, RecursionError):  # tomllib says what is wrong
        scanner.document()
    return scanner.result


class _Lost(Exception):  # noqa: N818
    """The text is not TOML from here on."""


class _Scanner:
    """One pass over a text. Every method that reads moves `at` behind what it read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.result = Scan()
        self.table: Path = ()
        self.elements: dict[Path, int] = {}  # how many [[headers]] each array of tables has
        self.inline: set[Path] = set()
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def document(self) -> None:
        while True:
            self._skip(_BLANK_LINES)
            if self.at >= len(self.text):
                return
            if self.text[self.at] == "[":
                self._header()
            else:
                self._key_value(self.table)
            self._skip(_REST_OF_LINE)

    def _header(self) -> None:
        start = self.at
        brackets = 2 if self._peek("[[") else 1
        self.at += brackets
        self._skip(_BLANK)
        path: Path = ()
        parts = self._dotted_key()
        for index, (part, _) in enumerate(parts):
            path = (*path, part)
            self._extends_inline(path, start)
            self._note(path, start, override=False)
            if index == len(parts) - 1 and brackets == 2:
                self.elements[path] = self.elements.get(path, 0) + 1
            if path in self.elements:
                path = (*path, self.elements[path] - 1)
                self._note(path, start, override=False)
        self._note(path, start, override=path not in self.result.headers)
        self.result.headers.add(path)
        self.table = path
        self._expect("]" * brackets)

    def _key_value(self, table: Path) -> None:
        path = table
        parts = self._dotted_key()
        for part, start in parts:
            path = (*path, part)
            self._note(path, start, override=False)
        for end in range(len(table) + 1, len(path)):
            self._extends_inline(path[:end], parts[0][1])
        self._expect("=")
        self._skip(_BLANK)
        self._value(path)

    def _dotted_key(self) -> list[tuple[str, int]]:
        """The parts of a key with where each begins; ends before "=" or "]"."""
        parts = []
        if match := _SIMPLE_KEY.match(self.text, self.at):  # nearly all keys, in one step
            self.at = match.end()
            return [(match[1], match.start())]
        while True:
            self._skip(_BLANK)
            start = self.at
            parts.append((self._simple_key(), start))
            self._skip(_BLANK)
            if not self._peek("."):
                return parts
            self.at += 1

    def _simple_key(self) -> str:
        if self._peek('"'):
            return _unescaped(self._read(_BASIC)[1])
        if self._peek("'"):
            return str(self._read(_LITERAL)[1])
        return str(self._read(_BARE_KEY)[0])

    def _value(self, path: Path) -> None:
        first = self.text[self.at : self.at + 1]
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        elif first == '"':
            self._read(_MULTI_BASIC if self._peek('"""') else _BASIC)
        elif first == "'":
            self._read(_MULTI_LITERAL if self._peek("'''") else _LITERAL)
        else:
            self._read(_SCALAR)

    def _array(self, path: Path) -> None:
        self._expect("[")
        for index in range(len(self.text)):
            self._skip(_BLANK_LINES)
            if self._peek("]"):
                break
            element = (*path, index)
            self._note(element, self.at, override=True)
            self._value(element)
            self._skip(_BLANK_LINES)
            if not self._peek(","):
                break
            self.at += 1
        self._expect("]")

    def _inline_table(self, path: Path) -> None:
        self._expect("{")
        while True:
            self._skip_in_inline(path)
            if self._peek("}"):
                break
            self._key_value(path)
            self._skip_in_inline(path)
            if not self._peek(","):
                break
            self.at += 1
        self._expect("}")
        self.inline.add(path)

    def _skip_in_inline(self, path: Path) -> None:
        """Blanks and, though TOML 1.0 allows none here, line ends and comments."""
        before = self.at
        self._skip(_BLANK_LINES)
        if "\n" in self.text[before : self.at]:
            self._trap("inline-newline", before, path)

    def _extends_inline(self, path: Path, start: int) -> None:
        if path in self.inline:
            self._trap("inline-extended", start, path)

    def _trap(self, kind: TrapKind, at: int, path: Path) -> None:
        self.result.traps.append(Trap(kind, self._position(at), path))

    def _note(self, path: Path, at: int, *, override: bool) -> None:
        if override or path not in self.result.positions:
            self.result.positions[path] = self._position(at)

    def _position(self, at: int) -> Position:
        line = bisect_right(self.lines, at)
        return Position(line, at - self.lines[line - 1] + 1)

    def _peek(self, literal: str) -> bool:
        return self.text.startswith(literal, self.at)

    def _expect(self, literal: str) -> None:
        self._skip(_BLANK)
        if not self._peek(literal):
            raise _Lost
        self.at += len(literal)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()

    def _read(self, pattern: re.Pattern[str]) -> re.Match[str]:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise _Lost
        self.at = match.end()
        return match


def _unescaped(basic: str) -> str:
    """The characters that a basic string's inside stands for."""

    def one(match: re.Match[str]) -> str:
        escape = match[1]
        if escape[0] in "uUx" and len(escape) > 1:
            code = int(escape[1:], 16)
            return chr(code) if code < 0x110000 else escape
        return _ESCAPED.get(escape, escape)

    return _ESCAPE.sub(one, basic)
