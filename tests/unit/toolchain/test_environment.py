"""Go gets an environment that decides its output alike for every user."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from wasip1_build.digests import Digests
from wasip1_build.toolchain.environment import go_environment, user_settings
from wasip1_build.toolchain.tools import Tool, ToolRequest, Tools

HOSTILE = """# written by hand
GOFLAGS=-tags=evil -ldflags=-X=main.who=evil
GOWASM=satconv
GOEXPERIMENT=boringcrypto
GOFIPS140=latest
GOTOOLCHAIN=go1.99.1
GOOS=js
CGO_ENABLED=1
GOWORK=/evil/go.work
GO111MODULE=off
GOPROXY=https://first.example
GOPROXY=https://proxy.example,direct
GOPRIVATE=corp.example/*
not a setting
=value
"""


@pytest.fixture
def go() -> Tool:
    return Tool("go", Path("/opt/go/bin/go"), "1.27.3", "spec", Path("/opt/go"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home directory whose go env file is hostile, for both of Go's places for it."""
    for directory in (".config", "Library/Application Support"):
        file = tmp_path / directory / "go" / "env"
        file.parent.mkdir(parents=True)
        file.write_text(HOSTILE)
    return tmp_path


def test_what_decides_the_output_is_set_whatever_the_user_has(go, home):
    hostile = {"GOFLAGS": "-tags=evil", "GOWASM": "satconv", "GOOS": "js", "GODEBUG": "evil=1"}
    given = go_environment({"HOME": str(home), "PATH": "/bin", **hostile}, go)
    plain = go_environment({"HOME": str(home), "PATH": "/bin", "GOENV": "off"}, go)
    for name in ("GOPROXY", "GOPRIVATE"):
        del given[name]
    assert given == plain
    assert "evil" not in json.dumps(given)
    assert given["GOENV"] == "off" and given["GOFLAGS"] == "" and given["GOTOOLCHAIN"] == "local"
    assert (given["GOOS"], given["GOARCH"], given["CGO_ENABLED"]) == ("wasip1", "wasm", "0")


def test_where_modules_come_from_is_taken_from_the_users_file(go, home):
    given = go_environment({"HOME": str(home)}, go)
    assert given["GOPROXY"] == "https://proxy.example,direct"
    assert given["GOPRIVATE"] == "corp.example/*"


def test_the_process_goes_before_the_file_and_an_empty_variable_is_none(go, home):
    environ = {"HOME": str(home), "GOPROXY": "off", "GOPRIVATE": ""}
    given = go_environment(environ, go)
    assert (given["GOPROXY"], given["GOPRIVATE"]) == ("off", "corp.example/*")


def test_the_module_cache_stays_in_the_users_gopath(go, home):
    assert go_environment({"HOME": str(home), "GOPATH": "/data/go:/other"}, go)["GOMODCACHE"] == (
        "/data/go/pkg/mod"
    )
    environ = {"HOME": str(home), "GOPATH": "/data/go", "GOMODCACHE": "/mod"}
    given = go_environment(environ, go)
    assert given["GOMODCACHE"] == "/mod"
    assert "GOPATH" not in given


def test_the_file_is_where_goenv_says_or_nowhere(home, tmp_path):
    other = tmp_path / "other"
    other.write_text("GOPROXY=https://other.example\n")
    assert user_settings({"HOME": str(home), "GOENV": str(other)}) == {
        "GOPROXY": "https://other.example"
    }
    assert user_settings({"HOME": str(home), "GOENV": "off"}) == {}


@pytest.mark.skipif(sys.platform == "darwin", reason="os.UserConfigDir ignores XDG there")
def test_the_file_follows_xdg_config_home(home):
    environ = {"HOME": "/nowhere", "XDG_CONFIG_HOME": str(home / ".config")}
    assert user_settings(environ)["GOPRIVATE"] == "corp.example/*"


def test_a_missing_or_damaged_file_counts_for_nothing(tmp_path):
    assert user_settings({"HOME": str(tmp_path)}) == {}
    damaged = tmp_path / "env"
    damaged.write_bytes(b"\xff\xfe\0\nGOPROXY\n")
    assert user_settings({"HOME": str(tmp_path), "GOENV": str(damaged)}) == {}


def test_a_home_directory_is_always_there(go):
    given = go_environment({}, go)
    assert Path(given["HOME"]).is_absolute()
    assert given["PATH"] == "/usr/bin:/bin"


def test_the_real_go_sees_nothing_of_a_hostile_file(home, tmp_path):
    tools = Tools(tmp_path, Digests(None), {}, tmp_path / "cache")
    tool = tools.find(ToolRequest("go"))
    names = ["GOFLAGS", "GOWASM", "GOEXPERIMENT", "GOFIPS140", "GOOS", "GOWORK", "GOTOOLCHAIN"]
    names += ["GO111MODULE", "CGO_ENABLED", "GOPROXY", "GOROOT"]
    output = subprocess.run(
        [tool.path, "env", "-json", *names],
        env=go_environment({"HOME": str(home)}, tool),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    assert json.loads(output) == {
        "GOFLAGS": "",
        "GOWASM": "",
        "GOEXPERIMENT": "",
        "GOFIPS140": "off",
        "GOOS": "wasip1",
        "GOWORK": "",
        "GOTOOLCHAIN": "local",
        "GO111MODULE": "on",
        "CGO_ENABLED": "0",
        "GOPROXY": "https://proxy.example,direct",
        "GOROOT": str(tool.root),
    }
