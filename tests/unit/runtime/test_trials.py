"""Checks of small real modules: each expectation met and missed, each limit kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import wasmtime
from small_modules import (
    Workspace,
    assert_passes,
    command,
    expecting,
    module,
    only,
    precompile,
)

from wasip1_build.findings import Severity
from wasip1_build.runtime.launch import Limits
from wasip1_build.spec.model import Check, DirGrant, Expect, Grants

HELLO = command("(call $print (i32.const 1024) (i32.const 6))", "hello\\n")
EXIT_3 = command("(call $proc_exit (i32.const 3))")
FOREVER = command("(loop $l (br $l))")
RW = Grants(dirs=(DirGrant("data", "/data", "rw"),))
RO = Grants(dirs=(DirGrant("data", "/data", "ro"),))
CREATE = "(i32.const 1)"
WRITE_OUT = f"""
  (call $send (call $open (i32.const 3) (i32.const 1024) (i32.const 3) {CREATE})
    (i32.const 1024) (i32.const 3))"""


def test_a_check_passes_where_all_is_as_expected(workspace: Workspace) -> None:
    assert_passes(workspace.try_wat(HELLO, expecting(stdout="hello\n", stderr="")))


def test_a_wrong_exit_code_is_found_with_what_the_module_wrote_to_stderr(
    workspace: Workspace,
) -> None:
    wat = command(
        "(call $eprint (i32.const 1024) (i32.const 4)) (call $proc_exit (i32.const 3))", "oops"
    )
    finding = only(workspace.try_wat(wat))
    assert finding.what == "check c: it exited with 3, expected 0"
    assert finding.key == "check.c.expect.exit"
    assert finding.details == "oops"


def test_an_expected_exit_code_other_than_zero_passes(workspace: Workspace) -> None:
    assert_passes(workspace.try_wat(EXIT_3, expecting(exit=3)))


def test_a_wrong_stdout_is_found_with_a_diff(workspace: Workspace) -> None:
    finding = only(workspace.try_wat(HELLO, expecting(stdout="hallo\n")))
    assert finding.rule == "check-stdout"
    assert finding.key == "check.c.expect.stdout"
    assert finding.details.splitlines() == ["--- expected", "+++ got", "-hallo", "+hello"]


def test_stdout_is_compared_with_a_file(workspace: Workspace) -> None:
    workspace.write("want.txt", "hello\n")
    assert_passes(workspace.try_wat(HELLO, expecting(stdout_file="want.txt")))
    workspace.write("want.txt", "other\n")
    finding = only(workspace.try_wat(HELLO, expecting(stdout_file="want.txt")))
    assert finding.key == "check.c.expect.stdout-file"


def test_a_wrong_stderr_is_found(workspace: Workspace) -> None:
    wat = command("(call $eprint (i32.const 1024) (i32.const 4))", "oops")
    assert only(workspace.try_wat(wat, expecting(stderr=""))).rule == "check-stderr"
    assert_passes(workspace.try_wat(wat, expecting(stderr="oops")))


def test_an_expected_file_is_compared_and_the_real_directory_is_untouched(
    workspace: Workspace,
) -> None:
    workspace.grants = RW
    workspace.write("data/in.txt", "in")
    workspace.write("want.txt", "out")
    check = expecting(files={"/data/out": "want.txt"}, no_other_files=True)
    assert_passes(workspace.try_wat(command(WRITE_OUT, "out"), check))
    assert os.listdir(workspace.root / "data") == ["in.txt"]


def test_an_expected_file_that_differs_is_found_with_a_diff(workspace: Workspace) -> None:
    workspace.grants = RW
    workspace.write("data/in.txt", "in")
    workspace.write("want.txt", "OUT")
    finding = only(
        workspace.try_wat(command(WRITE_OUT, "out"), expecting(files={"/data/out": "want.txt"}))
    )
    assert finding.what == "check c: /data/out differs from want.txt"
    assert "+out (no newline at the end)" in finding.details


def test_an_expected_file_that_is_not_written_is_found(workspace: Workspace) -> None:
    workspace.grants = RW
    workspace.write("data/in.txt", "in")
    workspace.write("want.txt", "out")
    finding = only(workspace.try_wat(HELLO, expecting(files={"/data/out": "want.txt"})))
    assert finding.what == "check c: /data/out was not written"


def test_an_expected_file_outside_of_all_grants_is_found(workspace: Workspace) -> None:
    workspace.write("want.txt", "out")
    finding = only(workspace.try_wat(HELLO, expecting(files={"/out": "want.txt"})))
    assert finding.what == "check c: /out lies in no granted directory"


def test_a_link_in_place_of_an_expected_file_is_not_followed(workspace: Workspace) -> None:
    workspace.grants = RW
    workspace.write("data/in.txt", "in")
    workspace.write("want.txt", "in")
    body = """(drop (call $path_symlink (i32.const 1024) (i32.const 6) (i32.const 3)
        (i32.const 1030) (i32.const 3)))"""
    check = expecting(files={"/data/out": "want.txt"})
    finding = only(workspace.try_wat(command(body, "in.txtout"), check))
    assert finding.what == "check c: /data/out is a symbolic link, not a file"


def test_other_files_are_found_where_none_are_allowed(workspace: Workspace) -> None:
    workspace.grants = RW
    workspace.write("data/in.txt", "in")
    body = (
        WRITE_OUT
        + "(drop (call $path_unlink_file (i32.const 3) (i32.const 1027) (i32.const 6)))"
        + "(drop (call $path_create_directory (i32.const 3) (i32.const 1033) (i32.const 1)))"
    )
    wat = command(body, "outin.txtd")
    assert_passes(workspace.try_wat(wat))
    finding = only(workspace.try_wat(wat, expecting(no_other_files=True)))
    assert finding.what == "check c: it changed 3 other files"
    assert finding.details.splitlines() == [
        "/data/d was created (a directory)",
        "/data/in.txt was removed",
        "/data/out was created",
    ]


def test_a_changed_input_is_an_other_file(workspace: Workspace) -> None:
    workspace.grants = RW
    workspace.write("data/out", "before")
    finding = only(workspace.try_wat(command(WRITE_OUT, "out"), expecting(no_other_files=True)))
    assert finding.details == "/data/out was changed"


def test_a_loop_without_end_is_ended(workspace: Workspace) -> None:
    finding = only(workspace.try_wat(FOREVER, Check("c", timeout_s=0.3)))
    assert finding.rule == "check-timeout"
    assert finding.what == "check c: it did not end within 0.3 s"


def test_a_sleep_in_the_host_is_ended(workspace: Workspace) -> None:
    sleep = command(
        "(i64.store (i32.const 88) (i64.const 100000000000))"
        "(drop (call $poll_oneoff (i32.const 64) (i32.const 256) (i32.const 1) (i32.const 8)))"
    )
    assert only(workspace.try_wat(sleep, Check("c", timeout_s=0.3))).rule == "check-timeout"


def test_memory_beyond_the_limit_is_refused_and_the_peak_is_known(workspace: Workspace) -> None:
    workspace.subject = {"max_memory_bytes": 1 << 20}
    greedy = command(
        "(loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))"
        "(call $proc_exit (memory.size))"
    )
    tried = workspace.try_wat(greedy, expecting(exit=16))
    assert_passes(tried)
    assert tried.runs[0].peak_memory_bytes == 1 << 20


def test_a_module_that_starts_with_too_much_memory_is_not_instantiated(
    workspace: Workspace,
) -> None:
    huge = workspace.module('(module (memory (export "memory") 20000) (func (export "_start")))')
    (instantiates,) = workspace.try_module(huge)
    assert only(instantiates).rule == "check-instantiate"


def test_a_flood_of_output_is_ended(workspace: Workspace) -> None:
    workspace.subject = {"standard": Limits(output_bytes=1 << 20)}
    flood = command("(loop $l (call $print (i32.const 1024) (i32.const 60000)) (br $l))")
    finding = only(workspace.try_wat(flood))
    assert finding.what == "check c: it wrote more than 1 MiB to stdout or stderr"


@pytest.mark.parametrize(
    "fill",
    [
        # one file that grows
        "(local $f i32) (local.set $f (call $open (i32.const 3) (i32.const 1024) (i32.const 1) "
        f"{CREATE})) (loop $l (call $send (local.get $f) (i32.const 1024) (i32.const 60000))"
        "(br $l))",
        # a sparse one
        "(drop (call $fd_filestat_set_size (call $open (i32.const 3) (i32.const 1024) "
        f"(i32.const 1) {CREATE}) (i64.const 1048576)))",
        # many small ones, named by a counter
        "(local $n i32) (loop $l (local.set $n (i32.add (local.get $n) (i32.const 1)))"
        "(i32.store8 (i32.const 1024) (i32.add (i32.const 48) (i32.and (local.get $n)"
        "(i32.const 31)))) (i32.store8 (i32.const 1025) (i32.add (i32.const 48)"
        "(i32.shr_u (local.get $n) (i32.const 5))))"
        "(drop (call $path_create_directory (i32.const 3) (i32.const 1024) (i32.const 2)))"
        "(br_if $l (i32.lt_u (local.get $n) (i32.const 200))))",
    ],
    ids=["data", "sparse", "files"],
)
def test_a_run_that_fills_its_directories_is_found(workspace: Workspace, fill: str) -> None:
    workspace.grants = RW
    workspace.write("data/in.txt", "in")
    workspace.subject = {"standard": Limits(scratch_bytes=1 << 20, scratch_files=100)}
    finding = only(workspace.try_wat(command(fill, "f")))
    assert finding.rule == "check-scratch"
    assert os.listdir(workspace.root / "data") == ["in.txt"]


def test_directories_nested_beyond_the_longest_path_are_found_and_removed(
    workspace: Workspace,
) -> None:
    workspace.grants = RW
    workspace.write("data/in.txt", "in")
    nest = """(local $d i32) (local $n i32) (local.set $d (i32.const 3)) (loop $l
        (drop (call $path_create_directory (local.get $d) (i32.const 1024) (i32.const 200)))
        (local.set $d (call $open_to_read (local.get $d) (i32.const 1024) (i32.const 200)))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $l (i32.lt_u (local.get $n) (i32.const 60))))"""
    finding = only(workspace.try_wat(command(nest, "d" * 200)))
    assert finding.rule == "check-scratch"


def test_a_trap_is_found_with_its_cause_and_backtrace(workspace: Workspace) -> None:
    finding = only(workspace.try_wat(command("unreachable")))
    assert finding.rule == "check-trap"
    assert finding.why == "wasm trap: wasm `unreachable` instruction executed"
    assert "0x" in finding.details


def test_a_trap_is_exit_code_134_as_with_the_wasmtime_program(workspace: Workspace) -> None:
    assert_passes(workspace.try_wat(command("unreachable"), expecting(exit=134)))


def test_endless_recursion_is_a_trap(workspace: Workspace) -> None:
    wat = command("(call $deep)", other="(func $deep (call $deep))")
    assert only(workspace.try_wat(wat)).why == "wasm trap: call stack exhausted"


def test_an_exit_code_that_wasmtime_refuses_is_said(workspace: Workspace) -> None:
    finding = only(workspace.try_wat(command("(call $proc_exit (i32.const 200))")))
    assert "exit with invalid exit status outside of [0..126)" in finding.why


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


def test_machine_code_that_crashes_its_process_is_a_finding(workspace: Workspace) -> None:
    path = workspace.module(HELLO)
    cwasm = precompile(path.read_bytes())
    text = cwasm.index(b"\x55\x48\x89\xe5") if b"\x55\x48\x89\xe5" in cwasm else None
    if text is None:
        pytest.skip("knows x86_64's function prologues only")
    broken = cwasm.replace(b"\x55\x48\x89\xe5", b"\x0f\xff\x0f\xff")  # ud0: an illegal instruction
    tried = workspace.try_module(path, expecting(), cwasm=broken)
    found = [finding for each in tried for finding in each.findings]
    assert {finding.rule for finding in found} <= {"check-crash", "check-trap"}
    assert tried[1].verdict == "fail"


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


def test_a_read_only_directory_can_be_read_and_in_no_way_written(workspace: Workspace) -> None:
    """Each attempt that succeeds adds one to the exit code; all do where the grant is rw."""

    def attempt(call: str) -> str:
        return f"(local.set $n (i32.add (local.get $n) (i32.eqz {call})))"

    three, old, new = "(i32.const 3)", "(i32.const 1024) (i32.const 1)", "(i32.const 1025)"
    one = "(i32.const 1)"
    attempts = [
        f"(call $path_create_directory {three} {new} {one})",
        f"(call $path_remove_directory {three} {new} {one})",
        f"(call $path_symlink {old} {three} {new} {one})",
        f"(call $path_unlink_file {three} {new} {one})",
        f"(call $path_link {three} (i32.const 0) {old} {three} {new} {one})",
        f"(call $path_filestat_set_times {three} (i32.const 0) {old} (i64.const 5) (i64.const 5) "
        "(i32.const 5))",
        f"(i32.lt_s (call $open {three} {new} {one} {CREATE}) (i32.const 0))",
        f"(call $path_rename {three} {old} {three} {new} {one})",
        f"(call $path_unlink_file {three} {new} {one})",
    ]
    wat = command(
        "(local $n i32)" + "".join(map(attempt, attempts)) + "(call $proc_exit (local.get $n))",
        "on",
    )
    workspace.write("data/o", "old")
    workspace.grants = RW
    assert_passes(workspace.try_wat(wat, expecting(exit=len(attempts))))
    workspace.grants = RO
    assert_passes(workspace.try_wat(wat, expecting(exit=0, no_other_files=True)))
    truncate = command(
        f"(call $proc_exit (i32.lt_s (call $open {three} {old} (i32.const 8)) (i32.const 0)))", "o"
    )
    assert_passes(workspace.try_wat(truncate, expecting(exit=1)))
    read = command(
        "(i32.store (i32.const 0) (i32.const 2048)) (i32.store (i32.const 4) (i32.const 9))"
        "(drop (call $fd_read (call $open_to_read (i32.const 3) (i32.const 1024)"
        "(i32.const 1)) (i32.const 0) (i32.const 1) (i32.const 8)))"
        "(call $print (i32.const 2048) (i32.const 3))",
        "o",
    )
    assert_passes(workspace.try_wat(read, expecting(stdout="old")))


ENVIRONMENT = command(
    """(drop (call $environ_sizes_get (i32.const 16) (i32.const 20)))
    (drop (call $environ_get (i32.const 4096) (i32.const 8192)))
    (call $print (i32.const 8192) (i32.load (i32.const 20)))"""
)


def test_only_granted_variables_are_visible(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "1")
    monkeypatch.setenv("TZ", "Mars")
    workspace.grants = Grants(env={"B": "2", "A": "1"}, env_inherit=("TZ",))
    workspace.subject = {"gogc": "off", "memory_limit_bytes": 4096}
    expected = "A=1\0B=2\0GOGC=off\0GOMEMLIMIT=4096B\0"
    assert_passes(workspace.try_wat(ENVIRONMENT, expecting(stdout=expected)))
    check = Check("c", env={"TZ": "UTC"}, expect=Expect(stdout=expected + "TZ=UTC\0"))
    assert_passes(workspace.try_wat(ENVIRONMENT, check))


def test_a_check_cannot_set_a_variable_that_is_not_granted(workspace: Workspace) -> None:
    finding = only(workspace.try_wat(ENVIRONMENT, Check("c", env={"TZ": "UTC"})))
    assert (finding.rule, finding.key) == ("check-not-declared", "check.c.env")


def test_arguments_begin_with_the_name_of_the_artifact(workspace: Workspace) -> None:
    wat = command(
        """(drop (call $args_sizes_get (i32.const 16) (i32.const 20)))
        (drop (call $args_get (i32.const 4096) (i32.const 8192)))
        (call $print (i32.const 8192) (i32.load (i32.const 20)))"""
    )
    workspace.grants = Grants(args=("--granted",))
    assert_passes(workspace.try_wat(wat, expecting(stdout="a\0--granted\0")))
    own = Check("c", args=("x", "é"), expect=Expect(stdout="a\0x\0é\0"))
    assert_passes(workspace.try_wat(wat, own))


ECHO = command(
    """(i32.store (i32.const 0) (i32.const 2048)) (i32.store (i32.const 4) (i32.const 100))
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $print (i32.const 2048) (i32.load (i32.const 8)))"""
)


def test_stdin_is_given_where_it_is_granted(workspace: Workspace) -> None:
    workspace.grants = Grants(stdin=True)
    assert_passes(workspace.try_wat(ECHO, Check("c", stdin="hi", expect=Expect(stdout="hi"))))
    workspace.write("in.txt", "file")
    check = Check("c", stdin_file="in.txt", expect=Expect(stdout="file"))
    assert_passes(workspace.try_wat(ECHO, check))


def test_stdin_is_empty_unless_it_is_granted(workspace: Workspace) -> None:
    assert_passes(workspace.try_wat(ECHO, expecting(stdout="")))
    finding = only(workspace.try_wat(ECHO, Check("c", stdin="hi")))
    assert finding.key == "check.c.stdin"


def test_an_import_that_nothing_provides_fails_instantiates(workspace: Workspace) -> None:
    path = workspace.module(module('(func (export "_start"))', imports='(import "env" "f" (func))'))
    instantiates, check = workspace.try_module(path, expecting())
    finding = only(instantiates)
    assert finding.key == "check.instantiates"
    assert finding.why == "unknown import: `env::f` has not been defined"
    assert check.verdict == "fail"


def test_an_import_with_another_type_fails_instantiates(workspace: Workspace) -> None:
    path = workspace.module(
        '(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i64)))'
        '(memory (export "memory") 1) (func (export "_start")))'
    )
    (instantiates,) = workspace.try_module(path)
    assert "types incompatible" in only(instantiates).why


def test_instantiates_runs_no_code_of_a_command(workspace: Workspace) -> None:
    (instantiates,) = workspace.try_module(workspace.module(EXIT_3))
    assert_passes(instantiates)


def test_a_go_program_runs_in_both_forms(workspace: Workspace, hello_wasm: Path) -> None:
    cwasm = precompile(hello_wasm.read_bytes())
    tried = workspace.try_module(hello_wasm, expecting(stdout="hello\n", stderr=""), cwasm=cwasm)
    for each in tried:
        assert_passes(each)
    assert {run.peak_memory_bytes for run in tried[1].runs} == {tried[1].runs[0].peak_memory_bytes}
