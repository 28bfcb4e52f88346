"""Run one step so that its outputs are whole and belong to the inputs it saw, or are not there."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from wasip1_build.digests import Stamps, have_moved
from wasip1_build.findings import Failure, failure
from wasip1_build.steps.step import Context, Step

ATTEMPTS = 3
_FIXES = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room: your quota on this disk is used up",
    errno.EFBIG: "raise the limit on the size of files (`ulimit -f`)",
}


def execute(step: Step, context: Context, sign: Callable[[], Stamps]) -> None:
    """Runs a step and renames its outputs into place.

    `sign` takes the digests of all the files that the step depends on, the discovered ones too.
    Where one of them moves during the run, the result is thrown away and the step runs again.
    Raises Failure, and then none of the outputs exists.
    """
    try:
        for _ in range(ATTEMPTS):
            if _attempt(step, context, sign()):
                return
        raise failure(
            "inputs-moved",
            f"the inputs of {step.outputs[0]} change while it is made",
            why=f"{ATTEMPTS} runs in a row saw other files at their end than at their start",
            fix="stop what writes to the sources, and build again",
        )
    except OSError as error:
        _remove(step, context)
        raise _cannot_write(step, error) from error
    except BaseException:
        _remove(step, context)
        raise


def run_directory(context: Context) -> Path:
    """Where this process's steps write before their outputs are renamed."""
    return context.state("tmp") / str(os.getpid())


def clear_runs(context: Context) -> None:
    """Removes what this process, and those that were killed, left of unfinished steps."""
    for directory in context.state("tmp").glob("[0-9]*"):
        if directory == run_directory(context) or not _is_running(int(directory.name)):
            shutil.rmtree(directory, ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _attempt(step: Step, context: Context, stamps: Stamps) -> bool:
    """Whether the step ran on inputs that stayed as they were."""
    runs = run_directory(context)
    runs.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=f"{step.name}-", dir=runs))
    try:
        step.run(context.staged(stage))
        if have_moved(stamps):
            return False
        for output in step.outputs:
            made, place = stage / "out" / output, context.path(output)
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.is_dir():
                raise failure("output", f"{output} is a directory", fix=f"remove {output}")
            made.replace(place)
        return True
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _remove(step: Step, context: Context) -> None:
    for output in step.outputs:
        path = context.path(output)
        if not path.is_dir():
            try:
                path.unlink(missing_ok=True)
            except OSError:  # the directory cannot be written: said by the error that led here
                continue


def _cannot_write(step: Step, error: OSError) -> Failure:
    where = f" ({error.filename})" if error.filename else ""
    return failure(
        "io",
        f"cannot {step.name} {step.outputs[0]}: {error.strerror or error}{where}",
        why="the operating system refused it",
        fix=_FIXES.get(error.errno or 0, "check the path and its permissions"),
    )
