"""Lets SCons find the installed tool: toolpath=[PyPackageDir("wasip1_build.tools")]."""

from wasip1_build.scons import exists, generate

__all__ = ["exists", "generate"]
