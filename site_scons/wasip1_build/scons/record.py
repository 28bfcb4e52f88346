"""Which outputs did completed builds leave, and are they still those?"""

from __future__ import annotations

import marshal
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from wasip1_build.files import write_atomically
from wasip1_build.looks import Look, look_at

FORMAT = 3


class OutputRecord:
    """Stamps of outputs by path relative to the workspace root, kept across builds.

    Each output belongs to the `owner` (a spec file under a profile) whose build made it last.

    A process may have several on one store, one for each workspace and profile: each writes what
    it learned into what is there by then. It is written once a run has ended, after SCons has
    written its signatures. So outputs of a run that was killed have other stamps than those
    recorded, and are made again: SCons itself never looks at its targets. A record that is missing
    or damaged knows no output.

    It belongs to one state of SCons's `signatures`, a file. Beside others, an older one that was
    put back, outputs could count as made from what they were not made from: then all of them are
    in doubt.
    """

    def __init__(self, root: Path, store: Path, owner: str, signatures: Path) -> None:
        self.root = root
        self.owner = owner
        self.store = store
        self.signatures = str(signatures)
        self.changed: set[str] = set()  # outputs that were recorded or forgotten in this process
        stored = _stored(store)
        self._stamps, self._owners = dict(stored.stamps), dict(stored.owners)
        self._opened = look_at(self.signatures)
        self._doubted = set() if stored.signed == self._opened else set(stored.stamps)

    def holds(self, output: str) -> bool:
        """Whether the output is there, is the one that was recorded, and is in no doubt."""
        return output not in self._doubted and self._is_as_recorded(output)

    def put(self, output: str) -> None:
        """Records the output as it is now."""
        self._doubted.discard(output)
        look = self._look(output)
        if look is None or stat.S_ISDIR(look[4]):
            self._stamps.pop(output, None)
        else:
            self._stamps[output] = look
            self._owners[output] = self.owner
        self.changed.add(output)

    def doubt(self, output: str) -> None:
        """Records that the output is not known to be right, and is to be made again."""
        self._stamps.pop(output, None)
        self.changed.add(output)

    def remove_unplanned(self, planned: Iterable[str]) -> tuple[str, ...]:
        """Deletes the owner's recorded outputs that the plan no longer names.

        What was changed since it was recorded is someone's own, and stays. Returns what went.
        """
        kept = set(planned)
        gone = []
        for output in sorted(self._stamps):
            if output in kept or self._owners.get(output) != self.owner:
                continue
            if self._is_as_recorded(output):
                (self.root / output).unlink()
                self._prune(output)
                gone.append(output)
            del self._stamps[output]
            self.changed.add(output)
        return tuple(gone)

    def save(self) -> None:
        """Writes the record as one of the signatures as they are now, if anything changed."""
        stored, signed = _stored(self.store), look_at(self.signatures)
        if not self.changed and stored.signed == signed:
            return
        stamps, owners = dict(stored.stamps), dict(stored.owners)
        if stored.signed not in (signed, self._opened):
            stamps, owners = {}, {}
        for name in self.changed:
            stamps.pop(name, None)
            owners.pop(name, None)
            if name in self._stamps:
                stamps[name], owners[name] = self._stamps[name], self._owners[name]
        write_atomically(self.store, marshal.dumps((FORMAT, signed, stamps, owners)))
        self.changed = set()

    def _is_as_recorded(self, output: str) -> bool:
        known = self._stamps.get(output)
        return known is not None and known == self._look(output)

    def _look(self, output: str) -> Look:
        return look_at(os.path.join(self.root, output))

    def _prune(self, output: str) -> None:
        """Removes the directories that an output's going leaves empty."""
        for parent in (self.root / output).parents:
            if parent == self.root or any(parent.iterdir()):
                return
            parent.rmdir()


class _Stored(NamedTuple):
    """What a store holds: the look of the signatures that it goes with, stamps and owners."""

    signed: Look
    stamps: Mapping[str, Look]
    owners: Mapping[str, str]


def _stored(store: Path) -> _Stored:
    """The record as it was written last; an empty one where that cannot be read."""
    try:
        version, *stored = marshal.loads(store.read_bytes())
        known = _Stored(*stored)
        if version == FORMAT and isinstance(known.stamps, dict) and isinstance(known.owners, dict):
            return known
    except (OSError, EOFError, ValueError, TypeError):
        pass
    return _Stored(None, {}, {})
