"""Modules that call functions of their host, and reactors whose exports are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_modules import Workspace, assert_passes, expecting, module, only

from wasip1_build.runtime.host_functions import HostError, load
from wasip1_build.runtime.request import HostFunction
from wasip1_build.spec.model import Check, Expect, Invoke

EMIT = HostFunction("env", "emit", ("i32", "i32"), ())
ASK = HostFunction("env", "ask", ("i64", "f32"), ("i64",))
CALLER = module(
    """(func (export "_start")
      (call $emit (i32.const 1024) (i32.const 5)) (call $emit (i32.const 1029) (i32.const 1))
      (call $proc_exit (i32.wrap_i64 (call $ask (i64.const 41) (f32.const 1.5)))))""",
    "hello!",
    '(import "env" "emit" (func $emit (param i32 i32)))'
    '(import "env" "ask" (func $ask (param i64 f32) (result i64)))',
)
REACTOR = module(
    """(global $ready (mut i32) (i32.const 0))
    (func (export "_initialize") (global.set $ready (i32.const 1)))
    (func (export "ready") (result i32) (global.get $ready))
    (func (export "add") (param i32 i64) (result i64)
      (i64.add (i64.extend_i32_u (local.get 0)) (local.get 1)))
    (func (export "half") (param f32) (result f32) (f32.div (local.get 0) (f32.const 2)))
    (func (export "none") (result f64) (f64.const nan))
    (func (export "pair") (result i32 i32) (i32.const -1) (i32.const 2))
    (func (export "nothing"))
    (func (export "quit") (call $proc_exit (i32.const 4)))"""
)
EXPORTS = ("ready", "add", "half", "none", "pair", "nothing", "quit", "missing")


def with_host(workspace: Workspace, python: str | None, **expect: object) -> Check:
    """A check whose host is this Python file."""
    workspace.subject = {"functions": (ASK, EMIT)}
    if python is not None:
        workspace.write("testdata/host.py", python)
    host = None if python is None else "testdata/host.py"
    return Check("c", host=host, expect=Expect(**expect))  # type: ignore[arg-type]


def test_functions_that_no_one_wrote_return_zero_and_are_counted(workspace: Workspace) -> None:
    check = with_host(workspace, None, calls={"env.emit": 2, "env.ask": 1})
    assert_passes(workspace.try_wat(CALLER, check))


def test_a_wrong_number_of_calls_is_found(workspace: Workspace) -> None:
    finding = only(workspace.try_wat(CALLER, with_host(workspace, None, calls={"env.emit": 1})))
    assert finding.what == "check c: env.emit was called 2 times, expected 1"
    assert finding.key == "check.c.expect.calls"


def test_calls_of_a_function_that_is_not_declared_cannot_be_expected(workspace: Workspace) -> None:
    finding = only(workspace.try_wat(CALLER, with_host(workspace, None, calls={"env.emmit": 1})))
    assert "env.emmit is no function of imports.host" in finding.what


def test_a_host_function_reads_and_writes_the_memory_of_the_guest(workspace: Workspace) -> None:
    host = """
seen = []

def emit(guest, pointer, length):
    seen.append(guest.read(pointer, length))
    guest.write(pointer, b"J")

def ask(guest, number, fraction):
    assert seen == [b"hello", b"!"] and guest.read(1024, 2) == b"Je"
    assert (number, fraction) == (41, 1.5)
    return number + 1

functions = {"env.emit": emit, "env.ask": ask}
"""
    check = with_host(workspace, host, exit=42, stdout="")
    assert_passes(workspace.try_wat(CALLER, check))


def test_of_a_host_with_many_functions_those_of_a_like_name_are_named(tmp_path: Path) -> None:
    host = tmp_path / "host.py"
    host.write_text("functions = {'env.call_8': print}")
    many = tuple(HostFunction("env", f"call_{number}x", (), ()) for number in range(300))
    with pytest.raises(HostError) as caught:
        load(str(host), "host.py", many)
    assert "host.py has 'env.call_8'; the host has 300 functions, such as env.call_8x" in str(
        caught.value
    )
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("functions = 1", "testdata/host.py defines no dict `functions`"),
        ("", "testdata/host.py defines no dict `functions`"),
        ("x = (", "testdata/host.py:1: SyntaxError: '(' was never closed"),
        ("\nimport nowhere", "testdata/host.py:2: ModuleNotFoundError: No module named 'nowhere'"),
        ("raise SystemExit(3)", "testdata/host.py:1: SystemExit: 3"),
        (
            "functions = {'env.other': print}",
            "testdata/host.py has 'env.other'; imports.host declares env.ask, env.emit",
        ),
        ("functions = {'env.emit': 1}", "testdata/host.py: env.emit is int, no function"),
        (
            "def emit(guest, p, n):\n    return {}['x']\nfunctions = {'env.emit': emit}",
            "env.emit: testdata/host.py:2: KeyError: 'x'",
        ),
        (
            "functions = {'env.emit': lambda guest: None}",
            "env.emit: testdata/host.py: TypeError: <lambda>() takes 1 positional argument but 3 "
            "were given",
        ),
        (
            "functions = {'env.emit': lambda guest, p, n: 5}",
            "env.emit returned int; its declared result is nothing",
        ),
        (
            "functions = {'env.ask': lambda guest, a, b: None}",
            "env.ask returned nothing; its declared result is i64",
        ),
        (
            "functions = {'env.ask': lambda guest, a, b: 'x'}",
            "env.ask returned a wrong value: 'x' is not an integer, as i64 needs",
        ),
        (
            "functions = {'env.ask': lambda guest, a, b: 1 << 64}",
            f"env.ask returned a wrong value: {1 << 64} does not fit into i64",
        ),
        (
            "functions = {'env.emit': lambda guest, p, n: guest.read(-1, n)}",
            "env.emit: testdata/host.py:1: IndexError: cannot read 5 bytes at 0xffffffff: the "
            "guest's memory has 0x20000",
        ),
        (
            "functions = {'env.emit': lambda guest, p, n: guest.write(131071, b'xx')}",
            "env.emit: testdata/host.py:1: IndexError: cannot write 2 bytes at 0x1ffff: the "
            "guest's memory has 0x20000",
        ),
    ],
)
def test_what_is_wrong_with_a_host_file_is_said_with_its_line(
    workspace: Workspace, host: str, why: str
) -> None:
    finding = only(workspace.try_wat(CALLER, with_host(workspace, host)))
    assert (finding.rule, finding.key) == ("check-host", "check.c.host")
    assert finding.why.startswith(why)
    assert str(workspace.root) not in str(finding)


def test_what_a_host_file_prints_is_no_output_of_the_guest(workspace: Workspace) -> None:
    host = "print('note')\nfunctions = {'env.ask': lambda guest, a, b: 7}"
    assert_passes(workspace.try_wat(CALLER, with_host(workspace, host, exit=7, stdout="")))
    finding = only(workspace.try_wat(CALLER, with_host(workspace, host, exit=0)))
    assert "note" in finding.details


def test_a_process_that_dies_in_a_run_is_a_finding(workspace: Workspace) -> None:
    host = "import os\nfunctions = {'env.emit': lambda guest, p, n: os.abort()}"
    finding = only(workspace.try_wat(CALLER, with_host(workspace, host)))
    assert finding.rule == "check-crash"
    assert "signal 6" in finding.what


def test_a_host_function_that_does_not_return_is_ended(workspace: Workspace) -> None:
    host = "def emit(guest, p, n):\n    while True: pass\nfunctions = {'env.emit': emit}"
    check = with_host(workspace, host)
    check = Check("c", host=check.host, timeout_s=0.3)
    assert only(workspace.try_wat(CALLER, check)).rule == "check-timeout"


def invoking(export: str, *args: int | float, returns: tuple[int | float, ...] | None) -> Check:
    return Check("c", invoke=Invoke(export, args, returns))


@pytest.mark.parametrize(
    "check",
    [
        invoking("ready", returns=(1,)),
        invoking("add", 0xFFFFFFFF, 1, returns=(0x100000000,)),
        invoking("add", -1, -1, returns=(0xFFFFFFFE,)),
        invoking("half", 0.1, returns=(0.05,)),
        invoking("half", 1, returns=(0.5,)),
        invoking("none", returns=(float("nan"),)),
        invoking("pair", returns=(0xFFFFFFFF, 2)),
        invoking("nothing", returns=()),
        invoking("pair", returns=None),
    ],
    ids=str,
)
def test_an_export_returns_what_is_expected(workspace: Workspace, check: Check) -> None:
    workspace.subject = {"kind": "reactor", "exports": EXPORTS}
    assert_passes(workspace.try_wat(REACTOR, check))


@pytest.mark.parametrize(
    ("check", "rule", "text"),
    [
        (invoking("ready", returns=(2,)), "check-returns", "ready returned 1, expected 2"),
        (invoking("pair", returns=(1,)), "check-returns", "pair returned -1, 2, expected 1"),
        (invoking("nothing", returns=(1,)), "check-returns", "returned nothing, expected 1"),
        (invoking("ready", returns=(0.5,)), "check-returns", "0.5 is not an integer"),
        (invoking("add", 1, returns=(1,)), "check-invoke", "takes 2 arguments (i32, i64)"),
        (invoking("add", 1 << 40, 1, returns=None), "check-invoke", "does not fit into i32"),
        (invoking("half", "x", returns=None), "check-invoke", "'x' is not a number"),  # type: ignore[arg-type]
        (invoking("missing", returns=None), "check-invoke", "exports no function missing"),
        (invoking("quit", returns=None), "check-exit", "it exited with 4, expected 0"),
        (invoking("other", returns=None), "check-not-declared", "no declared export"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_export_that_does_not_do_what_is_expected_is_found(
    workspace: Workspace, check: Check, rule: str, text: str
) -> None:
    workspace.subject = {"kind": "reactor", "exports": EXPORTS}
    finding = only(workspace.try_wat(REACTOR, check))
    assert finding.rule == rule
    assert text in finding.what + finding.why


def test_a_reactor_is_only_initialized_where_nothing_is_invoked(workspace: Workspace) -> None:
    workspace.subject = {"kind": "reactor"}
    assert_passes(workspace.try_wat(REACTOR, expecting()))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("unreachable", "wasm trap: wasm `unreachable` instruction executed"),
        ("(call $proc_exit (i32.const 0))", "it exited with 0"),
    ],
)
def test_a_reactor_whose_initialize_does_not_return_fails_instantiates(
    workspace: Workspace, body: str, why: str
) -> None:
    workspace.subject = {"kind": "reactor"}
    wat = module(f'(func (export "_initialize") {body})')
    (instantiates,) = workspace.try_module(workspace.module(wat))
    finding = only(instantiates)
    assert (finding.rule, finding.why) == ("check-initialize", why)
