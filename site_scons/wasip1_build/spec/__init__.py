"""wasip1.toml to frozen dataclasses, with positions and hints."""

from wasip1_build.build_dir import build_dir_hint
from wasip1_build.spec.cached import load_cached, load_workspace
from wasip1_build.spec.model import Artifact, Workspace
from wasip1_build.spec.select import select

__all__ = [
    "Artifact",
    "Workspace",
    "build_dir_hint",
    "load_cached",
    "load_workspace",
    "select",
]
