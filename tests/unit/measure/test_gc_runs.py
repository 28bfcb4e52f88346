"""Runs under settings, by a small module that does one thing more where a variable is set."""

from __future__ import annotations

from pathlib import Path

import pytest
import wasmtime

from wasip1_build.findings import Failure
from wasip1_build.measure.gc_runs import Runner, Tried
from wasip1_build.measure.gc_settings import Setting
from wasip1_build.runtime.granted import Layout
from wasip1_build.runtime.trial import Subject
from wasip1_build.spec.model import Check, Expect

PAGE_BYTES = 65536
# It writes "ok"; GOGC is the only variable that it could be given.
MODULE = """(module
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "\\20\\00\\00\\00\\02\\00\\00\\00") (data (i32.const 32) "ok")
  (func (export "_start")
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (if (i32.load (i32.const 0)) (then {set}))
    {always}
    (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 8)))))"""
OTHER_TEXT = "(i32.store8 (i32.const 32) (i32.const 79))"
RANDOM_TEXT = "(drop (call $random (i32.const 32) (i32.const 2)))"
SAYS_OK = Check("says", timeout_s=0.5, expect=Expect(stdout="ok"))
CASE = Check("bench.case", timeout_s=0.5)
NOT_SET, SET = Setting(), Setting("50")


def runner(place: Path, check: Check = SAYS_OK, *, set: str = "", always: str = "") -> Runner:
    """One check of a module that does `set` where GOGC is set."""
    config = wasmtime.Config()
    config.gc_support = False
    config.wasm_threads = False
    module = wasmtime.Module(wasmtime.Engine(config), MODULE.format(set=set, always=always))
    code = place / "a.cwasm"
    code.write_bytes(bytes(module.serialize()))
    subject = Subject("a", "command", place, place, None, Layout(), (), place / "pristine")
    return Runner(subject, code, (check,), lambda name: place / name)


def tried(run: Runner, rounds: int = 2) -> tuple[Tried, ...]:
    return run.in_turns((NOT_SET, SET), rounds, lambda _line: None)


def test_each_round_has_a_sample_of_each_check_with_the_exact_peak(tmp_path: Path) -> None:
    default, other = tried(runner(tmp_path, set="(drop (memory.grow (i32.const 4)))"), rounds=3)
    assert default.peaks_bytes == (PAGE_BYTES,) * 3
    assert other.peaks_bytes == (5 * PAGE_BYTES,) * 3
    assert all(each.cpu_ns > 0 for each in default.samples["says"])
    assert all(each.wall_ns > 0 for each in default.samples["says"])
    assert (default.failed, default.collected) == ("", 0)


@pytest.mark.parametrize(
    ("set", "why"),
    [
        ("(loop $l (br $l))", "it did not end within 0.5 s"),
        (OTHER_TEXT, "stdout differs from what is expected"),
        ("(unreachable)", "the module trapped"),
    ],
    ids=["time-out", "wrong output", "trap"],
)
def test_a_setting_under_which_a_check_fails_says_why_and_has_no_figures(
    tmp_path: Path, set: str, why: str
) -> None:
    default, other = tried(runner(tmp_path, set=set))
    assert (other.failed, other.samples) == (f"check says: {why}", {})
    assert len(default.samples["says"]) == 2


def test_a_case_is_expected_to_write_what_it_wrote_under_the_declared_setting(
    tmp_path: Path,
) -> None:
    proved = runner(tmp_path, CASE, set=OTHER_TEXT).proved(NOT_SET)
    assert [each.failed != "" for each in tried(proved)] == [False, True]
    of_set = runner(tmp_path, CASE, set=OTHER_TEXT).proved(SET)
    assert [each.failed != "" for each in tried(of_set)] == [True, False]


def test_a_case_that_differs_from_itself_is_held_to_its_end_alone(tmp_path: Path) -> None:
    proved = runner(tmp_path, CASE, always=RANDOM_TEXT).proved(NOT_SET)
    assert [each.failed for each in tried(proved)] == ["", ""]


def test_what_fails_as_declared_cannot_be_compared_with(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="stdout differs"):
        runner(tmp_path, set=OTHER_TEXT).proved(SET)
    assert runner(tmp_path, set=OTHER_TEXT).need(SET) is None


def test_the_need_is_known_where_nothing_is_collected(tmp_path: Path) -> None:
    run = runner(tmp_path, always="(drop (memory.grow (i32.const 2)))")
    need = run.need(NOT_SET)
    assert need is not None
    assert (need.peak_bytes, need.live_bytes) == (3 * PAGE_BYTES, None)
    assert run.start_memory_bytes() == PAGE_BYTES
