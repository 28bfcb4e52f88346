"""How many calls does a check make of what its module imports? For who asks once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from wasip1_build.runtime.crossings import countable
from wasip1_build.runtime.request import Crossing, HostFunction
from wasip1_build.runtime.trial import Subject, try_once
from wasip1_build.runtime.verdict import Run
from wasip1_build.spec.model import Check
from wasip1_build.wasm.module import load, read_module
from wasip1_build.wasm.preview1 import MODULE as PREVIEW1


def imports_of(module: Path, name: str) -> tuple[HostFunction, ...] | str:
    """What a module file imports, by position, or why its calls cannot be counted; `name` is how
    messages call the file. Raises Failure where it is no module or cannot be read."""
    return countable(read_module(load(module, name), name))


def counted_run(
    subject: Subject, check: Check, code: Path, imports: tuple[HostFunction, ...]
) -> Run:
    """Runs a check on machine code with what crosses being counted. It takes a few percent longer:
    no run to be timed. Raises OSError where its process cannot be started."""
    return try_once(replace(subject, counted=imports), check, "wasm", code)


def crossings_in(run: Run) -> tuple[Crossing, ...] | None:
    """What crossed in a run, up to its end or its trap; None where that was not counted, or the run
    was killed with its counts."""
    return run.outcome.response.crossings if run.outcome.response else None


def host_calls(run: Run) -> int | None:
    """All calls that a module made of its host in a run, functions of WASI included; None where
    they were not counted."""
    crossings = crossings_in(run)
    return None if crossings is None else sum(each.calls for each in crossings)


def fd_write_calls(run: Run) -> int | None:
    """Its calls of WASI's fd_write at all positions at which it is imported."""
    crossings = crossings_in(run)
    if crossings is None:
        return None
    named = (each for each in crossings if (each.module, each.name) == (PREVIEW1, "fd_write"))
    return sum(each.calls for each in named)
