"""Which outputs did completed builds leave, and are they still those?"""

from __future__ import annotations

import marshal
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from wasip1_build.files import write_atomically
from wasip1_build.looks import Look, look_at

FORMAT = 2


class OutputRecord:
    """Stamps of outputs by path relative to the workspace root, kept across builds.

    Each output belongs to the `owner` (a spec file under a profile) whose build made it last.

    A process may have several on one store, one for each workspace and profile: each writes what
    it learned into what is there by then. It is written once a run has ended, after SCons has
    written its signatures. So outputs of a run that was killed have other stamps than those
    recorded, and are made again: SCons itself never looks at its targets. A record that is missing
    or damaged knows no output.
    """

    def __init__(self, root: Path, store: Path, owner: str) -> None:
        self.root = root
        self.owner = owner
        self.store = store
        self.changed: set[str] = set()  # outputs that were recorded or forgotten in this process
        self._stamps, self._owners = _stored(store)

    def holds(self, output: str) -> bool:
        """Whether the output is there and is the one that was recorded."""
        known = self._stamps.get(output)
        return known is not None and known == self._look(output)

    def put(self, output: str) -> None:
        """Records the output as it is now."""
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
            if self.holds(output):
                (self.root / output).unlink()
                self._prune(output)
                gone.append(output)
            del self._stamps[output]
            self.changed.add(output)
        return tuple(gone)

    def save(self) -> None:
        """Writes the record, if anything changed."""
        if not self.changed:
            return
        stamps, owners = _stored(self.store)
        for name in self.changed:
            stamps.pop(name, None)
            owners.pop(name, None)
            if name in self._stamps:
                stamps[name], owners[name] = self._stamps[name], self._owners[name]
        write_atomically(self.store, marshal.dumps((FORMAT, stamps, owners)))
        self.changed = set()

    def _look(self, output: str) -> Look:
        return look_at(os.path.join(self.root, output))

    def _prune(self, output: str) -> None:
        """Removes the directories that an output's going leaves empty."""
        for parent in (self.root / output).parents:
            if parent == self.root or any(parent.iterdir()):
                return
            parent.rmdir()


def _stored(store: Path) -> tuple[dict[str, Look], dict[str, str]]:
    """Stamps and owners as they were written last; none where that cannot be read."""
    try:
        version, stamps, owners = marshal.loads(store.read_bytes())
        if version == FORMAT and isinstance(stamps, dict) and isinstance(owners, dict):
            return stamps, owners
    except (OSError, EOFError, ValueError, TypeError):
        pass
    return {}, {}
