"""Where two outputs differ, in few lines that are safe to print."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from wasip1_build.texts import escaped

LINES = 60
LINE_CHARS = 200
# difflib compares line by line in quadratic time: beyond this only what follows the first
# difference is compared.
COMPARED_LINES = 400
BEFORE = 3
HEX_BYTES = 64
PIECE_BYTES = 1 << 16
# How Go's runtime begins to say why it ends a program (runtime/panic.go); the stacks of all
# goroutines follow.
LAST_WORDS = ("panic: ", "fatal error: ")


def difference(expected: bytes, got: bytes, titles: tuple[str, str] = ("expected", "got")) -> str:
    """A unified diff of two texts, or where two binaries first differ. Empty where they are equal.

    At most 60 lines of 200 characters; what is not printable is escaped.
    """
    if expected == got:
        return ""
    texts = _text(expected), _text(got)
    if texts[0] is None or texts[1] is None:
        return _binary(expected, got, titles)
    return _unified(_lines(texts[0]), _lines(texts[1]), titles)


def excerpt(data: bytes, lines: int = 20) -> str:
    """The last lines of an output, or where Go's last words begin there, escaped, each at most 200
    characters."""
    rows = data.decode("utf-8", "backslashreplace").splitlines()
    deaths = [number for number, row in enumerate(rows) if row.startswith(LAST_WORDS)]
    start = min([max(0, len(rows) - lines), *deaths[-1:]])
    return "\n".join(_cut(row) for row in rows[start : start + lines])


def _text(data: bytes) -> str | None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _lines(text: str) -> list[str]:
    """The lines; a last one without its newline says so."""
    lines = text.split("\n")
    last = lines.pop()
    return [*lines, f"{last} (no newline at the end)"] if last else lines


def printable(text: str) -> str:
    """A module's output as lines that are safe to show."""
    return escaped(text, keep="\t\n")


def _unified(expected: list[str], got: list[str], titles: tuple[str, str]) -> str:
    first = _first_difference(expected, got)
    start = max(0, first - BEFORE)
    window = slice(start, start + COMPARED_LINES)
    diff = list(difflib.unified_diff(expected[window], got[window], *titles, n=BEFORE, lineterm=""))
    shown = [_cut(line) for line in diff if not line.startswith("@@")]
    if start:
        shown.insert(2, f" (the first {start} lines are equal)")
    if len(shown) > LINES:
        shown = [*shown[: LINES - 1], f"... {len(shown) - LINES + 1} more lines"]
    return "\n".join(shown + _in_line(expected, got, first))


def _first_difference(expected: Sequence[str | int], got: Sequence[str | int]) -> int:
    pairs = enumerate(zip(expected, got, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(expected), len(got)))


def _first_difference_in_bytes(expected: bytes, got: bytes) -> int:
    """The offset of the first byte that differs, or of the end of the shorter one."""
    common = min(len(expected), len(got))
    for start in range(0, common, PIECE_BYTES):
        one, other = expected[start : start + PIECE_BYTES], got[start : start + PIECE_BYTES]
        if one != other:
            return start + _first_difference(one, other)
    return common


def _in_line(expected: list[str], got: list[str], line: int) -> list[str]:
    """Where two long lines differ, if that is behind what is shown of them."""
    if line >= min(len(expected), len(got)):
        return []
    column = _first_difference(expected[line], got[line])
    if column < LINE_CHARS - 10:
        return []
    start = column - LINE_CHARS // 4
    return [
        f"line {line + 1} differs at column {column + 1}:",
        _cut(f"-...{expected[line][start:]}"),
        _cut(f"+...{got[line][start:]}"),
    ]


def _cut(line: str) -> str:
    """A line escaped and cut; it may be as long as the whole output."""
    shown = printable(line[: LINE_CHARS + 1])
    return shown if len(shown) <= LINE_CHARS else shown[: LINE_CHARS - 3] + "..."


def _binary(expected: bytes, got: bytes, titles: tuple[str, str]) -> str:
    offset = _first_difference_in_bytes(expected, got)
    row = offset - offset % 16
    return "\n".join(
        [
            f"first difference at byte {offset}; "
            f"{titles[0]} {len(expected)} bytes, {titles[1]} {len(got)}",
            *_hex(titles[0], expected, row),
            *_hex(titles[1], got, row),
        ]
    )


def _hex(title: str, data: bytes, row: int) -> list[str]:
    lines = []
    for start in range(row, min(row + HEX_BYTES, len(data)), 16):
        piece = data[start : start + 16]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in piece)
        lines.append(f"  {start:08x}  {piece.hex(' '):47}  {text}")
    return [f"{title}:", *(lines or ["  (ends here)"])]
