"""What is in a file, without reading it again while its stamp is the one that was read."""

from __future__ import annotations

import marshal
import os
import stat
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from wasip1_build.files import sha256_of_file, write_atomically
from wasip1_build.looks import TICK_NS, Look, is_racy, look_at

FORMAT = 2


class Stamp(NamedTuple):
    """What stat says of a file. Two reads with equal stamps, not racy, saw equal bytes."""

    mtime_ns: int
    ctime_ns: int
    size_bytes: int
    inode: int
    mode: int


def stamp_of(path: str | Path) -> Stamp | None:
    """The stamp of a file, following links; None where there is none or it is a directory."""
    look = look_at(os.fspath(path))
    return None if look is None or stat.S_ISDIR(look[4]) else Stamp(*look)


Stamps = Mapping[str, Stamp | None]  # by absolute path


def have_moved(stamps: Stamps) -> bool:
    """Whether one of the files is no longer the one that had the stamp."""
    return any(stamp_of(path) != stamp for path, stamp in stamps.items())


class _Entry(NamedTuple):
    stamp: Stamp
    read_ns: int
    digest: str

    @property
    def racy(self) -> bool:
        return is_racy(self.stamp, self.read_ns)


class _Fact(NamedTuple):
    stamps: tuple[tuple[str, Stamp | None], ...]
    read_ns: int
    text: str

    @property
    def racy(self) -> bool:
        return any(is_racy(stamp, self.read_ns) for _, stamp in self.stamps)


def _stamps(files: tuple[str, ...]) -> tuple[tuple[str, Stamp | None], ...]:
    return tuple((file, stamp_of(file)) for file in files)


class Digests:
    """Digests of files by absolute path, SHA-256 unless told otherwise, kept across builds.

    Thread-safe. A store that is missing, damaged or of another format is an empty one: it only
    saves work. `hashed` counts the files that were read. `seen` is all that was asked about, with
    the first look at it and the time of that: what a later build must find as it was.
    """

    def __init__(
        self, store: Path | None, digest_of: Callable[[Path], str] = sha256_of_file
    ) -> None:
        self.store = store
        self.digest_of = digest_of
        self.hashed = 0
        self.seen: dict[str, tuple[Look, int]] = {}
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}
        self._facts: dict[str, _Fact] = {}
        self._changed = False
        self._load()

    def digest(self, path: str | Path) -> str | None:
        """The digest of a file's content; None where it cannot be read or is a directory."""
        return self.taken(path)[0]

    def taken(self, path: str | Path) -> tuple[str | None, Stamp | None]:
        """A file's digest, and the stamp under which it is the file's."""
        name = os.path.abspath(path)
        stamp = stamp_of(name)
        if stamp is None:
            self.see(name)
            return None, None
        self.seen.setdefault(name, (stamp, time.time_ns()))
        entry = self._entries.get(name)
        if entry and entry.stamp == stamp and not entry.racy:
            return entry.digest, stamp
        return self._read(name, stamp), stamp

    def see(self, path: str) -> None:
        """Notes how a file or directory is, before something else than its digest is read of it."""
        if path not in self.seen:
            self.seen[path] = (look_at(path), time.time_ns())

    def fact(self, name: str, files: tuple[str, ...]) -> str | None:
        """A remembered text about files (a version that a program printed), if none has moved."""
        for file in files:
            self.see(file)
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


__all__ = ["TICK_NS", "Digests", "Stamp", "Stamps", "have_moved", "stamp_of"]
