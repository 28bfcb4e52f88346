"""What is in a file, without reading it again while its stamp is the one that was read."""

from __future__ import annotations

import marshal
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from wasip1_build.files import sha256_of_file, write_atomically

FORMAT = 2
# A file that changes twice within one tick of the kernel's clock keeps its mtime (the tick is 4 ms
# at CONFIG_HZ=250 and 10 ms at 100). A stamp this close to the time of reading proves nothing.
TICK_NS = 20_000_000


class Stamp(NamedTuple):
    """What stat says of a file. Two reads with equal stamps, not racy, saw equal bytes."""

    mtime_ns: int
    ctime_ns: int
    size_bytes: int
    inode: int
    mode: int


def stamp_of(path: str | Path) -> Stamp | None:
    """The stamp of a file, following links; None where there is none or it is a directory."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    if status.st_mode & 0o170000 == 0o040000:
        return None
    return Stamp(
        status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_mode
    )


class _Entry(NamedTuple):
    stamp: Stamp
    read_ns: int
    digest: str

    @property
    def racy(self) -> bool:
        return _is_racy(self.stamp, self.read_ns)


class _Fact(NamedTuple):
    stamps: tuple[tuple[str, Stamp | None], ...]
    read_ns: int
    text: str

    @property
    def racy(self) -> bool:
        return any(stamp and _is_racy(stamp, self.read_ns) for _, stamp in self.stamps)


def _is_racy(stamp: Stamp, read_ns: int) -> bool:
    return max(stamp.mtime_ns, stamp.ctime_ns) >= read_ns - TICK_NS


def _stamps(files: tuple[str, ...]) -> tuple[tuple[str, Stamp | None], ...]:
    return tuple((file, stamp_of(file)) for file in files)


class Digests:
    """Digests of files by absolute path, SHA-256 unless told otherwise, kept across builds.

    Thread-safe. A store that is missing, damaged or of another format is an empty one: it only
    saves work. `hashed` counts the files that were read, for tests and for --debug.
    """

    def __init__(
        self, store: Path | None, digest_of: Callable[[Path], str] = sha256_of_file
    ) -> None:
        self.store = store
        self.digest_of = digest_of
        self.hashed = 0
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}
        self._facts: dict[str, _Fact] = {}
        self._changed = False
        self._load()

    def digest(self, path: str | Path) -> str | None:
        """The digest of a file's content; None where it cannot be read or is a directory."""
        name = os.path.abspath(path)
        stamp = stamp_of(name)
        if stamp is None:
            return None
        entry = self._entries.get(name)
        if entry and entry.stamp == stamp and not entry.racy:
            return entry.digest
        return self._read(name, stamp)

    def stamp(self, path: str | Path) -> Stamp | None:
        """The stamp under which a file's digest was last taken; None where it never was."""
        entry = self._entries.get(os.path.abspath(path))
        return entry.stamp if entry else None

    def fact(self, name: str, files: tuple[str, ...]) -> str | None:
        """A remembered text about files (a version that a program printed), if none has moved."""
        known = self._facts.get(name)
        return known.text if known and not known.racy and known.stamps == _stamps(files) else None

    def remember(self, name: str, files: tuple[str, ...], text: str) -> None:
        """Keeps a text for `fact`, as long as the stamps of these files stay."""
        with self._lock:
            self._facts[name] = _Fact(_stamps(files), time.time_ns(), text)
            self._changed = True

    def save(self) -> None:
        """Writes the store, if anything was learned.

        What was read within a tick of its last change is read once more now, so that the next
        build need not.
        """
        if self.store is None or not self._changed:
            return
        for name, entry in list(self._entries.items()):
            if entry.racy and stamp_of(name) == entry.stamp:
                self._read(name, entry.stamp)
        entries = {name: (tuple(e.stamp), e.read_ns, e.digest) for name, e in self._entries.items()}
        facts = {
            name: ([(file, tuple(s) if s else None) for file, s in f.stamps], f.read_ns, f.text)
            for name, f in self._facts.items()
        }
        write_atomically(self.store, marshal.dumps((FORMAT, entries, facts)))
        self._changed = False

    def _read(self, name: str, stamp: Stamp) -> str | None:
        read_ns = time.time_ns()
        try:
            digest = self.digest_of(Path(name))
        except OSError:
            return None
        with self._lock:
            self.hashed += 1
            # A file that moved while it was read keeps its older stamp and is read again next time.
            self._entries[name] = _Entry(stamp, read_ns, digest)
            self._changed = True
        return digest

    def _load(self) -> None:
        if self.store is None:
            return
        try:
            version, entries, facts = marshal.loads(self.store.read_bytes())
            if version != FORMAT:
                return
            self._entries = {n: _Entry(Stamp(*s), r, d) for n, (s, r, d) in entries.items()}
            self._facts = {
                name: _Fact(tuple((f, Stamp(*s) if s else None) for f, s in stamps), read_ns, text)
                for name, (stamps, read_ns, text) in facts.items()
            }
        except (OSError, EOFError, ValueError, TypeError, AttributeError):
            self._entries, self._facts = {}, {}
