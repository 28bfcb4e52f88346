"""Small real modules, written as WAT, and the means to run checks on them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import wasmtime

from wasip1_build.findings import Finding
from wasip1_build.runtime.granted import layout, stage, walk
from wasip1_build.runtime.trial import Subject
from wasip1_build.runtime.trials import Tried, try_all
from wasip1_build.spec.model import Check, Expect, Grants

# The preview-1 functions that the tests' modules import, as WAT types them.
WASI = {
    "args_get": "(param i32 i32) (result i32)",
    "args_sizes_get": "(param i32 i32) (result i32)",
    "environ_get": "(param i32 i32) (result i32)",
    "environ_sizes_get": "(param i32 i32) (result i32)",
    "fd_filestat_set_size": "(param i32 i64) (result i32)",
    "fd_read": "(param i32 i32 i32 i32) (result i32)",
    "fd_write": "(param i32 i32 i32 i32) (result i32)",
    "path_create_directory": "(param i32 i32 i32) (result i32)",
    "path_filestat_set_times": "(param i32 i32 i32 i32 i64 i64 i32) (result i32)",
    "path_link": "(param i32 i32 i32 i32 i32 i32 i32) (result i32)",
    "path_open": "(param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)",
    "path_remove_directory": "(param i32 i32 i32) (result i32)",
    "path_rename": "(param i32 i32 i32 i32 i32 i32) (result i32)",
    "path_symlink": "(param i32 i32 i32 i32 i32) (result i32)",
    "path_unlink_file": "(param i32 i32 i32) (result i32)",
    "poll_oneoff": "(param i32 i32 i32 i32) (result i32)",
    "proc_exit": "(param i32)",
    "random_get": "(param i32 i32) (result i32)",
}
# $print and $eprint write a range of memory; $open opens a name below a preopen with oflags.
HELPERS = """
(func $send (param $fd i32) (param $at i32) (param $n i32)
  (i32.store (i32.const 0) (local.get $at)) (i32.store (i32.const 4) (local.get $n))
  (drop (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
(func $print (param i32 i32) (call $send (i32.const 1) (local.get 0) (local.get 1)))
(func $eprint (param i32 i32) (call $send (i32.const 2) (local.get 0) (local.get 1)))
(func $open (param $fd i32) (param $at i32) (param $n i32) (param $oflags i32) (result i32)
  (if (call $path_open (local.get $fd) (i32.const 0) (local.get $at) (local.get $n)
        (local.get $oflags) (i64.const 0x1fffffff) (i64.const 0x1fffffff) (i32.const 0)
        (i32.const 16))
    (then (return (i32.const -1))))
  (i32.load (i32.const 16)))
(func $open_to_read (param $fd i32) (param $at i32) (param $n i32) (result i32)
  (if (call $path_open (local.get $fd) (i32.const 0) (local.get $at) (local.get $n)
        (i32.const 0) (i64.const 2) (i64.const 0x1fffffff) (i32.const 0) (i32.const 16))
    (then (return (i32.const -1))))
  (i32.load (i32.const 16)))
"""


def command(body: str, data: str = "", other: str = "") -> str:
    """The WAT of a command: `body` is its _start, `data` lies at 1024."""
    return module(f'{other}(func (export "_start") {body})', data)


def module(fields: str, data: str = "", imports: str = "") -> str:
    """The WAT of a module with all functions of WASI, a memory and the helpers."""
    wasi = "\n".join(
        f'(import "wasi_snapshot_preview1" "{name}" (func ${name} {kind}))'
        for name, kind in WASI.items()
    )
    return (
        f'(module {wasi} {imports} (memory (export "memory") 2) (data (i32.const 1024) "{data}")'
        f"{HELPERS} {fields})"
    )


def precompile(code: bytes, *, interruptible: bool = False) -> bytes:
    """A .cwasm as `wasmtime compile -W gc-support=n,threads=n` makes it."""
    config = wasmtime.Config()
    config.gc_support = False
    config.wasm_threads = False
    config.epoch_interruption = interruptible
    return bytes(wasmtime.Module(wasmtime.Engine(config), code).serialize())


@dataclass
class Workspace:
    """A workspace directory in which checks are tried."""

    root: Path
    subject: dict[str, Any] = field(default_factory=dict)
    grants: Grants = field(default_factory=Grants)

    def write(self, name: str, content: str | bytes = "") -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def module(self, wat: str) -> Path:
        return self.write("a.wasm", bytes(wasmtime.wat2wasm(wat)))

    def try_module(
        self, module: Path, *checks: Check, cwasm: bytes | None = None
    ) -> tuple[Tried, ...]:
        """What `instantiates` and the checks found, on the module and on the .cwasm if given."""
        self.root.mkdir(exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=self.root))
        made = layout(self.grants, self.root)
        listings = walk(made)
        pristine = scratch / "pristine"
        stage(made, listings, pristine)
        subject = Subject(
            name="a",
            root=self.root,
            scratch=scratch,
            library=None,
            layout=made,
            listings=listings,
            pristine=pristine,
            grants=self.grants,
            **{"kind": "command", **self.subject},
        )
        aot = self.write("a.cwasm", cwasm) if cwasm is not None else None
        tried = try_all(
            subject, module, aot, checks, lambda name: (self.root / name).read_bytes(), 1
        )
        left = {path.name for path in scratch.iterdir()} - {"pristine", "module.code"}
        assert left == set(), "a run's directory is removed when it ends"
        return tried

    def try_wat(self, wat: str, check: Check | None = None, cwasm: bytes | None = None) -> Tried:
        """What one check of a module found."""
        return self.try_module(self.module(wat), check or expecting(), cwasm=cwasm)[1]


def expecting(**expect: Any) -> Check:
    """A check named "c" that expects this, exit code 0 unless said otherwise."""
    return Check("c", expect=Expect(**expect))


def only(tried: Tried) -> Finding:
    """The one finding of a check that failed."""
    assert tried.verdict == "fail"
    assert len(tried.findings) == 1, [str(finding) for finding in tried.findings]
    return tried.findings[0]


def assert_passes(tried: Tried) -> None:
    assert [str(finding) for finding in tried.findings] == []
    assert tried.verdict == "pass"
