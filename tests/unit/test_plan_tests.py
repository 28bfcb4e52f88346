"""Which steps test an artifact, and which of them do artifacts share?"""

from __future__ import annotations

from dataclasses import replace

from wasip1_build.plan import plan
from wasip1_build.plan_tests import PlannedTests, TestPlace, TestPlaces, TestRequest, plan_tests
from wasip1_build.spec.model import Artifact, GoTest, Toolchain, Workspace
from wasip1_build.steps.compile_tinygo_test import CompileTinyGoTest
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.list_tinygo import ListTinyGoTests

MODULE = GoContext("m", "", ("m",), ("m/go.mod",))
TESTED = Artifact(
    name="one", directory="m", package="./one", test=GoTest(("./lib/...", "./one"), timeout_s=2.0)
)
LIB = TestPlace("m/lib", "lib", "example.com/m/lib")


def planned(*artifacts: Artifact, request: TestRequest | None = None) -> tuple[PlannedTests, ...]:
    workspace = Workspace("build", "release", Toolchain(), artifacts, {}, ("wasip1.toml",))
    whole = plan(workspace, dict.fromkeys((a.id for a in artifacts), MODULE), "host")
    places = {artifact.id: TestPlaces((LIB,)) for artifact in artifacts}
    return plan_tests("build", whole.artifacts, places, request or TestRequest())


def test_artifacts_that_are_compiled_alike_share_what_go_makes() -> None:
    other = replace(TESTED, name="two", package="./two")
    tagged = replace(TESTED, name="three", package="./three", tags=("x",))
    one, two, three = planned(TESTED, other, tagged)
    assert one.compiles == two.compiles
    assert one.listing == two.listing
    assert three.compiles != one.compiles and three.listing != one.listing
    assert one.runs != two.runs, "each has its own grants"


def test_the_guest_sees_its_package_where_the_module_has_it() -> None:
    (one,) = planned(TESTED)
    (run,), listing = one.runs, one.listing
    assert (run.guest, run.directory, run.timeout_s) == ("/lib", "m/lib", 2.0)
    assert listing.patterns == ("./lib/...", "./one")
    assert listing.declared == {"m/lib": "./lib"}


def test_each_runtime_has_its_own_outputs() -> None:
    request = TestRequest(runtimes=(("wasmtime", None), ("wazero", "/bin/wazero")))
    (both,) = planned(TESTED, request=request)
    assert len({output for step in both.steps for output in step.outputs}) == sum(
        len(step.outputs) for step in both.steps
    )
    assert "build/m/one/one.tests.wazero.xml" in {o for s in both.goals for o in s.outputs}


def test_what_declares_no_tests_has_none() -> None:
    assert planned(replace(TESTED, test=GoTest())) == ()


def test_tinygo_compiles_the_tests_of_what_it_compiles() -> None:
    (tiny,) = planned(replace(TESTED, compiler="tinygo"))
    (run,), (compiled,) = tiny.runs, tiny.compiles
    assert isinstance(compiled, CompileTinyGoTest)
    assert isinstance(tiny.listing, ListTinyGoTests)
    assert run.module == compiled.output
    assert run.flags == ("-test.v",)
    (go,) = planned(TESTED)
    assert go.compiles[0].outputs != compiled.outputs
