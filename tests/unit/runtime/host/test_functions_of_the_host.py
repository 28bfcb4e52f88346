"""The functions that a host gives its guests: called with numbers and the guest's memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hosted_modules import Built, built
from small_modules import module

from wasip1_build.findings import Failure
from wasip1_build.runtime.host import Host

CALLS = module(
    """(func (export "read") (param i32) (result i32)
         (call $read (i32.const 1024) (local.get 0)))
       (func (export "mixed") (param i64 f32) (result f64)
         (call $mixed (local.get 0) (local.get 1)))""",
    "hello",
    """(import "env" "read" (func $read (param i32 i32) (result i32)))
       (import "env" "mixed" (func $mixed (param i64 f32) (result f64)))""",
)


@pytest.fixture
def artifact(tmp_path: Path) -> Built:
    return built(tmp_path, CALLS, kind="reactor")


def functions(**others: Any) -> dict[str, Any]:
    known = {
        "read": lambda guest, at, n: guest.read(at, n).count(b"l"),
        "mixed": lambda _guest, i, f: i + f,
    }
    return {f"env.{name}": function for name, function in {**known, **others}.items()}


def test_a_function_is_given_the_guests_memory_and_numbers(artifact: Built) -> None:
    with Host.open(artifact.manifest, functions=functions()) as host:
        assert host.call("read", 5).returns == (2,)
        assert host.call("mixed", -(1 << 40), 0.5).returns == (0.5 - (1 << 40),)


@pytest.mark.parametrize(
    ("function", "error"),
    [
        (lambda *_: 1 // 0, "ZeroDivisionError"),
        (lambda *_: "text", "'text' is not an integer"),
        (lambda *_: None, "env.read returned nothing; its declared result is i32"),
        (lambda guest, *_: guest.read(1 << 30, 1), "IndexError: cannot read 1 bytes"),
    ],
)
def test_a_function_that_fails_ends_its_own_invocation_only(
    artifact: Built, function: Any, error: str
) -> None:
    failing = [True]

    def sometimes(guest: Any, at: int, n: int) -> Any:
        return function(guest, at, n) if failing[0] else 7

    with Host.open(artifact.manifest, functions=functions(read=sometimes)) as host:
        result = host.call("read", 5)
        assert result.ended == "error" and error in result.error
        failing[0] = False
        assert host.call("read", 5).returns == (7,)


def test_an_interrupt_of_the_program_is_not_taken_for_an_error(artifact: Built) -> None:
    def interrupted(*_: Any) -> int:
        raise KeyboardInterrupt

    with Host.open(artifact.manifest, functions=functions(read=interrupted)) as host:
        with pytest.raises(KeyboardInterrupt):
            host.call("read", 5)
        assert host.call("mixed", 1, 1).returns == (2,)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (None, "not given: env.mixed, env.read"),
        ({"env.read": len}, "not given: env.mixed"),
        ({**functions(), "env.more": len}, "does not import env.more"),
        ("missing.py", "missing.py cannot be read"),
    ],
)
def test_exactly_what_is_imported_has_to_be_given(
    artifact: Built, given: Any, sentence: str
) -> None:
    with pytest.raises(Failure, match=sentence):
        Host.open(artifact.manifest, functions=given)


HOST_PY = """import os
def read(guest, at, n):
    if n == 0:
        os.abort()  # as an engine that panics
    print("to nobody's output")
    return os.getpid()
functions = {"env.read": read, "env.mixed": lambda guest, i, f: 0.0}
"""


def test_the_crash_of_a_worker_is_a_result_and_another_takes_its_place(artifact: Built) -> None:
    file = artifact.directory / "host.py"
    file.write_text(HOST_PY)
    manifest = artifact.manifest
    with Host.open(manifest, functions=file, isolation="process", concurrency=1) as host:
        before = host.call("read", 1).returns
        result = host.call("read", 0)
        assert (result.ended, result.exit) == ("crash", None)
        assert "the process that ran it crashed (status -6)" in result.error
        assert host.call("read", 1).returns != before


def test_what_is_wrong_with_a_file_is_told_by_the_worker(artifact: Built) -> None:
    file = artifact.directory / "host.py"
    file.write_text("functions = {}")
    with pytest.raises(Failure, match=r"not given: env\.mixed, env\.read"):
        Host.open(artifact.manifest, functions=file, isolation="process", concurrency=1)


def test_functions_of_this_process_cannot_be_called_by_workers(artifact: Built) -> None:
    with pytest.raises(Failure, match=r"worker processes[\s\S]*functions=\"host\.py\""):
        Host.open(artifact.manifest, functions=functions(), isolation="process")
