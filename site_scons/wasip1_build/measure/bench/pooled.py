"""How long does a request take in a host that keeps compiled code and ready instances?"""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

from wasip1_build import process
from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure, failure
from wasip1_build.measure.bench import pooled_child as child
from wasip1_build.measure.bench.cases import Runs
from wasip1_build.measure.bench.probe import Sample, Series
from wasip1_build.runtime.launch import START_S, Outcome, child_environment, python_command
from wasip1_build.runtime.trial import Place, try_in_copies
from wasip1_build.spec.model import Check

THREADS = (1, 2, 8)
SECONDS, LEAST = 0.2, 5  # of each thread: so long, and so many invocations at least
OUTPUT_BYTES = 1 << 20


@dataclass(frozen=True)
class Pooled:
    """Requests that some threads make of one host: the time of all, shared out among requests.
    Opening the host does not count."""

    runs: Runs
    check: Check
    manifest: Path
    engine: str
    threads: int = 1

    @property
    def series(self) -> Series:
        """What it measures."""
        several = f", {self.threads} threads" if self.threads > 1 else ""
        return Series("execution", f"pooled host{several}", self.engine, self.check.name)

    def once(self) -> Sample:
        """All of them in a process of its own. Raises Failure where one invocation does not do what
        it must; OSError."""
        told: list[dict[str, Any]] = []

        def run(place: Place) -> Outcome:
            told.append(self._asked(place))
            return Outcome(None)

        try_in_copies(self.runs.subject, self.check, "cwasm", run)
        record = told[0]
        requests = record["requests"]
        return Sample(
            record["wall_ns"] // requests,
            record["cpu_ns"] // requests,
            {"requests": requests, "threads": self.threads},
        )

    def _asked(self, place: Place) -> dict[str, Any]:
        directory = place.directory / "child"
        directory.mkdir()
        (directory / child.REQUEST).write_text(json.dumps(self._request(place)))
        seconds = SECONDS + (LEAST + child.WARM_UP) * self.threads * self.check.timeout_s
        result = process.run(
            python_command(child.__file__, directory),
            env=child_environment(self.runs.cpus),
            cwd=directory,
            timeout_s=START_S + seconds,
            output_bytes=OUTPUT_BYTES,
        )
        try:
            record: dict[str, Any] = json.loads((directory / child.RESPONSE).read_text())
        except (OSError, ValueError):
            how = result.killed or f"status {result.returncode}"
            raise self._failed(f"its process ended with {how}") from None
        if record["error"]:
            raise self._failed(record["error"])
        return record

    def _request(self, place: Place) -> dict[str, Any]:
        check, subject = self.check, self.runs.subject
        invoke = check.invoke
        returns = invoke.returns if invoke else None
        return {
            "library": subject.library,
            "manifest": str(self.manifest),
            "root": str(_root(self.runs, place)),
            "functions": str(self.runs.path(check.host)) if check.host else None,
            "threads": self.threads,
            "seconds": SECONDS,
            "least": LEAST,
            "timeout_s": check.timeout_s if subject.interruptible else None,
            "args": None if check.args is None else list(check.args),
            "env": dict(check.env),
            "stdin": self._file(place, "stdin", place.stdin),
            "invoke": invoke.export if invoke else "",
            "numbers": list(invoke.args) if invoke else [],
            "returns": None if returns is None else list(returns),
            "exit": check.expect.exit,
            "stdout": self._stdout(place),
        }

    def _stdout(self, place: Place) -> str | None:
        expect = self.check.expect
        if expect.stdout is not None:
            return self._file(place, "stdout", expect.stdout.encode())
        return str(self.runs.path(expect.stdout_file)) if expect.stdout_file else None

    def _file(self, place: Place, name: str, content: bytes | Path | None) -> str | None:
        if not isinstance(content, bytes):
            return None if content is None else str(content)
        path = place.directory / name
        path.write_bytes(content)
        return str(path)

    def _failed(self, why: str) -> Failure:
        fix = "run the checks, and see that they pass; a host serves what passes"
        what = f"{self.series.way}: check {self.check.name} does not do there what it must"
        return failure("bench-host", what, why=why, fix=fix)


def why_not(runs: Runs, manifest: Path) -> str:
    """Why no host can serve an artifact on copies of what is granted; "" where one can."""
    if not manifest.is_file():
        return "there is no manifest: a host serves what passes"
    for grant in runs.subject.grants.dirs:
        path = PurePosixPath(grant.host)
        if path.is_absolute() or ".." in path.parts:
            return f"the granted directory {grant.host} lies outside of the workspace"
    return ""


def _root(runs: Runs, place: Place) -> Path:
    """A directory that looks like the workspace, where the granted directories are copies."""
    root = place.directory / "root"
    root.mkdir()
    pairs = zip(runs.subject.grants.dirs, place.preopens, strict=True)
    for grant, preopen in sorted(pairs, key=lambda pair: len(pair[0].host)):
        link = root / grant.host
        if not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(preopen.host)
    return root
