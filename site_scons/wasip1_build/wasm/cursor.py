"""How bytes of an untrusted file are read: never past the end, every refusal with its offset."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wasip1_build.findings import failure
from wasip1_build.texts import escaped

RULE = "module"
MAX_NAME_BYTES = 100_000  # the engines' common limit (WebAssembly JavaScript interface)


class MalformedError(Exception):
    """Bytes that are not what the format asks for. Never leaves this package: see `reporting`."""

    def __init__(self, offset: int, what: str) -> None:
        super().__init__(what)
        self.offset = offset
        self.what = what


@contextmanager
def reporting(name: str, kind: str = "WebAssembly module") -> Iterator[None]:
    """Turns a MalformedError of the block into the Failure that the user reads."""
    try:
        yield
    except MalformedError as error:
        raise failure(
            RULE,
            f"{name} is not a valid {kind}: {error.what} at byte {error.offset} "
            f"({error.offset:#x})",
            why="the file is damaged or cut short, or uses what this version cannot read",
            fix="build it again; if it came from elsewhere, compare its digest with the source's",
        ) from error


def printable(text: str, limit: int = 120) -> str:
    """A name from an untrusted file as one line that is safe to print on a terminal."""
    shown = escaped(text)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


class Cursor:
    """A position in bytes that advances as values are read, up to `end`."""

    def __init__(self, data: bytes, position: int, end: int, where: str) -> None:
        self.data = data
        self.position = position
        self.end = end
        self.where = where  # "the import section": for messages

    @property
    def remaining(self) -> int:
        """How many bytes are left."""
        return self.end - self.position

    def fail(self, what: str, offset: int | None = None) -> MalformedError:
        """The error to raise for what was found, here or at an earlier offset."""
        at = self.position if offset is None else offset
        return MalformedError(at, f"{what} in {self.where}")

    def u8(self) -> int:
        """One byte."""
        if self.position >= self.end:
            raise self.fail("unexpected end")
        byte = self.data[self.position]
        self.position += 1
        return byte

    def peek(self) -> int:
        """The next byte, which stays unread."""
        byte = self.u8()
        self.position -= 1
        return byte

    def unsigned(self, bits: int) -> int:
        """An unsigned LEB128 of at most this many bits."""
        start, result, shift = self.position, 0, 0
        while True:
            byte = self.u8()
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift >= bits:
                raise self.fail(f"a LEB128 number of more than {(bits + 6) // 7} bytes", start)
        if result >> bits:
            raise self.fail(f"a LEB128 number of more than {bits} bits", start)
        return result

    def u32(self) -> int:
        """An index, a count or a size."""
        return self.unsigned(32)

    def signed(self, bits: int) -> int:
        """A signed LEB128 of at most this many bits."""
        start, result, shift = self.position, 0, 0
        while True:
            byte = self.u8()
            result |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
            if shift >= bits:
                raise self.fail(f"a LEB128 number of more than {(bits + 6) // 7} bytes", start)
        if byte & 0x40:
            result -= 1 << shift
        if not -(1 << (bits - 1)) <= result < 1 << (bits - 1):
            raise self.fail(f"a signed LEB128 number of more than {bits} bits", start)
        return result

    def take(self, size: int, what: str) -> bytes:
        """This many bytes."""
        if size > self.remaining:
            raise self.fail(f"{what} of {size} bytes where {self.remaining} are left")
        self.position += size
        return self.data[self.position - size : self.position]

    def name(self) -> str:
        """A length and UTF-8 text."""
        start = self.position
        size = self.u32()
        if size > MAX_NAME_BYTES:
            raise self.fail(f"a name of {size} bytes, more than {MAX_NAME_BYTES},", start)
        try:
            return self.take(size, "a name").decode()
        except UnicodeDecodeError:
            raise self.fail("a name that is not UTF-8", start) from None

    def count(self, what: str, limit: int, least_bytes: int = 1) -> int:
        """How many entries follow; each takes at least `least_bytes`, so a lie is seen at once."""
        start = self.position
        count = self.u32()
        if count > limit:
            raise self.fail(f"{count} {what}, more than {limit},", start)
        if count * least_bytes > self.remaining:
            raise self.fail(f"{count} {what} where {self.remaining} bytes are left", start)
        return count

    def finish(self) -> None:
        """Refuses bytes that are left over."""
        if self.remaining:
            raise self.fail(f"{self.remaining} bytes too many")
