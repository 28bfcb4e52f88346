"""Which package of a Go program imports a function, told from the debug module's names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import wasmtime

from wasip1_build.wasm.go_imports import importing_packages
from wasip1_build.wasm.module import read_module
from wasip1_build.wasm.names import function_names

# Whose fd_write is main's own, and which imports no os.
OWN = """package main

import "unsafe"

//go:wasmimport wasi_snapshot_preview1 fd_write
func raw(fd int32, iovs unsafe.Pointer, many uint32, wrote unsafe.Pointer) uint32

func main() { raw(9, nil, 0, nil) }
"""


def packages(data: bytes) -> list[tuple[str, str]]:
    module = read_module(data)
    found = importing_packages(module, function_names(data, module))
    return [(each.name, package) for each, package in zip(module.imports, found, strict=True)]


def test_gos_two_imports_of_fd_write_are_the_runtimes_and_that_of_os_file(hello_wasm: Path) -> None:
    found = packages(hello_wasm.read_bytes())
    assert [each for each in found if each[0] == "fd_write"] == [
        ("fd_write", "runtime"),
        ("fd_write", "syscall"),
    ]
    assert ("clock_time_get", "runtime") in found and ("fd_close", "syscall") in found


def test_where_one_has_another_name_none_is_guessed(go_module: Callable[[str], Path]) -> None:
    found = packages(go_module(OWN).read_bytes())
    assert [each for each in found if each[0] == "fd_write"] == 2 * [("fd_write", "")]
    assert ("clock_time_get", "runtime") in found


def test_without_names_nothing_is_known() -> None:
    wat = '(module (import "wasi_snapshot_preview1" "fd_write" (func)))'
    assert packages(bytes(wasmtime.wat2wasm(wat))) == [("fd_write", "")]
