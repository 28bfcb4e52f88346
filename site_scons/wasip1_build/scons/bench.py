"""`scons bench`: once what it measures is built, each time that the command line asks for it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import SCons.Action
import SCons.Errors

from wasip1_build.cpus import usable_cpus
from wasip1_build.dataclass import dataclass
from wasip1_build.files import write_atomically
from wasip1_build.findings import Failure, Finding, failure, has_errors
from wasip1_build.measure.bench.bench import Benchmark
from wasip1_build.measure.bench.compare import PAIRS
from wasip1_build.measure.bench.kept import Kept
from wasip1_build.measure.bench.probes import NATIVE
from wasip1_build.measure.bench.result import Result
from wasip1_build.measure.bench.rounds import Rounds
from wasip1_build.measure.bench.rows import Run, read_rows, rows_bytes
from wasip1_build.measure.bench.subject import BenchSubject, built_files
from wasip1_build.planned import PlannedArtifact
from wasip1_build.report.bench import bench_text
from wasip1_build.report.bench_go import go_bytes
from wasip1_build.report.bench_json import bench_json
from wasip1_build.report.bench_page import bench_page
from wasip1_build.report.console import style_of
from wasip1_build.report.write import bench_files
from wasip1_build.runtime.programs import RUNTIMES
from wasip1_build.scons.action import FAILED, show
from wasip1_build.scons.arguments import BENCH
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.measured import keep_calls, keep_headers, keep_page_part, outdated
from wasip1_build.scons.verbs import asked_artifacts
from wasip1_build.spec.values import duration_s
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.execute import run_directory
from wasip1_build.steps.gate import located

FORMATS = ("text", "json", "go")
OTHERS = ("wasmtime", NATIVE)  # that are no programs on PATH
BUDGET = "180s"
ROUNDS = 20
MOST_ROUNDS = 1000


@dataclass(frozen=True)
class BenchRequest:
    """What the command line asks for."""

    asked: tuple[str, ...]  # DIR:NAME
    budget_s: float
    rounds: int
    form: str
    runtimes: tuple[str, ...]
    base: str  # as it is written; "" for none


def declare_bench(
    env: Any, declared: Declared, arguments: Mapping[str, str], prefix: str = ""
) -> None:
    """Declares the benchmark of a workspace under the word `bench` after `prefix`.

    `arguments` are ARTIFACT, BUDGET, ROUNDS, FORMAT, RUNTIME and BASE. Raises Failure.
    """
    request = _request(declared, arguments)
    base = None
    if request.base:
        # From where scons was called, and read before a run can overwrite it.
        base = read_rows(Path(_launched_in(), request.base), request.base)
    chosen = tuple(each for each in declared.plan.artifacts if each.artifact.id in request.asked)
    sources = [declared.nodes[name] for each in chosen for name in _outputs(each)]
    alias = env.Alias(prefix + BENCH, sources, Benching(declared, chosen, request, base))
    env.AlwaysBuild(alias)


def _launched_in() -> str:
    import SCons.Script

    return str(SCons.Script.GetLaunchDir())


def _outputs(planned: PlannedArtifact) -> Iterator[str]:
    """What is measured, and the manifest: what does not pass is not worth measuring."""
    wanted = {planned.names.manifest, *(n for step in planned.steps for n in _shipped(step))}
    return (name for step in planned.steps for name in step.outputs if name in wanted)


def _shipped(step: Any) -> tuple[str, ...]:
    if isinstance(step, RunChecks):
        return (step.module, *step.outputs)
    return tuple(step.outputs) if step.name in ("brotli", "gzip", "precompile") else ()


def _request(declared: Declared, arguments: Mapping[str, str]) -> BenchRequest:
    form = arguments.get("FORMAT", "text")
    if form not in FORMATS:
        raise failure("argument", f"FORMAT={form} is none", fix=f"known: {', '.join(FORMATS)}")
    return BenchRequest(
        asked=asked_artifacts(declared, arguments.get("ARTIFACT", "")),
        budget_s=budget_of(arguments),
        rounds=rounds_of(arguments),
        form=form,
        runtimes=runtimes_of(arguments),
        base=arguments.get("BASE", ""),
    )


def budget_of(arguments: Mapping[str, str]) -> float:
    """How many seconds all may take. Raises Failure."""
    text = arguments.get("BUDGET", BUDGET)
    try:
        seconds = duration_s(text)
    except ValueError as error:
        raise failure("argument", f"BUDGET={text}: {error}", fix="write BUDGET=180s") from None
    if seconds <= 0:
        raise failure("argument", f"BUDGET={text} leaves no time", fix="write BUDGET=180s")
    return seconds


def rounds_of(arguments: Mapping[str, str]) -> int:
    """How many rounds there are to be. Raises Failure."""
    text = arguments.get("ROUNDS")
    if text is None:
        return PAIRS if arguments.get("BASE") else ROUNDS
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= MOST_ROUNDS:
        what = f"ROUNDS={text} is no number from 1 to {MOST_ROUNDS}"
        raise failure("argument", what, fix="write ROUNDS=20")
    return int(text)


def runtimes_of(arguments: Mapping[str, str]) -> tuple[str, ...]:
    """Those that are to be measured alone; () for all that there are. Raises Failure."""
    found = tuple(dict.fromkeys(filter(None, arguments.get("RUNTIME", "").split(","))))
    for name in found:
        if name not in (*OTHERS, *RUNTIMES):
            known = ", ".join((*OTHERS, *RUNTIMES))
            raise failure("argument", f"RUNTIME={name}: no such runtime", fix=f"known: {known}")
    return found


class Benching(SCons.Action.FunctionAction):  # type: ignore[misc]
    """Measures each artifact, one after the other, while nothing else is built."""

    def __init__(
        self,
        declared: Declared,
        chosen: tuple[PlannedArtifact, ...],
        request: BenchRequest,
        base: Mapping[str, Run] | None,
    ) -> None:
        super().__init__(_no_function, {})
        self.declared = declared
        self.chosen = chosen
        self.request = request
        self.base = base

    def get_presig(self, target: Any, source: Any, env: Any, executor: Any = None) -> bytes:
        """The same always: it is run each time."""
        return b"bench"

    def genstring(self, target: Any, source: Any, env: Any, executor: Any = None) -> str:
        """The same text, where --debug=explain tells of a changed action."""
        return self.strfunction(target, source, env)

    def strfunction(self, target: Any, source: Any, env: Any, executor: Any = None) -> str:
        """Each artifact."""
        return "\n".join(f"{BENCH:<10} {each.artifact.id}" for each in self.chosen)

    def execute(self, target: Any, source: Any, env: Any, executor: Any = None) -> Any:
        """A BuildError of status 2 where something is slower than in the base, or wrong."""
        try:
            findings = self._measure()
        except Failure as error:
            findings = error.findings
        except OSError as error:
            what = f"{error.filename or 'a file of the benchmark'}: {error.strerror or error}"
            findings = failure("bench-files", what, why="it cannot go on").findings
        show(findings, self.declared.context.root)
        if not has_errors(findings):
            return 0
        why = "bench failed (see above)"
        # (with -s SCons gives an action no targets)
        [alias] = executor.get_all_targets() if executor else target
        return SCons.Errors.BuildError(alias, why, status=FAILED, exitstatus=FAILED)

    def _measure(self) -> tuple[Finding, ...]:
        """Measures, writes all files and prints. Raises Failure, and OSError."""
        context, workspace = self.declared.context, self.declared.workspace
        kept = Kept(context.state("bench"))
        end = time.monotonic() + self.request.budget_s
        results: list[Result] = []
        findings: list[Finding] = []
        for number, planned in enumerate(self.chosen):
            left_s = (end - time.monotonic()) / (len(self.chosen) - number)
            rounds = Rounds(self.request.rounds, time.monotonic() + left_s, tell=_tell)
            benchmark = Benchmark(
                rounds, kept, workspace.profile, usable_cpus(), self.base, self.request.base
            )
            try:
                results.append(self._one(benchmark, planned))
                found = results[-1].findings
            except Failure as error:
                found = error.findings
            findings += located(found, planned.artifact.id, context.locate)
        self._write(results, kept)
        self._print(results)
        now = {each.artifact for each in results}
        others = [each for each in self.declared.plan.artifacts if each.artifact.id not in now]
        for line in outdated(context, others):
            print(line, file=sys.stderr)
        return tuple(findings)

    def _one(self, benchmark: Benchmark, planned: PlannedArtifact) -> Result:
        context = self.declared.context
        runs = run_directory(context)
        runs.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=f"{BENCH}-", dir=runs))
        try:
            staged = replace(context, stage=stage, cpus=usable_cpus())  # nothing else is built
            files = built_files(planned, context)
            return benchmark.of(BenchSubject(planned, staged, files, self.request.runtimes))
        finally:
            shutil.rmtree(stage, ignore_errors=True)

    def _write(self, results: Sequence[Result], kept: Kept) -> None:
        """Writes the rows, with those of artifacts that were not measured now as they were, and all
        that is made of them."""
        build_dir = self.declared.context.root / self.declared.workspace.build_dir
        rows, text, base_text, page = bench_files(build_dir)
        try:
            runs = read_rows(rows, rows.name)
        except Failure:
            runs = {}
        runs |= {each.artifact: each.run for each in results if each.run.rows}
        runs = dict(sorted(runs.items()))
        write_atomically(rows, rows_bytes(runs.values()))
        write_atomically(text, go_bytes(runs.values()))
        if before := go_bytes(runs.values(), "base"):
            write_atomically(base_text, before)
        else:
            base_text.unlink(missing_ok=True)
        write_atomically(page, bench_page(results).encode())
        bases = (self.base or {}).values()
        headers = [run.header for run in (*runs.values(), *bases)]
        kept.clear({digest for each in headers for digest in each.files.values()})
        keep_headers(self.declared.context, runs)
        keep_calls(self.declared.context, [each for each in results if each.run.rows])
        keep_page_part(self.declared.context, [each for each in results if each.run.rows])

    def _print(self, results: Sequence[Result]) -> None:
        style = style_of(sys.stdout, os.environ)
        if self.request.form == "json":
            data = bench_json(results)
        elif self.request.form == "go":
            data = go_bytes([each.run for each in results])
        else:
            data = bench_text(results, style).encode(style.encoding, "replace")
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


def _tell(line: str) -> None:
    """What is going on, for who waits at a terminal."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def _no_function(target: Any, source: Any, env: Any) -> None:
    raise AssertionError("Benching.execute measures")
