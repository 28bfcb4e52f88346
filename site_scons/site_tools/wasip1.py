"""Lets SCons find the tool in this tree: Environment(tools=["wasip1"])."""

from wasip1_build.scons import exists, generate

__all__ = ["exists", "generate"]
