"""How many threads may one step use?"""

from __future__ import annotations

import SCons.Script

from wasip1_build.cpus import usable_cpus


def threads_per_job() -> int:
    """So many threads a step that all of -j N together use the CPUs there are."""
    return max(1, usable_cpus() // int(SCons.Script.GetOption("num_jobs")))
