"""Machines that have only what a test gives them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from wasip1_build.digests import Digests
from wasip1_build.toolchain.tools import Tools

MakeTools = Callable[..., Tools]


@pytest.fixture
def make_tools(tmp_path: Path) -> MakeTools:
    """Tools on a machine with nothing but what is given."""

    def make(
        *,
        environ: Mapping[str, str] | None = None,
        python_path: tuple[str, ...] = (),
        digests: Digests | None = None,
    ) -> Tools:
        return Tools(
            tmp_path, digests or Digests(None), environ or {}, tmp_path / "cache", python_path
        )

    return make


@pytest.fixture
def installed() -> tuple[str, ...]:
    """The Python environment of this test run, with the pinned wheels."""
    return tuple(sys.path)
