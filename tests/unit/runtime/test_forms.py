"""Modules and .cwasm files: damaged, hostile, and whether both do the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import wasmtime
from small_modules import Workspace, assert_passes, command, expecting, only, precompile

from wasip1_build.findings import Severity

HELLO = command("(call $print (i32.const 1024) (i32.const 6))", "hello\\n")
EXIT_3 = command("(call $proc_exit (i32.const 3))")
EXIT_3 = command("(call $proc_exit (i32.const 3))")


@pytest.mark.parametrize(
    "content",
    [b"", b"\0asm", b"(module)", HELLO.encode(), b"\0asm\1\0\0\0\x01\xff\xff\xff\xff\x0f"],
)
def test_what_is_no_module_is_found(workspace: Workspace, content: bytes) -> None:
    (instantiates,) = workspace.try_module(workspace.write("a.wasm", content))
    assert only(instantiates).rule == "check-load"


def test_a_truncated_module_is_found_once_and_its_checks_do_not_pass(
    workspace: Workspace,
) -> None:
    whole = bytes(wasmtime.wat2wasm(HELLO))
    broken = workspace.write("a.wasm", whole[: len(whole) // 2])
    instantiates, check = workspace.try_module(broken, expecting())
    assert only(instantiates).rule == "check-load"
    assert (check.verdict, check.findings, check.runs) == ("fail", (), ())


@pytest.mark.parametrize("kept", [0, 10, 5000])
def test_a_truncated_cwasm_is_found_and_no_check_passes(workspace: Workspace, kept: int) -> None:
    path = workspace.module(HELLO)
    cwasm = precompile(path.read_bytes())[:kept]
    instantiates, check = workspace.try_module(path, expecting(), cwasm=cwasm)
    finding = only(instantiates)
    assert finding.rule == "check-load"
    assert finding.what.endswith("(run from the .cwasm)")
    assert (check.verdict, len(check.runs)) == ("fail", 1)


def test_a_command_without_checks_is_linked_from_its_cwasm_alone(workspace: Workspace) -> None:
    path = workspace.module(HELLO)
    cwasm = precompile(path.read_bytes())
    (instantiates,) = workspace.try_module(path, cwasm=cwasm)
    assert_passes(instantiates)
    assert [run.form for run in instantiates.runs] == ["cwasm"]
    (instantiates,) = workspace.try_module(path, cwasm=cwasm[:5000])
    assert only(instantiates).rule == "check-load"


def test_a_reactor_runs_code_when_it_starts_and_is_tried_in_both_forms(
    workspace: Workspace,
) -> None:
    path = workspace.module('(module (memory (export "memory") 1) (func (export "_initialize")))')
    workspace.subject = {"kind": "reactor"}
    (instantiates,) = workspace.try_module(path, cwasm=precompile(path.read_bytes()))
    assert_passes(instantiates)
    assert [run.form for run in instantiates.runs] == ["wasm", "cwasm"]


def test_machine_code_that_crashes_its_process_is_a_finding(workspace: Workspace) -> None:
    path = workspace.module(HELLO)
    cwasm = precompile(path.read_bytes())
    prologue, illegal = b"\x55\x48\x89\xe5", b"\x0f\xff\x0f\xff"  # push, mov; ud0
    if prologue not in cwasm:
        pytest.skip("knows only what functions begin with on x86_64")
    tried = workspace.try_module(path, expecting(), cwasm=cwasm.replace(prologue, illegal))
    finding = only(tried[1])
    assert finding.rule == "check-crash"
    assert "(signal 4) (run from the .cwasm)" in finding.what


def test_a_cwasm_for_interruptible_hosts_runs_where_it_is_declared_so(
    workspace: Workspace,
) -> None:
    path = workspace.module(HELLO)
    cwasm = precompile(path.read_bytes(), interruptible=True)
    instantiates, _check = workspace.try_module(path, expecting(), cwasm=cwasm)
    assert "epoch interruption" in only(instantiates).why
    workspace.subject = {"interruptible": True}
    assert_passes(workspace.try_module(path, expecting(stdout="hello\n"), cwasm=cwasm)[1])


def test_forms_that_differ_are_found(workspace: Workspace) -> None:
    other = precompile(bytes(wasmtime.wat2wasm(HELLO.replace("hello", "HELLO"))))
    finding = only(workspace.try_wat(HELLO, expecting(), cwasm=other))
    assert finding.rule == "check-forms-differ"
    assert "+HELLO" in finding.details


def test_forms_that_agree_are_reported_once_where_both_are_wrong(workspace: Workspace) -> None:
    path = workspace.module(EXIT_3)
    cwasm = precompile(path.read_bytes())
    _instantiates, check = workspace.try_module(path, expecting(), cwasm=cwasm)
    assert only(check).what == "check c: it exited with 3, expected 0"
    assert [run.form for run in check.runs] == ["wasm", "cwasm"]


def test_a_program_that_differs_from_itself_is_only_warned_of(workspace: Workspace) -> None:
    path = workspace.module(
        command(
            "(drop (call $random_get (i32.const 1024) (i32.const 16)))"
            "(call $print (i32.const 1024) (i32.const 16))"
        )
    )
    cwasm = precompile(path.read_bytes())
    _instantiates, check = workspace.try_module(path, expecting(), cwasm=cwasm)
    assert [(each.rule, each.severity) for each in check.findings] == [
        ("check-not-deterministic", Severity.WARNING)
    ]
    assert check.verdict == "pass"


def test_a_go_program_runs_in_both_forms(workspace: Workspace, hello_wasm: Path) -> None:
    cwasm = precompile(hello_wasm.read_bytes())
    tried = workspace.try_module(hello_wasm, expecting(stdout="hello\n", stderr=""), cwasm=cwasm)
    for each in tried:
        assert_passes(each)
    assert {run.peak_memory_bytes for run in tried[1].runs} == {tried[1].runs[0].peak_memory_bytes}
