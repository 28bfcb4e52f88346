"""The pinned Go, as a developer runs it in a workspace."""

from __future__ import annotations

import subprocess
from pathlib import Path

from project import Project

# A query for the latest version is answered by a proxy and by no cache.
PROBE = ("list", "-m", "golang.org/x/term@latest")


def run_go(go: Path, project: Project, *words: str, timeout_s: float | None = None) -> str:
    """What the pinned Go says, as a developer would ask it, in a workspace."""
    argv = [str(go), *words]
    environment = {**project.environment(), "GOTOOLCHAIN": "local"}
    done = subprocess.run(
        argv, cwd=project.root, env=environment, capture_output=True, text=True, timeout=timeout_s
    )
    if done.returncode:
        raise OSError(f"{' '.join(words)}: {done.stderr}")
    return done.stdout
