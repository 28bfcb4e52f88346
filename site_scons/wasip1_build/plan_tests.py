"""Which steps test what a workspace declares? Pure: no files read, no tools run."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from wasip1_build.dataclass import dataclass
from wasip1_build.files import sha256_of_json
from wasip1_build.planned import STATE, PlannedArtifact
from wasip1_build.spec.model import Artifact
from wasip1_build.steps.compile import Compile
from wasip1_build.steps.compile_test import CompileTest
from wasip1_build.steps.compile_tinygo import CompileTinyGo
from wasip1_build.steps.compile_tinygo_test import CompileTinyGoTest
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.go_patterns import from_directory
from wasip1_build.steps.judge_tests import JudgeTests
from wasip1_build.steps.junit import WriteJUnit
from wasip1_build.steps.list_tests import ListTests
from wasip1_build.steps.list_tinygo import ListTinyGoTests
from wasip1_build.steps.run_tests import RunTests
from wasip1_build.steps.step import Step
from wasip1_build.steps.test_flags import FLAGS_OF_TINYGO, TestFlags, flags_of_go
from wasip1_build.steps.test_record import LIBRARY
from wasip1_build.toolchain.tools import ToolRequest


@dataclass(frozen=True)
class TestPlace:
    """A package with tests: its directory from the workspace root and in its module."""

    __test__ = False  # (for pytest, which would take it for a test)

    directory: str
    in_module: str
    import_path: str


@dataclass(frozen=True)
class TestPlaces:
    """The packages with tests that concern an artifact: those that test.packages means, and where
    its gate asks for tests, all of its module, which it may link."""

    __test__ = False

    declared: tuple[TestPlace, ...] = ()
    linkable: tuple[TestPlace, ...] = ()


@dataclass(frozen=True)
class TestRequest:
    """How tests are to be run: with which flags, and under which runtimes, each with its program
    (None for the library)."""

    __test__ = False

    flags: TestFlags = field(default_factory=TestFlags)
    runtimes: tuple[tuple[str, str | None], ...] = ((LIBRARY, None),)


@dataclass(frozen=True)
class PlannedTests:
    """The steps that test one artifact; `goals` are those that a `scons test` asks for."""

    artifact: Artifact
    listing: ListTests
    compiles: tuple[Step, ...]
    runs: tuple[RunTests, ...]
    goals: tuple[Step, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The artifact's own; the listing is shared."""
        return (*self.compiles, *self.runs, *self.goals)


def plan_tests(
    build_dir: str,
    artifacts: Iterable[PlannedArtifact],
    places: Mapping[str, TestPlaces],
    request: TestRequest,
) -> tuple[PlannedTests, ...]:
    """The tests of the artifacts that declare any; `places` are the packages by DIR:NAME."""
    every = list(artifacts)
    shared = listings(build_dir, every, places)
    return tuple(
        _planned(build_dir, each, shared[each.artifact.id], places, request)
        for each in every
        if each.artifact.test.packages
    )


def _planned(
    build_dir: str,
    planned: PlannedArtifact,
    listing: ListTests,
    places: Mapping[str, TestPlaces],
    request: TestRequest,
) -> PlannedTests:
    artifact = planned.artifact
    declared = places[artifact.id].declared
    compiles: list[Step] = []
    runs: list[RunTests] = []
    goals: list[Step] = []
    for runtime in request.runtimes:
        tested = run_each(build_dir, planned, listing, declared, request, runtime)
        own = [run for _, run in tested]
        compiles = [step for step, _ in tested]
        records = tuple(step.output for step in own)
        name = runtime[0]
        suffix = "tests.xml" if name == LIBRARY else f"tests.{name}.xml"
        verdict = f"{_below(build_dir, planned, request, name)}/verdict.json"
        goals += [
            WriteJUnit(artifact.id, records, planned.names.file(suffix)),
            JudgeTests(artifact.id, records, listing.output, verdict),
        ]
        runs += own
    return PlannedTests(artifact, listing, tuple(compiles), tuple(runs), tuple(goals))


def run_each(
    build_dir: str,
    planned: PlannedArtifact,
    listing: ListTests,
    places: Iterable[TestPlace],
    request: TestRequest,
    runtime: tuple[str, str | None],
) -> list[tuple[CompileTest, RunTests]]:
    """What compiles and what runs the tests of each package."""
    compiler, profile = compilation(planned), planned.names.profile
    below = _below(build_dir, planned, request, runtime[0])
    found = []
    for place in places:
        compiled = _compile(build_dir, profile, compiler, listing, place)
        run = _run(planned.artifact, place, compiled, runtime, request, below)
        found.append((compiled, run))
    return found


def _below(build_dir: str, planned: PlannedArtifact, request: TestRequest, runtime: str) -> str:
    """Where the records of a run with these flags are."""
    flags = request.flags.flags
    identity = sha256_of_json([flags])[:12] if flags else "all"
    return f"{build_dir}/{STATE}/{planned.names.state('test')}/{runtime}/{identity}"


def compilation(planned: PlannedArtifact) -> Compile:
    """The step that compiles the artifact itself."""
    return next(step for step in planned.steps if isinstance(step, Compile))


def listings(
    build_dir: str,
    artifacts: Iterable[PlannedArtifact],
    places: Mapping[str, TestPlaces],
) -> dict[str, ListTests]:
    """One listing for all artifacts of the same Go context and flags that have to do with tests, by
    artifact id."""
    groups: dict[tuple[object, ...], list[PlannedArtifact]] = {}
    for each in artifacts:
        if not is_tested(each.artifact):
            continue
        compiler = compilation(each)
        modules, tinygo = compiler.modules, isinstance(compiler, CompileTinyGo)
        where = (modules.work, modules.directory, compiler.flags, compiler.go, tinygo)
        groups.setdefault(where, []).append(each)
    found: dict[str, ListTests] = {}
    for members in groups.values():
        listing = _listing(build_dir, members, places)
        found |= {each.artifact.id: listing for each in members}
    return found


def is_tested(artifact: Artifact) -> bool:
    """Whether it declares tests, or its gate asks for them."""
    return bool(artifact.test.packages or artifact.is_gated_by_tests)


def _listing(
    build_dir: str,
    members: Sequence[PlannedArtifact],
    places: Mapping[str, TestPlaces],
) -> ListTests:
    compiler = compilation(members[0])
    modules = compiler.modules
    patterns = {
        from_directory(pattern, each.artifact.directory, modules)
        for each in members
        for pattern in each.artifact.test.packages
    }
    if any(each.artifact.is_gated_by_tests for each in members):
        patterns.update(_all_of(compilation(each).modules) for each in members)
    declared = {
        place.directory: _argument(place, compiler)
        for each in members
        for found in (places[each.artifact.id],)
        for place in (*found.declared, *found.linkable)
    }
    where = [modules.work, modules.directory]
    identity = [*where, compiler.flags, _tools(compiler), sorted(patterns)]
    place = f"{build_dir}/{STATE}/go-tests/{sha256_of_json(identity)[:12]}"
    listing = ListTests(
        modules=modules,
        patterns=tuple(sorted(patterns)),
        declared=dict(sorted(declared.items())),
        flags=compiler.flags,
        go=compiler.go,
        skip=(build_dir,),
        output=f"{place}/go-tests.json",
    )
    if isinstance(compiler, CompileTinyGo):
        return ListTinyGoTests(**vars(listing), tinygo=compiler.tinygo)
    return listing


def _all_of(modules: GoContext) -> str:
    """The argument of go that means all packages of an artifact's own module."""
    return from_directory("./...", modules.module, modules)


def _argument(place: TestPlace, compiler: Compile) -> str:
    return from_directory("./" + place.directory, ".", compiler.modules)


def _tools(compiler: Compile) -> list[str]:
    """What compiles, as text."""
    if isinstance(compiler, CompileTinyGo):
        return [str(compiler.go), str(compiler.tinygo), *compiler.options]
    return [str(compiler.go)]


def _compile(
    build_dir: str, profile: str, compiler: Compile, listing: ListTests, place: TestPlace
) -> CompileTest:
    """What makes a package's test module; the same for all artifacts that are compiled alike."""
    modules = compiler.modules
    how = [compiler.flags, dict(compiler.define), _tools(compiler), profile]
    identity = [modules.work, modules.directory, place.directory, how]
    base = posixpath.basename(place.import_path) or "tests"
    below = f"{build_dir}/{STATE}/test-modules/{sha256_of_json(identity)[:12]}"
    step = CompileTest(
        modules=compiler.modules,
        package=_argument(place, compiler),
        directory=place.directory,
        flags=compiler.flags,
        define=compiler.define,
        go=compiler.go,
        listing=listing.output,
        output=f"{below}/{base}.test.wasm",
        report=f"{below}/{base}.build.json",
    )
    if isinstance(compiler, CompileTinyGo):
        return CompileTinyGoTest(**vars(step), tinygo=compiler.tinygo, options=compiler.options)
    return step


def _run(
    artifact: Artifact,
    place: TestPlace,
    compiled: CompileTest,
    runtime: tuple[str, str | None],
    request: TestRequest,
    below: str,
) -> RunTests:
    """What runs a test module, whichever compiler made it."""
    name, program = runtime
    by_tinygo = isinstance(compiled, CompileTinyGoTest)
    told = FLAGS_OF_TINYGO if by_tinygo else flags_of_go(artifact.test.timeout_s)
    base = posixpath.basename(place.import_path) or "tests"
    return RunTests(
        artifact=artifact.id,
        directory=place.directory,
        guest=posixpath.normpath(posixpath.join("/", place.in_module)),
        import_path=place.import_path,
        module=compiled.output,
        report=compiled.report,
        output=f"{below}/{sha256_of_json(place.directory)[:12]}/{base}.json",
        grants=artifact.grants,
        imports_host=artifact.imports.beside_wasi,
        host=next((check.host for check in artifact.checks if check.host), None),
        gogc=artifact.runtime.gogc,
        memory_limit_bytes=artifact.runtime.memory_limit_bytes,
        timeout_s=artifact.test.timeout_s,
        flags=(*told, *request.flags.flags),
        again=request.flags.again,
        runtime=name,
        program=program,
        library=ToolRequest("wasmtime-library"),
    )
