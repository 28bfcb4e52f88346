"""budget.host-calls and budget.fd-write on real runs: from what is counted to the finding."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import wasmtime
from test_memory_budget import CHECKS

from small_project import context_in, put, read, run
from wasip1_build.findings import Finding
from wasip1_build.spec import model
from wasip1_build.spec.model import Check, Expect
from wasip1_build.steps.budget import Budget
from wasip1_build.steps.check import RunChecks

MODULE = """(module
  (import "wasi_snapshot_preview1" "fd_write" (func $a (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $b (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1) (data (i32.const 64) "x")
  (func $write (param $n i32)
    (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 1))
    (loop $again
      (drop (call $a (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (drop (call $b (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "_start")
    (drop (call $args (i32.const 16) (i32.const 20)))
    (call $write (i32.load (i32.const 16)))  ;; twice as often as there are arguments
    END)%s)"""
WORDS = {"one": (), "three": ("b", "c")}  # the first argument is the artifact's name


def built(
    root: Path, limits: model.Budget, *, end: str = "", fields: str = "", timeout_s: float = 60
) -> list[Finding]:
    """What the budget finds of two checks, which call fd_write twice and six times."""
    wat = MODULE.replace("END", end) % fields
    put(root, "a.wasm", bytes(wasmtime.wat2wasm(wat)))
    context = context_in(root, {"wasmtime-library": "49.0.0"})
    expect = Expect(exit=None)
    checks = tuple(
        Check(name, words, timeout_s=timeout_s, expect=expect) for name, words in WORDS.items()
    )
    run(counting(checks), context)
    step = Budget(".:a", "a.wasm", None, None, (), "a.checks.json", "a.sizes.json", limits)
    run(step, context)
    return [Finding.from_json(each) for each in sizes(root)["findings"]]


def counting(checks: tuple[Check, ...] = ()) -> RunChecks:
    return replace(CHECKS, checks=checks, counted=True)


def sizes(root: Path) -> Any:
    return read(root, "a.sizes.json")


def limited(**calls: int) -> model.Budget:
    return model.Budget(wasm=1 << 20, **calls)


@pytest.mark.parametrize("end", ["", "unreachable"], ids=["ends", "traps"])
def test_the_check_that_calls_most_is_compared_with_the_budget(tmp_path: Path, end: str) -> None:
    assert built(tmp_path, limited(fd_write=6, host_calls=7), end=end) == []
    assert sizes(tmp_path)["calls"] == [
        {"budget": "host-calls", "budget_calls": 7, "calls": 7, "check": "three", "over_calls": 0},
        {"budget": "fd-write", "budget_calls": 6, "calls": 6, "check": "three", "over_calls": 0},
    ]
    (writes,) = built(tmp_path, limited(fd_write=4), end=end)
    assert (writes.rule, writes.key) == ("budget-exceeded", "budget.fd-write")
    assert writes.what == "a: check three calls fd_write 6 times, 2 (50.0 %) over its budget of 4"
    assert "`wasip1 boundary .:a`" in writes.fix and "budget.fd-write = 7" in writes.fix
    (every,) = built(tmp_path, limited(host_calls=6), end=end)
    assert (every.rule, every.key) == ("budget-exceeded", "budget.host-calls")
    assert "check three calls the host's functions 7 times, 1 (16.7 %) over" in every.what


def test_calls_of_a_run_that_was_killed_are_not_known_and_prove_nothing(tmp_path: Path) -> None:
    (finding,) = built(tmp_path, limited(fd_write=9), end="(loop $l (br $l))", timeout_s=0.3)
    assert (finding.rule, finding.key) == ("budget-unproved", "budget.fd-write")
    assert "the budget of 9 calls of fd_write is not proved" in finding.what
    assert "the calls of one, three are not known" in finding.why
    assert "calls" not in sizes(tmp_path)["calls"][0]


def test_where_no_check_is_declared_nothing_is_proved(tmp_path: Path) -> None:
    put(tmp_path, "a.wasm", bytes(wasmtime.wat2wasm(MODULE.replace("END", "") % "")))
    context = context_in(tmp_path, {"wasmtime-library": "49.0.0"})
    run(counting(), context)
    step = Budget(
        ".:a", "a.wasm", None, None, (), "a.checks.json", "a.sizes.json", limited(fd_write=9)
    )
    run(step, context)
    (finding,) = [Finding.from_json(each) for each in sizes(tmp_path)["findings"]]
    assert finding.rule == "budget-unproved"
    assert "no declared check counted any, and not proved is not passed" in finding.why
    assert "[[artifact.a.check]], or remove budget.fd-write" in finding.fix


def test_a_module_whose_calls_cannot_be_counted_passes_its_checks_and_proves_no_budget(
    tmp_path: Path,
) -> None:
    (finding,) = built(tmp_path, limited(fd_write=9), fields="(func $s) (start $s)")
    assert finding.rule == "budget-unproved"
    assert "cannot be counted: it has a start function" in finding.why
    verdicts = [each["verdict"] for each in read(tmp_path, "a.checks.json")["checks"]]
    assert verdicts == ["pass", "pass", "pass"]


def test_without_such_a_budget_nothing_is_counted_and_keys_stay_as_they_are(
    tmp_path: Path,
) -> None:
    context = context_in(tmp_path, {"wasmtime-library": "49.0.0"})
    assert "counted" not in CHECKS.key(context)
    assert counting().key(context)["counted"] is True
    put(tmp_path, "a.wasm", bytes(wasmtime.wat2wasm(MODULE.replace("END", "") % "")))
    run(CHECKS, context)
    assert "host_calls" not in (tmp_path / "a.checks.json").read_text()
