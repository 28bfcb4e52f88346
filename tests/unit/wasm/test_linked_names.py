"""The names of functions in Go modules: found in whole ones, and nothing claimed of others."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from wasip1_build.wasm.linked_names import linked_names

HEADER = b"\xf1\xff\xff\xff\0\0\x01\x08"
NAMES = b"go:buildid\0runtime.main\0net.Dial\0main.main\0"


def table(names: bytes, end: int, first: bytes = b"\0\0\0\0") -> bytes:
    """A line table as the linker writes it, of which only the names are there."""
    fields = [9, 3, 0, 0x48, end, end + 8, end + 16, end + 24]
    return HEADER + b"".join(f.to_bytes(8, "little") for f in fields) + names + first + b"rest\0\0"


def test_the_names_of_a_table_are_found() -> None:
    data = b"before" + table(NAMES, 0x48 + len(NAMES)) + b"after"
    found = linked_names(data)
    assert found is not None
    assert {b"runtime.main", b"net.Dial", b"main.main"} <= found


def test_a_table_that_was_cut_for_its_zeros_is_found() -> None:
    whole = table(NAMES + b"x" * (0x100 - 0x48 - len(NAMES) - 1) + b"\0", 0x100)
    cut = whole.replace(b"\x48" + bytes(8), b"\x48\0A\xd1\xb8\x1e\x0b\xf1\xfc")
    assert cut != whole
    assert linked_names(cut) == linked_names(whole) != None  # noqa: E711


def test_a_table_that_says_another_length_names_nothing() -> None:
    names = NAMES + b"x" * 0x1234 + b"\0"
    assert linked_names(table(names, 0x48 + len(names))) is not None
    assert linked_names(table(names, 0x7777)) is None


def test_what_is_no_go_names_nothing() -> None:
    assert linked_names(b"\0asm\1\0\0\0") is None
    assert linked_names(HEADER) is None
    assert linked_names(HEADER * 1000) is None


def test_the_debug_and_the_release_module_name_the_same(
    hello_wasm: Path, hello_stripped_by_go: Path
) -> None:
    names = linked_names(hello_wasm.read_bytes())
    assert names == linked_names(hello_stripped_by_go.read_bytes())
    assert names is not None
    assert {b"main.main", b"fmt.Println", b"os.(*File).Write"} <= names


@given(st.binary(max_size=200), st.integers(0, 300), st.integers(0, 2**64 - 1))
def test_damage_ends_in_names_or_none(noise: bytes, at: int, end: int) -> None:
    whole = table(NAMES, end % 2**32)
    found = linked_names(whole[:at] + noise + whole[at:])
    assert found is None or b"runtime.main" in found
