"""A large table of which one build asks little, kept so that it reads and writes little of it."""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from wasip1_build.files import write_atomically

# A build of one artifact of a thousand asks for what is in 20 directories. In one file, 6 MB of
# digests take it 27 ms to read and 15 to write; in 64 files it is 5 and 1.
SHARDS = 64
ELSEWHERE = (
    "elsewhere"  # what is outside the tree (Go's own sources): all of it is asked for at once
)


class Shards:
    """Values that marshal can keep, by path, across builds; all of one directory in one file.

    Thread-safe. A file that is missing, damaged or of another `version` knows nothing, and the
    others stay true: each value must be right by itself. Without a `directory` nothing is kept.
    Paths that do not begin with `tree` share one file.
    """

    def __init__(self, directory: Path | None, version: int, tree: str = "") -> None:
        self.directory = directory
        self.version = version
        self.tree = tree
        self._read: dict[str, dict[str, Any]] = {}  # by the name of the file
        self._changed: dict[str, set[str]] = {}

    def get(self, path: str) -> Any:
        """The value of a path, or None."""
        return self._shard(self._name(path)).get(path)

    def put(self, path: str, value: Any) -> None:
        """Gives a path a value; None takes it away."""
        name = self._name(path)
        shard = self._shard(name)
        if value is None:
            shard.pop(path, None)
        else:
            shard[path] = value
        self._changed.setdefault(name, set()).add(path)

    def items(self) -> Iterator[tuple[str, Any]]:
        """All paths with their values, as they are now."""
        for name in (ELSEWHERE, *(f"{number:02x}" for number in range(SHARDS))):
            yield from tuple(self._shard(name).items())

    def save(self) -> None:
        """Writes what was put into what is there by now. Raises OSError."""
        if self.directory is None:
            return
        if self._changed and self.directory.is_file():
            self.directory.unlink()  # as an earlier version kept it
        for name, paths in self._changed.items():
            values = self._stored(name)
            for path in paths:
                values.pop(path, None)
                if path in self._read[name]:
                    values[path] = self._read[name][path]
            write_atomically(self.directory / name, marshal.dumps((self.version, values)))
        self._changed = {}

    def _name(self, path: str) -> str:
        return shard_of(path) if path.startswith(self.tree) else ELSEWHERE

    def _shard(self, name: str) -> dict[str, Any]:
        found = self._read.get(name)
        return self._read.setdefault(name, self._stored(name)) if found is None else found

    def _stored(self, name: str) -> dict[str, Any]:
        if self.directory is None:
            return {}
        try:
            version, values = marshal.loads((self.directory / name).read_bytes())
        except (OSError, EOFError, ValueError, TypeError):
            return {}
        return values if version == self.version and isinstance(values, dict) else {}


def shard_of(path: str) -> str:
    """The name of the file that has what is kept of a path."""
    return _name_of_directory(path.rpartition("/")[0])


@cache
def _name_of_directory(directory: str) -> str:
    return f"{crc32(directory.encode(errors='surrogateescape')) % SHARDS:02x}"
