"""Requests carried out by a child process: as checks do, and with real directories and streams."""

from __future__ import annotations

import subprocess
from pathlib import Path

import wasmtime
from small_modules import command as wat_command
from small_modules import precompile

from wasip1_build.runtime.launch import (
    Limits,
    child_environment,
    command,
    compile_module,
    launch,
    response_in,
)
from wasip1_build.runtime.request import Call, HostFunction, Preopen, Request, Response

CAT = wat_command(
    """(i32.store (i32.const 0) (i32.const 2048)) (i32.store (i32.const 4) (i32.const 100))
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $send (call $open (i32.const 3) (i32.const 1024) (i32.const 3) (i32.const 1))
      (i32.const 2048) (i32.load (i32.const 8)))
    (call $print (i32.const 1024) (i32.const 3))""",
    "out",
)


def module(tmp_path: Path, wat: str) -> Path:
    path = tmp_path / "a.wasm"
    path.write_bytes(wasmtime.wat2wasm(wat))
    return path


def test_a_request_and_a_response_survive_their_json() -> None:
    request = Request(
        action="run",
        code="/a",
        compiled_code=True,
        argv=("a", "é"),
        env=(("A", "1"),),
        preopens=(Preopen("/h", "/g", False),),
        functions=(HostFunction("env", "f", ("i32",), ()),),
        invoke=Call("f", (1, 2.5)),
        memory_bytes=65536,
    )
    assert Request.from_json(request.to_json()) == request
    response = Response("ended", 3, calls={"env.f": 2}, returns=(1, 2.5), return_types=("i32",))
    assert Response.from_json(response.to_json()) == response


def test_a_module_runs_on_real_directories_with_the_streams_of_whoever_starts_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "real").mkdir()
    request = Request(
        action="run",
        code=str(module(tmp_path, CAT)),
        compiled_code=False,
        preopens=(Preopen(str(tmp_path / "real"), "/real", read_only=False),),
        stdin=True,
    )
    argv = command(request, tmp_path / "child")
    done = subprocess.run(argv, input=b"typed", capture_output=True, env=child_environment())
    assert (done.stdout, done.stderr, done.returncode) == (b"out", b"", 0)
    assert (tmp_path / "real/out").read_bytes() == b"typed"
    response = response_in(tmp_path / "child")
    assert response is not None
    assert (response.stage, response.exit) == ("ended", 0)


def test_a_child_that_reported_nothing_has_no_response(tmp_path: Path) -> None:
    assert response_in(tmp_path) is None
    (tmp_path / "response.json").write_text("[1]")
    assert response_in(tmp_path) is None


def test_compiled_code_is_written_once_and_can_be_run(tmp_path: Path) -> None:
    code = tmp_path / "code"
    request = Request(
        action="compile",
        code=str(module(tmp_path, CAT)),
        compiled_code=False,
        compiled=str(code),
    )
    compiled = compile_module(request, tmp_path / "one", cpus=1)
    assert compiled.response is not None
    wall, cpu = compiled.response.phases_ns, compiled.response.phases_cpu_ns
    assert compiled.response == Response("ended", phases_ns=wall, phases_cpu_ns=cpu)
    assert (wall.keys(), cpu.keys()) == ({"load"}, {"load"})
    run = Request(action="instantiate", code=str(code), compiled_code=True)
    assert launch(run, tmp_path / "two", Limits()).response is not None


def test_a_library_that_is_no_package_is_a_crash_of_the_child_alone(tmp_path: Path) -> None:
    code = tmp_path / "a.cwasm"
    code.write_bytes(precompile(wasmtime.wat2wasm(CAT)))
    request = Request(
        action="run", code=str(code), compiled_code=True, library=str(tmp_path / "nowhere")
    )
    outcome = launch(request, tmp_path / "child", Limits())
    assert outcome.response is None
    assert outcome.returncode == 1
    assert outcome.killed == ""


def test_the_library_that_is_asked_for_is_the_one_that_runs(tmp_path: Path) -> None:
    request = Request(
        action="run",
        code=str(module(tmp_path, CAT)),
        compiled_code=False,
        library=str(Path(wasmtime.__file__).parent),
    )
    outcome = launch(request, tmp_path / "child", Limits())
    assert outcome.response is not None
    assert outcome.response.stage == "ended"
