"""Pairs of programs that print the same, one with a package of the table of heavy-import, one
without it: what does the package cost there?"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import CASES
from wasip1_build.steps.advisor import SOURCES
from wasip1_build.wasm.strip import strip

RULE = "heavy-import"
PAIRS = CASES / RULE / "pairs"
TABLE = SOURCES / "heavy/table.json"
SIDES = ("before", "after")
# The settings of a build: nothing of the person who runs the tests.
SETTINGS = {
    "GOOS": "wasip1",
    "GOARCH": "wasm",
    "CGO_ENABLED": "0",
    "GOENV": "off",
    "GOFLAGS": "",
    "GOWORK": "off",
    "GOTOOLCHAIN": "local",
}


@dataclass(frozen=True)
class Pair:
    """A row of the table, as it is written, with the directory of its programs."""

    row: dict[str, Any]

    @property
    def package(self) -> str:
        return str(self.row["package"])

    @property
    def directory(self) -> Path:
        return PAIRS / self.package.replace("/", "-")

    @property
    def saved(self) -> dict[str, Any]:
        found: dict[str, Any] = self.row["saved"]
        return found


def pairs() -> list[Pair]:
    """All rows of the table."""
    return [Pair(row) for row in json.loads(TABLE.read_bytes())]


def release(go: Path, cache: Path, program: Path) -> Path:
    """The release module of one side of a pair, built where the cache does not have it yet."""
    files = {path.name: path.read_bytes() for path in sorted(program.iterdir())}
    version = (go.parent.parent / "VERSION").read_bytes()
    decides = b"\0".join([version, *(part for n, f in files.items() for part in (n.encode(), f))])
    module = cache / f"heavy-{hashlib.sha256(decides).hexdigest()[:16]}.wasm"
    if module.is_file():
        return module
    environment = {"PATH": os.defpath, "HOME": str(cache / "home"), "GOCACHE": str(cache / "go")}
    with tempfile.TemporaryDirectory(dir=cache) as directory:
        work = Path(directory)
        shutil.copytree(program, work / "program")
        (work / "program/go.mod").write_text("module example.com/pair\n\ngo 1.21\n")
        argv = [str(go), "build", "-trimpath", "-buildvcs=false", "-o", "../out.wasm", "."]
        done = subprocess.run(
            argv, cwd=work / "program", env=environment | SETTINGS, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        (work / "release.wasm").write_bytes(strip((work / "out.wasm").read_bytes(), (), None, ""))
        (work / "release.wasm").replace(module)
    return module
