"""The plug-in as SCons sees it: the tool's two functions, and whole_build."""

from __future__ import annotations

from wasip1_build.scons.tool import exists, generate
from wasip1_build.scons.whole import whole_build

__all__ = ["exists", "generate", "whole_build"]
