"""Which files did a Go program embed, and how many bytes are each?

An embed.FS is known by its structure (embed/embed.go, file; the compiler writes it in
cmd/compile/internal/staticdata/embed.go, WriteEmbed): a slice whose pointer leads just past itself,
to files of name, content and 16 bytes of a digest of the content. The digest is computed again, so
that nothing else is taken for a file. A file that is embedded as a string or as
bytes has no name in the module: it is among the strings, or the initialised data.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator
from itertools import compress
from operator import eq

from wasip1_build.dataclass import dataclass

_HEADER_BYTES = 24  # pointer, length, capacity
_FILE = struct.Struct("<4Q16s")
_MAX_FILES = 100_000
_MAX_NAME_BYTES = 4096
_TURNED = bytes(255 - value for value in range(256))


@dataclass(frozen=True)
class EmbeddedFile:
    """A file with its name below the package that embeds it, and where its content lies."""

    name: str
    start: int
    end: int


def embedded_files(image: bytes, places: Iterable[tuple[int, int]]) -> tuple[EmbeddedFile, ...]:
    """The files of every embed.FS whose list lies in one of these parts of memory, by address. Each
    content is there once, whatever names it has, and none overlaps another."""
    reader = _Reader(image)
    found: list[EmbeddedFile] = []
    for start, end in places:
        for at in _lists(image, start, end):
            found += reader.files(at)
    apart: list[EmbeddedFile] = []
    for file in sorted(found, key=lambda each: (each.start, each.end)):
        if not apart or apart[-1].end <= file.start:
            apart.append(file)
    return tuple(apart)


def _lists(image: bytes, start: int, end: int) -> Iterator[int]:
    """The addresses of pointers that lead past themselves and two equal numbers."""
    start, end = start + -start % 8, min(end, len(image))
    count = max(0, end - start) // 8
    words = struct.unpack_from(f"<{count}Q", image, start)
    past = range(start + _HEADER_BYTES, start + _HEADER_BYTES + 8 * count, 8)
    for index in compress(range(count - 2), map(eq, words, past)):
        if 0 < words[index + 1] == words[index + 2] <= _MAX_FILES:
            yield start + 8 * index


class _Reader:
    """Reads lists; all together have at most _MAX_FILES entries, and no more bytes are digested
    than the memory has, so that lists that lie in each other cost no more than honest ones."""

    def __init__(self, image: bytes) -> None:
        self.image = image
        self.left_files, self.left_bytes = _MAX_FILES, len(image)

    def files(self, at: int) -> list[EmbeddedFile]:
        """The files of the list at an address; none where one is not what it should be."""
        _pointer, count, _capacity = struct.unpack_from("<3Q", self.image, at)
        at += _HEADER_BYTES
        self.left_files -= count
        if self.left_files < 0 or at + count * _FILE.size > len(self.image):
            return []
        files = []
        for entry in range(count):
            name_at, name_size, *content = _FILE.unpack_from(self.image, at + entry * _FILE.size)
            if not 0 < name_size <= _MAX_NAME_BYTES or name_at + name_size > len(self.image):
                return []
            name = self.image[name_at : name_at + name_size].decode(errors="replace")
            if name.endswith("/"):
                continue
            start, size, digest = content
            if not self._is(start, size, digest):
                return []
            files += [EmbeddedFile(name, start, start + size)] if size else []
        return files

    def _is(self, start: int, size: int, digest: bytes) -> bool:
        """Whether the content at an address has a digest."""
        self.left_bytes -= size
        if self.left_bytes < 0 or start + size > len(self.image):
            return False
        return digest in _digests(memoryview(self.image)[start : start + size])


def _digests(content: memoryview) -> tuple[bytes, ...]:
    """What the compilers have called the digest of a content, none of them quite SHA-256, of which
    FIPS 140 would want to know (cmd/internal/notsha256; cmd/internal/hash): every bit turned, up to
    Go 1.23; then the first byte of a small file's turned, in one bit or in all, and of a file over
    1 KiB that of a 1 and the content."""
    plain = hashlib.sha256(content).digest()[:16]
    prefixed = hashlib.sha256(b"\x01")
    prefixed.update(content)
    firsts = (plain[0] ^ 1, plain[0] ^ 0xFF)
    return (
        plain.translate(_TURNED),
        *(bytes([first]) + plain[1:] for first in firsts),
        prefixed.digest()[:16],
    )
