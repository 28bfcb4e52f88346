"""Tables that lie: nothing crashes, nothing takes long, and the sum stays that of the file."""

from __future__ import annotations

import os
import random
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_tables import BASE, TABLE_AT, go_module, image, line_table
from wasip1_build.findings import Failure
from wasip1_build.wasm.sizes.attribution import attribute
from wasip1_build.wasm.sizes.embedded import embedded_files
from wasip1_build.wasm.sizes.layout import MAX_SEGMENTS, read_layout
from wasip1_build.wasm.sizes.module_data import regions
from wasip1_build.wasm.sizes.pclntab import LineTable, read_line_table
from wasip1_build.wasm.strip import strip
from wasm_writer import HEADER, section

TRIALS = 100 if os.environ.get("WASIP1_SOAK") == "1" else 10
NAMES = ["runtime.main", "a/b.(*T).m", "main.main"]
IMAGE = image(NAMES)
EDGES = (0, 1, 8, 255, 0x3000, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 40, (1 << 63) - 1, (1 << 64) - 1)


@given(
    st.lists(
        st.tuples(
            st.integers(BASE, len(IMAGE) - 1),
            st.one_of(st.integers(0, 255), st.sampled_from(EDGES)),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_number_may_be_any_other(changes: list[tuple[int, int]]) -> None:
    memory = bytearray(IMAGE)
    for place, value in changes:
        size = 1 if value < 256 else 8
        memory[place : place + size] = value.to_bytes(8, "little")[:size]
    data = go_module(bytes(memory), len(NAMES))
    found = attribute(data)
    assert found.size_bytes == len(data)
    assert all(size >= 0 for size in found.data.values())
    assert found.functions is None or len(found.functions) == len(NAMES)


@given(st.binary(max_size=60), st.integers(0, 5))
def test_any_bytes_may_be_segments(payload: bytes, count: int) -> None:
    data = HEADER + section(11, bytes([count]) + payload)
    try:
        found = attribute(data)
    except Failure:
        return
    assert found.size_bytes == len(data)
    assert read_layout(data).segments.total_bytes == sum(found.data.values())


def test_real_modules_with_damage_anywhere_still_add_up(hello_wasm: Path) -> None:
    data = strip(hello_wasm.read_bytes())
    start = data.index(b"\xf1\xff\xff\xff\0\0\x01\x08")
    chance = random.Random(7)
    for _ in range(TRIALS):
        damaged = bytearray(data)
        for _ in range(8):
            # (mostly in the table's header, the runtime's data and the types)
            place = start + chance.choice(
                (chance.randrange(80), chance.randrange(len(data) - start))
            )
            damaged[place] = chance.randrange(256)
        try:
            found = attribute(bytes(damaged))
        except Failure:
            continue
        assert found.size_bytes == len(damaged)


@pytest.mark.parametrize(("first", "shift"), [(0x1000, 0), (0x1000, 16)])
def test_entries_are_indexes_or_indexes_times_64_kib(first: int, shift: int) -> None:
    found = read_line_table(bytes(64) + line_table(NAMES, first, shift), len(NAMES))
    assert found is not None
    assert list(found.names) == NAMES
    assert found.start == 64


@pytest.mark.parametrize(("first", "shift"), [(0x1001, 0), (0, 0), (0x1000, 8)])
def test_other_entries_are_no_functions(first: int, shift: int) -> None:
    assert read_line_table(line_table(NAMES, first, shift), len(NAMES)) is None


def test_a_header_in_a_programs_own_data_hides_no_table() -> None:
    memory = line_table(NAMES)[:8] * 3 + line_table(NAMES)
    assert read_line_table(memory, len(NAMES)) is not None
    assert read_line_table(memory[:8] * 1000, len(NAMES)) is None


def test_one_long_name_is_not_read_from_each_of_its_bytes() -> None:
    """A table of which the names lie in each other would take its length squared."""
    names = ["n" * 5000] * 3
    memory = bytearray(line_table(names))
    assert read_line_table(memory, 3) is not None
    at = memory.rindex(struct.pack("<I", 5001))
    memory[at : at + 4] = struct.pack("<I", 5002)
    assert read_line_table(memory, 3) is None


def test_what_the_runtime_says_must_fit_together() -> None:
    table = read_line_table(IMAGE, len(NAMES))
    assert table is not None
    assert len(regions(IMAGE, table)) == 7
    nowhere = LineTable(table.start + 1, table.names_at, table.names)
    assert regions(IMAGE, nowhere) == ()
    at = IMAGE.index(struct.pack("<QQ", TABLE_AT, TABLE_AT + 72))
    overlapping = bytearray(IMAGE)
    overlapping[at + 24 * 8 : at + 25 * 8] = struct.pack("<Q", BASE)
    assert regions(overlapping, table) == ()


def listing(at: int, entries: list[tuple[int, int, int, int, bytes]]) -> bytes:
    """The list of an embed.FS at an address."""
    header = struct.pack("<3Q", at + 24, len(entries), len(entries))
    return header + b"".join(struct.pack("<4Q16s", *entry) for entry in entries)


def test_a_file_is_one_only_with_its_digest() -> None:
    content = b"abc"
    small = bytes.fromhex("457816bf8f01cfea414140de5dae2223")  # of Go 1.27: the first byte turned
    names = b"a.txtd/"
    memory = listing(0, [(120, 5, 127, 3, small), (125, 2, 0, 0, bytes(16))])
    assert len(memory) == 120
    [file] = embedded_files(memory + names + content, [(0, 120)])
    assert (file.name, file.start, file.end) == ("a.txt", 127, 130)
    assert embedded_files(memory + names + b"abd", [(0, 120)]) == ()
    assert embedded_files(memory + names + content, [(8, 120)]) == ()
    assert embedded_files(memory + names, [(0, 120)]) == ()


def test_lists_in_lists_cost_no_more_than_one() -> None:
    """Every word begins a list of as many directories as fit: read whole, each would take 1 MB."""
    words, count = 1 << 17, 20_000
    memory = b"".join(
        struct.pack("<3Q", 24 * index + 24, count, count) for index in range(words // 3)
    )
    assert embedded_files(memory, [(0, len(memory))]) == ()


def test_more_segments_than_an_engine_takes_are_refused() -> None:
    payload = b"\xa1\x8d\x06" + b"\0\x41\0\x0b\0" * (MAX_SEGMENTS + 1)
    with pytest.raises(Failure, match="100001 segments, more than 100000"):
        attribute(HEADER + section(11, payload))
