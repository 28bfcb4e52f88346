"""Text from elsewhere, made safe to show: it may come from a hostile module or a file's name."""

from __future__ import annotations


def escaped(text: str, keep: str = "") -> str:
    """The text without anything that moves the cursor, rings, recolours, or shows the rest of a
    line in another order: what does not print is written as Python writes it in a string, but for
    the characters in `keep`. A byte of a file's name that is no UTF-8 is written as that byte."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else _escape(c) for c in text)


def _escape(character: str) -> str:
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:  # PEP 383: how Python keeps such a byte
        return f"\\x{number - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()
