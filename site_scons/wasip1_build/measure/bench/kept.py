"""What was measured is kept, so that a later run can measure it again beside its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.files import sha256_of_file
from wasip1_build.measure.bench.subject import Files

# A module of Go is 2 to 5 MB, its machine code twice as much: some twenty runs.
KEPT_BYTES = 512 << 20


@dataclass(frozen=True)
class Kept:
    """Files by their SHA-256, in a directory of the build's state. What is there is verified each
    time that it is taken: it is to be run."""

    directory: Path

    def put(self, files: Files) -> dict[str, str]:
        """Keeps copies of files; their digests by "module", "br", "gz", "cwasm". Raises OSError."""
        self.directory.mkdir(parents=True, exist_ok=True)
        digests: dict[str, str] = {}
        for name, path in files.named().items():
            digest = digests[name] = sha256_of_file(path)
            place = self.directory / digest
            if place.is_file() and place.stat().st_size == path.stat().st_size:
                os.utime(place)  # used now
                continue
            part = self.directory / f"{digest}.part"
            shutil.copyfile(path, part)
            part.replace(place)
        return digests

    def files(self, digests: Mapping[str, str]) -> Files | None:
        """The files of an earlier run; None where one is gone, or is not what it was."""
        found = {name: self.directory / digest for name, digest in digests.items()}
        if set(found) - set(Files._fields) or "module" not in found:
            return None
        for name, path in found.items():
            if not path.is_file() or sha256_of_file(path) != digests[name]:
                return None
        return Files(**found)

    def clear(self, needed: Collection[str], most_bytes: int = KEPT_BYTES) -> None:
        """Removes what was used longest ago, until the rest is no more than so much. What is
        needed stays. Raises OSError."""
        files = sorted(self.directory.iterdir(), key=lambda path: -path.stat().st_mtime_ns)
        total = 0
        for path in files:
            total += path.stat().st_size
            if path.name not in needed and (total > most_bytes or path.suffix == ".part"):
                path.unlink()
