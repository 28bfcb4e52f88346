"""The plan of a workspace: pure, and without two outputs in each other's way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wasip1_build.findings import Failure
from wasip1_build.plan import go_package, plan
from wasip1_build.planned import Names, Plan
from wasip1_build.spec.model import Artifact, Toolchain, Workspace
from wasip1_build.steps.aot import Aot
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.compile_go import CompileGo
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.list_go import ListGo

HOST = "x86_64-unknown-linux-gnu"
MODULE = GoContext(".", "", (".",), ("go.mod",))
HELLO = Artifact("hello", ".", "./cmd/hello", aot_targets=("host", "pulley64"))


def workspace(*artifacts: Artifact, profile: str = "release") -> Workspace:
    return Workspace("build", profile, Toolchain(), artifacts, {}, ("wasip1.toml",))


def planned(*artifacts: Artifact, profile: str = "release") -> Plan:
    contexts = {artifact.id: MODULE for artifact in artifacts}
    return plan(workspace(*artifacts, profile=profile), contexts, HOST)


def outputs(result: Plan) -> list[str]:
    return [output for step in result.steps for output in step.outputs]


def test_an_artifact_has_its_outputs_in_its_own_directory() -> None:
    assert [name for name in outputs(planned(HELLO)) if ".wasip1" not in name] == [
        "build/hello/hello.debug.wasm",
        "build/hello/hello.wasm",
        "build/hello/hello.imports.json",
        "build/hello/hello.wasm.br",
        "build/hello/hello.wasm.gz",
        f"build/hello/hello.{HOST}.cwasm",
        "build/hello/hello.pulley64.cwasm",
        "build/hello/hello.checks.json",
        "build/hello/hello.sizes.json",
        *(f"build/hello/run/{program}" for program in ("wasmtime", "wazero", "wasmedge", "node")),
        "build/hello/hello.manifest.json",
    ]


def test_every_input_is_a_source_or_some_steps_output() -> None:
    result = planned(HELLO)
    made = set(outputs(result))
    needed = {name for step in result.steps for name in step.inputs if name.startswith("build/")}
    assert needed <= made


def test_host_is_this_machines_target_and_checks_run_its_code() -> None:
    (artifact,) = planned(HELLO).artifacts
    targets = [step.target for step in artifact.steps if isinstance(step, Aot)]
    (check,) = (step for step in artifact.steps if isinstance(step, RunChecks))
    assert targets == [HOST, "pulley64"]
    assert check.cwasm == f"build/hello/hello.{HOST}.cwasm"


def test_checks_run_the_module_alone_where_the_host_is_no_target() -> None:
    (artifact,) = planned(replace(HELLO, aot_targets=("pulley64",))).artifacts
    (check,) = (step for step in artifact.steps if isinstance(step, RunChecks))
    assert check.cwasm is None


def test_artifacts_of_one_go_context_are_listed_together() -> None:
    other = replace(HELLO, name="other", package="./cmd/other")
    tagged = replace(HELLO, name="tagged", tags=("b", "a"))
    listings = [step for step in planned(HELLO, other, tagged).shared if isinstance(step, ListGo)]
    assert sorted((step.packages, step.flags) for step in listings) == [
        (("./cmd/hello",), ("-tags=a,b",)),
        (("./cmd/hello", "./cmd/other"), ()),
    ]


def test_a_profile_has_a_tree_of_its_own() -> None:
    release, dev = set(outputs(planned(HELLO))), set(outputs(planned(HELLO, profile="dev")))
    assert all(name.startswith(("build/@dev/", "build/.wasip1/")) for name in dev)
    assert all("go-deps" in name for name in release & dev)


def test_a_package_is_named_from_where_go_runs() -> None:
    below = GoContext("m", "", ("m",), ())
    beside = GoContext("m/a", "m/go.work", ("m/a", "x"), ())
    assert go_package(Artifact("a", "m", "./cmd/a"), below) == "./cmd/a"
    assert go_package(Artifact("a", "m", "."), below) == "."
    assert go_package(Artifact("a", "m/a", "."), beside) == "./a"
    assert go_package(Artifact("a", "x", "."), beside) == "../x"
    assert go_package(Artifact("a", ".", "example.com/tool"), below) == "example.com/tool"


def test_two_artifacts_that_would_write_to_one_place_are_refused() -> None:
    with pytest.raises(Failure, match="made twice"):
        plan(workspace(HELLO, HELLO), {HELLO.id: MODULE}, HOST)


def test_definitions_are_words_of_ldflags() -> None:
    artifact = replace(HELLO, define={"main.b": "it's", "main.a": "1 2"}, kind="reactor")
    (compiled,) = (s for s in planned(artifact).steps if isinstance(s, CompileGo))
    assert compiled.build_flags == (
        "-trimpath",
        "-buildvcs=false",
        "-buildmode=c-shared",
        "-ldflags='-X=main.a=1 2' \"-X=main.b=it's\"",
    )


def test_names_are_normal_paths() -> None:
    names = Names("build", "release", ".", "hello")
    assert names.file("wasm") == "build/hello/hello.wasm"
    assert names.state("gate") == "gate/@release/hello"


def test_a_failed_step_takes_the_manifests_that_need_it() -> None:
    other = replace(HELLO, name="other")
    result = planned(HELLO, other)
    seals = result.seals()
    hello = "build/hello/hello.manifest.json"
    both = {hello, "build/other/other.manifest.json"}
    assert seals["build/hello/hello.wasm"] == (hello,)
    assert set(seals[result.shared[0].outputs[0]]) == both
