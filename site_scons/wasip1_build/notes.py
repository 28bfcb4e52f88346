"""What was made of a file's content, told again while the file's stamp stays."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from wasip1_build.looks import is_racy, look_at
from wasip1_build.shards import Shards

FORMAT = 2


class Notes:
    """Texts by absolute path, kept across builds. Thread-safe."""

    def __init__(self, store: Path | None, tree: str = "") -> None:
        self._known = Shards(store, FORMAT, tree)

    def of(self, path: str, make: Callable[[str], str]) -> str:
        """What `make` says of a file, asked again only where the file's stamp has moved."""
        look = look_at(path)
        known = self._known.get(path)
        if known and known[0] == look and not is_racy(look, known[1]):
            return str(known[2])
        read_ns = time.time_ns()
        text = make(path)
        self._known.put(path, (look, read_ns, text))
        return text

    def save(self) -> None:
        """Writes the store, if anything was learned. Raises OSError."""
        self._known.save()
