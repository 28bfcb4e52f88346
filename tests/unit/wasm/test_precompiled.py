"""A .cwasm says for which engine and target it is, without being loaded."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st

from wasip1_build.findings import Failure
from wasip1_build.wasm.precompiled import Precompiled, read_precompiled
from wasm_writer import module

Compile = Callable[..., Path]
LOOP = '(module (memory (export "memory") 1) (func (export "f") (loop (br 0))))'


@pytest.fixture
def compile_wat(wasmtime_cli: Path, tmp_path: Path) -> Compile:
    def run(target: str, *flags: str, wat: str = LOOP) -> Path:
        source, output = tmp_path / "in.wat", tmp_path / f"{target}.cwasm"
        source.write_text(wat)
        argv = [wasmtime_cli, "compile", "--target", target, *flags, source, "-o", output]
        subprocess.run(argv, check=True, env={"RAYON_NUM_THREADS": "1"})
        return output

    return run


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("x86_64-unknown-linux-gnu", "x86_64-unknown-linux-gnu"),
        ("aarch64-apple-darwin", "aarch64-apple-darwin"),
        ("s390x-unknown-linux-gnu", "s390x-unknown-linux-gnu"),  # a big-endian file
        ("pulley32", "pulley32-unknown-unknown-elf"),
        ("pulley64", "pulley64-unknown-unknown-elf"),
    ],
)
@pytest.mark.parametrize("interruptible", [False, True])
def test_a_file_says_its_engine_target_and_interruption(
    compile_wat: Compile, target: str, says: str, interruptible: bool
) -> None:
    path = compile_wat(target, *(["-W", "epoch-interruption=y"] if interruptible else []))
    expected = Precompiled("49", says, "module", (), interruptible, path.stat().st_size)
    assert read_precompiled(path) == expected
    assert read_precompiled(path.read_bytes()) == expected


def test_fuel_is_not_taken_for_epoch_interruption(compile_wat: Compile) -> None:
    assert read_precompiled(compile_wat("pulley64", "-W", "fuel=9")).interruptible is False


def test_a_function_cannot_pass_for_the_epoch_callback(compile_wat: Compile) -> None:
    wat = '(module (func $wasmtime_builtin_new_epoch (export "wasmtime_builtin_new_epoch")))'
    path = compile_wat("pulley64", wat=wat)
    assert b"wasmtime_builtin_new_epoch" in path.read_bytes()
    assert read_precompiled(path).interruptible is False


def test_without_functions_interruption_cannot_be_told(compile_wat: Compile) -> None:
    path = compile_wat("pulley64", "-W", "epoch-interruption=y", wat="(module)")
    assert read_precompiled(path).interruptible is None


def test_a_component_is_told_from_a_module(compile_wat: Compile) -> None:
    assert read_precompiled(compile_wat("pulley64", wat="(component)")).kind == "component"


def test_cpu_features_above_the_baseline_are_named(compile_wat: Compile) -> None:
    path = compile_wat("x86_64-unknown-linux-gnu", "-C", "cranelift-has_sse3")
    assert read_precompiled(path).cpu_features == ("has_sse3",)


def test_the_librarys_own_files_are_read() -> None:
    engine = wasmtime.Engine()
    read = read_precompiled(bytes(wasmtime.Module(engine, LOOP).serialize()))
    assert read.engine_major.isdecimal()
    assert read.interruptible is False


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (module(), "a.cwasm is a WebAssembly module, not yet compiled, not a .cwasm"),
        (b"\x7fELF\x02\x01\x01\x00" + bytes(60), "a.cwasm is a native program or library (ELF)"),
        (b"", "a.cwasm is empty, not a .cwasm"),
        (b"hello", "a.cwasm is something else, not a .cwasm"),
        (b"\x7fELF\x02\x01\x01\xc8", "no ELF header at byte 0"),
        (b"\x7fELF\x01\x01\x01\xc8" + bytes(56), "an ELF class or byte order that wasmtime"),
        (b"\x7fELF\x02\x01\x01\xc8" + bytes(56), "a section table that wasmtime does not write"),
    ],
)
def test_what_is_none_is_called_by_its_name(data: bytes, what: str) -> None:
    with pytest.raises(Failure) as caught:
        read_precompiled(data, "a.cwasm")
    assert what in caught.value.findings[0].what


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"a\.cwasm cannot be read: No such file"):
        read_precompiled(tmp_path / "a.cwasm")


def test_another_layout_is_refused(compile_wat: Compile) -> None:
    data = bytearray(compile_wat("pulley64").read_bytes())
    data[data.index(b"\x00\x0249")] = 7
    with pytest.raises(Failure, match="layout 7 where only 0 is known"):
        read_precompiled(bytes(data))


@pytest.fixture(scope="module")
def real() -> bytes:
    return bytes(wasmtime.Module(wasmtime.Engine(), LOOP).serialize())


class TestHostileBytes:
    """Whatever the bytes are, the answer is a value or a Failure."""

    def read(self, data: bytes) -> None:
        try:
            read = read_precompiled(data)
        except Failure:
            return
        assert read.size_bytes == len(data)

    @given(data=st.data())
    def test_cut_short(self, real: bytes, data: st.DataObject) -> None:
        self.read(real[: data.draw(st.integers(0, len(real)))])

    @given(data=st.data())
    def test_bytes_of_headers_replaced(self, real: bytes, data: st.DataObject) -> None:
        changed = bytearray(real)
        table = int.from_bytes(real[0x28:0x30], "little")
        places = st.one_of(st.integers(0, 64 + 1100), st.integers(table, len(real) - 1))
        for place, byte in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=5)):
            changed[place] = byte
        self.read(bytes(changed))
