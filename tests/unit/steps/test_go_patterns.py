"""Do package patterns come to the directories that Go itself would test?"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from wasip1_build.findings import Failure
from wasip1_build.steps.go_context import find_go_context
from wasip1_build.steps.go_patterns import (
    directories_with_tests,
    from_directory,
    import_path,
    may_be_tests,
)
from wasip1_build.steps.go_tests import GoTests, from_test_list

TESTED = (
    *("x_test.go", "a/x_test.go", "a/b/x_test.go", "a/b/vendor/v/x_test.go", "c/ab/x_test.go"),
    *("testdata/x_test.go", "a/testdata/d/x_test.go", "_skip/x_test.go", ".hidden/x_test.go"),
    *("nested/x_test.go", "left/out/x_test.go", "a/gone/x_test.go", "linux/x_linux_test.go"),
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in TESTED:
        path = tmp_path / "m" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        package = path.parent.name.strip("._") if path.parent.name != "m" else "m"
        path.write_text(f"package {package}\n")
    (tmp_path / "m/go.mod").write_text(
        "module example.com/m\n\ngo 1.25\n\nignore (\n\t./left\n\tgone\n)\n"
    )
    (tmp_path / "m/nested/go.mod").write_text("module example.com/nested\n\ngo 1.25\n")
    (tmp_path / "m/plain").mkdir()
    (tmp_path / "m/plain/p.go").write_text("package plain\n")
    return tmp_path


PATTERNS = {
    "./...": {".", "a", "a/b", "c/ab"},
    "./a/...": {"a", "a/b"},
    "./a": {"a"},
    "./.../b": {"a/b"},
    "./...b": {"a/b", "c/ab"},
    "./c...": {"c/ab"},
    "./a/b/vendor/...": {"a/b/vendor/v"},
    "./plain": set(),
    "example.com/m/...": {".", "a", "a/b", "c/ab"},
    "example.com/m/a": {"a"},
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_means_what_it_means_to_go(tree: Path, pattern: str, pinned_go: Path) -> None:
    context = find_go_context(tree, "m")
    found = directories_with_tests(tree, "m", [pattern], context)
    assert {os.path.relpath(place, "m") for place in found} == PATTERNS[pattern]
    listed = go_list(tree / "m", pinned_go, "-e", "-f={{.Dir}} {{len .TestGoFiles}}", pattern)
    by_go = {Path(line.split()[0]) for line in listed.splitlines() if line.endswith(" 1")}
    assert {os.path.relpath(place, tree / "m") for place in by_go} == PATTERNS[pattern]


def go_list(directory: Path, go: Path, *words: str) -> str:
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(directory),
        "GOOS": "wasip1",
        "GOARCH": "wasm",
        "GOFLAGS": "",
        "GOTOOLCHAIN": "local",
        "GOPROXY": "off",
    }
    done = subprocess.run(
        [go, "list", *words], cwd=directory, env=environment, capture_output=True, check=True
    )
    return done.stdout.decode()


def test_what_is_not_there_is_refused(tree: Path) -> None:
    context = find_go_context(tree, "m")
    for pattern, said in (
        ("./none", "./none of test.packages is no directory: there is no m/none"),
        ("./none/...", "is no directory"),
        ("fmt", "fmt is in no module of this workspace"),
    ):
        with pytest.raises(Failure, match=said):
            directories_with_tests(tree, "m", [pattern], context)


def test_names_of_files_say_for_which_system_tests_are() -> None:
    yes = (
        "a_test.go",
        "a_b_test.go",
        "a_wasip1_test.go",
        "a_wasip1_wasm_test.go",
        "a_wasm_test.go",
    )
    no = ("a.go", "a_linux_test.go", "a_js_wasm_test.go", "a_amd64_test.go", "_a_test.go")
    assert [name for name in (*yes, *no) if may_be_tests(name)] == list(yes)
    assert may_be_tests("linux_test.go"), "what stands before the first _ decides nothing"


def test_patterns_become_arguments_where_go_is_run(tree: Path) -> None:
    context = find_go_context(tree, "m")
    assert from_directory("./...", "m", context) == "./..."
    assert from_directory("./...", "m/a", context) == "./a/..."
    assert from_directory("../nested", "m", context) == "../nested"
    assert from_directory("example.com/m/...", "m/a", context) == "example.com/m/..."
    assert import_path(tree, "m/a/b") == ("example.com/m/a/b", "a/b")
    assert import_path(tree, "m") == ("example.com/m", ".")


def listing(root: Path, declared: dict[str, str], *listed: dict[str, Any]) -> GoTests:
    output = "".join(json.dumps(each) for each in listed).encode()
    return GoTests(from_test_list(output, root, root / "goroot", ("m",), declared, ["./..."]))


def test_where_go_finds_other_tests_than_were_declared_it_is_said(tmp_path: Path) -> None:
    def package(name: str, *match: str, **more: object) -> dict[str, Any]:
        place = {"ImportPath": f"example.com/{name}", "Dir": str(tmp_path / "m" / name)}
        return {**place, "Match": list(match), **more}

    tests = {"TestGoFiles": ["x_test.go"]}
    excluded = {"Error": {"Err": "build constraints exclude all Go files in /x"}}
    both = package("both", "./...", "./both", **tests)
    unseen = package("unseen", "./...", **tests)
    extra = package("extra", "./extra", **tests)
    other = package("other", "./other", **excluded)
    declared = {f"m/{name}": f"./{name}" for name in ("both", "extra", "other")}
    found = listing(tmp_path, declared, both, unseen, extra, other)
    assert [finding.what for finding in found.mismatches] == [
        "Go finds tests in m/unseen, and they were not declared",
        "tests were declared in m/extra, and Go's patterns leave it out",
    ]
    assert found.is_whole, "a package without a file for wasip1 is no error"
    assert not found.package("m/other").has_tests  # type: ignore[union-attr]
    assert listing(tmp_path, {"m/both": "./both"}, both).mismatches == ()
