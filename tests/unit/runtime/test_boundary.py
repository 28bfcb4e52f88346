"""The calls of each import, counted between a module and its host."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import wasmtime
from small_modules import command, module

from wasip1_build.runtime.crossings import countable, crossings
from wasip1_build.runtime.execute import execute
from wasip1_build.runtime.request import Call, HostFunction, Preopen, Request, Response
from wasip1_build.wasm.module import read_module

LOOP = """(local $i i32)
  (loop $again
    (call $print (i32.const 1024) (i32.const 1))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $i) (i32.const 1000))))"""


def run(code: Path, **request: object) -> Response:
    """One run in which the calls of all imports are counted, unless the request says otherwise."""
    counted = crossings(read_module(code.read_bytes()))
    assert not isinstance(counted, str), counted
    asked = Request(action="run", code=str(code), compiled_code=False, counted=counted)
    return execute(asked._replace(**request), lambda: None)  # type: ignore[arg-type]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return tmp_path / "a.wasm"


def write(path: Path, wat: str) -> Path:
    path.write_bytes(wasmtime.wat2wasm(wat))
    return path


def calls(response: Response) -> dict[str, int]:
    assert response.imports is not None
    return {name: count for _module, name, count in response.imports if count}


def test_calls_are_counted_exactly_and_reach_the_host(made: Path, capfd: object) -> None:
    response = run(write(made, command(LOOP, data="x")))
    assert (response.stage, response.exit) == ("ended", 0)
    assert calls(response) == {"fd_write": 1000}
    assert capfd.readouterr().out == "x" * 1000  # type: ignore[attr-defined]


def test_every_import_has_its_own_count_also_where_a_name_comes_twice(made: Path) -> None:
    kind = "(param i32 i32 i32 i32) (result i32)"
    wat = f"""(module
      (import "wasi_snapshot_preview1" "fd_write" (func $a {kind}))
      (import "wasi_snapshot_preview1" "fd_read" (func $b {kind}))
      (import "wasi_snapshot_preview1" "fd_write" (func $c {kind}))
      (memory (export "memory") 1)
      (func $call (param $fd i32) (drop (call $c (local.get $fd) (i32.const 0) (i32.const 0)
        (i32.const 8))))
      (func (export "_start") (call $call (i32.const 9)) (call $call (i32.const 9))))"""
    assert [count for _, _, count in run(write(made, wat)).imports or ()] == [0, 0, 2]


def test_a_function_of_the_host_gets_the_guests_memory(made: Path, tmp_path: Path) -> None:
    host = tmp_path / "host.py"
    host.write_text('functions = {"env.put": lambda guest, at: guest.write(at, b"ab") or 7}\n')
    wat = module(
        """(func (export "f") (result i32)
          (drop (call $put (i32.const 64)))
          (i32.add (call $put (i32.const 80)) (i32.load16_u (i32.const 80))))""",
        imports='(import "env" "put" (func $put (param i32) (result i32)))',
    )
    put = HostFunction("env", "put", ("i32",), ("i32",))
    response = run(write(made, wat), functions=(put,), host_file=str(host), invoke=Call("f"))
    assert response.returns == (7 + 0x6261,)
    assert calls(response) == {"put": 2} and response.calls == {"env.put": 2}


def test_calls_are_counted_up_to_an_exit_and_up_to_a_trap(made: Path) -> None:
    exits = run(write(made, command("(call $proc_exit (i32.const 3))")))
    assert (exits.exit, calls(exits)) == (3, {"proc_exit": 1})
    traps = run(write(made, command("(call $print (i32.const 0) (i32.const 0)) unreachable")))
    assert (traps.trapped, calls(traps)) == (True, {"fd_write": 1})


def test_bytes_sizes_and_errors_are_those_of_each_call(made: Path) -> None:
    sizes = (0, 1, 2, 3, 4, 900)
    body = "".join(f"(call $print (i32.const 1024) (i32.const {size}))" for size in sizes)
    body += "(call $send (i32.const 9) (i32.const 1024) (i32.const 5))"
    body += "(drop (call $random_get (i32.const 64) (i32.const 32)))"
    crossings = run(write(made, command(body))).crossings or ()
    wrote, random, opened = (
        next(each for each in crossings if each.name == name)
        for name in ("fd_write", "random_get", "path_open")
    )
    assert (wrote.calls, wrote.size_bytes, wrote.errors) == (7, sum(sizes), ((8, 1),))
    assert wrote.sizes[:11] == (1, 1, 2, 1, 0, 0, 0, 0, 0, 0, 1) and sum(wrote.sizes) == 6
    assert (random.calls, random.size_bytes, random.sizes[6], random.errors) == (1, 32, 1, ())
    assert (opened.calls, opened.size_bytes, opened.sizes) == (0, None, ())


def test_what_crossed_is_the_same_after_its_way_between_processes(made: Path) -> None:
    response = run(write(made, command("(call $send (i32.const 9) (i32.const 0) (i32.const 1))")))
    assert response.crossings and Response.from_json(response.to_json()) == response


def test_the_counts_take_no_room_below_the_least_cap(made: Path) -> None:
    one_page = command(LOOP).replace('(memory (export "memory") 2)', '(memory (export "memory") 1)')
    response = run(write(made, one_page), memory_bytes=65536)
    assert (response.stage, calls(response)) == ("ended", {"fd_write": 1000})


def test_a_function_of_a_wrong_type_is_not_linked_whatever_its_name(made: Path) -> None:
    wat = """(module (import "wasi_snapshot_preview1" "fd_write" (func (param i64) (result i32)))
      (memory (export "memory") 1) (func (export "_start")))"""
    response = run(write(made, wat))
    assert response.stage == "link" and "incompatible import type" in response.error


def test_it_is_not_counted_unless_that_is_asked(made: Path) -> None:
    assert run(write(made, command("nop")), counted=None).imports is None


def test_the_cap_of_the_memory_holds_all_the_same(made: Path) -> None:
    grows = command("(if (i32.ne (memory.grow (i32.const 9)) (i32.const -1)) (then unreachable))")
    assert run(write(made, grows), memory_bytes=3 * 65536).exit == 0


@pytest.mark.parametrize(
    ("wat", "why"),
    [
        (
            '(module (import "wasi_snapshot_preview1" "sched_yield" (func $y (result i32)))'
            '(memory (export "memory") 1) (func $s (drop (call $y))) (start $s))',
            "its start function does not return",
        ),
        (
            '(module (import "wasi_snapshot_preview1" "sched_yield" (func (result i32))))',
            'it exports no memory named "memory"',
        ),
        (
            f"""(module {'(import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))' * 64}
            (memory (export "memory") 1))""",
            "it imports 64 functions, too many to count",
        ),
    ],
)
def test_what_cannot_be_counted_is_said(wat: str, why: str, made: Path) -> None:
    response = run(write(made, wat))
    assert response.stage == "link" and response.imports is None
    assert response.error.startswith("its calls cannot be counted: ") and why in response.error


@pytest.mark.parametrize("what", ["(global i32)", "(func (param v128))", "(memory 1)"])
def test_only_functions_of_numbers_can_be_counted(what: str, made: Path) -> None:
    code = write(made, f'(module (import "a" "ok" (func)) (import "a" "b" {what}))').read_bytes()
    assert crossings(read_module(code)) == "it imports a.b, which is no function of numbers"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ('(memory (export "memory") 1) (func $s) (start $s)', "it has a start function, which"),
        ('(memory (export "m") 1)', 'it exports no memory named "memory"'),
        ('(memory (export "memory") 1)', ""),
    ],
)
def test_what_is_judged_and_counted_at_once_must_run_the_same_then(fields: str, why: str) -> None:
    found = countable(read_module(bytes(wasmtime.wat2wasm(f"(module {fields})"))))
    assert found == () if not why else str(found).startswith(why)


def test_a_go_program_does_the_same_and_its_calls_are_those_that_it_makes(
    go_module: Callable[[str], Path], tmp_path: Path, capfd: object
) -> None:
    source = """package main

import "os"

func main() {
	for i := 0; i < 50; i++ {
		os.Stdout.WriteString("x")
	}
	print("y")
	data, err := os.ReadFile("/data/in.txt")
	println(string(data), err == nil)
}
"""
    (tmp_path / "in.txt").write_text("in")
    code = go_module(source)
    given = {"preopens": (Preopen(str(tmp_path), "/data"),), "argv": ("a",)}
    plain = run(code, counted=None, **given)
    expected = capfd.readouterr()  # type: ignore[attr-defined]
    counted = run(code, **given)
    assert capfd.readouterr() == expected  # type: ignore[attr-defined]
    assert replace_unlike(plain) == replace_unlike(counted)
    by_position = [count for _, name, count in counted.imports or () if name == "fd_write"]
    assert sorted(by_position)[-1] == 50 and len(by_position) == 2 and min(by_position) > 0
    assert calls(counted)["path_open"] == 1


def replace_unlike(response: Response) -> Response:
    """A response without what may differ."""
    return response._replace(phases_ns={}, phases_cpu_ns={}, crossings=None)
