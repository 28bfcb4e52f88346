"""How little memory would do? Found by bisection on the cap of the linear memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wasip1_build.dataclass import dataclass
from wasip1_build.runtime.seen import Seen
from wasip1_build.spec.model import Check
from wasip1_build.wasm.types import PAGE_BYTES, Module


@dataclass(frozen=True)
class Memory:
    """In pages of 64 KiB: what the checks reach, and the least cap under which they do the same."""

    peak_pages: int
    least_pages: int


def least_memory(
    module: Module,
    checks: tuple[Check, ...],
    first: Mapping[str, Seen],
    passes_within: Callable[[Check, int], bool],
) -> Memory | None:
    """Measured, and so true of these checks; None where the module has no memory of its own.

    `first` are runs with everything granted. A check that stays below a cap without one is not run
    under it.
    """
    memories = module.memories
    peaks = {name: (seen.peak_memory_bytes or 0) // PAGE_BYTES for name, seen in first.items()}
    most = max(peaks.values(), default=0)
    if not memories or not most or memories[0].page_bytes != PAGE_BYTES:
        return None
    least = max(1, memories[0].min_pages)  # (a cap of nothing would be no cap)
    if most <= least:
        return Memory(most, most)
    dearest = sorted(checks, key=lambda check: -peaks[check.name])

    def do_the_same(pages: int) -> bool:
        """The check with the highest peak comes first: it is the likeliest to fail."""
        return all(
            passes_within(check, pages * PAGE_BYTES)
            for check in dearest
            if peaks[check.name] > pages
        )

    if not do_the_same(most - 1):  # a Go program seldom does with less than it takes
        return Memory(most, most)
    fails, enough = least - 1, most - 1
    while enough - fails > 1:
        middle = (fails + enough) // 2
        if do_the_same(middle):
            enough = middle
        else:
            fails = middle
    return Memory(most, enough)
