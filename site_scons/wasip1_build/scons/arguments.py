"""The NAME=VALUE words of a command line: which exist, and what an unknown one is told."""

from __future__ import annotations

from collections.abc import Mapping

from wasip1_build.findings import failure

ARGUMENTS = {
    "PROFILE": "overrides on artifacts: release (default), dev, or one of your own",
    "NOWAIT": "1: fail at once where another scons builds in this tree, and do not wait for it",
}


def profile_argument(arguments: Mapping[str, str]) -> str:
    """The profile that the command line asks for. Raises Failure for an argument that is none."""
    for name in arguments:
        if name not in ARGUMENTS:
            import difflib  # only a message about an error needs it

            near = difflib.get_close_matches(name.upper(), ARGUMENTS, 1, 0.5)
            known = f"did you mean {near[0]}=?" if near else f"known: {', '.join(ARGUMENTS)}"
            raise failure(
                "argument", f"unknown argument {name}=", why="it would do nothing", fix=known
            )
    return arguments.get("PROFILE", "release")


def prefixed_profile(arguments: Mapping[str, str]) -> str:
    """The profile in a build that has arguments of its own: WASIP1_PROFILE=..."""
    return arguments.get("WASIP1_PROFILE", "release")
