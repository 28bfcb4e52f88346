"""The least cap under which checks do the same, by as few runs as that takes."""

from __future__ import annotations

import pytest

from wasip1_build.runtime.least_memory import Memory, least_memory
from wasip1_build.runtime.seen import Seen
from wasip1_build.spec.model import Check
from wasip1_build.wasm.types import PAGE_BYTES, MemoryType, Module

SMALL, LARGE = Check("small"), Check("large")


def measured(
    least: int, peak: int, minimum: int = 2, page_bytes: int = PAGE_BYTES
) -> tuple[Memory | None, list[tuple[str, int]]]:
    """What is found of a module that needs `least` pages, and the runs that it took."""
    runs: list[tuple[str, int]] = []

    def passes(check: Check, memory_bytes: int) -> bool:
        runs.append((check.name, memory_bytes // PAGE_BYTES))
        return memory_bytes >= least * PAGE_BYTES

    memory = MemoryType(minimum, None, page_bytes=page_bytes)
    module = Module(0, (), (), (), (memory,), 0, None)
    first = {
        "small": Seen((), {}, min(3, peak) * PAGE_BYTES),
        "large": Seen((), {}, peak * PAGE_BYTES),
    }
    return least_memory(module, (SMALL, LARGE), first, passes), runs


def test_a_program_that_needs_all_that_it_takes_costs_one_run() -> None:
    assert measured(45, 45) == (Memory(45, 45), [("large", 44)])


@pytest.mark.parametrize("least", range(2, 45))
def test_one_that_does_with_less_is_found_by_bisection(least: int) -> None:
    found, runs = measured(least, 45)
    assert found == Memory(45, least)
    assert len({pages for _name, pages in runs}) <= 8  # 2 to the power of 6 is above 45


def test_a_check_is_not_run_under_a_cap_that_it_stays_below() -> None:
    _found, runs = measured(2, 45)
    assert {pages for name, pages in runs if name == "small"} == {2}


def test_the_memory_that_a_module_declares_is_the_least() -> None:
    assert measured(0, 5, minimum=5) == (Memory(5, 5), [])
    assert measured(0, 1, minimum=0) == (Memory(1, 1), [])


def test_without_pages_of_the_usual_size_nothing_is_measured() -> None:
    assert measured(1, 45, page_bytes=1) == (None, [])
    assert measured(0, 0) == (None, [])
