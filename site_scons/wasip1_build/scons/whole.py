"""A SConstruct whose whole business is one wasip1.toml."""

from __future__ import annotations

import atexit
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NoReturn

import SCons.Environment
import SCons.SConsign
import SCons.Script
import SCons.Script.Main
import SCons.Util

from wasip1_build.build_dir import build_dir_hint
from wasip1_build.cpus import usable_cpus
from wasip1_build.findings import Failure, failure, has_errors
from wasip1_build.planned import STATE
from wasip1_build.report.console import findings_text
from wasip1_build.report.write import bench_files, report_files
from wasip1_build.scons.action import FAILED, show
from wasip1_build.scons.arguments import (
    ADVISE,
    AUDIT,
    BENCH,
    SIZES,
    TEST,
    VERBS,
    locked_argument,
    profile_argument,
)
from wasip1_build.scons.cpus import threads_per_job
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.fast import Change, store_of
from wasip1_build.scons.finish import finish, report_nothing_built
from wasip1_build.scons.help import help_text
from wasip1_build.scons.installed import require_one_copy
from wasip1_build.scons.lock import take_lock
from wasip1_build.scons.partial import declare_part
from wasip1_build.scons.session import is_looking
from wasip1_build.scons.signature_file import SignatureFiles
from wasip1_build.spec.model import Artifact
from wasip1_build.spec.select import select

UP = 1  # what SCons makes of -u; -D is 2, -U is 3


def declare_whole(file: str, change: Change | None) -> Declared:
    """Declares a workspace, sets SCons up for it, and reports when the build ends.

    Where a `change` is all that is new since the last build, only what it can reach is declared.
    """
    try:
        require_one_copy()
        started_ns = time.time_ns()
        path = Path(SCons.Script.Dir("#").abspath, file)
        lock = _configure(path)
        env = SCons.Environment.Environment(tools=[])
        arguments = {key: str(value) for key, value in SCons.Script.ARGUMENTS.items()}
        words = SCons.Script.COMMAND_LINE_TARGETS
        profile = profile_argument(arguments, words)
        locked = locked_argument(arguments, words)
        cpus = threads_per_job()
        declared = None
        ends: list[Callable[[], None]] = []
        if change and change.is_of(store_of(path.parent, file, profile)):
            declared = declare_part(env, path, profile, change, os.environ, cpus)
        if declared is None:
            # Reads specs: 25 ms.
            from wasip1_build.scons.grants import review
            from wasip1_build.scons.size_ledgers import review_ledgers
            from wasip1_build.scons.workspace import declare_workspace

            declared = declare_workspace(
                env, path, profile, "", os.environ, cpus, any_growth=SIZES in words
            )
            declared = review_ledgers(review(env, declared, locked=locked))
            declared, accepting = _accepting(env, declared, arguments)
            build = store_of(path.parent, file, profile)
            ends += [*accepting, *_verbs(env, declared, arguments, build, started_ns)]
            _require_targets(declared)
            SCons.Script.Help(help_text(declared.workspace), append=True)
        default = env.Alias("default", _wanted(declared))
    except Failure as error:
        _stop(error)
    except OSError as error:
        _stop(_no_state(error))
    for warning in declared.workspace.warnings:
        print(warning, file=sys.stderr)
    show(declared.workspace.findings, declared.context.root)
    if has_errors(declared.workspace.findings):
        _refuse(declared)
    env.Default(default)
    env.Clean(default, [str(file) for file in _reports(declared.context.state("").parent)])
    atexit.register(finish, declared, file, started_ns, lock)
    for end in reversed(ends):
        atexit.register(end)  # before that, while the lock is held
    return declared


def _verbs(
    env: Any, declared: Declared, arguments: Mapping[str, str], build: str, started_ns: int
) -> Iterator[Callable[[], None]]:
    """Declares what the words on the command line ask for beside artifacts; what is to be called
    when the build has ended."""
    words = SCons.Script.COMMAND_LINE_TARGETS
    if TEST in words:
        from wasip1_build.scons.tests import declare_tests  # a build needs none of it

        yield declare_tests(env, declared, arguments).finish
    if AUDIT in words:
        from wasip1_build.scons.audit import declare_audit  # the same

        yield declare_audit(env, declared, arguments).finish
    if ADVISE in words:
        from wasip1_build.scons import told
        from wasip1_build.scons.advise import declare_advice  # the same
        from wasip1_build.scons.keep_told import Keeping

        keeping = Keeping(told.store_of(build, ADVISE), started_ns) if words == [ADVISE] else None
        yield declare_advice(env, declared, arguments, keeping=keeping).finish
    if BENCH in words:
        from wasip1_build.scons.bench import declare_bench  # the same

        declare_bench(env, declared, arguments)


def _accepting(
    env: Any, declared: Declared, arguments: Mapping[str, str]
) -> tuple[Declared, list[Callable[[], None]]]:
    """What `scons sizes` makes of a workspace, and what to call when the build has ended."""
    if SIZES not in SCons.Script.COMMAND_LINE_TARGETS:
        return declared, []
    from wasip1_build.scons.sizes import declare_sizes  # a build needs none of it

    accepting = declare_sizes(env, declared, arguments)
    return accepting.declared, [accepting.finish]


def _reports(build_dir: Path) -> tuple[Path, ...]:
    return (*report_files(build_dir), *bench_files(build_dir))


def _wanted(declared: Declared) -> list[Any]:
    """The manifests that a `scons` without a word builds."""
    planned = declared.plan.artifacts
    if declared.part is None:
        wanted = {artifact.id for artifact in _default_artifacts(declared)}
        planned = tuple(each for each in planned if each.artifact.id in wanted)
    return [declared.manifest(each) for each in planned]


def _configure(file: Path) -> IO[str] | None:
    """What only the owner of the whole build may set. Returns the lock of the build directory,
    which is taken before any state is read, and not by a run that writes nothing."""
    build_dir = file.parent / build_dir_hint(file.parent, file.name)
    SCons.Script.SetOption("hash_format", "sha256")
    SCons.Util.set_hash_format("sha256")  # SCons itself does so once all SConscripts are read
    SCons.Script.SetOption("num_jobs", usable_cpus())
    if not {"-S", "--no-keep-going", "--stop"} & set(sys.argv):
        # All findings come in one run. SetOption does not know this option.
        SCons.Script.Main.OptionsParser.values.keep_going = True
    wait = SCons.Script.ARGUMENTS.get("NOWAIT") != "1"
    lock = None if is_looking() else take_lock(build_dir / STATE / "lock", wait=wait)
    # Not SConsignFile(), which makes the directory also when nothing may be written.
    SCons.SConsign.File(str(build_dir / STATE / "sconsign"), SignatureFiles(not is_looking()))
    return lock


def _default_artifacts(declared: Declared) -> tuple[Artifact, ...]:
    """What a `scons` without a word builds; with -u, what is declared at or below the directory
    in which it was called: SCons would take the alias of all for something below it.

    Raises Failure where nothing is declared there.
    """
    place = _called_in(declared.context.root)
    words = SCons.Script.COMMAND_LINE_TARGETS
    if SCons.Script.GetOption("climb_up") == UP and place != "." and not words:
        return select(declared.workspace, f"{place}/")
    return tuple(artifact for artifact in declared.workspace.artifacts if artifact.default)


def _require_targets(declared: Declared) -> None:
    """Raises Failure for a word on the command line under which nothing is declared."""
    root = declared.context.root
    outputs = {str(declared.context.path(name)) for name in declared.nodes}
    called_in = _called_in(root)
    for word in SCons.Script.COMMAND_LINE_TARGETS:
        path = os.path.abspath(root / (word[1:] if word[0] == "#" else f"{called_in}/{word}"))
        below = [name for name in outputs if f"{name}/".startswith(f"{path}/")]
        if word in declared.aliases or word in ("default", *VERBS) or below:
            continue
        if "/" in word or word[0] == "#":
            word = os.path.relpath(path, root)
            word += "" if "/" in word else "/"  # a directory, also where an artifact has its name
        select(declared.workspace, word)


def _called_in(root: Path) -> str:
    """The directory to which words on the command line are relative, from the top: with -u, -D
    and -U the one in which scons was called, after any -C."""
    if not SCons.Script.GetOption("climb_up"):
        return "."
    places = (SCons.Script.GetLaunchDir(), *(SCons.Script.GetOption("directory") or ()))
    return os.path.relpath(os.path.join(*places), root)


def _refuse(declared: Declared) -> NoReturn:
    """Ends a build whose capabilities were not accepted before anything of it is built or run, and
    reports that."""
    if not is_looking():
        try:
            report_nothing_built(declared)
        except OSError as error:
            print(f"error: the report was not written: {error}", file=sys.stderr)
    print("LOCKED=1: nothing was built", file=sys.stderr)
    sys.exit(FAILED)


def _no_state(error: OSError) -> Failure:
    return failure(
        "build-dir",
        f"{error.filename or 'the build directory'}: {error.strerror or error}",
        why="outputs and all state are written below build-dir",
        fix="remove what is in the way, or correct its permissions",
    )


def _stop(error: Failure) -> NoReturn:
    sys.stdout.flush()
    print(findings_text(error.findings), file=sys.stderr)
    sys.exit(FAILED)
