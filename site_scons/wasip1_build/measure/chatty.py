"""Which calls of its host does a module make too often, for how little crosses each time?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from wasip1_build.findings import Finding, Severity
from wasip1_build.runtime.request import Crossing
from wasip1_build.wasm.preview1 import MODULE as WASI

# A thousand calls cost about what it costs to start a precompiled module: 0.1 to 0.9 us each
# against 0.4 to 1 ms (bench/boundary_cost.py; hello of Go). Less is nothing to be gained.
MANY = 1000
# Eight calls of this size fill bufio's default buffer of 4096 bytes, so that with it there are at
# most an eighth of them; a larger buffer gained nothing (measured on output of programs of Go).
SMALL_BYTES = 512
# The clock costs least, and Go itself asks it: 4300 times for 2 GiB of garbage (measured).
MANY_TIMES = 100_000


class Rule(NamedTuple):
    """What is done too often, and what to do about it."""

    rule: str
    what: str
    fix: str


_SMALL: Mapping[str, Rule] = MappingProxyType(
    {
        "fd_write": Rule(
            "boundary-small-writes",
            "writes",
            "write through a bufio.Writer, and Flush it before the program ends",
        ),
        "fd_pwrite": Rule(
            "boundary-small-writes", "writes", "gather what is written, and write it in one piece"
        ),
        "fd_read": Rule(
            "boundary-small-reads",
            "reads",
            "read through a bufio.Reader or a bufio.Scanner, or the whole with io.ReadAll",
        ),
        "fd_pread": Rule(
            "boundary-small-reads", "reads", "read larger pieces, and take them apart in memory"
        ),
        "random_get": Rule(
            "boundary-small-random",
            "requests of random bytes",
            "read from bufio.NewReader(rand.Reader), or use math/rand/v2 where they are no secret",
        ),
    }
)
_OFTEN: Mapping[str, tuple[int, Rule]] = MappingProxyType(
    {
        "clock_time_get": (
            MANY_TIMES,
            Rule(
                "boundary-clock",
                "the clock is asked",
                "call time.Now once for many items; look too for timers and deadlines in a loop",
            ),
        ),
        "poll_oneoff": (
            MANY,
            Rule(
                "boundary-polls",
                "the program sleeps or waits",
                "sleep longer, or do the work as it comes: nothing else runs meanwhile in a module "
                "with one thread",
            ),
        ),
    }
)
_BY_RUNTIME = Rule(
    "boundary-small-writes",
    "writes by Go's runtime (print, println and panics)",
    "print with fmt.Fprintln to a bufio.Writer on os.Stderr: print and println take no buffer, and "
    "write each of their arguments alone",
)


def chatty(
    check: str, crossings: tuple[Crossing, ...], packages: tuple[str, ...]
) -> Iterator[Finding]:
    """The findings of one run; `packages` are the Go packages that import, by position."""
    for position, each in enumerate(crossings):
        if each.module != WASI:
            yield from _of_host(check, each)
        elif each.name in _SMALL:
            package = packages[position] if position < len(packages) else ""
            yield from _small(check, position, each, package)
        elif each.name in _OFTEN:
            many, rule = _OFTEN[each.name]
            if each.calls >= many:
                yield _finding(
                    rule,
                    f"check {check}: {rule.what} {each.calls:,} times",
                    f"counted: calls of {each.name}, each of which leaves the module",
                )


def small_calls(each: Crossing) -> int:
    """The calls that moved fewer than SMALL_BYTES."""
    return sum(each.sizes[: SMALL_BYTES.bit_length()])


def _small(check: str, position: int, each: Crossing, package: str) -> Iterator[Finding]:
    small = small_calls(each)
    if each.calls < MANY or 2 * small < each.calls:
        return
    rule = _SMALL[each.name]
    if (package, each.name) == ("runtime", "fd_write"):
        rule = _BY_RUNTIME
    where = f"{each.name} at position {position} of the imports"
    where += f", of Go's package {package}" if package else ""
    moved = each.size_bytes or 0
    yield _finding(
        rule,
        f"check {check}: {small:,} {rule.what} of fewer than {SMALL_BYTES} B",
        f"counted: {each.calls:,} calls of {where}, which moved {moved:,} B, "
        f"{moved / each.calls:.1f} B a call; bufio's buffer takes 4,096 B",
    )


def _of_host(check: str, each: Crossing) -> Iterator[Finding]:
    if each.calls >= MANY:
        rule = Rule(
            "boundary-host-calls",
            "",
            "hand over many items in one call: the address of an array and its length",
        )
        yield _finding(
            rule,
            f"check {check}: {each.module}.{each.name} is called {each.calls:,} times",
            "counted: each call of a host's function leaves the module, however little it does",
        )


def _finding(rule: Rule, what: str, why: str) -> Finding:
    return Finding(rule.rule, Severity.WARNING, what, why, rule.fix)
