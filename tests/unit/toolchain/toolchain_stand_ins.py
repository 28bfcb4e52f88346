"""Programs that stand in for Go and wasmtime."""

from __future__ import annotations

import json
from pathlib import Path


def write_program(path: Path, script: str) -> Path:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def write_go(root: Path, version: str, *, log: Path | None = None) -> Path:
    """A tree like Go's whose `go` answers `go env -json GOVERSION GOROOT`; its program."""
    answer = json.dumps({"GOVERSION": f"go{version}", "GOROOT": str(root)})
    note = f'echo "$@" >> {log}\n' if log else ""
    go = write_program(root / "bin" / "go", f"{note}echo '{answer}'")
    (root / "VERSION").write_text(f"go{version}\n")
    (root / "go.env").write_text("GOTOOLCHAIN=auto\n")
    for name in ("asm", "compile", "link", "vet"):
        write_program(root / "pkg" / "tool" / "linux_amd64" / name, f"echo {name}")
    return go


def write_wasmtime(path: Path, version: str) -> Path:
    """A program that prints what wasmtime prints of its version."""
    return write_program(path, f"echo 'wasmtime {version} (f96eabaa1 2026-10-14)'")
