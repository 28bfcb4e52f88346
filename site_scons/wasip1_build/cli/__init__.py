"""The `wasip1` command: everything that a user asks for outside of a build."""

from wasip1_build.cli.command_line import main

__all__ = ["main"]
