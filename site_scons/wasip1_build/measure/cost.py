"""What does something cost that is done by other programs?"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import NamedTuple


class Cost(NamedTuple):
    """Of a program and those that it started."""

    wall_ns: int
    cpu_ns: int


def cost_of(act: Callable[[], object]) -> Cost:
    """What something costs with the programs that it runs to their end. No other thread may wait
    for programs meanwhile: the system adds up the CPU time of all that have ended."""
    before_ns, started_ns = cpu_of_children_ns(), time.perf_counter_ns()
    act()
    cpu_ns = cpu_of_children_ns() - before_ns
    return Cost(time.perf_counter_ns() - started_ns, cpu_ns)


def cpu_of_children_ns() -> int:
    """The CPU time of all programs so far that this process started and that have ended, with
    those that they started (getrusage(2): RUSAGE_CHILDREN)."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round((usage.ru_utime + usage.ru_stime) * 1e9)
