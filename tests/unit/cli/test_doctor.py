"""`wasip1 doctor` tells what is here, what is missing, and how that gets here."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import tinygo_stand_in
from wasip1_build.cli import doctor, inspection, main, requirements
from wasip1_build.findings import Failure, failure
from wasip1_build.spec.model import Artifact, Toolchain, Workspace
from wasip1_build.toolchain.host import host_target
from wasip1_build.toolchain.tools import ToolRequest

SPEC = """spec-version = 1

[toolchain]
{toolchain}

[artifact.hello]
package = "./hello"
{artifact}
"""


@pytest.fixture
def machine(tmp_path: Path, shared_cache: Path, monkeypatch) -> Path:
    """The directory of a workspace to be, on a machine with the pinned wheels and no PATH."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setenv("WASIP1_CACHE_DIR", str(shared_cache / "tools"))
    return tmp_path


@pytest.fixture
def bare(machine: Path, tmp_path: Path, monkeypatch) -> Path:
    """The same without any package that Python could import from a wheel."""
    cache = tmp_path / "empty"
    monkeypatch.setenv("WASIP1_CACHE_DIR", str(cache))
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    monkeypatch.setattr(sys, "path", [str(nothing)])
    return machine


def write_spec(root: Path, toolchain: str = "", artifact: str = "") -> None:
    (root / "hello").mkdir()
    (root / "hello" / "main.go").write_text("package main\n\nfunc main() {}\n")
    (root / "go.mod").write_text("module example.com/hello\n\ngo 1.21\n")
    (root / "wasip1.toml").write_text(SPEC.format(toolchain=toolchain, artifact=artifact))


def report(capsys, *arguments: str) -> tuple[int, dict]:
    code = main(["doctor", "--json", *arguments])
    record = json.loads(capsys.readouterr().out)
    record["tools"] = {row["name"]: row for row in record["tools"]}
    return code, record


@pytest.mark.usefixtures("machine")
def test_a_machine_with_the_pinned_wheels_is_healthy(capsys):
    code, record = report(capsys)
    assert (code, record["healthy"], record["workspace"]) == (0, True, None)
    tools = record["tools"]
    assert (tools["go"]["version"], tools["go"]["origin"]) == ("1.27.3", "wheel")
    assert tools["wasmtime"]["version"] == "49.0.3"
    assert tools["wasmtime-library"]["version"] == "49.0.0"
    assert tools["platform"]["path"] == host_target()
    for name in ("scons", "brotli", "deflate", "jsonschema"):
        assert tools[name]["status"] == "ok"
    assert record["tool_cache"].endswith("tools")


@pytest.mark.usefixtures("machine")
def test_the_table_says_the_same_in_words(capsys):
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["tool", "status", "version", "wanted", "from", "where"]
    [go] = [line for line in lines if line.startswith("go ")]
    assert go.split()[:5] == ["go", "ok", "1.27.3", "1.27.3", "wheel"]
    [tinygo] = [line for line in lines if line.startswith("tinygo  ")]
    assert tinygo.split() == ["tinygo", "missing", "(optional)"]
    assert any("tinygo-org/tinygo/releases" in line for line in lines)


def test_the_workspace_decides_what_is_wanted(machine, capsys):
    write_spec(machine, 'go = "1.26.8"')
    code, record = report(capsys)
    assert code == 1
    assert record["workspace"] == str(machine / "wasip1.toml")
    go = record["tools"]["go"]
    assert (go["status"], go["wanted"], go["needed"]) == ("wrong version", "1.26.8", True)
    assert "1.27.3" in go["why"]
    assert "wasip1 doctor --fetch" in go["fix"]


def test_tinygo_is_needed_by_those_who_use_it(machine, capsys):
    write_spec(machine, 'tinygo = "0.42.0"', 'compiler = "tinygo"')
    code, record = report(capsys)
    assert code == 1
    tinygo = record["tools"]["tinygo"]
    assert (tinygo["status"], tinygo["needed"], tinygo["wanted"]) == ("missing", True, "0.42.0")


def test_what_a_bare_scons_does_not_build_makes_nothing_needed(machine, capsys):
    write_spec(machine, artifact='compiler = "tinygo"\ndefault = false')
    code, record = report(capsys)
    assert code == 0
    assert record["tools"]["tinygo"]["needed"] is False


@pytest.fixture
def with_tinygo(machine: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose workspace needs TinyGo and has it: the program."""
    program = tinygo_stand_in.install(machine / "tinygo")
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    write_spec(machine, artifact='compiler = "tinygo"')
    return program


@pytest.mark.usefixtures("with_tinygo")
def test_tinygo_is_shown_with_the_go_that_it_compiles(capsys):
    code, record = report(capsys)
    assert code == 0
    assert record["tools"]["tinygo"]["version"] == tinygo_stand_in.VERSION
    assert record["tools"]["tinygo's go"]["version"] == "1.27.3"
    assert "wasm-opt" not in record["tools"]


def test_a_go_that_tinygo_does_not_support_is_no_help(with_tinygo: Path, capsys):
    (with_tinygo.parents[1] / "GO").write_text("19 23")
    code, record = report(capsys)
    assert code == 1
    assert record["tools"]["tinygo's go"]["status"] == "wrong version"
    assert record["tools"]["tinygo's go"]["why"] == "it works with Go 1.19 to 1.23"


def test_what_tinygo_cannot_find_is_missing(with_tinygo: Path, capsys):
    with_tinygo.with_name("wasm-opt").unlink()
    code, record = report(capsys)
    assert (code, record["tools"]["wasm-opt"]["status"]) == (1, "missing")


def test_a_go_that_is_named_beside_tinygo_is_needed_too(machine: Path, with_tinygo: Path, capsys):
    assert with_tinygo.is_file()
    spec = machine / "wasip1.toml"
    spec.write_text(
        spec.read_text().replace("[toolchain]\n", '[toolchain]\ntinygo.go = "1.25.1"\n')
    )
    code, record = report(capsys)
    assert code == 1
    assert record["tools"]["tinygo's go"]["wanted"] == "1.25.1"
    assert record["tools"]["go"]["status"] == "ok"


def test_a_program_for_other_targets_is_needed_by_those_who_compile_for_them():
    targets = f'["host", "pulley64", "{host_target()}"]'
    needs = requirements.requirements
    assert "wasmtime" not in needs(workspace_with(targets)).needed
    assert "wasmtime" in needs(workspace_with('["s390x-unknown-linux-gnu"]')).needed


def workspace_with(targets: str) -> Workspace:
    artifact = Artifact("a", ".", "./a", aot_targets=tuple(json.loads(targets)))
    return Workspace("build", "release", Toolchain(), (artifact,), {}, ("wasip1.toml",))


@pytest.mark.usefixtures("bare")
def test_a_bare_machine_lacks_everything_and_is_told_how_to_get_it(capsys):
    code, record = report(capsys)
    assert (code, record["healthy"]) == (1, False)
    go = record["tools"]["go"]
    assert go["status"] == "missing"
    assert "pip install 'wasip1-scons[toolchain]'" in go["fix"]
    assert main(["doctor"]) == 1
    assert "pip install 'wasip1-scons[toolchain]'" in capsys.readouterr().out


@pytest.mark.usefixtures("machine")
def test_a_machine_that_is_not_supported_is_told_so(capsys, monkeypatch):
    def refuse() -> str:
        raise failure("platform", "no", why="not here", fix="elsewhere")

    monkeypatch.setattr(inspection, "host_target", refuse)
    code, record = report(capsys)
    assert code == 1
    assert record["tools"]["platform"]["status"] == "not supported"


def test_a_spec_with_errors_does_not_hide_the_tools(machine, capsys):
    (machine / "wasip1.toml").write_text("spec-version = 1\n[artifact.hello\n")
    assert main(["doctor"]) == 1
    printed = capsys.readouterr()
    assert "wasip1.toml:2" in printed.err
    assert "which has errors" in printed.out
    assert "1.27.3" in printed.out


def test_a_missing_package_is_no_traceback(machine, capsys, monkeypatch):
    def load(*_arguments):
        raise ModuleNotFoundError("No module named 'jsonschema'", name="jsonschema")

    write_spec(machine)
    monkeypatch.setattr(doctor, "load_workspace", load)
    assert main(["doctor"]) == 1
    assert "the Python package jsonschema is missing" in capsys.readouterr().err


def test_fetch_gets_what_is_missing_and_nothing_else(machine, capsys, monkeypatch):
    write_spec(machine, 'go = "1.26.8"')
    fetched = []

    def fetch(_places, program, version):
        fetched.append((program, version))
        return Path("/somewhere")

    monkeypatch.setattr(doctor, "fetch", fetch)
    report(capsys, "--fetch")
    assert fetched == [("go", "1.26.8")]


def test_fetch_does_not_replace_what_the_spec_names_by_a_path(machine, capsys, monkeypatch):
    write_spec(machine, 'go = { path = "tools/go" }')
    monkeypatch.setattr(doctor, "fetch", lambda *_arguments: pytest.fail("fetched"))
    code, _ = report(capsys, "--fetch")
    assert code == 1


@pytest.mark.usefixtures("bare")
def test_a_failed_fetch_is_reported_beside_the_table(capsys, monkeypatch):
    def fetch(_places, program, version):
        raise failure("fetch-download", f"{program} {version} was not downloaded")

    monkeypatch.setattr(doctor, "fetch", fetch)
    code, record = report(capsys, "--fetch")
    assert code == 1
    assert [finding["what"] for finding in record["findings"]] == [
        "go 1.27.3 was not downloaded",
        "wasmtime 49.0.3 was not downloaded",
    ]


def test_optional_tools_are_asked_for_their_version(machine, capsys, monkeypatch):
    tool = machine / "bin" / "wazero"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\n[ $1 = version ] && echo v1.12.0\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    _, record = report(capsys)
    assert record["tools"]["wazero"]["version"] == "1.12.0"
    assert record["tools"]["wazero"]["needed"] is False


def test_what_a_workspace_asks_for_is_what_its_steps_ask_for(machine):
    write_spec(machine, 'go = "1.26.8"\ntinygo = { path = "tools/tinygo" }')
    workspace, findings = doctor._workspace(machine)
    assert not findings
    asked = requirements.requirements(workspace).tools
    assert asked == (
        ToolRequest("go", "1.26.8"),
        ToolRequest("wasmtime"),
        ToolRequest("wasmtime-library"),
        ToolRequest("tinygo", path="tools/tinygo"),
    )


def test_the_host_is_a_target_of_the_library_where_it_is_supported(monkeypatch):
    def refuse() -> str:
        raise Failure

    assert host_target() in requirements._library_targets()
    monkeypatch.setattr(requirements, "host_target", refuse)
    assert requirements._library_targets() == ("host", "pulley64")
