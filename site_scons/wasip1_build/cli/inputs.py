"""What are the inputs of each artifact of a workspace: which files, which modules?"""

from __future__ import annotations

import posixpath
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.digests import Digests
from wasip1_build.findings import Failure, Finding, Severity
from wasip1_build.plan import go_package, plan
from wasip1_build.planned import STATE, Plan
from wasip1_build.runtime.granted import layout, walk
from wasip1_build.runtime.package_files import package_files
from wasip1_build.runtime.staging import Entry
from wasip1_build.spec.members import SPEC_FILE
from wasip1_build.spec.model import Artifact, Workspace
from wasip1_build.steps.aot import Aot
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.compile import Compile
from wasip1_build.steps.compile_test import CompileTest
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.go_contexts import look_for_contexts
from wasip1_build.steps.go_deps import GoDeps, Main
from wasip1_build.steps.go_tests import GoTests
from wasip1_build.steps.go_world import SOURCES
from wasip1_build.steps.list_tests import ListTests
from wasip1_build.steps.listing import Listing
from wasip1_build.steps.prove_tests import ProveTests
from wasip1_build.steps.step import Context, Step
from wasip1_build.test_places import with_proofs
from wasip1_build.toolchain.go import TOOLS
from wasip1_build.toolchain.host import host_target
from wasip1_build.toolchain.tools import Tools

# In the order in which they are told.
GROUPS = ("spec", "go.mod", "go", "embed", "check", "test", "granted", "tool")


@dataclass(frozen=True)
class ArtifactInputs:
    """All inputs of one artifact. Paths are as a build has them: relative to the workspace root,
    or absolute.

    `files` are by group (GROUPS). `main` is what Go says of its program; where Go cannot say it,
    or the granted directories cannot be read, `problems` say why and the files are not all.
    """

    artifact: Artifact
    files: Mapping[str, tuple[str, ...]]
    main: Main | None = None
    tests: tuple[Main, ...] = ()  # the test programs that its gate asks for
    # The names in granted directories with their kinds, targets of links and x bits.
    granted: Mapping[str, Entry] = field(default_factory=dict)
    problems: tuple[Finding, ...] = ()

    @property
    def modules(self) -> tuple[Mapping[str, Any], ...]:
        """The Go modules that it and its tests are made from, by path."""
        programs = (self.main, *self.tests) if self.main else ()
        found = {str(module["Path"]): module for each in programs for module in each.modules}
        return tuple(found[path] for path in sorted(found))


@dataclass(frozen=True)
class Reader:
    """Reads the inputs of a workspace's artifacts. `scratch` is a directory that may be written.

    Nothing is written below `root`, but for the lock that keeps two listings apart where it has
    been built. `tools` finds the Go that lists.
    """

    root: Path
    workspace: Workspace
    tools: Tools
    environ: Mapping[str, str]
    scratch: Path

    def read(self) -> dict[str, ArtifactInputs]:
        """The inputs of every artifact by its id. Raises Failure where Go is missing."""
        contexts, without = look_for_contexts(self.root, self.workspace.artifacts)
        planned = plan(self.workspace, contexts, host_target())
        planned = with_proofs(planned, self.root, self.workspace.build_dir)
        for step in planned.shared:
            if isinstance(step, Listing):
                self.tools.find(step.go)
        listings = self._listings(planned)
        steps = {each.artifact.id: each.steps for each in planned.artifacts}
        return {
            artifact.id: self._inputs(artifact, contexts[artifact.id], steps[artifact.id], listings)
            if artifact.id in contexts
            else self._unlisted(artifact, without[artifact.id])
            for artifact in self.workspace.artifacts
        }

    def _listings(self, planned: Plan) -> dict[str, GoDeps | GoTests | Failure]:
        """What Go lists, or why it cannot, by the output that a build would write it to."""
        steps = (step for step in planned.shared if isinstance(step, Listing))
        return {step.output: self._listed(step) for step in steps}

    def _listed(self, step: Listing) -> GoDeps | GoTests | Failure:
        stage = Path(tempfile.mkdtemp(dir=self.scratch))
        try:
            step.run(self._context().staged(stage))
        except Failure as problem:
            return problem
        written = stage / "out" / step.output
        read = GoTests.read(written) if isinstance(step, ListTests) else GoDeps.read(written)
        assert read is not None, "a listing that ran has written what it found"
        return read

    def _context(self) -> Context:
        built = (self.root / self.workspace.build_dir / STATE).is_dir()
        return Context(
            root=self.root,
            build_dir=self.workspace.build_dir if built else str(self.scratch),
            tools=self.tools,
            digests=Digests(None),
            environment=dict(self.environ),
        )

    def _inputs(
        self,
        artifact: Artifact,
        context: GoContext,
        steps: tuple[Step, ...],
        listings: Mapping[str, GoDeps | GoTests | Failure],
    ) -> ArtifactInputs:
        deps = listings[next(step.deps for step in steps if isinstance(step, Compile))]
        if isinstance(deps, Failure):
            return self._unlisted(artifact, deps.findings, context.files)
        assert isinstance(deps, GoDeps), "what is compiled is listed as packages"
        package = go_package(artifact, context)
        main = deps.main(package)
        if main is None:
            what = f"go lists nothing for {package}"
            nothing = Finding("go", Severity.ERROR, what, location=artifact.where("package"))
            return self._unlisted(artifact, (nothing,), context.files)
        granted, problems = self._granted(artifact)
        go_files = self._go_files(main)
        tests, beside, untold = self._tests(main, steps, listings)
        read = {*(name for test in tests for name in test.files), *beside}
        groups = {
            "spec": self._specs(artifact),
            "go.mod": context.files,
            **go_files,
            "check": _check_files(steps),
            "test": tuple(sorted(read.difference(*go_files.values()))),
            "granted": tuple(name for name, entry in granted.items() if entry.kind == "file"),
            "tool": self._programs(main, steps),
        }
        return ArtifactInputs(artifact, groups, main, tests, granted, (*problems, *untold))

    def _unlisted(
        self, artifact: Artifact, problems: tuple[Finding, ...], go_mod: Collection[str] = ()
    ) -> ArtifactInputs:
        groups = {"spec": self._specs(artifact), "go.mod": tuple(go_mod)}
        return ArtifactInputs(artifact, groups, problems=problems)

    def _specs(self, artifact: Artifact) -> tuple[str, ...]:
        """The top file and the one that declares it."""
        top = self.workspace.files[0]
        if artifact.directory == (posixpath.dirname(top) or "."):
            return (top,)
        return (top, posixpath.join(artifact.directory, SPEC_FILE))

    def _go_files(self, main: Main) -> dict[str, tuple[str, ...]]:
        profile = f"{main.directory}/default.pgo" if main.directory else ""
        there = (profile,) if profile and (self.root / profile).is_file() else ()
        sources = tuple(name for name in main.files if name.endswith(SOURCES))
        embeds = tuple(name for name in main.files if not name.endswith(SOURCES))
        return {"go": (*sources, *there), "embed": embeds}

    def _tests(
        self,
        main: Main,
        steps: Iterable[Step],
        listings: Mapping[str, GoDeps | GoTests | Failure],
    ) -> tuple[tuple[Main, ...], tuple[str, ...], tuple[Finding, ...]]:
        """The test programs that the gate asks for and the files beside the tests; or why that
        cannot be said."""
        proof = next((step for step in steps if isinstance(step, ProveTests)), None)
        if proof is None:
            return (), (), ()
        linked = [place for place in proof.linked(main) if place in proof.records]
        compiled = [step for step in steps if isinstance(step, CompileTest)]
        programs: list[Main] = []
        beside: list[str] = []
        for step in (each for each in compiled if each.directory in linked):
            tests = listings[step.listing]
            if isinstance(tests, Failure):
                return (), (), tests.findings
            program = tests.main(step.directory)
            programs += [program] if program else []
            try:
                beside += self._beside(step.directory)
            except Failure as problem:
                return (), (), problem.findings
        return tuple(programs), tuple(beside), ()

    def _beside(self, directory: str) -> Iterator[str]:
        """The files that tests find in their package's directory. Raises Failure."""
        skip = (self.root / self.workspace.build_dir,)
        for entry in package_files(self.root / directory, skip, lambda _path: ""):
            if entry.kind == "file":
                yield posixpath.normpath(f"{directory}/{entry.name}")

    def _granted(self, artifact: Artifact) -> tuple[dict[str, Entry], tuple[Finding, ...]]:
        """What is in the granted directories, by path; or why that cannot be said."""
        try:
            made = layout(artifact.grants, self.root)
            listings = walk(made, lambda _path: "")
        except Failure as problem:
            return {}, problem.findings
        found: dict[str, Entry] = {}
        for place, entries in zip(made.roots, listings, strict=True):
            for entry in entries:
                found[self._relative(place / entry.name)] = entry
        return found, ()

    def _relative(self, path: Path) -> str:
        """A path as a build would show it: from the root where it is below it."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)

    def _programs(self, main: Main, steps: Iterable[object]) -> tuple[str, ...]:
        """The files of tools that are kept in the workspace itself, and named in [toolchain]."""
        aot = {step.wasmtime.path for step in steps if isinstance(step, Aot)}
        found = {path for path in aot if path and (self.root / path).is_file()}
        pin = self.workspace.toolchain.go
        tools = [tool for tool in self.tools.found() if tool.program == "go"]
        if pin and pin.path and tools:
            goroot = tools[0].root or tools[0].path.parent.parent
            if goroot.is_relative_to(self.root):
                found |= {self._relative(path) for path in _decisive(goroot, main)}
        return tuple(sorted(found))


def _check_files(steps: Iterable[object]) -> tuple[str, ...]:
    """The files that checks read or expect, without the module that they run."""
    [step] = [step for step in steps if isinstance(step, RunChecks)]
    return tuple(name for name in step.inputs if name not in (step.module, step.cwasm))


def _decisive(goroot: Path, main: Main) -> Iterator[Path]:
    """The files of a Go that decide what it makes of a program (see toolchain.go.identity)."""
    yield from (goroot / name for name in ("VERSION", "go.env", "bin/go"))
    yield from (path for name in TOOLS for path in goroot.glob(f"pkg/tool/*/{name}"))
    for package, names in main.standard.items():
        yield from (goroot / "src" / package / name for name in names)
