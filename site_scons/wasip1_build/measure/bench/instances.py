"""How long does it take to load machine code, and to make an instance of it, in a host that keeps
its engine? Both are so short that they are done many times for one figure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wasip1_build import process
from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, failure
from wasip1_build.measure.bench import instances_child as child
from wasip1_build.measure.bench.cases import Runs
from wasip1_build.measure.bench.probe import Phase, Sample, Series
from wasip1_build.runtime.launch import (
    ADDRESS_SPACE_BYTES,
    START_S,
    Outcome,
    child_environment,
    python_command,
)
from wasip1_build.runtime.request import Request
from wasip1_build.runtime.trial import INSTANTIATES, Place, request_of, try_in_copies

LOADS, INSTANCES = 20, 100  # some 2 ms of loading, and 8 ms of instances of a hello
REACTORS = 10  # of reactors, whose _initialize starts the Go runtime
OUTPUT_BYTES = 1 << 20


@dataclass(frozen=True)
class Instances:
    """Loading the .cwasm (`loads` times), or store, linker and instance of one that is loaded
    (`instances` times): the time of one. A reactor's _initialize belongs to its instance."""

    runs: Runs
    engine: str
    phase: Phase
    loads: int = 1
    instances: int = 0

    @property
    def series(self) -> Series:
        """What it measures."""
        way = "load cwasm" if self.phase == "compilation" else "instance per request"
        return Series(self.phase, way, self.engine)

    def once(self) -> Sample:
        """All of them in a process of its own. Raises Failure where one fails; OSError."""
        times = self._times()
        if self.phase == "compilation":
            size_bytes = self.runs.code.stat().st_size
            return Sample(
                times["wall_ns"]["load"] // self.loads,
                times["cpu_ns"]["load"] // self.loads,
                {"size_bytes": size_bytes},
            )
        parts = {
            name: took_ns // self.instances
            for name, took_ns in times["wall_ns"].items()
            if name != "load"
        }
        cpu_ns = sum(times["cpu_ns"].values()) - times["cpu_ns"]["load"]
        facts = {f"{name}_ns": took_ns for name, took_ns in parts.items()}
        return Sample(sum(parts.values()), cpu_ns // self.instances, facts)

    def _times(self) -> dict[str, Any]:
        subject = self.runs.subject
        told: list[dict[str, Any]] = []

        def run(place: Place) -> Outcome:
            request = request_of(subject, INSTANTIATES, self.runs.code)
            told.append(self._asked(request._replace(preopens=place.preopens), place.directory))
            return Outcome(None)

        try_in_copies(subject, INSTANTIATES, "cwasm", run)
        return told[0]

    def _asked(self, request: Request, directory: Path) -> dict[str, Any]:
        place = directory / "child"
        place.mkdir()
        (place / child.REQUEST).write_text(request.to_json())
        repeats = {"loads": self.loads, "instances": self.instances}
        (place / child.REPEATS).write_text(json.dumps(repeats))
        limits = self.runs.subject.standard
        result = process.run(
            python_command(child.__file__, place),
            env=child_environment(),
            cwd=place,
            timeout_s=START_S + limits.timeout_s,
            memory_bytes=ADDRESS_SPACE_BYTES + 2 * limits.memory_bytes,
            output_bytes=OUTPUT_BYTES,
        )
        try:
            record: dict[str, Any] = json.loads((place / child.RESPONSE).read_text())
        except (OSError, ValueError):
            raise self._failed(_ending(result)) from None
        if record["error"]:
            raise self._failed(record["error"])
        return record

    def _failed(self, why: str) -> Failure:
        return failure(
            "bench-instance",
            f"{self.series.way}: the .cwasm was not instantiated",
            why=why,
            fix="build again, so that the checks say what is wrong with it",
        )


def load_probe(runs: Runs, engine: str) -> Instances:
    """Loading the .cwasm."""
    return Instances(runs, engine, "compilation", loads=LOADS)


def instance_probe(runs: Runs, engine: str) -> Instances:
    """An instance for each request."""
    many = REACTORS if runs.subject.kind == "reactor" else INSTANCES
    return Instances(runs, engine, "instantiation", instances=many)


def _ending(result: process.Result) -> str:
    printed = result.stderr.decode(errors="replace").strip().splitlines()
    how = result.killed or f"status {result.returncode}"
    return f"its process ended with {how}" + (f": {printed[-1]}" if printed else "")
