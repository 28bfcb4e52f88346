"""A large mapping of which one build asks little: it stays packed where nothing is asked."""

from __future__ import annotations

import marshal
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from wasip1_build.shards import shard_of


class Pieces(Mapping[str, Any]):
    """Values by path in packed pieces, one for all of a directory, each unpacked when it is asked
    for. Of a thousand artifacts' graph that is a tenth of the time that all of it takes."""

    def __init__(self, packed: Mapping[str, bytes]) -> None:
        self.packed = packed
        self._unpacked: dict[str, dict[str, Any]] = {}

    def __getitem__(self, path: str) -> Any:
        return self._piece(shard_of(path))[path]

    def __iter__(self) -> Iterator[str]:
        return (path for name in self.packed for path in self._piece(name))

    def __len__(self) -> int:
        return sum(len(self._piece(name)) for name in self.packed)

    def directly_in(self, directory: str) -> Iterator[tuple[str, Any]]:
        """The paths that lie directly in a directory, with their values."""
        piece = self._piece(shard_of(posixpath.join(directory, ".")))
        return (each for each in piece.items() if posixpath.dirname(each[0]) == directory)

    def with_(self, values: Mapping[str, Any]) -> Pieces:
        """The same and these; what they do not change stays packed."""
        divided: dict[str, dict[str, Any]] = {}
        for path, value in values.items():
            divided.setdefault(shard_of(path), {})[path] = value
        packed = {
            name: marshal.dumps({**self._piece(name), **more}) for name, more in divided.items()
        }
        return Pieces({**self.packed, **packed})

    def _piece(self, name: str) -> dict[str, Any]:
        if name not in self._unpacked:
            packed = self.packed.get(name)
            self._unpacked[name] = marshal.loads(packed) if packed else {}
        return self._unpacked[name]
