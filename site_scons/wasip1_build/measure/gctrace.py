"""What Go's collector did in a run, as Go itself tells it with GODEBUG=gctrace=1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from wasip1_build.spec.model import Check, Grants

# runtime/mgc.go: "gc 3 @0.052s 9%: 0+12+0 ms clock, 0+3/0/0+0 ms cpu, 15->17->9 MB, 16 MB goal".
# The sizes are the heap's when marking began, when it ended, and of what was marked.
_LINE = re.compile(rb"gc \d+ @[\d.]+s \d+%.*? (\d+)->(\d+)->(\d+) MB, \d+ MB goal")
_MB = 1 << 20


class Collections(NamedTuple):
    """How many there were, and the most that any of them found to be live, within some MiB."""

    number: int
    live_bytes: int | None  # None where there was none


def collections(stderr: bytes) -> Collections:
    """Those that a run's stderr tells of.

    What is allocated while marking goes on counts as marked, live or not, so it is taken off.
    """
    found = [tuple(map(int, match.groups())) for match in _LINE.finditer(stderr)]
    live = [max(0, marked - (end - begin)) * _MB for begin, end, marked in found]
    return Collections(len(live), max(live, default=None))


def traced(grants: Grants, check: Check) -> tuple[Grants, Check]:
    """The same run with a trace of collections on stderr."""
    given = check.env if "GODEBUG" in check.env else grants.env
    env = {"GODEBUG": ",".join(filter(None, (given.get("GODEBUG"), "gctrace=1")))}
    return replace(grants, env={**grants.env, **env}), replace(check, env={**check.env, **env})


def variables_in(env: Mapping[str, str]) -> tuple[str, ...]:
    """Those of the collector's variables that an environment sets."""
    return tuple(name for name in ("GOGC", "GOMEMLIMIT") if name in env)
