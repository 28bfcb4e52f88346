"""Sweeps of Go's collector with figures that a test makes up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wasip1_build.measure.gc_runs import Sample, Tried
from wasip1_build.measure.gc_settings import Need, Setting
from wasip1_build.measure.gc_sweep import Swept
from wasip1_build.measure.gctrace import Collections
from wasip1_build.spec.model import Artifact, Runtime

MIB = 1 << 20
ROUNDS = 10
# How each round of a setting differs from its median, in thousandths; others get them shifted.
JITTER = (0, 4, -3, 9, -6, 2, -1, 5, -8, 1)


def tried(
    setting: Setting, cpu_ms: float, peak_mib: float, collected: int = 10, rounds: int = ROUNDS
) -> Tried:
    """A setting that took about so long in each round, and exactly so much memory."""
    shift = int(cpu_ms) % len(JITTER)
    cpu_ns = [
        round(cpu_ms * 1e6 * (1 + JITTER[(number + shift) % len(JITTER)] / 1000))
        for number in range(rounds)
    ]
    samples = tuple(Sample(cpu + 1_000_000, cpu, round(peak_mib * MIB)) for cpu in cpu_ns)
    return Tried(setting, {"c": samples}, {"c": Collections(collected, 8 * MIB)})


def failed(setting: Setting, why: str) -> Tried:
    """A setting under which a check failed."""
    return Tried(setting, {}, {}, why)


def swept(runs: Sequence[Tried], runtime: Runtime | None = None, live_mib: int | None = 8) -> Swept:
    """A sweep in which the first setting is the declared one."""
    artifact = Artifact("a", ".", ".", runtime=runtime or Runtime())
    live = None if live_mib is None else live_mib * MIB
    rounds = len(runs[0].samples["c"])
    return Swept(artifact, "1.27.3", ("c",), rounds, Need(24 * MIB, live), 2 * MIB, tuple(runs))


def living(found: Swept, runtime: Runtime) -> Swept:
    """The same of an artifact with another runtime table."""
    return replace(found, artifact=replace(found.artifact, runtime=runtime))
