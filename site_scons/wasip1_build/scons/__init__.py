"""The plug-in as SCons sees it: the tool's two functions, and whole_build.

Each is imported when it is called: a null build of whole_build needs next to nothing of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wasip1_build.scons.declared import Declared


def whole_build(file: str = "wasip1.toml") -> Declared:
    """Builds what one wasip1.toml declares; for an SConstruct that has no other business.

    It sets the number of jobs, keep-going, the .sconsign and the hash format, and may end the
    process: with status 0 where nothing is to be done, with 2 where the spec is wrong.
    """
    import SCons.Script

    from wasip1_build.scons.fast import end_if_unchanged

    # First of all: whatever else asks for it would make one that looks for C compilers.
    SCons.Script.DefaultEnvironment(tools=[])
    change = end_if_unchanged(file)
    from wasip1_build.scons.whole import declare_whole

    return declare_whole(file, change)


def generate(env: Any) -> None:
    """Adds Wasip1Workspace and the rules to a construction environment."""
    from wasip1_build.scons import tool

    tool.generate(env)


def exists(env: Any) -> bool:
    """Always: what a tool needs is looked for when a step runs."""
    return True
