"""Which of several steps that become ready at once is started first? The longest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wasip1_build.scons.work import is_ours, work_of

# CPU seconds on a module of 4.4 MB, by the step's name. On two cores brotli last costs 3 s.
CPU_S = {"brotli": 6.8, "precompile": 3.0, "check": 2.7, "gzip": 0.7}


class WaitingNodes(set[Any]):
    """The nodes that wait for another one (Node.waiting_parents), the longest last.

    SCons puts them on a stack in the order of iteration and takes the last one first; a plain set
    has no order.
    """

    def __iter__(self) -> Iterator[Any]:
        return iter(sorted(super().__iter__(), key=_cpu_s))


def _cpu_s(node: Any) -> float:
    return CPU_S.get(work_of(node).step.name, 0.0) if is_ours(node) else 0.0
