"""Which outputs did completed builds leave, and are they still those?"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from wasip1_build.looks import Look, look_at
from wasip1_build.shards import Shards

FORMAT = 5

# An output: how it looked, whose it is, and the signature. A plain tuple, as marshal keeps it: a
# large workspace has tens of thousands.
_Output = tuple[Look, str, str]
LOOK, OWNER, SIGNATURE = 0, 1, 2


class OutputRecord:
    """Stamps of outputs by path relative to the workspace root, kept across builds.

    Each output belongs to the `owner` (a spec file under a profile) whose build made it last, and
    to the signature under which SCons keeps what it was made from: beside another one, of an older
    file of signatures that was put back, it could count as made from what it was not made from.

    A process may have several on one store, one for each workspace and profile: each writes what
    it learned into what is there by then. It is written once a run has ended, after SCons has
    written its signatures. So outputs of a run that was killed have other stamps than those
    recorded, and are made again: SCons itself never looks at its targets. A record that is missing
    or damaged knows no output.
    """

    def __init__(self, root: Path, store: Path, owner: str) -> None:
        self.root = root
        self.owner = owner
        self.changed: set[str] = set()  # outputs that were recorded or forgotten in this process
        self._known = Shards(store, FORMAT)  # of _Outputs

    def holds(self, output: str, signature: str) -> bool:
        """Whether the output is the one that was recorded, and with this signature of SCons's."""
        known = self._output(output)
        return known is not None and known[SIGNATURE] == signature != "" and self.is_there(output)

    def is_there(self, output: str) -> bool:
        """Whether the output is the one that was recorded."""
        known = self._output(output)
        return known is not None and known[LOOK] == self._look(output)

    def put(self, output: str) -> None:
        """Records the output as it is now."""
        look = self._look(output)
        if look is None or stat.S_ISDIR(look[4]):
            self._known.put(output, None)
        else:
            self._known.put(output, (look, self.owner, ""))
        self.changed.add(output)

    def doubt(self, output: str) -> None:
        """Records that the output is not known to be right, and is to be made again."""
        self._known.put(output, None)
        self.changed.add(output)

    def sign(self, output: str, signature: str) -> None:
        """Records what SCons keeps of what a recorded output was made from."""
        known = self._output(output)
        if known and known[SIGNATURE] != signature:
            look, owner, _ = known
            self._known.put(output, (look, owner, signature))
            self.changed.add(output)

    def remove_unplanned(self, planned: Iterable[str]) -> tuple[str, ...]:
        """Deletes the owner's recorded outputs that the plan no longer names.

        What was changed since it was recorded is someone's own, and stays. Returns what went.
        """
        kept = set(planned)
        gone = []
        for output, known in sorted(self._known.items()):
            if output in kept or known[OWNER] != self.owner:
                continue
            if self.is_there(output):
                (self.root / output).unlink()
                self._prune(output)
                gone.append(output)
            self._known.put(output, None)
            self.changed.add(output)
        return tuple(gone)

    def save(self) -> None:
        """Writes what was learned, if anything was."""
        self._known.save()
        self.changed = set()

    def _output(self, output: str) -> _Output | None:
        found: _Output | None = self._known.get(output)
        return found

    def _look(self, output: str) -> Look:
        return look_at(os.path.join(self.root, output))

    def _prune(self, output: str) -> None:
        """Removes the directories that an output's going leaves empty."""
        for parent in (self.root / output).parents:
            if parent == self.root or any(parent.iterdir()):
                return
            parent.rmdir()
