"""The workspace in which the tests of this directory try their checks."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_modules import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    return Workspace(tmp_path / "workspace")
