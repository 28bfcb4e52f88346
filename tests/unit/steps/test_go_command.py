"""What go prints becomes a finding that reads the same on every machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from small_project import KnownTools
from wasip1_build.digests import Digests
from wasip1_build.findings import Finding
from wasip1_build.process import Result
from wasip1_build.steps.go_command import go_failure, run_go
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.tools import Tool

MODULE = GoContext("m", "", ("m",), ("m/go.mod",))
CACHED = "$GOMODCACHE/github.com/!burnt!sushi/toml@v1.0.0/a_wasm.go:3:5: undefined: syscall.Kill\n"

Find = Callable[[str], Finding]


@pytest.fixture
def context(tmp_path: Path) -> Context:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.go").write_text("package main\n")
    return Context(tmp_path, "build", KnownTools({}), Digests(None))


@pytest.fixture
def found(context: Context) -> Find:
    """The finding that is made of what go printed."""

    def find(printed: str) -> Finding:
        result = Result(1, b"", printed.encode())
        return go_failure(context, MODULE, result, "go cannot build ./m", "package").findings[0]

    return find


@pytest.mark.parametrize("place", ["./main.go", "main.go", "{root}/m/main.go"])
def test_it_stands_at_the_first_line_of_a_source_of_ours(
    context: Context, found: Find, place: str
) -> None:
    printed = f"# example.com/m\n{place.format(root=context.root)}:7:2: undefined: x\n"
    finding = found(printed)
    assert str(finding.location) == "m/main.go:7:2"
    assert str(context.root) not in finding.details
    assert (finding.why, finding.key) == ("", "")


def test_a_module_that_wasip1_cannot_have_is_named(found: Find) -> None:
    finding = found(f"# github.com/BurntSushi/toml\n{CACHED}")
    assert finding.location is None
    assert finding.key == "package"
    assert finding.why == "does not compile for wasip1: github.com/BurntSushi/toml@v1.0.0"
    assert CACHED in finding.details


def test_a_file_outside_of_the_workspace_is_no_place_in_it(context: Context, found: Find) -> None:
    (context.root.parent / "other.go").touch()
    assert found("../../other.go:1:1: expected 'package'\n").location is None


def test_a_program_for_a_browser_is_told_of_its_target(context: Context, found: Find) -> None:
    imports = "package m\n\timports syscall/js: build constraints exclude all Go files in /go/js\n"
    assert "syscall/js is what a browser gives" in found(imports).why
    (context.root / "m/main.go").write_text("//go:build js && wasm\n\npackage main\n")
    (context.root / "m/text_js.go").write_text("package main\n")
    (context.root / "m/main_test.go").write_text("package main\n")
    (context.root / "m/make.go").write_text("// It makes x.\n\n//go:build ignore\n\npackage main\n")
    excluded = f"package m: build constraints exclude all Go files in {context.root}/m\n"
    finding = found(excluded)
    assert finding.why == "its files are for GOOS=js, a browser: for wasip1 there are none"
    assert "GOOS=js GOARCH=wasm go build" in finding.fix


@pytest.mark.parametrize(
    "line", ["//go:build linux", "//go:build !js", "//go:build linux && !wasip1.js", "// js"]
)
def test_one_for_another_system_is_not(context: Context, found: Find, line: str) -> None:
    (context.root / "m/main.go").write_text(f"{line}\n\npackage main\n")
    (context.root / "m/text_js.go").write_text("package main\n")
    finding = found("package m: build constraints exclude all Go files in .\n")
    assert (finding.why, finding.fix) == ("", "")
    assert found("package m: build constraints exclude all Go files in gone\n").fix == ""


@pytest.mark.parametrize("printed_as", ["{cache}", "../../modules"])
def test_the_module_cache_is_called_by_its_variable(tmp_path: Path, printed_as: str) -> None:
    cache = tmp_path / "modules"
    root = tmp_path / "project"
    (root / "m").mkdir(parents=True)
    place = printed_as.format(cache=cache)
    fake = tmp_path / "go"
    fake.write_text(f"#!/bin/sh\necho '{place}/x.org/y@v1.0.0/z.go:1:1: no' >&2\nexit 1\n")
    fake.chmod(0o755)
    context = Context(
        root, "build", KnownTools({}), Digests(None), {"GOMODCACHE": str(cache)}, stage=root / "s"
    )
    tool = Tool("go", fake, "1.27.3", "PATH", tmp_path)
    result = run_go(context, tool, MODULE, ["build"])
    assert result.stderr == b"$GOMODCACHE/x.org/y@v1.0.0/z.go:1:1: no\n"
