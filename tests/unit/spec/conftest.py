"""Workspaces in temporary directories, and how many examples the property tests try."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

EXAMPLES = 200 * (10 if os.environ.get("WASIP1_SOAK") else 1)

settings.register_profile("default", max_examples=EXAMPLES, deadline=None)
settings.register_profile("ci", max_examples=EXAMPLES, deadline=None, derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

MakeWorkspace = Callable[..., Path]


def write_tree(root: Path, files: dict[str, str]) -> None:
    """Writes files by their paths below a directory."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def workspace(tmp_path: Path) -> MakeWorkspace:
    """Makes a workspace: its wasip1.toml, and other files by their paths."""

    def make(spec: str, files: dict[str, str] | None = None) -> Path:
        root = tmp_path / "workspace"
        write_tree(root, {"wasip1.toml": spec, **(files or {})})
        return root

    return make
