"""What is in a file, without reading it again while its stamp is the one that was read."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from wasip1_build.files import sha256_of_file
from wasip1_build.looks import TICK_NS, Look, is_racy, look_at
from wasip1_build.notes import Notes
from wasip1_build.shards import Shards

FORMAT = 5


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


# What was read of a file: its look then (a Stamp), when (ns), and what came of it. Plain tuples, as
# marshal keeps them: a large workspace has tens of thousands.
_Reading = tuple[Look, int, str]
_Fact = tuple[tuple[tuple[str, Look], ...], int, str]


def _fact(name: str) -> str:
    return f"fact {name}"  # no absolute path


def _is_racy(reading: _Reading) -> bool:
    return is_racy(reading[0], reading[1])


def _stamps(files: tuple[str, ...]) -> tuple[tuple[str, Look], ...]:
    return tuple((file, _plain(stamp_of(file))) for file in files)


def _plain(stamp: Stamp | None) -> Look:
    return None if stamp is None else (*stamp,)  # (marshal knows no subclass)


class Digests:
    """Digests of files by absolute path, SHA-256 unless told otherwise, kept across builds.

    Thread-safe. What is missing or damaged in the store is not known: it only saves work. `hashed`
    counts the files that were read. `seen` is all that was asked about, with the first look at it
    and the time of that: what a later build must find as it was. `tree` is how paths begin of
    which one build asks for few.
    """

    def __init__(
        self,
        store: Path | None,
        digest_of: Callable[[Path], str] = sha256_of_file,
        tree: str = "",
    ) -> None:
        self.store = store
        self.digest_of = digest_of
        self.hashed = 0
        self.seen: dict[str, tuple[Look, int]] = {}
        self._lock = threading.Lock()
        self._entries = Shards(store, FORMAT, tree)  # readings, and facts
        self._read_now: set[str] = set()
        self.notes = Notes(store.with_name(f"{store.name}-notes") if store else None, tree)

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
        entry: _Reading | None = self._entries.get(name)
        if entry and entry[0] == stamp and not _is_racy(entry):
            return entry[2], stamp
        return self._read(name, stamp), stamp

    def see(self, path: str) -> None:
        """Notes how a file or directory is, before something else than its digest is read of it."""
        if path not in self.seen:
            self.seen[path] = (look_at(path), time.time_ns())

    def fact(self, name: str, files: tuple[str, ...]) -> str | None:
        """A remembered text about files (a version that a program printed), if none has moved."""
        for file in files:
            self.see(file)
        known: _Fact | None = self._entries.get(_fact(name))
        if known is None or any(is_racy(look, known[1]) for _, look in known[0]):
            return None
        return known[2] if known[0] == _stamps(files) else None

    def remember(self, name: str, files: tuple[str, ...], text: str) -> None:
        """Keeps a text for `fact`, as long as the stamps of these files stay."""
        self._entries.put(_fact(name), (_stamps(files), time.time_ns(), text))

    def note(self, path: str, make: Callable[[str], str]) -> str:
        """What `make` says of one file, asked again only where the file's stamp has moved."""
        self.see(path)
        return self.notes.of(path, make)

    def save(self) -> None:
        """Writes the store, if anything was learned.

        What was read within a tick of its last change is read once more now, so that the next
        build need not.
        """
        self.notes.save()
        if self.store is None:
            return
        for name in tuple(self._read_now):
            entry: _Reading = self._entries.get(name)
            if _is_racy(entry) and (stamp := stamp_of(name)) == entry[0] and stamp:
                self._read(name, stamp)
        self._entries.save()

    def _read(self, name: str, stamp: Stamp) -> str | None:
        read_ns = time.time_ns()
        try:
            digest = self.digest_of(Path(name))
        except OSError:
            return None
        with self._lock:
            self.hashed += 1
            # A file that moved while it was read keeps its older stamp and is read again next time.
            self._entries.put(name, (_plain(stamp), read_ns, digest))
            self._read_now.add(name)
        return digest


__all__ = ["TICK_NS", "Digests", "Stamp", "Stamps", "have_moved", "stamp_of"]
