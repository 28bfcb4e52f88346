"""Real Go programs that wasip1 cannot carry end in a finding that says what is in the way."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from project import Project

Copy = Callable[[str], Project]

pytestmark = pytest.mark.network

WHY_SOCKETS = re.compile(r"^ +(imports\.allow = .+)$", re.MULTILINE)


def test_sources_for_other_systems_fail_to_build_with_gos_own_words(third_party: Copy) -> None:
    project = third_party("unbuildable")
    build = project.scons("-Q")
    assert build.status == 2
    # A file named for the browser, which wasip1 takes too, and a call that no WASI has.
    assert "error: go cannot build github.com/tdewolff/minify/v2/cmd/minify [go]" in build.output
    for place in (
        "github.com/djherbis/atime@v1.1.0/atime_wasm.go:21:41: stat.AtimeNsec undefined",
        "github.com/tdewolff/argp@v0.0.0-20260913163208-9b59948ed567/term_posix.go:17:42: "
        "undefined: syscall.SYS_IOCTL",
        "github.com/chzyer/readline@v1.5.1/utils.go:84:29: undefined: State",
    ):
        assert f"  | $GOMODCACHE/{place}" in build.output
    # What there is for some systems only: nothing of it is in this one's build.
    assert "error: go cannot build go.starlark.net/cmd/starlark [go]" in build.output
    assert "  why: does not compile for wasip1: github.com/chzyer/readline@v1.5.1\n" in build.output
    assert str(project.root) not in build.output
    assert project.outputs().keys() <= {"report.json", "report.md", "report.sarif"}


def test_a_shell_that_needs_pipes_and_programs_fails_its_checks(third_party: Copy) -> None:
    project = third_party("shell")
    project.edit(
        "wasip1.toml",
        'name = "runs-a-script-of-builtins"\n',
        'name = "pipes"\nargs = ["-c", "echo hello | read x"]\n\n'
        '[[artifact.gosh.check]]\nname = "runs-programs"\n'
        'args = ["-c", "ls /src || exit 9"]\n\n'
        '[[artifact.gosh.check]]\nname = "runs-a-script-of-builtins"\n',
    )
    build = project.scons("-Q", "gosh")
    assert build.status == 2
    assert "check pipes: it exited with 1, expected 0 [check-exit]" in build.output
    assert "  | pipe: Not implemented on wasip1\n" in build.output
    assert "check runs-programs: it exited with 9, expected 0 [check-exit]" in build.output
    assert '  | "ls": executable file not found in $PATH\n' in build.output
    assert "check runs-a-script-of-builtins" not in build.output
    assert not (project.root / "build/gosh/gosh.manifest.json").exists()


@pytest.mark.dear
def test_a_bundler_with_a_web_server_in_it_must_be_allowed_its_sockets(third_party: Copy) -> None:
    project = third_party("bundler")
    refused = project.scons("-Q")
    assert refused.status == 2
    assert "imports sock_accept, sock_shutdown, which are not allowed" in refused.output
    assert "[import-sockets]" in refused.output
    assert "[check-" not in refused.output
    advice = WHY_SOCKETS.search(refused.output)
    assert advice is not None
    project.edit("wasip1.toml", "budget.wasm", f"{advice[1]}\nbudget.wasm")
    allowed = project.build("-Q")
    assert allowed.verbs == ["gate", "launcher", "manifest", "verify"]


def test_missing_checksums_of_a_go_work_are_not_written_by_a_build(
    third_party: Copy, go: Callable[..., str]
) -> None:
    project = third_party("site")
    sums = project.root / "go.work.sum"
    sums.unlink()
    build = project.scons("-Q")
    assert build.status == 2
    assert (
        "go.work: error: go.work.sum lacks the checksums of modules that are needed [go-work-sum]"
        in build.output
    )
    assert "  | gopkg.in/yaml.v3 v3.0.1 h1:" in build.output
    assert not sums.exists()
    # What the finding advises is enough.
    go(project, "mod", "download")
    advised = sums.read_bytes()
    shutil.rmtree(project.root / "content")
    assert "go-work-sum" not in project.scons("-Q", "build/render/render.debug.wasm").output
    assert (project.root / "build/render/render.debug.wasm").exists()
    assert sums.read_bytes() == advised


def test_modules_that_could_not_be_had_are_asked_for_again(
    third_party: Copy, tmp_path: Path
) -> None:
    project = third_party("script")
    module = "build/tengo/tengo.debug.wasm"
    offline = {"GOPROXY": "off", "GOMODCACHE": str(tmp_path / "nothing")}
    refused = project.scons("-Q", module, env=offline)
    assert refused.status == 2
    assert "  | module lookup disabled by GOPROXY=off\n" in refused.output
    assert project.build("-Q", module).verbs == ["compile", "list"]
    assert project.build("-Q", module).verbs == []
