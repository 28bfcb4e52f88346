"""Checks of small real modules: each expectation met and missed, under exactly the grants."""

from __future__ import annotations

import os

import pytest
from small_modules import (
    Workspace,
    assert_passes,
    command,
    expecting,
    module,
    only,
)

from wasip1_build.spec.model import Check, DirGrant, Expect, Grants

HELLO = command("(call $print (i32.const 1024) (i32.const 6))", "hello\\n")
EXIT_3 = command("(call $proc_exit (i32.const 3))")
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
    assert finding.rule == "check-exit"
    assert finding.what.endswith("it exited with a code of 126 or more")
    assert "exit with invalid exit status outside of [0..126)" in finding.why


def test_an_exit_code_that_wasmtime_refuses_is_no_trap(workspace: Workspace) -> None:
    expected = expecting(exit=134)
    finding = only(workspace.try_wat(command("(call $proc_exit (i32.const 134))"), expected))
    assert finding.rule == "check-exit"


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
