"""Stripping takes out custom sections, sets the memory's maximum, and touches nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st

from wasip1_build.findings import Failure
from wasip1_build.wasm.module import read_module
from wasip1_build.wasm.sections import read_sections
from wasip1_build.wasm.strip import strip
from wasm_writer import HEADER, custom, module, section

CUSTOMS = (("name", b"\x00\x02\x01m"), ("producers", b"\x00"), ("mine", b"payload"))


def parts(data: bytes) -> dict[str, bytes]:
    return {part.name: data[part.start : part.end] for part in read_sections(data)}


def refusal(data: bytes, max_pages: int) -> str:
    with pytest.raises(Failure) as caught:
        strip(data, max_pages=max_pages, name="a.wasm")
    (finding,) = caught.value.findings
    assert (finding.rule, finding.key) == ("max-memory", "runtime.max-memory")
    return finding.what


def test_custom_sections_go_wherever_they_stand() -> None:
    plain = module()
    data = HEADER + custom("first") + plain[8:] + custom("last")
    assert strip(data) == plain


def test_kept_custom_sections_stay_in_place_as_they_were() -> None:
    data = module(customs=CUSTOMS)
    assert strip(data, keep=["mine"]) == module(customs=[CUSTOMS[2]])
    assert strip(data, keep=["name", "producers", "mine", "absent"]) == data


def test_a_kept_name_is_no_glob_and_keeps_no_standard_section_twice() -> None:
    data = module(customs=[("memory", b"x"), ("mine", b"")])
    assert strip(data, keep=["*"]) == module()
    assert strip(data, keep=["memory"], max_pages=9) == module(
        memory=(1, 9), customs=[("memory", b"x")]
    )


@pytest.mark.parametrize("size_width", [1, 5])
def test_a_maximum_is_set_and_padding_kept(size_width: int) -> None:
    data = module(memory=(1, None), size_width=size_width)
    assert strip(data, max_pages=300) == module(memory=(1, 300), size_width=size_width)


def test_the_lower_of_two_maxima_counts() -> None:
    assert strip(module(memory=(1, 10)), max_pages=20) == module(memory=(1, 10))
    assert strip(module(memory=(1, 30)), max_pages=20) == module(memory=(1, 20))
    assert strip(module(memory=(20, None)), max_pages=20) == module(memory=(20, 20))


def test_without_a_limit_the_memory_stays() -> None:
    assert strip(module(memory=(1, 10))) == module(memory=(1, 10))


def test_a_module_without_memory_needs_no_maximum() -> None:
    assert strip(module(memory=None), max_pages=1) == module(memory=None)


def test_a_minimum_over_the_maximum_is_refused_with_the_bytes_it_needs() -> None:
    assert refusal(module(memory=(36, None)), 10) == (
        "a.wasm needs 2359296 bytes of memory at its start, and runtime.max-memory is 655360"
    )


def test_an_imported_memory_cannot_be_capped() -> None:
    data = bytes(wasmtime.wat2wasm('(module (import "e" "m" (memory 1)))'))
    assert refusal(data, 10) == "a.wasm imports its memory, so no maximum can be set in it"
    assert strip(data) == data


def test_two_memories_cannot_be_capped_as_one() -> None:
    data = bytes(wasmtime.wat2wasm("(module (memory 1) (memory 1))"))
    assert refusal(data, 10) == "a.wasm has 2 memories, so one maximum does not cap them"
    assert strip(data) == data


@pytest.mark.parametrize(
    ("section_payload", "max_pages", "memory"),
    [
        (b"\x01\x04\x01", 500, "i64 1 500"),
        (b"\x01\x08\x09\x00", 2, "9 131072 (pagesize 1)"),
        (b"\x01\x03\x01\x7f", 5, "1 5 shared"),
    ],
)
def test_memories_of_proposals_keep_their_kind(
    section_payload: bytes, max_pages: int, memory: str
) -> None:
    data = strip(HEADER + section(5, section_payload), max_pages=max_pages)
    assert str(read_module(data).memories[0]) == memory


def test_a_malformed_module_is_refused() -> None:
    with pytest.raises(Failure, match=r"a\.wasm is not a valid WebAssembly module"):
        strip(module()[:-1], name="a.wasm")


@given(st.integers(1, 65536), st.none() | st.integers(1, 65536), st.integers(1, 65536))
def test_an_engine_accepts_every_result(low: int, high: int | None, cap: int) -> None:
    if low > cap or (high is not None and low > high):
        return
    data = strip(module(memory=(low, high), customs=CUSTOMS), max_pages=cap)
    (memory,) = read_module(data).memories
    assert (memory.min_pages, memory.max_pages) == (low, min(cap, high or cap))
    wasmtime.Module.validate(wasmtime.Engine(), data)


def test_a_real_go_module_has_its_standard_sections_untouched(hello_wasm: Path) -> None:
    data = hello_wasm.read_bytes()
    before, after = parts(data), parts(strip(data, max_pages=1024))
    assert after.keys() == before.keys() - {"go:buildid", "producers", "name"}
    assert all(after[name] == before[name] for name in after if name != "memory")
