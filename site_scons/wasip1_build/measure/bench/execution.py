"""How long does a run take, and all of a request that loads or compiles the module for itself?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from wasip1_build.dataclass import dataclass
from wasip1_build.measure.bench.cases import Runs
from wasip1_build.measure.bench.probe import Sample, Series
from wasip1_build.runtime.launch import Outcome, launch
from wasip1_build.runtime.trial import Place, request_of, try_in_copies
from wasip1_build.spec.model import Check


@dataclass(frozen=True)
class RunCode:
    """The guest's own time in a run of the .cwasm, whose loading and instantiation are other
    phases. `counts` are facts of the case that were counted in runs of their own."""

    runs: Runs
    check: Check
    engine: str
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def series(self) -> Series:
        """What it measures."""
        return Series("execution", "run cwasm", self.engine, self.check.name)

    def once(self) -> Sample:
        """One run in a process of its own. Raises Failure, and OSError."""
        run = self.runs.once(self.check)
        self.runs.require(self.check, run, self.series.way)
        response = run.outcome.response
        assert response is not None, "a run without one was refused"
        phase = "run" if "run" in response.phases_ns else "start"
        peak = {"peak_memory_bytes": run.peak_memory_bytes} if run.peak_memory_bytes else {}
        return Sample(
            response.phases_ns[phase], response.phases_cpu_ns[phase], {**peak, **self.counts}
        )


@dataclass(frozen=True)
class PerRequest:
    """Everything that a request takes where nothing is kept for it: the module is compiled, or its
    .cwasm loaded, then instantiated and run. The start of the process does not count."""

    runs: Runs
    check: Check
    engine: str
    compiles: bool

    @property
    def series(self) -> Series:
        """What it measures."""
        way = "recompile per request" if self.compiles else "load cwasm per request"
        return Series("execution", way, self.engine, self.check.name)

    def once(self) -> Sample:
        """One request in a process of its own. Raises Failure, and OSError."""
        run = try_in_copies(self.runs.subject, self.check, "wasm", self._launch)
        self.runs.require(self.check, run, self.series.way)
        response = run.outcome.response
        assert response is not None, "a run without one was refused"
        times = response.phases_ns
        facts = {f"{phase}_ns": took_ns for phase, took_ns in times.items()}
        return Sample(sum(times.values()), sum(response.phases_cpu_ns.values()), facts)

    def _launch(self, place: Place) -> Outcome:
        subject = self.runs.subject
        request = request_of(subject, self.check, self.runs.code)
        if self.compiles:  # attended: with optimization, as hosts compile
            request = request._replace(
                code=str(self.runs.module), compiled_code=False, attended=True
            )
        return launch(
            request._replace(preopens=place.preopens),
            place.directory / "child",
            subject.limits(self.check),
            stdin=place.stdin,
            written=place.written,
            cpus=self.runs.cpus,
        )
