"""The reader says what a module declares, and refuses what is none with the byte at fault."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path

import brotli
import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st

from wasip1_build.findings import Failure
from wasip1_build.wasm.cursor import Cursor, printable
from wasip1_build.wasm.leb128 import encode_unsigned
from wasip1_build.wasm.module import load, read_module
from wasip1_build.wasm.preview1 import FUNCTIONS
from wasip1_build.wasm.sections import read_sections
from wasip1_build.wasm.types import FuncType, MemoryType
from wasm_writer import ENTRY, HEADER, custom, limits, module, preview1, section, text, vector


def refusal(data: bytes) -> str:
    with pytest.raises(Failure) as caught:
        read_module(data, "a.wasm")
    assert [finding.rule for finding in caught.value.findings] == ["module"]
    return caught.value.findings[0].what


def of(wat: str) -> bytes:
    return bytes(wasmtime.wat2wasm(wat))


class TestWhatAModuleDeclares:
    def test_go_imports_fd_write_at_two_positions(self, hello_wasm: Path) -> None:
        read = read_module(hello_wasm.read_bytes())
        names = [entry.name for entry in read.imports]
        assert [index for index, name in enumerate(names) if name == "fd_write"] == [7, 11]
        assert all(entry.type == FUNCTIONS[entry.name] for entry in read.imports)

    def test_exports_come_with_their_types(self, hello_wasm: Path) -> None:
        read = read_module(hello_wasm.read_bytes())
        assert {export.name: export.type for export in read.exports} == {
            "_start": FuncType((), ()),
            "memory": read.memories[0],
        }

    def test_sections_cover_the_file_without_gaps(self, hello_wasm: Path) -> None:
        data = hello_wasm.read_bytes()
        sections = read_sections(data)
        assert [8, *(part.end for part in sections)] == [
            *(part.start for part in sections),
            len(data),
        ]
        assert [part.name for part in sections if part.custom] == [
            "go:buildid",
            "producers",
            "name",
        ]

    def test_a_custom_section_has_its_content_after_its_name(self) -> None:
        data = module(customs=[("note", b"text")])
        last = read_sections(data)[-1]
        assert (last.custom, last.name, data[last.content : last.end]) == (True, "note", b"text")

    @pytest.mark.parametrize("pages", [(1, None), (1, 2), (0, 65536), (65536, 65536)])
    def test_a_memory_has_its_limits(self, pages: tuple[int, int | None]) -> None:
        assert read_module(module(memory=pages)).memories == (MemoryType(*pages),)

    def test_imported_memories_come_first(self) -> None:
        read = read_module(of('(module (import "e" "m" (memory 3 4)) (memory 5))'))
        assert [str(memory) for memory in read.memories] == ["3 4", "5"]
        assert str(read.imports[0].type) == "3 4"

    def test_imports_of_every_kind_have_a_type_in_the_text_format(self) -> None:
        read = read_module(
            of("""(module
              (import "e" "f" (func (param i64) (result f32)))
              (import "e" "t" (table 1 2 funcref))
              (import "e" "g" (global (mut f64)))
              (import "e" "c" (global externref))
              (import "e" "x" (tag (param i32)))
              (export "t" (table 0)) (export "g" (global 0)) (export "x" (tag 0)))""")
        )
        assert [(entry.kind, str(entry.type)) for entry in read.imports] == [
            ("func", "(i64) -> f32"),
            ("table", "1 2 funcref"),
            ("global", "(mut f64)"),
            ("global", "externref"),
            ("tag", "(i32)"),
        ]
        assert [export.kind for export in read.exports] == ["table", "global", "tag"]

    def test_a_start_function_is_told(self) -> None:
        assert read_module(of("(module (func) (func) (start 1))")).start == 1
        assert read_module(of("(module (func))")).start is None

    @pytest.mark.parametrize(
        ("memory", "shown"),
        [
            ("(memory i64 1 2)", "i64 1 2"),
            ("(memory 1 2 shared)", "1 2 shared"),
            ("(memory 9 (pagesize 1))", "9 (pagesize 1)"),
        ],
    )
    def test_memories_of_proposals_are_read(
        self, memory: str, shown: str, tmp_path: Path, wasm_tools: Path
    ) -> None:
        data = parsed(f"(module {memory})", tmp_path, wasm_tools)
        assert str(read_module(data).memories[0]) == shown

    def test_types_of_gc_are_read(self, tmp_path: Path, wasm_tools: Path) -> None:
        wat = """(module
          (rec (type $s (sub (struct (field i8) (field (mut (ref null $s))))))
               (type (sub final $s (struct (field i8) (field (mut (ref null $s)))))))
          (type (array (mut i16)))
          (type $f (func
            (param (ref $s) (ref null any) nullref nullexternref v128) (result i31ref)))
          (import "e" "f" (func (type $f)))
          (table 1 (ref null func)))"""
        read = read_module(parsed(wat, tmp_path, wasm_tools))
        shown = "((ref 0), anyref, nullref, nullexternref, v128) -> i31ref"
        assert str(read.imports[0].type) == shown

    def test_every_size_of_leb128_padding_is_read(self) -> None:
        for width in range(1, 6):
            assert read_module(module(size_width=width)).functions == 1


def parsed(wat: str, directory: Path, wasm_tools: Path) -> bytes:
    """The module that the independent assembler makes of a text."""
    (directory / "in.wat").write_text(wat)
    subprocess.run(
        [wasm_tools, "parse", directory / "in.wat", "-o", directory / "out.wasm"], check=True
    )
    return (directory / "out.wasm").read_bytes()


class TestWhatIsNoModule:
    @pytest.mark.parametrize(
        ("data", "what"),
        [
            (b"", "a.wasm is empty, not a WebAssembly module"),
            (gzip.compress(module(), mtime=0), "a.wasm is a gzip file"),
            (brotli.compress(module() * 100), "a.wasm is a brotli file"),
            (b"\x28\xb5\x2f\xfd...", "a.wasm is a zstd file"),
            (b";; hello\n ( module )", "a.wasm is the text format (wat) of a module"),
            (b"(component $a)", "a.wasm is the text format (wat) of a component"),
            (b"\0asm\x0d\0\x01\0", "a.wasm is a component, not a core module"),
            (b"\x7fELF\x02\x01\x01\x00....", "a.wasm is a native program or library (ELF)"),
            (b"\x7fELF\x02\x01\x01\xc8....", "a.wasm is a .cwasm, which wasmtime has already"),
            (b"MZ\x90\x00", "a.wasm is a Windows program"),
            (b"!<arch>\n__.PKGDEF", "a.wasm is an archive of a Go package"),
            (b"version https://git-lfs.github.com/spec/v1\n", "a.wasm is a Git LFS pointer"),
            (b"hello", "a.wasm is not a WebAssembly module"),
            (b"\0asm\x02\0\0\0", "version 2 where only 1 is known at byte 4"),
            (b"\0asm\x01", "unexpected end in the header at byte 5"),
        ],
    )
    def test_it_is_called_by_its_name(self, data: bytes, what: str) -> None:
        assert what in refusal(data)

    def test_a_real_go_module_in_brotli_is_called_so(self, hello_wasm: Path) -> None:
        packed = brotli.compress(hello_wasm.read_bytes(), quality=1)
        assert refusal(packed).startswith("a.wasm is a brotli file")

    def test_a_file_that_is_not_there_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(Failure, match=r"out/a\.wasm cannot be read: No such file"):
            load(tmp_path / "a.wasm", "out/a.wasm")

    def test_a_refusal_has_a_reason_and_a_fix(self) -> None:
        with pytest.raises(Failure) as caught:
            read_module(module()[:-1], "a.wasm")
        assert caught.value.findings[0].why
        assert caught.value.findings[0].fix


TYPES = section(1, vector([b"\x60\x00\x00"]))


class TestMalformedModules:
    @pytest.mark.parametrize(
        ("rest", "what"),
        [
            (b"\x01\x05\x00", "a type section of 5 bytes where 1 are left in the module at byte 8"),
            (b"\x01\x80\x80\x80\x80\x80\x01", "a LEB128 number of more than 5 bytes"),
            (b"\x01\xff\xff\xff\xff\x7f", "a LEB128 number of more than 32 bits"),
            (b"\x0e\x00", "a section of unknown kind 14"),
            (TYPES + TYPES, "a type section twice or out of order in the module at byte 14"),
            (section(7, b"\0") + section(5, b"\0"), "a memory section twice or out of order"),
            (section(0, b"\x05ab"), "a name of 5 bytes where 2 are left"),
            (section(0, b"\x02\xff\xfe"), "a name that is not UTF-8 in a custom section"),
            (section(0, b"\xff\xff\x7f"), "more than 100000,"),
            (section(1, b"\xff\xff\xff\xff\x0f"), "4294967295 types, more than 100000,"),
            (section(1, b"\x64"), "100 types where 0 bytes are left"),
            (section(1, b"\x01\x42\x00"), "a type of unknown form 0x42"),
            (section(1, b"\x01\x60\x01\x01\x00"), "an unknown value type 0x01"),
            (section(1, b"\x01\x60\x00\x00\x00"), "1 bytes too many in the type section"),
            (section(1, b"\x01\x60\xe9\x07"), "1001 parameters, more than 1000,"),
            (section(2, b"\x01\x00\x00\x07\x00"), "an import of unknown kind 0x07"),
            (section(2, b"\x01\x00\x00\x00\x00"), "no function type 0 in the import section"),
            (section(2, b"\x01\x00\x00\x03\x7f\x02"), "an unknown mutability 0x02"),
            (section(2, b"\x01\x00\x00\x01\x7f\x00\x01"), "a table of i32"),
            (TYPES + section(3, b"\x01\x00"), "0 bodies for 1 functions"),
            (TYPES + section(10, b"\x01\x02\x00\x0b"), "1 bodies for 0 functions"),
            (section(5, b"\x01\x10\x01"), "unknown limits 0x10 in the memory section"),
            (section(5, vector([limits(2, 1)])), "a memory of at least 2 and at most 1 pages"),
            (section(5, vector([limits(65537, None)])), "a memory of more than 65536 pages"),
            (section(5, b"\x01\x08\x01\x05"), "a page size of 2 to the power of 5"),
            (section(7, vector([text("f") + b"\x00\x00"])), "an export of func 0 of 0"),
            (section(7, vector([text("f") + b"\x09\x00"])), "an export of unknown kind 0x09"),
            (section(8, b"\x00"), "no function 0 to start with"),
            (custom("x") * 10_001, "more than 10000 custom sections"),
        ],
    )
    def test_it_is_refused_with_what_and_where(self, rest: bytes, what: str) -> None:
        said = refusal(HEADER + rest)
        assert what in said
        assert " at byte " in said

    def test_a_name_may_be_exported_once_only(self) -> None:
        said = refusal(module(exports=["a\nb", "a\nb"]))
        assert r'a second export "a\nb"' in said

    def test_a_section_too_large_to_decode_is_refused_unread(self) -> None:
        assert "more than 4194304," in refusal(HEADER + section(2, bytes((4 << 20) + 1)))

    def test_names_are_shown_on_one_line_without_control_characters(self) -> None:
        assert printable("a\x1b[31m\n\u202eb") == "a\\x1b[31m\\n\\u202eb"
        assert len(printable("x" * 1000)) == 120


SMALL = module(
    imports=preview1("fd_write", "path_open"),
    exports=["_start", "render"],
    memory=(1, 2),
    customs=[("name", b"\x00\x02\x01m")],
    size_width=5,
)


class TestHostileBytes:
    """Whatever the bytes are, the answer is a value or a Failure."""

    def read(self, data: bytes) -> None:
        try:
            read = read_module(data)
        except Failure:
            return
        assert read.size_bytes == len(data)

    @given(st.integers(0, len(SMALL)))
    def test_cut_short(self, size: int) -> None:
        self.read(SMALL[:size])

    @given(st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), max_size=5))
    def test_bytes_replaced(self, changes: list[tuple[int, int]]) -> None:
        data = bytearray(SMALL)
        for place, byte in changes:
            data[place] = byte
        self.read(bytes(data))

    @given(st.lists(st.tuples(st.integers(8, len(SMALL) - 1), st.integers(0, 255)), max_size=2))
    def test_what_an_engine_accepts_is_never_refused(self, changes: list[tuple[int, int]]) -> None:
        data = bytearray(SMALL)
        for place, byte in changes:
            data[place] = byte
        try:
            wasmtime.Module.validate(wasmtime.Engine(), data)
        except wasmtime.WasmtimeError:
            return
        read_module(bytes(data))

    @given(st.integers(8, len(SMALL)), st.integers(0, 40), st.binary(max_size=40))
    def test_a_piece_replaced(self, place: int, gone: int, new: bytes) -> None:
        self.read(SMALL[:place] + new + SMALL[place + gone :])

    @given(st.binary(max_size=200))
    def test_anything_after_the_header(self, rest: bytes) -> None:
        self.read(HEADER + rest)

    @given(st.sampled_from([1, 2, 3, 5, 7, 8]), st.binary(max_size=60))
    def test_anything_in_a_section(self, section_id: int, payload: bytes) -> None:
        self.read(HEADER + TYPES * (section_id != 1) + section(section_id, payload))

    @given(st.binary(max_size=64))
    def test_anything_at_all(self, data: bytes) -> None:
        self.read(data)

    def test_what_the_writer_makes_is_valid(self) -> None:
        wasmtime.Module.validate(wasmtime.Engine(), SMALL)
        assert read_module(SMALL).exports[1].type == ENTRY


@given(st.integers(0, 2**64 - 1), st.integers(1, 10))
def test_a_number_survives_leb128(value: int, width: int) -> None:
    data = encode_unsigned(value, width)
    cursor = Cursor(data, 0, len(data), "a test")
    assert cursor.unsigned(64) == value
    assert cursor.remaining == 0
    assert len(data) >= width


@given(st.integers(-(2**32), 2**32 - 1))
def test_a_signed_number_is_read_as_written(value: int) -> None:
    out, rest = bytearray(), value
    while not -64 <= rest < 64:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest & 0x7F)
    assert Cursor(bytes(out), 0, len(out), "a test").signed(33) == value
