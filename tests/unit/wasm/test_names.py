"""An index or an offset is told to be the right function, or none; a damaged name section is an
error."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasip1_build.findings import Failure
from wasip1_build.wasm.leb128 import encode_unsigned
from wasip1_build.wasm.module import read_module
from wasip1_build.wasm.names import (
    MAX_SUBSECTIONS,
    function_names,
    functions_of,
    section_content,
)
from wasm_writer import module, preview1, section, text, vector

IMPORTS = preview1("fd_write", "proc_exit")


def names_in(content: bytes) -> dict[int, str]:
    """What is read of a module with two imported functions and two of its own."""
    data = module(IMPORTS, exports=("_start", "other"), customs=[("name", content)])
    return function_names(data, read_module(data), "a.wasm")


def named(*entries: tuple[int, str]) -> bytes:
    """A name section's subsection of functions."""
    return section(1, vector(encode_unsigned(index) + text(name) for index, name in entries))


def refusal(content: bytes) -> str:
    with pytest.raises(Failure) as caught:
        names_in(content)
    return caught.value.findings[0].what


def test_functions_have_their_names_and_imported_ones_those_of_their_modules() -> None:
    found = names_in(section(0, text("mod")) + named((1, "exit"), (3, "main.main")))
    assert found == {0: "wasi_snapshot_preview1.fd_write", 1: "exit", 3: "main.main"}


def test_without_a_name_section_nothing_has_a_name() -> None:
    data = module(IMPORTS)
    assert function_names(data, read_module(data)) == {}
    assert names_in(section(2, b"\x00")).keys() == {0, 1}  # one that names locals alone


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x01", "unexpected end in the name section"),
        (b"\x01\x05\x00", "a subsection of 5 bytes where 1 are left"),
        (section(1, b"\xff\xff\x03"), "65535 names where 0 bytes are left"),
        (section(1, b"\xff\xff\xff\xff\x0f"), "4294967295 names, more than 1000000,"),
        (named((4, "x")), "a name for function 4 of 4"),
        (named((2, "x"), (2, "y")), "a name for function 2 of 4, after 2"),
        (named((3, "x"), (2, "y")), "a name for function 2 of 4, after 3"),
        (section(1, b"\x01\x02\x01\xff"), "a name that is not UTF-8"),
        (section(1, b"\x01\x02\x01x!"), "1 bytes too many in the names of functions"),
        (b"\x00\x00" * (MAX_SUBSECTIONS + 1), f"more than {MAX_SUBSECTIONS} subsections"),
    ],
)
def test_a_damaged_name_section_is_refused(content: bytes, said: str) -> None:
    what = refusal(content)
    assert what.startswith("a.wasm is not a valid WebAssembly module: ")
    assert said in what


@given(st.binary(max_size=60))
def test_any_bytes_are_names_or_a_failure(content: bytes) -> None:
    try:
        assert set(names_in(content)) <= set(range(4))
    except Failure as error:
        assert "a.wasm" in error.findings[0].what


def test_an_offset_is_in_the_body_that_has_it() -> None:
    data = module(IMPORTS, exports=("_start", "other"))
    functions = functions_of(data, read_module(data))
    body = b"\x00\x00\x0b"
    first = data.index(body)
    second = data.index(body, first + 1)
    assert (functions.imported, functions.total) == (2, 4)
    assert [functions.at(first), functions.at(first + 2), functions.at(second)] == [2, 2, 3]
    assert functions.at(second + 2) == 3
    for outside in (0, first - 2, second + 3, 1 << 60):
        assert functions.at(outside) is None


def test_a_body_that_is_longer_than_its_section_is_refused() -> None:
    data = module(IMPORTS)
    damaged = data.replace(b"\x03\x00\x00\x0b", b"\x7f\x00\x00\x0b")
    with pytest.raises(Failure) as caught:
        functions_of(damaged, read_module(damaged), "a.wasm")
    assert "a body of 127 bytes where 3 are left" in caught.value.findings[0].what


def test_a_module_without_code_has_its_imports_alone() -> None:
    data = module(IMPORTS, exports=())
    functions = functions_of(data, read_module(data))
    assert (functions.total, functions.at(100)) == (2, None)
    assert section_content(data, read_module(data), "start") == b""


def test_gos_names_are_those_that_others_read(hello_wasm: Path, wasm_tools: Path) -> None:
    data = hello_wasm.read_bytes()
    read = read_module(data)
    names, functions = function_names(data, read), functions_of(data, read)
    assert len(names) == functions.total
    main = next(index for index, name in names.items() if name == "main.main")
    shown = subprocess.run(
        [wasm_tools, "print", "--skeleton", hello_wasm], capture_output=True, text=True, check=True
    ).stdout
    assert f"(func $main.main (;{main};)" in shown
