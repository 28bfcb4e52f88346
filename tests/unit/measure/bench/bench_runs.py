"""Runs of small modules, written as WAT, as `scons bench` has them."""

from __future__ import annotations

from pathlib import Path

import wasmtime

from wasip1_build.measure.bench.cases import Runs
from wasip1_build.runtime.granted import layout, stage, walk
from wasip1_build.runtime.trial import Subject
from wasip1_build.spec.model import Check, DirGrant, Expect, Grants, Kind

WASI = """
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get"
    (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))"""
# It reads stdin to 64 and writes it back; then $more, then "ok" from 32.
MODULE = """(module {wasi}
  (memory (export "memory") 2)
  (data (i32.const 0) "\\40\\00\\00\\00\\40\\00\\00\\00")
  (data (i32.const 16) "\\20\\00\\00\\00\\02\\00\\00\\00") (data (i32.const 32) "ok")
  (func (export "_start")
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.store (i32.const 4) (i32.load (i32.const 8)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    {more}
    (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 8)))))"""
RANDOM = "(drop (call $random (i32.const 32) (i32.const 2)))"
# It runs as often as the lowest byte of a random number says.
RANDOM_LOOP = """(drop (call $random (i32.const 200) (i32.const 1)))
  (drop (call $clock (i32.const 0) (i64.const 1) (i32.const 208)))
  (loop $l
    (i32.store8 (i32.const 200) (i32.sub (i32.load8_u (i32.const 200)) (i32.const 1)))
    (br_if $l (i32.load8_u (i32.const 200))))"""
SAYS_OK = Check("says", timeout_s=5, expect=Expect(stdout="ok"))
FAILS = Check("fails", timeout_s=5, expect=Expect(stdout="no"))


def wat(more: str = "") -> str:
    """A command that does something more than to say "ok"."""
    return MODULE.format(wasi=WASI, more=more)


def runs_of(
    place: Path, text: str, *, kind: Kind = "command", grants: Grants | None = None
) -> Runs:
    """The module and its machine code, with directories granted below `place`."""
    config = wasmtime.Config()
    config.gc_support = False
    config.wasm_threads = False
    module, code = place / "a.wasm", place / "a.cwasm"
    module.write_bytes(bytes(wasmtime.wat2wasm(text)))
    compiled = wasmtime.Module(wasmtime.Engine(config), module.read_bytes())
    code.write_bytes(bytes(compiled.serialize()))
    granted = grants or Grants(stdin=True)
    made = layout(granted, place)
    listings = walk(made)
    scratch = place / "scratch"
    scratch.mkdir()
    pristine = scratch / "pristine"
    stage(made, listings, pristine)
    subject = Subject("a", kind, place, scratch, None, made, listings, pristine, grants=granted)
    return Runs(subject, module, code, lambda name: place / name)


def with_data(place: Path) -> Grants:
    """A granted directory /data with one file."""
    (place / "data").mkdir()
    (place / "data/in.txt").write_text("in\n")
    return Grants(dirs=(DirGrant("data", "/data", "rw"),), stdin=True)
