"""Where is BUILD-DIR, seen at a glance and before anything is parsed?"""

from __future__ import annotations

import re
from pathlib import Path

_BUILD_DIR = re.compile(
    r"""^[ \t]*(?:workspace[ \t]*\.[ \t]*)?build-dir[ \t]*=[ \t]*(?:"([^"\\\n]+)"|'([^'\n]+)')""",
    re.MULTILINE,
)


def build_dir_hint(root: Path, file: str = "wasip1.toml") -> str:
    """BUILD-DIR as a glance at the top file shows it, to find what is stored there.

    A wrong answer costs time and nothing else.
    """
    try:
        text = (root / file).read_text(errors="replace")
    except OSError:
        return "build"
    match = _BUILD_DIR.search(text)
    return (match[1] or match[2]) if match else "build"
