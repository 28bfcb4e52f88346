"""Where go links a module, kept between builds: go skips the link of a module that it finds there.

Beside each module stands what it was linked from, written when the link had ended well.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Collection
from pathlib import Path

from wasip1_build.dataclass import dataclass
from wasip1_build.digests import Stamp, stamp_of
from wasip1_build.files import json_bytes, sha256_of_bytes, write_atomically
from wasip1_build.findings import Failure, failure
from wasip1_build.wasm.sections import read_sections

_MAJOR_VERSION = re.compile(r"v([2-9]|[1-9][0-9]+)")  # go.dev/ref/mod#major-version-suffixes


def executable_name(import_path: str) -> str:
    """What `go build -o DIR/` calls the module of a package: the last element of its import path
    that is no major version. (Seen with Go 1.27; for wasip1 it adds no suffix.)"""
    *_, before, last = ("", *import_path.split("/"))
    return before if before and _MAJOR_VERSION.fullmatch(last) else last


def remove_stages(directory: Path, kept: Collection[str]) -> None:
    """Removes the stages in a directory whose names are not among those that are kept."""
    for path in directory.glob("*"):
        if path.name.partition(".")[0] not in kept:
            shutil.rmtree(path, ignore_errors=True)


@dataclass(frozen=True)
class StagedModule:
    """One module in a directory of such; `name` is what go calls it there."""

    directory: Path
    name: str

    @property
    def path(self) -> Path:
        """The module itself."""
        return self.directory / self.name

    def stamp(self) -> Stamp | None:
        """The module's stamp, which go moves whenever it is content with the module."""
        return stamp_of(self.path)

    def is_from(self, signature: str) -> bool:
        """Whether the last link that ended well was of what this signature stands for."""
        return self._linked("signature") == signature

    def read(self, signature: str) -> bytes | None:
        """The module linked from what this signature stands for; None where it is not there, or
        not as it was left."""
        return self._as_left() if self.is_from(signature) else None

    def open(self) -> None:
        """To be called before go writes it; until `seal` it stands for nothing.

        A module that is not as it was left goes: go trusts the build ID at its start, and would
        take one that was cut short for good. Raises OSError.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        if self._as_left() is None:
            self.path.unlink(missing_ok=True)
        self._sidecar.unlink(missing_ok=True)

    def seal(self, signature: str, output: str) -> None:
        """Keeps what the module was linked from. Raises what `whole` raises."""
        linked = {"signature": signature, "sha256": sha256_of_bytes(self.whole(output))}
        write_atomically(self._sidecar, json_bytes(linked))

    def whole(self, output: str) -> bytes:
        """What go has just linked.

        Raises Failure, and removes the module, where it is not whole: Go 1.27 ends with status 0
        where the disk is full, or a limit on the size of files is hit, while it links.
        """
        data = self.path.read_bytes()
        try:
            read_sections(data, output)
        except Failure as problem:
            self.path.unlink()
            raise failure(
                "go-link",
                f"go did not write all of {output}",
                why=problem.findings[0].what,
                fix="make room on the disk, or raise the limit on the size of files (`ulimit -f`)",
            ) from None
        return data

    @property
    def _sidecar(self) -> Path:
        return self.directory.with_suffix(".linked") / f"{self.name}.json"

    def _linked(self, member: str) -> object:
        try:
            record = json.loads(self._sidecar.read_bytes())
        except (OSError, ValueError):
            return None
        return record.get(member) if isinstance(record, dict) else None

    def _as_left(self) -> bytes | None:
        try:
            data = self.path.read_bytes()
        except OSError:
            return None
        return data if sha256_of_bytes(data) == self._linked("sha256") else None
