"""Which known word someone may have meant."""

from __future__ import annotations

import json
from collections.abc import Iterable

# difflib's ratio of "brotli" to "br" is 0.5; below that, suggestions are about something else.
CUTOFF = 0.5
SHOWN_VALUE_CHARS = 60


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one, or None where none is alike."""
    import difflib  # only a message about an error needs it

    candidates = sorted(known)
    folded = {name.casefold(): name for name in reversed(candidates)}
    if word.casefold() in folded:
        return folded[word.casefold()]
    matches = difflib.get_close_matches(word, candidates, n=1, cutoff=CUTOFF)
    return matches[0] if matches else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """`did you mean "compress"?`, or the other text where no known word is alike."""
    found = closest(word, known)
    return f'did you mean "{found}"?' if found else otherwise


def quoted(words: Iterable[str], last: str = "or") -> str:
    """The words in quotes, as an English list: "a", "b" or "c"."""
    shown = [json.dumps(word, ensure_ascii=False) for word in words]
    return f" {last} ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]


def shown(value: object) -> str:
    """A value of a spec as a message shows it: short, and as TOML would write it."""
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        return text if len(text) <= SHOWN_VALUE_CHARS else text[: SHOWN_VALUE_CHARS - 3] + '..."'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)[:SHOWN_VALUE_CHARS]
    if isinstance(value, dict):
        return "a table" if value else "an empty table"
    return "an array" if isinstance(value, list) else "a date or time"


def inline(value: object) -> str:
    """A JSON value as TOML writes it on one line."""
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{key(name)} = {inline(item)}" for name, item in value.items()) + " }"
        )
    if isinstance(value, list):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def key(name: str) -> str:
    """A key as TOML writes it: bare where it can be."""
    bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if bare else json.dumps(name, ensure_ascii=False)
