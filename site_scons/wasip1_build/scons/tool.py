"""The tool for an SConstruct that has other business too: Environment(tools=["wasip1"])."""

from __future__ import annotations

import functools
import os
import posixpath
import sys
from dataclasses import field, replace
from pathlib import Path
from typing import Any

import SCons.Errors
import SCons.Script

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, Finding
from wasip1_build.scons.action import show
from wasip1_build.scons.arguments import locked_argument, prefixed_profile
from wasip1_build.scons.beside import WHOLE, Beside
from wasip1_build.scons.call import caller
from wasip1_build.scons.cpus import threads_per_job
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.installed import require_one_copy
from wasip1_build.scons.rules import add_rules


def generate(env: Any) -> None:
    """Adds Wasip1Workspace and the rules to a construction environment. Changes nothing global."""
    try:
        require_one_copy()
    except Failure as error:
        raise SCons.Errors.UserError(str(error)) from None
    env.AddMethod(_workspace, "Wasip1Workspace")
    add_rules(env)


def exists(env: Any) -> bool:
    """Always: what a tool needs is looked for when a step runs."""
    return True


def _workspace(
    env: Any, file: Any = "wasip1.toml", prefix: str = "", profile: str | None = None
) -> Declared:
    """env.Wasip1Workspace("wasip1.toml", prefix="wasm-"): declares a workspace's artifacts.

    `file` is a path as in any SConscript; its directory is the workspace's root. Each artifact is
    an alias, its name after `prefix`, and what is returned gives its nodes, for Install() or a
    Command() of your own: `workspace["hello"]["wasm"]`. The profile is `profile`, or
    WASIP1_PROFILE=... on the command line; WASIP1_LOCKED=1 there makes capabilities that were not
    accepted errors. Two calls on one file give the same object. Raises
    UserError with all that is wrong with the spec.
    """
    node = env.File(file).srcnode()
    arguments = {key: str(value) for key, value in SCons.Script.ARGUMENTS.items()}
    words, given = env.subst(prefix), profile or prefixed_profile(arguments)
    try:
        locked = locked_argument(
            arguments, SCons.Script.COMMAND_LINE_TARGETS, "WASIP1_LOCKED", words
        )
        return _declare_once(_Call(Path(node.get_abspath()), words, given, locked, env))
    except Failure as error:
        findings = (_from_top(finding, str(node)) for finding in error.findings)
        text = "\n".join([f"{node}, which {caller()} declares", *map(str, findings)])
        raise SCons.Errors.UserError(text) from None


@dataclass(frozen=True)
class _Call:
    """What makes two calls of Wasip1Workspace the same; their environments do not count."""

    file: Path
    prefix: str
    profile: str
    locked: bool
    env: Any = field(compare=False)


@functools.cache
def _declare_once(call: _Call) -> Declared:
    beside = Beside(call.file, call.profile, call.prefix, call.locked)
    declared = beside.declare(call.env, os.environ, threads_per_job())
    if WHOLE in os.environ:
        return declared  # the first run has said it
    for warning in declared.workspace.warnings:
        print(warning, file=sys.stderr)
    top = SCons.Script.Dir("#").abspath
    spec = os.path.relpath(call.file, top)
    show([_from_top(each, spec) for each in declared.workspace.findings], Path(top))
    return declared


def _from_top(finding: Finding, spec: str) -> Finding:
    """A finding whose place is told from SCons's top directory, as everything else there is."""
    if finding.location is None:
        return finding
    file = posixpath.normpath(posixpath.join(posixpath.dirname(spec), finding.location.file))
    return replace(finding, location=replace(finding.location, file=file))
