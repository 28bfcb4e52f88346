"""What was made of a file's content, told again while the file's stamp stays."""

from __future__ import annotations

import marshal
import threading
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from wasip1_build.files import write_atomically
from wasip1_build.looks import Look, is_racy, look_at

FORMAT = 1


class Notes:
    """Texts by absolute path, kept across builds and read when the first is asked for.

    Thread-safe. A store that is missing, damaged or of another format is an empty one.
    """

    def __init__(self, store: Path | None) -> None:
        self.store = store
        self._lock = threading.Lock()
        self._changed = False

    def of(self, path: str, make: Callable[[str], str]) -> str:
        """What `make` says of a file, asked again only where the file's stamp has moved."""
        look = look_at(path)
        known = self._known.get(path)
        if known and known[0] == look and not is_racy(look, known[1]):
            return known[2]
        read_ns = time.time_ns()
        text = make(path)
        with self._lock:
            self._known[path] = (look, read_ns, text)
            self._changed = True
        return text

    def save(self) -> None:
        """Writes the store, if anything was learned. Raises OSError."""
        if self.store is not None and self._changed:
            write_atomically(self.store, marshal.dumps((FORMAT, self._known)))
            self._changed = False

    @cached_property
    def _known(self) -> dict[str, tuple[Look, int, str]]:
        try:
            version, known = marshal.loads(self.store.read_bytes()) if self.store else (FORMAT, {})
        except (OSError, EOFError, ValueError, TypeError):
            return {}
        return known if version == FORMAT and isinstance(known, dict) else {}
