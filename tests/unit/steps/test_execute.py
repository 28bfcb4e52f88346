"""A step's outputs are whole and belong to the inputs that it saw, or they are not there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest

from small_project import KnownTools, reads
from wasip1_build.digests import Digests
from wasip1_build.findings import Failure, failure
from wasip1_build.steps.execute import clear_runs, execute, run_directory
from wasip1_build.steps.step import Context


@dataclass(frozen=True)
class Copy:
    """Copies a file, and does what it is told in the middle of it."""

    middle: Any
    name: ClassVar[str] = "copy"
    version: ClassVar[int] = 1
    inputs: tuple[str, ...] = ("in.txt",)
    outputs: tuple[str, ...] = ("out/a.txt", "out/b.txt")
    runs: list[int] = field(default_factory=list)

    def key(self, context: Context) -> Any:
        return context.build_dir

    def run(self, context: Context) -> None:
        self.runs.append(1)
        data = context.path("in.txt").read_bytes()
        context.out(self.outputs[0]).write_bytes(data)
        self.middle(context)
        context.out(self.outputs[1]).write_bytes(data)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    (tmp_path / "in.txt").write_text("one")
    return Context(tmp_path, "build", KnownTools({}), Digests(None))


def nothing(_context: Context) -> None:
    """Nothing goes wrong."""


def outputs(context: Context) -> list[str]:
    return sorted(path.name for path in context.path("out").glob("*"))


def test_all_outputs_appear_together_and_nothing_else_stays(context: Context) -> None:
    def look(running: Context) -> None:
        assert outputs(running) == []

    execute(Copy(look), context, reads(context, ["in.txt"]))
    assert outputs(context) == ["a.txt", "b.txt"]
    assert list(run_directory(context).iterdir()) == []


def test_a_failure_leaves_no_output_not_even_an_older_one(context: Context) -> None:
    execute(Copy(nothing), context, reads(context, ["in.txt"]))

    def fail(_running: Context) -> None:
        raise failure("test", "it failed")

    with pytest.raises(Failure, match="it failed"):
        execute(Copy(fail), context, reads(context, ["in.txt"]))
    assert outputs(context) == []


def test_an_input_that_moves_during_the_run_makes_it_run_again(context: Context) -> None:
    def move_once(running: Context) -> None:
        if len(step.runs) == 1:
            running.path("in.txt").write_text("the other")

    step = Copy(move_once)
    execute(step, context, reads(context, ["in.txt"]))
    assert len(step.runs) == 2
    assert context.path("out/a.txt").read_text() == "the other"


def test_an_input_that_never_rests_is_an_error(context: Context) -> None:
    step = Copy(lambda running: running.path("in.txt").write_text("x" * len(step.runs)))
    with pytest.raises(Failure, match="change while it is made"):
        execute(step, context, reads(context, ["in.txt"]))
    assert outputs(context) == []


def test_a_refusal_of_the_operating_system_is_a_failure(context: Context) -> None:
    context.path("out").write_text("a file where a directory is needed")
    with pytest.raises(Failure, match=r"cannot copy out/a\.txt"):
        execute(Copy(nothing), context, reads(context, ["in.txt"]))


def test_an_output_that_is_a_directory_is_not_replaced(context: Context) -> None:
    context.path("out/a.txt").mkdir(parents=True)
    with pytest.raises(Failure, match=r"out/a\.txt is a directory"):
        execute(Copy(nothing), context, reads(context, ["in.txt"]))
    assert context.path("out/a.txt").is_dir()


def test_what_killed_builds_left_goes(context: Context) -> None:
    dead = context.state("tmp/999999999")  # above the largest process number of Linux, 2^22
    alive = context.state("tmp/1")
    for directory in (dead, alive, run_directory(context)):
        directory.mkdir(parents=True)
    clear_runs(context)
    assert [path.name for path in context.state("tmp").iterdir()] == [alive.name]
