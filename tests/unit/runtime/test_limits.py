"""Runs that would not end, eat memory, flood their output or fill their directories."""

from __future__ import annotations

import os

import pytest
from small_modules import Workspace, assert_passes, command, expecting, only

from wasip1_build.runtime.launch import Limits
from wasip1_build.spec.model import Check, DirGrant, Grants

FOREVER = command("(loop $l (br $l))")
RW = Grants(dirs=(DirGrant("data", "/data", "rw"),))
CREATE = "(i32.const 1)"


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
