"""`wasip1 boundary` counts what crosses on a module that was built, and says what it could not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wasip1_build.cli import main
from wasip1_build.wasm.strip import strip

PROGRAM = """package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	times, _ := strconv.Atoi(os.Args[1])
	for i := 0; i < times; i++ {
		os.Stdin.Read(make([]byte, 1))
		fmt.Println("a line")
		println("why")
	}
	if len(os.Args) > 2 {
		for {
		}
	}
}
"""
SPEC = """spec-version = 1

[artifact.lines]
package = "."
grants.stdin = true

[[artifact.lines.check]]
name = "few"
args = ["2"]
stdin = "abc"
expect = { stdout = "a line\\na line\\n" }

[[artifact.lines.check]]
name = "wrong"
args = ["2"]
expect = { exit = 3 }

[[artifact.lines.check]]
name = "endless"
args = ["2", "loop"]
timeout = "500ms"

[artifact.lines.bench]
cases = [{ name = "many", args = ["1000"] }]

[artifact.silent]
package = "."
"""
_WRITES = ["1,000", "6.84", "KiB", "7.0", "4-7:", "1,000"]
Boundary = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, go_module: Callable[[str], Path]) -> Path:
    """A workspace whose artifact `lines` is built. Not to be written."""
    root = tmp_path_factory.mktemp("boundary")
    (root / "wasip1.toml").write_text(SPEC)
    (root / "go.mod").write_text("module example.com/lines\n\ngo 1.21\n")
    outputs = root / "build/lines"
    outputs.mkdir(parents=True)
    debug = go_module(PROGRAM).read_bytes()
    (outputs / "lines.debug.wasm").write_bytes(debug)
    (outputs / "lines.wasm").write_bytes(strip(debug))
    return root


@pytest.fixture
def boundary(
    built: Path,
    shared_cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Boundary:
    """Runs the command there: its exit code, stdout and stderr."""
    monkeypatch.setenv("WASIP1_CACHE_DIR", str(shared_cache / "tools"))
    monkeypatch.chdir(built)
    before = sorted(built.rglob("*"))

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["boundary", *words])
        assert sorted(built.rglob("*")) == before, "nothing of the workspace is written"
        return code, *capfd.readouterr()

    return run


def test_calls_are_told_by_function_and_position_and_what_is_chatty(boundary: Boundary) -> None:
    code, out, err = boundary("lines", "--check", "few", "--check", "bench.many")
    assert (code, err) == (0, "")
    few, many, counted = out.split("\n\n")
    rows = {line.split("  ")[1]: line.split() for line in many.splitlines() if line[:3] == "  f"}
    assert rows["fd_write [12: Go package syscall]"][-6:] == [
        "1,000",
        "6.84",
        "KiB",
        "7.0",
        "4-7:",
        "1,000",
    ]
    assert rows["fd_read"][1] == "1,000"
    assert "fd_write [7: Go package runtime]" in rows
    assert [line.split("[")[-1] for line in many.splitlines() if line[:8] == "warning:"] == [
        "boundary-small-writes]",
        "boundary-small-reads]",
        "boundary-small-writes]",
    ]
    assert "warning" not in few and "fd_write [12: Go package syscall]" in few
    assert "that build/lines/lines.wasm imports" in counted


def test_a_check_that_fails_or_is_killed_is_said_and_the_exit_code_is_1(
    boundary: Boundary,
) -> None:
    code, out, err = boundary("lines", "--check", "wrong", "--check", "endless", "--format", "json")
    assert (code, err) == (1, "")
    wrong, endless = json.loads(out)["runs"]
    assert (wrong["verdict"], wrong["findings"][0]["rule"]) == ("fail", "check-exit")
    assert positions(wrong, "fd_write") == [(7, "runtime", 2), (12, "syscall", 2)]
    assert wrong["host_calls"] == sum(each["calls"] for each in wrong["functions"])
    assert (endless["verdict"], endless["findings"][0]["rule"]) == ("fail", "check-timeout")
    assert endless["host_calls"] is None and endless["functions"] is None
    assert "check endless: not counted\n" in boundary("lines", "--check", "endless")[1]


def positions(run: dict[str, Any], name: str) -> list[tuple[int, str, int]]:
    return [
        (each["position"], each["go_package"], each["calls"])
        for each in run["functions"]
        if each["name"] == name
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lines", "--check", "none"), 'lines has no check "none" [argument]\n  fix: name one of'),
        (("silent",), "wasip1.toml:26:1: error: silent has nothing to run: no check is declared"),
        (("lines", "--profile", "dev"), ".:lines is not built: there is no build/@dev/lines/"),
    ],
)
def test_what_cannot_be_counted_is_an_error(
    words: tuple[str, ...], said: str, boundary: Boundary
) -> None:
    code, out, err = boundary(*words)
    assert (code, out) == (2, "") and said in err
