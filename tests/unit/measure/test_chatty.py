"""Which calls are too many for how little they move, and which are not."""

from __future__ import annotations

import pytest

from wasip1_build.findings import Finding
from wasip1_build.measure.chatty import MANY, MANY_TIMES, SMALL_BYTES, chatty
from wasip1_build.runtime.request import Crossing
from wasip1_build.runtime.shims import BUCKETS
from wasip1_build.wasm.preview1 import MODULE as WASI


def moved(name: str, calls_by_size: dict[int, int], errors: int = 0) -> Crossing:
    """Calls of a function that moves bytes, by their sizes."""
    sizes = [0] * BUCKETS
    for size, calls in calls_by_size.items():
        sizes[size.bit_length()] += calls
    total = sum(size * calls for size, calls in calls_by_size.items())
    failed = ((8, errors),) if errors else ()
    return Crossing(WASI, name, sum(sizes) + errors, total, tuple(sizes), failed)


def called(name: str, calls: int, module: str = WASI) -> Crossing:
    return Crossing(module, name, calls)


def found(*crossings: Crossing, packages: tuple[str, ...] = ()) -> list[Finding]:
    return list(chatty("c", crossings, packages))


@pytest.mark.parametrize(
    ("name", "rule", "fix"),
    [
        ("fd_write", "boundary-small-writes", "bufio.Writer, and Flush"),
        ("fd_read", "boundary-small-reads", "bufio.Reader or a bufio.Scanner"),
        ("fd_pwrite", "boundary-small-writes", "in one piece"),
        ("fd_pread", "boundary-small-reads", "larger pieces"),
        ("random_get", "boundary-small-random", "bufio.NewReader(rand.Reader)"),
    ],
)
def test_many_calls_that_move_little_are_found_and_few_or_large_ones_are_not(
    name: str, rule: str, fix: str
) -> None:
    (finding,) = found(moved(name, {SMALL_BYTES - 1: MANY}))
    assert finding.rule == rule and fix in finding.fix
    assert f"check c: {MANY:,} " in finding.what
    assert f"{MANY:,} calls of {name} at position 0 of the imports, which moved" in finding.why
    assert found(moved(name, {SMALL_BYTES - 1: MANY - 1})) == []
    assert found(moved(name, {SMALL_BYTES: MANY})) == []


def test_most_of_the_calls_must_be_small() -> None:
    assert found(moved("fd_write", {1: MANY, 4096: MANY + 1})) == []
    assert len(found(moved("fd_write", {1: MANY, 4096: MANY}))) == 1
    assert found(moved("fd_write", {}, errors=MANY)) == [], "what failed moved nothing"


def test_what_gos_runtime_writes_is_to_be_printed_otherwise() -> None:
    small = moved("fd_write", {6: MANY})
    by_runtime, by_os = found(small, small, packages=("runtime", "syscall"))
    assert "writes by Go's runtime (print, println and panics)" in by_runtime.what
    assert "fmt.Fprintln to a bufio.Writer on os.Stderr" in by_runtime.fix
    assert (
        "at position 1 of the imports, of Go's package syscall, which moved 6,000 B, 6.0 B a"
        in (by_os.why)
    )
    assert "Go's runtime" not in by_os.what


@pytest.mark.parametrize(
    ("crossing", "rule"),
    [
        (called("emit", MANY, "env"), "boundary-host-calls"),
        (called("poll_oneoff", MANY), "boundary-polls"),
        (called("clock_time_get", MANY_TIMES), "boundary-clock"),
    ],
)
def test_what_is_called_often_is_found_and_once_less_is_not(crossing: Crossing, rule: str) -> None:
    (finding,) = found(crossing)
    assert finding.rule == rule and f"{crossing.calls:,} times" in finding.what
    assert found(crossing._replace(calls=crossing.calls - 1)) == []


def test_what_nothing_can_be_done_about_is_not_found() -> None:
    assert found(called("sched_yield", 10 * MANY_TIMES), called("fd_close", MANY)) == []
