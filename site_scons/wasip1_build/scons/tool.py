"""The tool for an SConstruct that has other business too: Environment(tools=["wasip1"])."""

from __future__ import annotations

import atexit
import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import SCons.Errors
import SCons.Script

from wasip1_build.findings import Failure
from wasip1_build.scons.arguments import prefixed_profile
from wasip1_build.scons.cpus import threads_per_job
from wasip1_build.scons.installed import require_one_copy
from wasip1_build.scons.rules import add_rules
from wasip1_build.scons.workspace import Declared, declare_workspace


def generate(env: Any) -> None:
    """Adds Wasip1Workspace and the rules to a construction environment. Changes nothing global."""
    try:
        require_one_copy()
    except Failure as error:
        raise SCons.Errors.UserError(str(error)) from None
    env.AddMethod(_workspace, "Wasip1Workspace")
    add_rules(env)


def exists(env: Any) -> bool:  # noqa: ARG001  (SCons's signature)
    """Always: what a tool needs is looked for when a step runs."""
    return True


def _workspace(
    env: Any, file: str = "wasip1.toml", prefix: str = "", profile: str | None = None
) -> Declared:
    """env.Wasip1Workspace("wasip1.toml", prefix="wasm-"): declares a workspace's artifacts.

    Each is an alias, its name after `prefix`. The profile is `profile`, or WASIP1_PROFILE=... on
    the command line. Two calls on one file give the same object. Raises UserError with all that
    is wrong with the spec.
    """
    arguments = {key: str(value) for key, value in SCons.Script.ARGUMENTS.items()}
    path = Path(env.File(file).srcnode().get_abspath())
    try:
        return _declare_once(path, prefix, profile or prefixed_profile(arguments), _Same(env))
    except Failure as error:
        raise SCons.Errors.UserError(f"{file}\n{error}") from None


class _Same:
    """An environment that does not count when two calls are compared."""

    def __init__(self, env: Any) -> None:
        self.env = env

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same)

    def __hash__(self) -> int:
        return 0


@functools.cache
def _declare_once(file: Path, prefix: str, profile: str, env: _Same) -> Declared:
    environ: Mapping[str, str] = os.environ
    declared = declare_workspace(env.env, file, profile, prefix, environ, threads_per_job())
    atexit.register(declared.session.save)
    return declared
