"""TinyGo is found by a path or on PATH, whatever version it is unless one is asked."""

from __future__ import annotations

import pytest
from toolchain_stand_ins import write_program

from wasip1_build.findings import Failure
from wasip1_build.toolchain.tinygo import parse_version
from wasip1_build.toolchain.tools import ToolRequest

PRINTS = "tinygo version 0.35.0 linux/amd64 (using go version go1.23.9 and LLVM version 16.0.6)"


@pytest.mark.parametrize(
    ("output", "version"),
    [
        (PRINTS, "0.35.0"),
        ("tinygo version 0.43.0-dev-4f5f8ae darwin/arm64 (using ...)", "0.43.0-dev-4f5f8ae"),
        ("go version go1.27.3 linux/amd64", None),
        ("", None),
    ],
)
def test_the_version_is_read_from_what_it_prints(output, version):
    assert parse_version(output) == version


def test_tinygo_on_path_is_found_and_identified(make_tools, tmp_path):
    tinygo = write_program(tmp_path / "bin" / "tinygo", f"echo '{PRINTS}'")
    tools = make_tools(environ={"PATH": f"{tinygo.parent}:/usr/bin:/bin"})
    assert tools.find(ToolRequest("tinygo")).path == tinygo
    assert tools.find(ToolRequest("tinygo", "0.35.0")).version == "0.35.0"
    assert tools.identity(ToolRequest("tinygo"))["version"] == "0.35.0"


def test_another_tinygo_than_the_one_asked_for_is_refused(make_tools, tmp_path):
    tinygo = write_program(tmp_path / "bin" / "tinygo", f"echo '{PRINTS}'")
    tools = make_tools(environ={"PATH": f"{tinygo.parent}:/usr/bin:/bin"})
    with pytest.raises(Failure, match=r"TinyGo 0\.42\.0 is not on this machine") as failed:
        tools.find(ToolRequest("tinygo", "0.42.0"))
    assert 'tinygo = "0.35.0"' in str(failed.value)


def test_a_machine_without_tinygo_says_where_it_comes_from(make_tools):
    with pytest.raises(Failure, match="TinyGo is not on this machine") as failed:
        make_tools().find(ToolRequest("tinygo"))
    assert "none was found on PATH" in str(failed.value)
    assert "tinygo-org/tinygo/releases" in str(failed.value)
