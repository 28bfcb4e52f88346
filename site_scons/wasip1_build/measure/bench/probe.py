"""What can be measured again and again: one way of one phase of a module's life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

# In the order of a module's life: bytes to the machine, machine code, an instance, its run.
Phase = Literal["delivery", "compilation", "instantiation", "execution"]


class Series(NamedTuple):
    """What is measured, and the name under which one run of the benchmark finds it in another's.

    `way` is how it is done: "fetch br", "load cwasm", "recompile per request". `runtime` is the
    program or library that does it with its version, "" where none does; `case` the check or bench
    case that runs, "" where the phase does not depend on one.
    """

    phase: Phase
    way: str
    runtime: str = ""
    case: str = ""


class Sample(NamedTuple):
    """What doing it once took. `facts` are counts and sizes beside the times, the unit in their
    name: "peak_memory_bytes", "instructions", "host_calls"."""

    wall_ns: int
    cpu_ns: int | None = None  # where it can be told from what else runs
    facts: Mapping[str, int] = {}


class Probe(Protocol):
    """Something that can be done again and again, and verifies each time what came out."""

    @property
    def series(self) -> Series:
        """What it measures."""

    def once(self) -> Sample:
        """Does it once. Raises Failure where the result is not what it must be: nothing that is
        wrong has a speed."""


class LeftOut(NamedTuple):
    """What is not measured, in words ("wazero 1.12.0, check resizes"), and why."""

    what: str
    why: str
