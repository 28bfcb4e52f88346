"""Projects that TinyGo compiles: the real one where it is on PATH, else the stand-in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import tinygo_stand_in
from project import Project


def tinygo_in(directory: Path) -> Path:
    """TinyGo where there is one on PATH, else the stand-in, installed in a directory."""
    real = shutil.which("tinygo")
    return Path(real) if real else tinygo_stand_in.install(directory)


def use(monkeypatch: pytest.MonkeyPatch, program: Path) -> None:
    """Puts a TinyGo on the PATH of every run of scons."""
    before = Project.environment
    monkeypatch.setattr(
        Project,
        "environment",
        lambda self, extra=None: before(
            self, {"PATH": f"{program.parent}:/usr/bin:/bin", **(extra or {})}
        ),
    )
