"""A SConstruct whose whole business is one wasip1.toml."""

from __future__ import annotations

import atexit
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import SCons.Environment
import SCons.SConsign
import SCons.Script
import SCons.Script.Main

from wasip1_build.findings import Failure
from wasip1_build.plan import STATE
from wasip1_build.report.console import findings_text
from wasip1_build.scons.action import FAILED
from wasip1_build.scons.arguments import profile_argument
from wasip1_build.scons.cpus import threads_per_job, usable_cpus
from wasip1_build.scons.finish import finish
from wasip1_build.scons.help import help_text
from wasip1_build.scons.installed import require_one_copy
from wasip1_build.scons.session import LOOKING
from wasip1_build.scons.workspace import Declared, declare_workspace
from wasip1_build.spec import build_dir_hint
from wasip1_build.spec.select import select


def whole_build(file: str = "wasip1.toml") -> Declared:
    """Declares everything of a workspace, sets SCons up for it, and reports when the build ends.

    Only for an SConstruct that has no other business: it sets the number of jobs, keep-going,
    the .sconsign and the hash format. A spec that is wrong ends the process with status 2.
    """
    try:
        require_one_copy()
        # First of all: whatever else asks for it would make one that looks for C compilers.
        SCons.Script.DefaultEnvironment(tools=[])
        path = Path(SCons.Script.Dir("#").abspath, file)
        _configure(path)
        env = SCons.Environment.Environment(tools=[])
        arguments = {key: str(value) for key, value in SCons.Script.ARGUMENTS.items()}
        declared = declare_workspace(
            env, path, profile_argument(arguments), "", os.environ, threads_per_job()
        )
        _require_targets(declared)
    except Failure as error:
        _stop(error)
    for warning in declared.workspace.warnings:
        print(warning, file=sys.stderr)
    env.Default(env.Alias("default", _default_manifests(declared)))
    SCons.Script.Help(help_text(declared.workspace), append=True)
    atexit.register(finish, declared)
    return declared


def _configure(file: Path) -> None:
    """What only the owner of the whole build may set."""
    build_dir = file.parent / build_dir_hint(file.parent, file.name)
    SCons.Script.SetOption("hash_format", "sha256")
    SCons.Script.SetOption("num_jobs", usable_cpus())
    if not {"-S", "--no-keep-going", "--stop"} & set(sys.argv):
        # All findings come in one run. SetOption does not know this option.
        SCons.Script.Main.OptionsParser.values.keep_going = True
    if not any(SCons.Script.GetOption(name) for name in LOOKING):
        (build_dir / STATE).mkdir(parents=True, exist_ok=True)
    # Not SConsignFile(), which makes the directory also when nothing may be written.
    SCons.SConsign.File(str(build_dir / STATE / "sconsign"))


def _default_manifests(declared: Declared) -> list[Any]:
    return [declared.manifest(p) for p in declared.plan.artifacts if p.artifact.default]


def _require_targets(declared: Declared) -> None:
    """Raises Failure for a word on the command line under which nothing is declared."""
    root = declared.context.root
    outputs = {str(declared.context.path(name)) for name in declared.nodes}
    for word in SCons.Script.COMMAND_LINE_TARGETS:
        path = os.path.abspath(root / SCons.Script.GetLaunchDir() / word.lstrip("#"))
        below = [name for name in outputs if f"{name}/".startswith(f"{path}/")]
        if word in declared.aliases or word == "default" or below:
            continue
        select(declared.workspace, os.path.relpath(path, root) if "/" in word else word)


def _stop(error: Failure) -> NoReturn:
    sys.stdout.flush()
    print(findings_text(error.findings), file=sys.stderr)
    sys.exit(FAILED)
