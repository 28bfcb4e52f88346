"""Does `scons test` do what a Go developer expects of go test, on wasip1, and nothing twice?"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest

from project import SCONSTRUCT, Project

SPEC = """spec-version = 1

[artifact.app]
package = "./app"
compress.formats = []
test.packages = ["./..."]
test.timeout = "2s"
"""
PASSES = """package lib

import "testing"

func TestAdd(t *testing.T) {
\tif Add(1, 2) != 3 {
\t\tt.Fatal("wrong sum")
\t}
}
"""


def go_file(package: str, body: str, imports: str = "") -> str:
    return f'package {package}\n\nimport "testing"\n{imports}\n{body}\n'


@pytest.fixture(scope="module")
def tested(
    tmp_path_factory: pytest.TempPathFactory, shared_cache: Path, pinned_go: Path
) -> Project:
    """A program and a library with tests, which passed, and what is no package of the pattern."""
    assert pinned_go.is_file()
    (shared_cache / "home").mkdir(exist_ok=True)
    p = Project(tmp_path_factory.mktemp("tested") / "workspace", shared_cache)
    p.write("SConstruct", SCONSTRUCT)
    p.write("wasip1.toml", SPEC)
    p.write("go.mod", "module example.com/p\n\ngo 1.25\n")
    p.write(
        "app/main.go",
        'package main\n\nimport "example.com/p/lib"\n\nfunc main() { println(lib.Add(1, 2)) }\n',
    )
    p.write("app/main_test.go", go_file("main", "func TestApp(t *testing.T) { main() }"))
    p.write("lib/lib.go", "package lib\n\nfunc Add(a, b int) int { return a + b }\n")
    p.write("lib/lib_test.go", PASSES)
    p.write("none/none.go", "package none\n")
    broken = "package broken\n\nthis is not Go\n"
    for place in ("lib/testdata/x", "_x", ".x", "nested"):
        p.write(f"{place}/x_test.go", broken)
    p.write("nested/go.mod", "module example.com/nested\n\ngo 1.25\n")
    p.build("-Q", "test")
    return p


@pytest.fixture
def project(tested: Project) -> Iterator[Project]:
    """`tested`, to be broken; put back afterwards."""
    sources = tested.sources()
    yield tested
    tested.put_back(sources)


def suites(project: Project) -> dict[str, ElementTree.Element]:
    root = ElementTree.parse(project.root / "build/app/app.tests.xml").getroot()
    return {suite.get("name", ""): suite for suite in root}


def test_a_second_run_executes_nothing_and_says_the_results_again(project: Project) -> None:
    project.build("-Q", "test")
    again = project.build("-Q", "test")
    assert again.steps == ()
    app, lib, none = again.output.splitlines()[-3:]
    assert app.startswith("ok  \texample.com/p/app\t0.") and app.endswith("s (cached)")
    assert lib.startswith("ok  \texample.com/p/lib\t0.") and lib.endswith("s (cached)")
    assert none == "?   \texample.com/p/none\t[no test files]"


def test_an_edit_reruns_the_tests_of_the_package_and_of_its_dependents(project: Project) -> None:
    project.build("-Q", "test")
    project.write("app/main_test.go", go_file("main", "func TestOther(t *testing.T) { main() }"))
    only = [path.rpartition("/")[2] for verb, path in project.build("-Q", "test").steps
            if verb == "test"]  # fmt: skip
    assert only == ["app.json"]
    project.edit("lib/lib.go", "a + b", "b + a + 0*a")
    both = project.build("-Q", "test").steps
    assert sorted(p.rpartition("/")[2] for v, p in both if v == "test") == ["app.json", "lib.json"]


def test_a_failure_is_shown_with_its_line_and_kept_as_junit(project: Project) -> None:
    project.edit("lib/lib_test.go", "!= 3", "!= 4")
    failed = project.scons("-Q", "test")
    assert failed.status == 2
    assert "lib/lib_test.go:7: error: example.com/p/lib: TestAdd failed [test]" in failed.output
    assert "  | --- FAIL: TestAdd (0.00s)\n  |     lib/lib_test.go:7: wrong sum\n" in failed.output
    assert "\nok  \texample.com/p/app\t" in failed.output
    assert failed.output.splitlines()[-1] == "FAIL"
    suite = suites(project)["example.com/p/lib"]
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    again = project.scons("-Q", "test")
    assert (again.status, [verb for verb in again.verbs if verb == "test"]) == (2, [])
    assert "wrong sum" in again.output and "\nFAIL\texample.com/p/lib\t" in again.output
    annotated = project.scons("-Q", "test", env={"GITHUB_ACTIONS": "true"})
    assert "::error file=lib/lib_test.go,line=7" in annotated.output


def test_every_way_to_end_is_told_apart(project: Project) -> None:
    """In one run, because each package is compiled by Go."""
    os_import = 'import "os"\n'
    bodies = {
        "panics": ("func TestP(t *testing.T) { var m map[string]int; m[t.Name()] = 1 }", ""),
        "exits": ("func TestE(t *testing.T) { os.Exit(3) }", os_import),
        "hangs": ("func TestH(t *testing.T) { for {} }", ""),
        "waits": ("func TestW(t *testing.T) { select {} }", ""),
        "skips": (
            'func TestS(t *testing.T) { t.Skip("not here") }\n'
            'func TestT(t *testing.T) { t.Run("sub one", func(t *testing.T) {}) }',
            "",
        ),
        "reads": (
            'func TestR(t *testing.T) {\n\tb, err := os.ReadFile("testdata/x.txt")\n'
            '\tif err != nil || string(b) != "x" {\n\t\tt.Fatal(err)\n\t}\n'
            '\tif err := os.WriteFile(t.TempDir()+"/y", b, 0o600); err != nil {\n'
            "\t\tt.Fatal(err)\n\t}\n}",
            os_import,
        ),
        "outside": (
            'func TestO(t *testing.T) {\n\tif _, err := os.ReadFile("../go.mod"); err != nil {\n'
            "\t\tt.Fatal(err)\n\t}\n}",
            os_import,
        ),
        "bytes": (
            "func TestB(t *testing.T) { os.Stdout.Write([]byte{0, 7, 0xff, 0x1b, 10}); t.Fail() }",
            os_import,
        ),
        "broken": ('func TestC(t *testing.T) { return "no" }', ""),
        "needs": (
            "//go:wasmimport env f\nfunc f()\n\nfunc TestN(t *testing.T) { f() }",
            "",
        ),
    }
    for name, (body, imports) in bodies.items():
        project.write(f"{name}/x_test.go", go_file(name, body, imports))
    project.write("other/x_test.go", "//go:build linux\n\npackage other\n")
    project.write("reads/testdata/x.txt", "x")
    ended = project.scons("-Q", "test")
    said = ended.output
    assert ended.status == 2
    told = [line for line in said.splitlines() if line.startswith(("ok  \t", "FAIL\t", "?   \t"))]
    lines = {line.split("\t")[1].rpartition("/")[2].partition(" ")[0]: line for line in told}
    passed = {name for name, line in lines.items() if line.startswith("ok")}
    assert passed == {"app", "lib", "skips", "reads"}
    assert lines["other"].endswith("[no test files]")
    assert lines["broken"] == "FAIL\texample.com/p/broken [build failed]"
    assert "broken/x_test.go:5:35: error: the tests of broken do not build [go]" in said
    assert "[not runnable: needs env.f: imports.host does not declare them]" in lines["needs"]
    assert "panic: assignment to entry in nil map" in said
    assert "panics/x_test.go:5: error: example.com/p/panics: TestP failed [test]" in said
    assert "why: exit 3" in said
    assert "example.com/p/hangs: TestH did not end in time" in said
    assert "why: it ran longer than 2 s, and was ended" in said
    assert "panic: test timed out after 1.8s" in said
    assert "outside/x_test.go:8: open ../go.mod: Bad file number" in said
    assert "a test sees its package's directory" in said
    assert "\x1b" not in said
    found = suites(project)
    assert {name.rpartition("/")[2] for name in found} == set(bodies) | {"app", "lib", "other"}
    cases = {case.get("name"): case for case in found["example.com/p/skips"].iter("testcase")}
    assert list(cases) == ["TestS", "TestT", "TestT/sub_one"]
    assert cases["TestS"].find("skipped") is not None
    for name, errors in (("hangs", "1"), ("broken", "1"), ("needs", "1"), ("bytes", "0")):
        assert found[f"example.com/p/{name}"].get("errors") == errors
    assert found["example.com/p/bytes"].get("failures") == "1"


def test_what_cannot_be_loaded_is_no_earlier_result(project: Project) -> None:
    project.build("-Q", "test")
    missing = 'import "example.com/none"\n'
    project.write("app/main_test.go", go_file("main", "func TestN() { none.F() }", missing))
    for _again in range(2):  # what is not loaded today may be tomorrow: it is asked each time
        failed = project.scons("-Q", "test")
        assert failed.status == 2
        assert "app/main_test.go:4:8: error: the tests of app do not build [go]" in failed.output
        assert "go get example.com/none" in failed.output
        assert "FAIL\texample.com/p/app [setup failed]\n" in failed.output
        assert "ok  \texample.com/p/lib\t" in failed.output
        found = suites(project)
        assert found["example.com/p/app"].get("errors") == "1"
        assert found["example.com/p/lib"].get("errors") == "0"
    project.write("app/main_test.go", go_file("main", "func TestApp(t *testing.T) { main() }"))
    assert "ok  \texample.com/p/app\t" in project.build("-Q", "test").output
    assert suites(project)["example.com/p/app"].get("errors") == "0"


def test_flags_and_artifacts_are_passed_on_and_checked(project: Project) -> None:
    project.build("-Q", "test")
    listed = project.build("-Q", "test", "TEST_ARGS=-run TestAdd -v -short", "ARTIFACT=app")
    assert "--- PASS: TestAdd (0.00s)\nPASS\nok  \texample.com/p/lib\t" in listed.output
    assert "example.com/p/app" in listed.output and "[no tests to run]" in listed.output
    assert project.build("-Q", "test", "TEST_ARGS=-run TestAdd -v -short").steps == ()
    assert "test" not in project.build("-Q", "test").verbs  # the others' results are still there
    for count in range(2):
        assert "test" in project.build("-Q", "test", "TEST_ARGS=-count=1").verbs, count
    for words, said in (
        (("test", "TEST_ARGS=-timeout 9s"), "-timeout is for the spec to say"),
        (("test", "TEST_ARGS=-race"), "-race is no flag of a Go test program"),
        (("test", "RUNTIME=wazero"), "wazero is not on PATH"),
        (("test", "RUNTIME=chrome"), "RUNTIME=chrome: no such runtime"),
        (("test", "ARTIFACT=ap"), 'no artifact is declared at "ap"'),
        (("TEST_ARGS=-v",), "TEST_ARGS= is for `scons test`"),
    ):
        refused = project.scons("-Q", *words)
        assert refused.status == 2 and said in refused.output, words


def test_each_runtime_has_its_own_result(project: Project, tmp_path: Path) -> None:
    stand_in = tmp_path / "wazero"
    said = r"\026=== RUN   TestX\n\026--- FAIL: TestX (0.00s)\n\026FAIL\n"
    stand_in.write_text(f"#!/bin/sh\nprintf '{said}'\nexit 1\n")
    stand_in.chmod(0o755)
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    ended = project.scons("-Q", "test", "RUNTIME=wasmtime,wazero", env=path)
    assert ended.status == 2
    assert "ok  \texample.com/p/lib\t" in ended.output and "(wasmtime)" in ended.output
    assert "example.com/p/lib: TestX failed under wazero [test]" in ended.output
    assert "FAIL\texample.com/p/lib\t" in ended.output
    assert (project.root / "build/app/app.tests.wazero.xml").is_file()
    assert suites(project)["example.com/p/lib"].get("failures") == "0"
    assert "test" not in project.build("-Q", "test").verbs


def test_an_artifact_without_tests_is_said(project: Project) -> None:
    project.write("wasip1.toml", SPEC.replace('test.packages = ["./..."]\n', ""))
    said = project.build("-Q", "test").output
    assert ".:app: no tests declared" in said and "ok  " not in said


def test_a_plain_build_stays_fast_and_keeps_results(project: Project) -> None:
    project.build("-Q")
    project.build("-Q", "test")
    plain = project.build("-Q", "--debug=time").output
    assert "`default' is up to date." in project.build("-Q").output, plain
    assert project.build("-Q", "test").steps == ()
    project.edit("lib/lib_test.go", "1, 2", "2, 1")
    assert project.build("-Q").steps == ()
    assert "test" in project.build("-Q", "test").verbs
    project.build("-Q", "default", "test")
    assert project.build("-Q", "default", "test").steps == ()
    assert "`default' is up to date." in project.build("-Q").output


def test_looking_runs_nothing_and_cleaning_removes_the_results(project: Project) -> None:
    project.build("-Q", "test")
    assert project.build("-Q", "-n", "test").steps == ()
    assert "scons test" in project.build("-h").output
    report = project.root / "build/app/app.tests.xml"
    assert report.is_file()
    project.build("-Q", "-c", "test")
    assert not report.exists()
    would = project.build("-Q", "-n", "test")
    assert "test" in would.verbs and not report.exists()
    assert "test" in project.build("-Q", "-j2", "test").verbs and report.is_file()


@pytest.mark.dear
def test_a_directory_called_test_does_not_stand_in_for_the_verb(project: Project) -> None:
    project.write("wasip1.toml", SPEC + '\n[workspace]\nmembers = ["test"]\n')
    project.write("test/wasip1.toml", 'spec-version = 1\n\n[artifact.inner]\npackage = "../app"\n')
    project.build("-Q")
    told = project.build("-Q", "test").output
    assert "ok  \texample.com/p/lib" in told
    assert "test:inner: no tests declared" in told


def test_tests_that_need_a_host_run_with_the_host_file_of_a_check(project: Project) -> None:
    body = (
        "//go:wasmimport env f\nfunc f() int32\n\n"
        "func TestN(t *testing.T) {\n\tif got := f(); got != 7 {\n\t\tt.Fatal(got)\n\t}\n}"
    )
    project.write("needs/x_test.go", go_file("needs", body))
    project.write("host.py", 'functions = {"env.f": lambda guest: 7}\n')
    declared = SPEC.replace("./...", "./needs") + 'imports.host.env.f = "() -> i32"\n'
    project.write("wasip1.toml", declared)
    without = project.scons("-Q", "test")
    assert without.status == 2
    assert "needs env.f: no check of the artifact names a file with `host`" in without.output
    project.write(
        "wasip1.toml", declared + '[[artifact.app.check]]\nname = "runs"\nhost = "host.py"\n'
    )
    assert "ok  \texample.com/p/needs\t" in project.build("-Q", "test").output


def test_a_workspace_beside_other_things_has_its_own_word(project: Project) -> None:
    project.write(
        "SConstruct",
        'env = Environment(tools=["wasip1"], toolpath=[PyPackageDir("wasip1_build.tools")])\n'
        'env.Wasip1Workspace("wasip1.toml", prefix="wasm-")\n',
    )
    assert "ok  \texample.com/p/lib" in project.build("-Q", "wasm-test").output
    assert "ok  \texample.com/p/lib" in project.build(
        "-Q", "wasm-test", "WASIP1_TEST_ARGS=-run TestAdd"
    ).output  # fmt: skip
    assert "test" not in project.build("-Q", "wasm-test").verbs
