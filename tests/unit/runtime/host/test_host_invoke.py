"""What a host gives its guests, and what it tells of how each ended, in either isolation."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hosted_modules import ENDS, built
from small_modules import command

from wasip1_build.findings import Failure
from wasip1_build.runtime.host import Host

OUTPUT_BYTES = 100_000


@pytest.fixture(scope="module", params=["thread", "process"])
def host(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Host]:
    """One host of the module that ends in every way, for all these tests: none harms the next."""
    manifest = built(tmp_path_factory.mktemp("ends"), ENDS).manifest
    with Host.open(
        manifest, concurrency=2, isolation=request.param, timeout_s=30, output_bytes=OUTPUT_BYTES
    ) as opened:
        assert opened.notes == ()
        yield opened


def test_a_guest_that_returns_ends_with_exit_code_0(host: Host) -> None:
    result = host.invoke(stdin=b"phello")
    assert (result.ended, result.exit, result.stdout, result.stderr) == ("exit", 0, b"hello", b"")
    assert result.ok and not result.error
    assert result.peak_memory_bytes == 2 << 16


@pytest.mark.parametrize("code", [0, 1, 125, 126, 255])
def test_an_exit_code_is_told_as_the_guest_gave_it(host: Host, code: int) -> None:
    result = host.invoke(stdin=b"e" + bytes([code]))
    assert (result.ended, result.exit, result.stderr) == ("exit", code, bytes([code]))
    assert result.ok == (code == 0) and not result.error


def test_a_trap_is_told_with_its_cause_and_trace_and_what_was_written(host: Host) -> None:
    result = host.invoke(stdin=b"tbefore")
    assert (result.ended, result.exit, result.stdout) == ("trap", None, b"before")
    assert "unreachable" in result.error and "wasm function" in result.backtrace


def test_a_guest_that_does_not_end_is_stopped_after_its_time(host: Host) -> None:
    result = host.invoke(stdin=b"swritten", timeout_s=0.05)
    assert (result.ended, result.exit, result.stdout) == ("timeout", None, b"written")
    assert result.error == "it was stopped after its time"


def test_a_guest_that_gets_no_more_memory_is_told_from_one_that_fails(host: Host) -> None:
    result = host.invoke(stdin=b"m")
    assert (result.ended, result.exit) == ("memory", 2)
    assert 7 << 20 <= (result.peak_memory_bytes or 0) <= 8 << 20
    assert host.invoke(stdin=b"e\x02").ended == "exit"


def test_a_guest_that_writes_without_end_is_stopped_and_its_output_cut(host: Host) -> None:
    result = host.invoke(stdin=b"w" + b"x" * 200)
    assert (result.ended, result.exit) == ("output", None)
    assert result.stdout == b"x" * OUTPUT_BYTES
    assert host.invoke(stdin=b"pnext").stdout == b"next"


@pytest.mark.parametrize("isolation", ["thread", "process"])
def test_a_guest_that_wrote_too_much_and_ended_before_anyone_looked_is_told_too(
    isolation: Any, tmp_path: Path
) -> None:
    manifest = built(tmp_path, ENDS).manifest
    with Host.open(manifest, isolation=isolation, concurrency=1, output_bytes=100) as host:
        fits = host.invoke(stdin=b"p" + b"x" * 100)
        assert (fits.ended, fits.exit, fits.stdout) == ("exit", 0, b"x" * 100)
        result = host.invoke(stdin=b"p" + b"x" * 101)
        assert (result.ended, result.exit, result.stdout) == ("output", None, b"x" * 100)
        assert host.invoke(stdin=b"pnext").stdout == b"next"


def test_what_is_granted_and_not_given_is_empty(host: Host) -> None:
    assert host.invoke(stdin=b"").ok
    assert host.invoke().stdout == b""


@pytest.mark.parametrize("timeout_s", [0, -3, math.nan, math.inf])
def test_what_is_no_time_is_refused(host: Host, timeout_s: float) -> None:
    with pytest.raises(Failure, match="timeout_s is"):
        host.invoke(timeout_s=timeout_s)


def test_a_command_has_no_calls(host: Host) -> None:
    with pytest.raises(Failure, match=r"plugins:a is a command[\s\S]*host\.invoke"):
        host.call("main")


# It prints its arguments, a line each, and then its variables.
TELLS = command(
    """
    (drop (call $args_sizes_get (i32.const 2000) (i32.const 2004)))
    (drop (call $args_get (i32.const 3000) (i32.const 5000)))
    (call $print (i32.const 5000) (i32.load (i32.const 2004)))
    (drop (call $environ_sizes_get (i32.const 2000) (i32.const 2004)))
    (drop (call $environ_get (i32.const 3000) (i32.const 5000)))
    (call $print (i32.const 5000) (i32.load (i32.const 2004)))
    """,
)
GRANTS: dict[str, Any] = {
    "args": ["--declared"],
    "env": {"MODE": "fast"},
    "env_inherit": ["TZ", "LANG"],
    "stdin": False,
}


@pytest.fixture
def telling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """A host of a module that tells what it was given."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("SECRET", "1")
    runtime = {"gogc": "50", "memory_limit_bytes": 1 << 20}
    with Host.open(built(tmp_path, TELLS, grants=GRANTS, runtime=runtime).manifest) as opened:
        yield opened


def told(host: Host, **given: Any) -> list[str]:
    return host.invoke(**given).stdout.decode().split("\0")[:-1]


def test_a_guest_gets_what_is_declared_and_nothing_else_of_this_process(telling: Host) -> None:
    limits = ["GOGC=50", "GOMEMLIMIT=1048576B"]
    variables = [*limits, "LANG=C", "MODE=fast", "TZ=UTC"]
    assert told(telling) == ["a", "--declared", *variables]


def test_arguments_take_the_place_of_those_that_are_declared(telling: Host) -> None:
    assert told(telling, args=["--own", "ü"])[:3] == ["a", "--own", "ü"]
    assert told(telling, args=())[:2] == ["a", "GOGC=50"]


def test_granted_variables_can_be_given_other_values_for_one_invocation(
    telling: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "changed after the host was opened")
    assert told(telling, env={"MODE": "slow", "TZ": "CET"})[-3:] == [
        "LANG=C",
        "MODE=slow",
        "TZ=CET",
    ]
    assert told(telling)[-3:] == ["LANG=C", "MODE=fast", "TZ=UTC"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"stdin": b"x"}, "stdin is not granted"),
        ({"env": {"SECRET": "1"}}, "the variable SECRET is not granted"),
        ({"env": {"GOGC": "off"}}, "the variable GOGC is not granted"),
        ({"env": {"TZ": "a\0b"}}, "the value of TZ has a NUL"),
        ({"args": "--own"}, "args is one text: '--own'"),
        ({"stdin": "text"}, "stdin is str, not bytes"),
        ({"args": ["a\0b"]}, "an argument has a NUL"),
        ({"args": [b"bytes"]}, "an argument is bytes, not a text"),
        ({"args": ["\udcff"]}, "an argument is no UTF-8"),
    ],
)
def test_what_is_not_granted_or_no_text_is_refused(
    telling: Host, given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Failure) as refused:
        telling.invoke(**given)
    (finding,) = refused.value.findings
    assert finding.rule == "host-grant" and sentence in finding.what


# It creates "f" in the first of its directories, and tells the error number as its exit code.
CREATES = command(
    """(call $proc_exit (call $path_open (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 1)
         (i32.const 1) (i64.const 0x1fffffff) (i64.const 0x1fffffff) (i32.const 0)
         (i32.const 16)))""",
    "f",
)


def granting(directory: Path, mode: str) -> Path:
    """A workspace in which "data" is granted; returns the manifest below its build directory."""
    (directory / "data").mkdir(parents=True)
    (directory / "wasip1.toml").write_text("spec-version = 1\n")
    grant = {"host": "data", "guest": "/data", "mode": mode, "reason": ""}
    return built(directory / "build/a", CREATES, grants={"dirs": [grant]}).manifest


def test_a_granted_directory_is_the_one_of_the_workspace_above_the_manifest(tmp_path: Path) -> None:
    with Host.open(granting(tmp_path, "rw")) as host:
        assert host.invoke().exit == 0
    assert (tmp_path / "data/f").is_file()


def test_a_directory_that_is_granted_to_be_read_is_not_written(tmp_path: Path) -> None:
    with Host.open(granting(tmp_path, "ro")) as host:
        assert host.invoke().exit != 0
    assert not (tmp_path / "data/f").exists()


def test_relative_directories_can_be_said_to_lie_elsewhere(tmp_path: Path) -> None:
    manifest = granting(tmp_path / "workspace", "rw")
    (tmp_path / "other/data").mkdir(parents=True)
    with Host.open(manifest, root=tmp_path / "other", isolation="process", concurrency=1) as host:
        assert host.invoke().exit == 0
    assert (tmp_path / "other/data/f").is_file()


def test_a_granted_directory_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    manifest = granting(tmp_path, "ro")
    (tmp_path / "data").rmdir()
    with pytest.raises(Failure, match="the granted directory data does not exist"):
        Host.open(manifest)


def test_without_a_workspace_above_it_a_root_has_to_be_said(tmp_path: Path) -> None:
    manifest = granting(tmp_path, "ro")
    (tmp_path / "wasip1.toml").unlink()
    with pytest.raises(Failure, match="it is not known what the granted directories"):
        Host.open(manifest)
