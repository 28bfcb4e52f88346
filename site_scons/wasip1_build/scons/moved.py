"""How far have the artifacts of this build moved from the sizes that were accepted, and why?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Failure
from wasip1_build.measure.moved import Imports, Moved, moved
from wasip1_build.measure.size_ledger import measured, unknown_owners
from wasip1_build.planned import PlannedArtifact
from wasip1_build.report.summary import Report, Size, Summary
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.tidy import Tidy
from wasip1_build.spec.sizes_file import CWASM, Accepted
from wasip1_build.steps.aot import Aot
from wasip1_build.steps.compile_go import CompileGo
from wasip1_build.steps.compile_tinygo import CompileTinyGo
from wasip1_build.steps.import_graph import ImportGraph
from wasip1_build.steps.ledger import ledger_of
from wasip1_build.steps.list_go import read_deps
from wasip1_build.steps.manifest import in_use
from wasip1_build.steps.results import record_of
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.tools import ToolRequest


def with_moved(declared: Declared, report: Report) -> Report:
    """The report with what was accepted of each size, and what moved the artifacts."""
    planned = {each.artifact.id: each for each in declared.plan.artifacts}
    comparing = Comparing(declared, Tidy(declared.context))
    summaries = (comparing.told(each, planned[each.artifact]) for each in report.artifacts)
    return replace(report, artifacts=tuple(summaries))


def made_by(planned: PlannedArtifact, context: Context) -> tuple[str, str]:
    """What compiles an artifact, and what precompiles it ("" where nothing does): "go 1.27.3",
    "wasmtime 49.0.3"; "?" for a version of which the tool is missing."""
    compiled = _compiled(planned)
    aot = next((step for step in planned.steps if isinstance(step, Aot)), None)
    engine = f"wasmtime {_version(in_use(aot.wasmtime, context), context)}" if aot else ""
    go = f"go {_version(compiled.go, context)}"
    if isinstance(compiled, CompileTinyGo):
        return f"tinygo {_version(compiled.tinygo, context)} ({go})", engine
    return go, engine


def _version(tool: ToolRequest, context: Context) -> str:
    try:
        return context.tools.find(tool).version
    except Failure:
        return "?"


@dataclass(frozen=True)
class Comparing:
    """What the artifacts of one build are compared with."""

    declared: Declared
    tidy: Tidy

    def told(self, summary: Summary, planned: PlannedArtifact) -> Summary:
        """An artifact with what was accepted of it, as far as there is a ledger."""
        ledger = ledger_of(self.declared.context, planned.ledger)
        if not summary.sizes or not ledger.is_there or ledger.damage:
            return summary
        accepted = ledger.artifacts.get(planned.artifact.name)
        sizes = tuple(_with_accepted(size, accepted) for size in summary.sizes)
        if accepted and not self._differs(accepted, sizes, planned):
            return replace(summary, sizes=sizes)
        try:
            return replace(summary, sizes=sizes, moved=self.moved(planned, accepted))
        except Failure:  # what is damaged is among the summary's findings
            return replace(summary, sizes=sizes)

    def moved(
        self, planned: PlannedArtifact, accepted: Accepted | None, *, tidied: bool = False
    ) -> Moved:
        """What moved an artifact, and where a module is new, or with `tidied`, whether its go.mod
        is tidy. Raises Failure where its results are damaged."""
        context, name = self.declared.context, planned.names.file("sizes.json")
        record = record_of(context.path(name), name)
        now = measured(record, *made_by(planned, context))
        compiled = _compiled(planned)
        imports, main = _imports(compiled, context)
        found = moved(accepted, now, imports, main, unknown_owners(record))
        if tidied or found.new_modules:
            found = replace(found, tidy=self.tidy.of(compiled.modules, compiled.go))
        return found

    def _differs(self, accepted: Accepted, sizes: Iterable[Size], planned: PlannedArtifact) -> bool:
        now = {_form(size): size.size_bytes for size in sizes if size.form != "debug"}
        compiler, _ = made_by(planned, self.declared.context)
        return now != dict(accepted.size_bytes) or compiler != accepted.compiler


def _imports(compiled: CompileGo | CompileTinyGo, context: Context) -> tuple[Imports, str]:
    """What each package imports, and the main package; nothing where there is no listing."""
    deps = read_deps(context, compiled.deps)
    graph = ImportGraph.of(deps, compiled.package) if deps else None
    return (graph.imports, graph.main) if graph else ({}, "")


def _compiled(planned: PlannedArtifact) -> CompileGo | CompileTinyGo:
    return next(s for s in planned.steps if isinstance(s, CompileGo | CompileTinyGo))


def _with_accepted(size: Size, accepted: Accepted | None) -> Size:
    if accepted is None:
        return size
    return replace(size, accepted_bytes=accepted.size_bytes.get(_form(size)))


def _form(size: Size) -> str:
    return f"{CWASM}{size.target}" if size.target else size.form
