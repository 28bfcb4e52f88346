"""Where does SCons keep its signatures? In a file that may be damaged, or need not be there."""

from __future__ import annotations

import pickle
import sys
from contextlib import suppress
from pathlib import Path

import SCons.SConsign
from SCons.dblite import DBLITE_SUFFIX

from wasip1_build.dataclass import dataclass
from wasip1_build.files import write_atomically


@dataclass(frozen=True)
class SignatureFiles:
    """What SCons takes for its dbm module (SConsignFile's second argument).

    SCons's own makes the file whenever it is looked at, also under -n; it lets some errors of a
    damaged one through, and ends with a traceback where it cannot be written.
    """

    writes: bool

    def open(self, name: str, _flag: str, _mode: int = 0o666) -> Signatures:
        """The signatures by directory."""
        return Signatures(Path(f"{name}{DBLITE_SUFFIX}"), self.writes)


class Signatures(dict[str, bytes]):
    """Signatures as SCons's own dblite keeps them: the `sconsign` command reads the file.

    A file that is missing or damaged knows none, and everything is built again.
    """

    def __init__(self, file: Path, writes: bool) -> None:
        super().__init__(_stored(file))
        self.file = file
        self.writes = writes
        self._changed = False

    def __setitem__(self, key: str, value: bytes) -> None:
        super().__setitem__(key, value)
        self._changed = True

    def sync(self) -> None:
        """Writes what has changed. Where that fails the file goes: signatures of an earlier build
        beside outputs of this one would call the wrong outputs up to date. (Where it cannot go
        either, the session does not record the outputs, which has the same effect.)"""
        if not self.writes or not self._changed:
            return
        try:
            write_atomically(self.file, pickle.dumps(dict(self)))
        except OSError as error:
            with suppress(OSError):
                self.file.unlink(missing_ok=True)
            said = f"{error.strerror or error}; the next build makes everything again"
            print(f"error: {self.file} was not written: {said}", file=sys.stderr)
        self._changed = False


def signature_file(top: Path) -> Path:
    """The file in which SCons keeps the signatures of this process, our own or another; `top` is
    the directory of the SConstruct."""
    name = SCons.SConsign.DB_Name or SCons.SConsign.current_sconsign_filename()
    return top / f"{name}{DBLITE_SUFFIX}"


def _stored(file: Path) -> dict[str, bytes]:
    try:
        stored = pickle.loads(file.read_bytes())
    except Exception:  # missing, or whatever damaged bytes make of a pickle
        return {}
    if isinstance(stored, dict) and all(isinstance(each, bytes) for each in stored.values()):
        return stored
    return {}
