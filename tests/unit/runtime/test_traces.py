"""The functions in a trace get their names, whichever runtime printed it, and all else stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasip1_build.runtime.traces import Naming

NAMES = {7: "main.main", 12: "main.(*store).read", 13: ""}


def naming() -> Naming:
    """Of a module with 20 functions, each of 16 bytes from the start of the file."""
    return Naming(
        lambda index: NAMES.get(index, f"f{index}") if index < 20 else None,
        lambda offset: offset // 16 if offset < 320 else None,
    )


# As wasmtime 49, node 20 and wazero 1.12 print traps of Go programs, and as WasmEdge's source says.
LINES = {
    "wasmtime": (
        b"    0:   0x7f - <unknown>!<wasm function 7>\n",
        b"    0:   0x7f - <unknown>!<wasm function 7> main.main\n",
    ),
    "wasmtime without addresses": (
        b"    0: <unknown>!<wasm function 12>\r\n",
        b"    0: <unknown>!<wasm function 12> main.(*store).read\r\n",
    ),
    "node": (
        b"    at wasm://wasm/0072220e:wasm-function[12]:0xc1",
        b"    at wasm://wasm/0072220e:wasm-function[12]:0xc1 main.(*store).read",
    ),
    "node, in an error of the host": (
        b"at <anonymous> (wasm://wasm/0072220e:wasm-function[7]:0x70)\n",
        b"at <anonymous> (wasm://wasm/0072220e:wasm-function[7]:0x70 main.main)\n",
    ),
    "wazero": (b"\t.$7(i32,i32) i32\n", b"\t.$7 main.main(i32,i32) i32\n"),
    "wazero, of a module with a name": (b"\tapp.wasm.$7()\n", b"\tapp.wasm.$7 main.main()\n"),
    "wasmedge": (
        b"[2026-01-01 10:00:00.000] [error] calling stack:12, 7, 7\n",
        b"[2026-01-01 10:00:00.000] [error] calling stack:"
        b"12 main.(*store).read, 7 main.main, 7 main.main\n",
    ),
    "wasmedge, with modules": (
        b"[error] calling stack:module[0]:12, module[0]:7",
        b"[error] calling stack:module[0]:12 main.(*store).read, module[0]:7 main.main",
    ),
    "wasmedge, an instruction": (
        b"[error]     In instruction: unreachable (0x00) , Bytecode offset: 0x00000071\n",
        b"[error]     In instruction: unreachable (0x00) , Bytecode offset: 0x00000071 main.main\n",
    ),
}


@pytest.mark.parametrize("runtime", LINES)
def test_a_name_follows_each_function(runtime: str) -> None:
    line, expected = LINES[runtime]
    names = naming()
    assert names.line(line) == expected
    assert (names.seen, names.unknown, names.nameless) == (names.named, 0, 0)
    assert names.named == expected.count(b"main.")


def test_what_is_named_already_is_not_named_again() -> None:
    line = LINES["wasmtime"][1]
    assert naming().line(line) == line


@pytest.mark.parametrize(
    "line",
    [
        b"0: 0x7f - <unknown>!<wasm function 20>",
        b"0: 0x71 - <unknown>!<wasm function 8>",  # that offset is in function 7
        b"0: 0xffff - <unknown>!<wasm function 7>",
        b"at wasm://wasm/1:wasm-function[12]:0x10",
        b"Bytecode offset: 0xffff",
        b"\t.$20()",
        b"calling stack:99",
    ],
)
def test_a_function_that_is_not_there_is_counted_and_not_guessed(line: bytes) -> None:
    names = naming()
    assert names.line(line) == line
    assert (names.named, names.unknown) == (0, 1)


def test_a_function_without_a_name_is_counted() -> None:
    names = naming()
    assert names.line(b"\t.$13()") == b"\t.$13()"
    assert (names.named, names.nameless) == (0, 1)


@pytest.mark.parametrize(
    "line",
    [
        b"    0:   0x7f - app!main.main\n",
        b"    0:   0x7f - other!<wasm function 7>\n",  # a module with a name of its own
        b"RuntimeError: memory access out of bounds\n",
        b"price: .$7 (net)\n",
        b"goroutine 7 [running]:\n",
        b"\xff\x00 wasm-function[]\n",
    ],
)
def test_other_lines_are_as_they_were(line: bytes) -> None:
    names = naming()
    assert names.line(line) == line
    assert names.seen == 0


@given(st.lists(st.one_of(st.binary(max_size=20), st.sampled_from([b for b, _ in LINES.values()]))))
def test_without_the_names_it_is_byte_for_byte_what_it_was(parts: list[bytes]) -> None:
    line = b"".join(parts)
    names = Naming(lambda _index: "\x1ename", lambda _offset: 7)
    assert names.line(line).replace(b" \x1ename", b"") == line
