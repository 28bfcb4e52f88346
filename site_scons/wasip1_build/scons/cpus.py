"""How many CPUs may this process use, and how many of them one step?"""

from __future__ import annotations

import os

import SCons.Script


def usable_cpus() -> int:
    """The CPUs that this process may run on, which a container may have limited."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads_per_job() -> int:
    """So many threads a step that all of -j N together use the CPUs there are."""
    return max(1, usable_cpus() // int(SCons.Script.GetOption("num_jobs")))
