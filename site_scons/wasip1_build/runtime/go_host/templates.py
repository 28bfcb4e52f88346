"""The Go sources that are the same text for every module, but for some lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from pathlib import Path

_DIRECTORY = Path(__file__).parent / "templates"


def filled(name: str, values: Mapping[str, str], facts: Set[str]) -> str:
    """A template's text, formatted as gofmt has it.

    `@name@` stands for a value. A line `//if one, not two` begins lines that are there where `one`
    is among the facts and `two` is not; `//end` ends them. They nest.
    """
    text = (_DIRECTORY / f"{name}.tmpl").read_text(encoding="utf-8")
    lines: list[str] = []
    shown = [True]
    for line in text.splitlines():
        if line.startswith("//if "):
            shown.append(shown[-1] and _holds(line.removeprefix("//if "), facts))
        elif line == "//end":
            shown.pop()
        elif shown[-1]:
            lines.append(line)
    kept = re.sub(r"@(\w+)@", lambda match: values[match[1]], "\n".join(lines))
    return tidy(kept)


def tidy(source: str) -> str:
    """Go without the blank lines that conditions leave behind."""
    source = re.sub(r"\n{3,}", "\n\n", source.strip("\n") + "\n")
    source = re.sub(r"([{(])\n\n", r"\1\n", source)
    return re.sub(r"\n\n(\t*[})])", r"\n\1", source)


def _holds(condition: str, facts: Set[str]) -> bool:
    words = condition.split(", ")
    return all(
        word.removeprefix("not ") not in facts if word.startswith("not ") else word in facts
        for word in words
    )
