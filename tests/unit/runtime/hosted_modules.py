"""Small modules with a manifest as a build writes it, for the tests of hosts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import wasmtime
from small_modules import command, module, precompile

from wasip1_build.files import sha256_of_bytes
from wasip1_build.toolchain.host import host_target
from wasip1_build.wasm.module import read_module

# What it does is the first byte of stdin; what follows it is printed where a guest prints. It is a
# module of its own, so that the same guest can end in every way.
ENDS = command(
    """
    (local $n i32)
    (i32.store (i32.const 0) (i32.const 4096)) (i32.store (i32.const 4) (i32.const 256))
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (local.set $n (i32.sub (i32.load (i32.const 8)) (i32.const 1)))
    (if (call $is (i32.const 112)) (then  ;; p: print
      (call $print (i32.const 4097) (local.get $n))))
    (if (call $is (i32.const 101)) (then  ;; e: exit with what the next byte says
      (call $eprint (i32.const 4097) (local.get $n))
      (call $proc_exit (i32.load8_u (i32.const 4097)))))
    (if (call $is (i32.const 116)) (then  ;; t: trap
      (call $print (i32.const 4097) (local.get $n)) (unreachable)))
    (if (call $is (i32.const 115)) (then  ;; s: spin
      (call $print (i32.const 4097) (local.get $n)) (loop $on (br $on))))
    (if (call $is (i32.const 109)) (then  ;; m: take all memory, and say as Go that there is no more
      (loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
      (call $eprint (i32.const 1024) (i32.const 27)) (call $proc_exit (i32.const 2))))
    (if (call $is (i32.const 119)) (then  ;; w: write without end
      (loop $on (call $print (i32.const 4097) (local.get $n)) (br $on))))
    (if (call $is (i32.const 122)) (then  ;; z: sleep for an hour
      (i64.store (i32.const 4400) (i64.const 0)) (i32.store8 (i32.const 4408) (i32.const 0))
      (i32.store (i32.const 4416) (i32.const 1))
      (i64.store (i32.const 4424) (i64.const 3600000000000))
      (drop (call $poll_oneoff (i32.const 4400) (i32.const 4500) (i32.const 1) (i32.const 8)))))
    """,
    r"fatal error: out of memory\n",
    """(func $is (param i32) (result i32)
         (i32.eq (i32.load8_u (i32.const 4096)) (local.get 0)))""",
)
REACTOR = module(
    """
    (global $n (mut i32) (i32.const 0)) (global $ready (mut i32) (i32.const 0))
    (func (export "_initialize") (global.set $ready (i32.const 1))
      (call $print (i32.const 1024) (i32.const 6)))
    (func (export "count") (result i32)
      (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))
    (func (export "ready") (result i32) (global.get $ready))
    (func (export "mixed") (param i32 i64 f32 f64) (result f64)
      (f64.add (f64.add (f64.convert_i32_s (local.get 0)) (f64.convert_i64_s (local.get 1)))
        (f64.add (f64.promote_f32 (local.get 2)) (local.get 3))))
    (func (export "pair") (result i32 i64) (i32.const -1) (i64.const -2))
    (func (export "say") (call $print (i32.const 1024) (i32.const 6)))
    (func (export "trap") (unreachable))
    (func (export "spin") (loop $on (br $on)))
    (func (export "leave") (call $proc_exit (i32.const 3)))
    """,
    r"hello\n",
)


@dataclass
class Built:
    """An artifact on disk, as a build leaves it: its directory, and its manifest as a record."""

    directory: Path
    record: dict[str, Any]

    @property
    def manifest(self) -> Path:
        return self.directory / "a.manifest.json"

    @property
    def code(self) -> Path:
        return self.directory / "a.cwasm"

    def save(self) -> Path:
        """Writes the manifest."""
        self.manifest.write_text(json.dumps(self.record))
        return self.manifest

    def entry(self, role: str) -> dict[str, Any]:
        """What the manifest says of the file of a role."""
        return next(file for file in self.record["files"] if file["role"] == role)


def built(
    directory: Path,
    wat: str,
    *,
    kind: str = "command",
    code: bytes | None = None,
    interruptible: bool = True,
    grants: dict[str, Any] | None = None,
    runtime: dict[str, Any] | None = None,
) -> Built:
    """An artifact named "a" of a module in the text format, with machine code for this machine."""
    directory.mkdir(parents=True, exist_ok=True)
    wasm = bytes(wasmtime.wat2wasm(wat))
    (directory / "a.wasm").write_bytes(wasm)
    code = precompile(wasm, interruptible=interruptible) if code is None else code
    (directory / "a.cwasm").write_bytes(code)
    read = read_module(wasm)
    own = {"path": "a.wasm", "sha256": sha256_of_bytes(wasm), "size_bytes": len(wasm)}
    made = {
        "path": "a.cwasm",
        "role": "cwasm",
        "sha256": sha256_of_bytes(code),
        "size_bytes": len(code),
        "target": host_target(),
        "engine": wasmtime_major(),
        "interruptible": interruptible,
        "module_sha256": own["sha256"],
    }
    record = {
        "spec-version": 1,
        "artifact": "plugins:a",
        "kind": kind,
        "verdict": "pass",
        "module": own,
        "files": [{**own, "role": "module"}, made],
        "imports": [
            {"module": each.module, "name": each.name, "kind": each.kind, "type": str(each.type)}
            for each in read.imports
        ],
        "exports": [
            {"name": each.name, "kind": each.kind, "type": str(each.type)} for each in read.exports
        ],
        "grants": {"dirs": [], "env": {}, "env_inherit": [], "args": [], "stdin": True}
        | (grants or {}),
        "runtime": {
            "lifetime": "oneshot",
            "gogc": None,
            "memory_limit_bytes": None,
            "max_memory_bytes": 8 << 20,
            "timeout_ns": None,
        }
        | (runtime or {}),
    }
    artifact = Built(directory, record)
    artifact.save()
    return artifact


def wasmtime_major() -> str:
    from importlib.metadata import version

    return version("wasmtime").partition(".")[0]
