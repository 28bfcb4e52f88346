"""What the last build made of an artifact, and verified: its manifest, and the files as they are
in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.files import sha256_of_file
from wasip1_build.findings import failure
from wasip1_build.planned import Names
from wasip1_build.spec.model import Artifact


@dataclass(frozen=True)
class Built:
    """A manifest. `files` are role, name, SHA-256, and the target of machine code."""

    record: Mapping[str, Any]
    files: tuple[tuple[str, str, str, str | None], ...]

    @property
    def module(self) -> tuple[str, str]:
        """The module's name and SHA-256."""
        return next((name, sha256) for role, name, sha256, _ in self.files if role == "module")


def built(root: Path, names: Names, artifact: Artifact) -> Built:
    """The manifest of an artifact. Raises Failure where there is none, or it cannot be read."""
    shown = names.manifest
    try:
        record = json.loads((root / shown).read_bytes())
        files = [(f["role"], f["path"], f["sha256"], f.get("target")) for f in record["files"]]
        next(each for each in files if each[0] == "module")
    except FileNotFoundError:
        raise failure(
            "not-built",
            f"{artifact.id} is not built: there is no {shown}",
            why="a manifest is there only where every verdict is pass",
            fix=f"run `scons {artifact.id}`",
        ) from None
    except (OSError, ValueError, KeyError, TypeError, StopIteration):
        raise failure("not-built", f"{shown} cannot be read", fix="build again") from None
    return Built(record, tuple(files))


def verified(root: Path, names: Names, name: str, sha256: str) -> Path:
    """Where a file of a manifest is. Raises Failure where it is not the one that was verified."""
    path = root / names.directory / name
    try:
        same = sha256_of_file(path) == sha256
    except OSError:
        same = False
    if not same:
        raise failure("not-built", f"{name} is not the file of {names.manifest}", fix="build again")
    return path
