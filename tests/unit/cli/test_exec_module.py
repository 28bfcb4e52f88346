"""Is `wasip1 exec` a program for go test -exec: grants, exit codes, and every runtime?"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from project import SITE_SCONS
from wasip1_build.cli.exec_module import timeout_of_tests_s

wasmtime = pytest.importorskip("wasmtime", reason="pip install 'wasip1-scons[toolchain]'")

# A command that exits with a number.
EXITS = """(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") %s))"""
# One that writes its environment, as it lies in memory.
ENVIRONMENT = """(module
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (drop (call $get (i32.const 64) (i32.const 1024)))
    (i32.store (i32.const 8) (i32.const 1024))
    (i32.store (i32.const 12) (i32.load (i32.const 4)))
    (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))"""
HOST = """(module
  (import "env" "f" (func $f (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $exit (call $f))))"""


def module(directory: Path, text: str) -> Path:
    path = directory / "m.wasm"
    path.write_bytes(wasmtime.wat2wasm(text))
    return path


def run_exec(
    directory: Path, *words: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    code = "import sys; from wasip1_build.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, "exec", *words],
        cwd=directory,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(SITE_SCONS),
            "WASIP1_CACHE_DIR": str(directory / "cache"),
            **(env or {}),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("code", "status"),
    [("(call $exit (i32.const 3))", 3), ("nop", 0), ("unreachable", 134)],
)
def test_the_exit_code_is_the_modules(tmp_path: Path, code: str, status: int) -> None:
    done = run_exec(tmp_path, str(module(tmp_path, EXITS % code)))
    assert done.returncode == status
    assert ("unreachable" in done.stderr) == (status == 134)


def test_without_an_artifact_it_is_given_what_gos_script_gives(tmp_path: Path) -> None:
    done = run_exec(tmp_path, str(module(tmp_path, ENVIRONMENT)), env={"SECRET": "x"})
    named = dict(each.split("=", 1) for each in done.stdout.split("\0") if each)
    assert set(named) == {"PWD", "PATH", "TMPDIR"}
    assert named["PWD"] == str(tmp_path)


def test_with_an_artifact_it_is_given_its_grants_and_its_hosts_functions(tmp_path: Path) -> None:
    (tmp_path / "wasip1.toml").write_text(
        'spec-version = 1\n\n[artifact.a]\npackage = "."\n'
        'grants.env = { MODE = "fast" }\ngrants.env-inherit = ["TZ", "NONE"]\n'
        'imports.host.env.f = "() -> i32"\n\n'
        '[[artifact.a.check]]\nname = "x"\nhost = "host.py"\n'
    )
    (tmp_path / "host.py").write_text('functions = {"env.f": lambda guest: 9}\n')
    below = tmp_path / "below"
    below.mkdir()
    environment = str(module(tmp_path, ENVIRONMENT))
    done = run_exec(below, "--artifact", "a", environment, env={"TZ": "UTC", "SECRET": "x"})
    named = dict(each.split("=", 1) for each in done.stdout.split("\0") if each)
    assert set(named) == {"MODE", "TZ", "PWD", "TMPDIR"}, done.stderr
    assert (named["MODE"], named["PWD"]) == ("fast", str(below))
    host = str(module(tmp_path, HOST))
    assert run_exec(below, host, env={"WASIP1_ARTIFACT": ".:a"}).returncode == 9
    alone = run_exec(below, host)
    assert alone.returncode == 2 and "env::f" in alone.stderr, alone.stderr
    other = run_exec(below, "--artifact", "a", "--runtime", "node", host)
    assert "cannot be given env.f" in other.stderr or "node is not on PATH" in other.stderr


def test_other_runtimes_are_told_in_their_own_words(tmp_path: Path) -> None:
    made = module(tmp_path, EXITS % "nop")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("wazero", "wasmedge", "node"):
        stand_in = programs / name
        stand_in.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 5\n')
        stand_in.chmod(0o755)
    env = {"PATH": f"{programs}:/usr/bin:/bin", "TMPDIR": "/tmp"}
    expected = {
        "wazero": ("run", "-mount=/:/", f"-env=PWD={tmp_path}", "-x", str(made), "-test.v"),
        "wasmedge": ("--dir=/:/", "--env", f"PWD={tmp_path}", "-x", str(made), "-test.v"),
        "node": ("--no-warnings", "-x", "--input-type=module", "--eval"),
    }
    for name, words in expected.items():
        more = {"GOWASIRUNTIME": name, "GOWASIRUNTIMEARGS": "-x"}
        done = run_exec(tmp_path, str(made), "-test.v", env=env | more)
        assert done.returncode == 5, done.stderr
        lines = done.stdout.splitlines()
        assert list(dict.fromkeys(word for word in lines if word in words)) == list(words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--runtime", "chrome", "m.wasm"), "no such runtime: chrome"),
        (("--runtime", "wazero", "m.wasm"), "go install github.com/tetratelabs/wazero"),
        (("none.wasm",), "none.wasm is no file"),
        (("--artifact", "a", "m.wasm"), "no wasip1.toml here or above"),
        (("text.wasm",), "text.wasm cannot be run"),
    ],
)
def test_what_cannot_be_run_is_said(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    module(tmp_path, EXITS % "nop")
    (tmp_path / "text.wasm").write_text("no module")
    done = run_exec(tmp_path, *words)
    assert done.returncode == 2
    assert said in done.stderr and "Traceback" not in done.stderr


def test_tests_that_loop_are_ended_a_little_after_their_time() -> None:
    assert timeout_of_tests_s(("-test.timeout=10m0s", "-test.v")) == 602.0
    assert timeout_of_tests_s(("-test.timeout=1h2m3.5s",)) == 3725.5
    assert timeout_of_tests_s(("-test.timeout=300ms",)) == 2.3
    assert timeout_of_tests_s(("-test.timeout=0s",)) == timeout_of_tests_s(()) == 0.0


def test_a_loop_is_ended(tmp_path: Path) -> None:
    looping = module(tmp_path, EXITS % "(loop (br 0))")
    done = run_exec(tmp_path, str(looping), "-test.timeout=1ms")
    assert done.returncode == -signal.SIGALRM
