"""Where does SCons keep its signatures? In files that may be damaged, or need not be there."""

from __future__ import annotations

import pickle
import sys
from contextlib import suppress
from pathlib import Path

import SCons.SConsign
from SCons.dblite import DBLITE_SUFFIX

from wasip1_build.dataclass import dataclass
from wasip1_build.files import write_atomically
from wasip1_build.shards import shard_of


@dataclass(frozen=True)
class SignatureFiles:
    """What SCons takes for its dbm module (SConsignFile's second argument).

    SCons's own makes the file whenever it is looked at, also under -n; it lets some errors of a
    damaged one through, and ends with a traceback where it cannot be written.
    """

    writes: bool

    def open(self, name: str, _flag: str, _mode: int = 0o666) -> Signatures:
        """The signatures by directory."""
        return Signatures(Path(name), self.writes)


class Signatures:
    """Signatures of all nodes of a directory, by directory, in files each as SCons's own dblite
    keeps them: `sconsign DIRECTORY/*.dblite` reads them. A build of one artifact of a thousand asks
    for ten directories, and would take 23 ms to read and 28 to write all of them in one file.

    A file that is missing or damaged knows none, and what it was about is built again: the record
    of outputs has its own mind of which signatures belong to an output. A further file, beside the
    `directory`, says when signatures were written last.
    """

    def __init__(self, directory: Path, writes: bool) -> None:
        self.directory = directory
        self.writes = writes
        self._read: dict[str, dict[str, bytes]] = {}
        self._changed: set[str] = set()

    def __getitem__(self, key: str) -> bytes:
        return self._shard(shard_of(key))[key]

    def __setitem__(self, key: str, value: bytes) -> None:
        self._shard(shard_of(key))[key] = value
        self._changed.add(shard_of(key))

    def sync(self) -> None:
        """Writes what has changed. Where that fails all files go: signatures of an earlier build
        beside outputs of this one would call the wrong outputs up to date. (Where one cannot go
        either, the session does not record the outputs, which has the same effect.)"""
        if not self.writes or not self._changed:
            return
        try:
            for name in sorted(self._changed):
                write_atomically(self._file(name), pickle.dumps(self._read[name]))
            write_atomically(_mark(self.directory), pickle.dumps({}))
        except OSError as error:
            for file in self.directory.glob(f"*{DBLITE_SUFFIX}"):
                with suppress(OSError):
                    file.unlink(missing_ok=True)
            said = f"{error.strerror or error}; the next build makes everything again"
            print(f"error: {self.directory} was not written: {said}", file=sys.stderr)
        self._changed = set()

    def _shard(self, name: str) -> dict[str, bytes]:
        if name not in self._read:
            self._read[name] = _stored(self._file(name))
        return self._read[name]

    def _file(self, name: str) -> Path:
        return self.directory / f"{name}{DBLITE_SUFFIX}"


def signature_file(top: Path) -> Path:
    """The file that is another one once SCons has written the signatures of this process, to our
    own files or another; `top` is the directory of the SConstruct."""
    return _mark(top / (SCons.SConsign.DB_Name or SCons.SConsign.current_sconsign_filename()))


def _mark(name: Path) -> Path:
    return name.with_name(f"{name.name}{DBLITE_SUFFIX}")


def _stored(file: Path) -> dict[str, bytes]:
    try:
        stored = pickle.loads(file.read_bytes())
    except Exception:  # missing, or whatever damaged bytes make of a pickle
        return {}
    if isinstance(stored, dict) and all(isinstance(each, bytes) for each in stored.values()):
        return stored
    return {}
