"""A workspace on disk becomes exactly the typed spec that its files say."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from wasip1_build.findings import Failure, Location
from wasip1_build.spec.cached import load_workspace
from wasip1_build.spec.embedders import embedder
from wasip1_build.spec.model import (
    Artifact,
    Bench,
    BenchCase,
    Budget,
    Check,
    DirGrant,
    Expect,
    FunctionType,
    GoTest,
    Grants,
    Growth,
    Imports,
    Invoke,
    Runtime,
    TinyGo,
    Toolchain,
    ToolPin,
    Workspace,
)

MakeWorkspace = Callable[..., Path]

MINIMAL = 'spec-version = 1\n[artifact.hello]\npackage = "."\n'

MAXIMAL = """\
#:schema ../../schemas/wasip1.schema.json
spec-version = 1

[workspace]
members = ["plugins/*"]
build-dir = "out"

[toolchain]
go = "1.27.3"
wasmtime = { path = "/usr/local/bin/wasmtime" }
tinygo = { version = "0.42.0", go = "1.26.6" }

[artifact.thumbnail]
package = "./cmd/thumbnail"
kind = "reactor"
exports = ["render"]
compiler = "go"
default = false
tags = ["production"]
define = { "main.version" = "1.4.0" }
go-flags = ["-gcflags=-B"]
tinygo = { opt = "2", gc = "leaking", scheduler = "asyncify", panic = "print" }
strip.keep = ["producers"]
trusted = true

imports.allow = ["fd_*", "path_*"]
imports.deny = ["sock_*"]
imports.embedder = "extism"
imports.host.env.emit_batch = "(i32, i32) -> i64"

compress.formats = ["gz"]
compress.brotli-quality = 9

aot.targets = ["x86_64-unknown-linux-gnu", "host"]
aot.interruptible = true

grants.dirs = [
  { host = "data", guest = "/data", mode = "ro", reason = "input pictures" },
  { host = "/srv/out", guest = "/out", mode = "rw", outside = true },
]
grants.env = { INPUT = "/data/in.png" }
grants.env-inherit = ["TZ"]
grants.args = ["--width", "320"]
grants.stdin = true

[artifact.thumbnail.budget]
wasm = "3MiB"
br = 700000
gz = "800kB"
cwasm = "9MB"
memory = "1GiB"
host-calls = 10
fd-write = 20
growth = { percent = 2, bytes = "16KiB" }
required = true

[artifact.thumbnail.runtime]
lifetime = "oneshot"
gogc = "off"
memory-limit = "64MiB"
max-memory = "96MiB"
timeout = "250ms"

[[artifact.thumbnail.check]]
name = "resizes"
args = []
env = { TZ = "UTC" }
stdin-file = "testdata/in.png"
host = "testdata/host.py"
invoke = { export = "render", args = [41, 1.5], returns = [42] }
timeout = "2m"

[artifact.thumbnail.check.expect]
exit = "any"
stdout-file = "testdata/out.txt"
stderr = ""
files = { "/out/a.png" = "testdata/a.png" }
no-other-files = true
calls = { "env.emit_batch" = 3 }

[artifact.thumbnail.test]
packages = ["./..."]
gate = true

[artifact.thumbnail.bench]
go = "./..."
runtime = "wasmtime"
cases = [{ name = "large", args = ["--width", "2000"], stdin-file = "testdata/in.png" }]

[advise]
worker-pool = "off"
"""
MEMBER = """\
spec-version = 1
[artifact.filter]
package = "./cmd"
grants.dirs = [{ host = "../shared", guest = "/shared" }]
check = [{ name = "runs", stdin = "x", expect.stdout-file = "want.txt" }]
"""
MAXIMAL_FILES = {
    "cmd/thumbnail/main.go": "package main\n",
    "testdata/in.png": "",
    "testdata/host.py": "",
    "testdata/out.txt": "",
    "testdata/a.png": "",
    "plugins/a/wasip1.toml": MEMBER,
    "plugins/a/cmd/main.go": "package main\n",
    "plugins/a/want.txt": "x",
    "plugins/notes/README": "no member: it has no wasip1.toml",
}


def errors(root: Path, profile: str = "release") -> list[str]:
    """What is wrong, one line each."""
    with pytest.raises(Failure) as caught:
        load_workspace(root, profile=profile)
    return [finding.what for finding in caught.value.findings]


def test_a_minimal_spec_has_every_default(workspace: MakeWorkspace) -> None:
    assert load_workspace(workspace(MINIMAL)) == Workspace(
        build_dir="build",
        profile="release",
        toolchain=Toolchain(),
        artifacts=(Artifact(name="hello", directory=".", package="."),),
        advise={},
        files=("wasip1.toml",),
    )


def test_a_maximal_spec_is_typed_key_by_key(workspace: MakeWorkspace) -> None:
    found = load_workspace(workspace(MAXIMAL, MAXIMAL_FILES))
    assert found.build_dir == "out"
    assert found.toolchain == Toolchain(
        go=ToolPin(version="1.27.3"),
        wasmtime=ToolPin(path="/usr/local/bin/wasmtime"),
        tinygo=ToolPin(version="0.42.0", go="1.26.6"),
    )
    assert found.advise == {"worker-pool": "off"}
    assert found.files == ("wasip1.toml", "plugins/a/wasip1.toml")
    assert found.artifacts[0] == Artifact(
        name="thumbnail",
        directory=".",
        package="./cmd/thumbnail",
        kind="reactor",
        exports=("render",),
        default=False,
        tags=("production",),
        define={"main.version": "1.4.0"},
        go_flags=("-gcflags=-B",),
        tinygo=TinyGo("2", "leaking", "asyncify", "print"),
        strip_keep=("producers",),
        trusted=True,
        imports=Imports(
            allow=("fd_*", "path_*"),
            deny=("sock_*",),
            embedder=embedder("extism"),
            host={"env": {"emit_batch": FunctionType(("i32", "i32"), ("i64",))}},
        ),
        compress_formats=("gz",),
        brotli_quality=9,
        aot_targets=("x86_64-unknown-linux-gnu", "host"),
        aot_interruptible=True,
        grants=Grants(
            dirs=(
                DirGrant("data", "/data", "ro", "input pictures"),
                DirGrant("/srv/out", "/out", "rw", outside=True),
            ),
            env={"INPUT": "/data/in.png"},
            env_inherit=("TZ",),
            args=("--width", "320"),
            stdin=True,
        ),
        budget=Budget(
            wasm=3 * 1024**2,
            br=700_000,
            gz=800_000,
            cwasm=9_000_000,
            memory=1024**3,
            host_calls=10,
            fd_write=20,
            growth=Growth(percent=2.0, bytes=16 * 1024),
            required=True,
        ),
        runtime=Runtime("oneshot", "off", 64 * 1024**2, 96 * 1024**2, 0.25),
        checks=(
            Check(
                name="resizes",
                args=(),
                env={"TZ": "UTC"},
                stdin_file="testdata/in.png",
                host="testdata/host.py",
                invoke=Invoke("render", (41, 1.5), (42,)),
                timeout_s=120.0,
                expect=Expect(
                    exit=None,
                    stdout_file="testdata/out.txt",
                    stderr="",
                    files={"/out/a.png": "testdata/a.png"},
                    no_other_files=True,
                    calls={"env.emit_batch": 3},
                ),
            ),
        ),
        test=GoTest(("./...",), gate=True),
        bench=Bench(
            "./...", "wasmtime", (BenchCase("large", ("--width", "2000"), "testdata/in.png"),)
        ),
    )


def test_tinygos_own_keys_are_typed(workspace: MakeWorkspace) -> None:
    spec = MINIMAL + 'tinygo = { stack-size = "64KiB", flags = ["-x"] }\n'
    tinygo = load_workspace(workspace(spec)).artifacts[0].tinygo
    assert tinygo == TinyGo(stack_size_bytes=64 * 1024, flags=("-x",))


def test_paths_of_a_member_become_relative_to_the_root(workspace: MakeWorkspace) -> None:
    member = load_workspace(workspace(MAXIMAL, MAXIMAL_FILES)).artifacts[1]
    assert (member.id, member.package) == ("plugins/a:filter", "./cmd")
    assert member.grants.dirs[0].host == "plugins/shared"
    assert member.checks[0].expect.stdout_file == "plugins/a/want.txt"
    assert member.where("check.runs.expect.stdout-file") == Location("plugins/a/wasip1.toml", 5, 47)


def test_every_key_of_a_whole_spec_is_acted_on(workspace: MakeWorkspace) -> None:
    assert load_workspace(workspace(MAXIMAL, MAXIMAL_FILES)).warnings == ()


def test_a_credential_in_the_environment_is_a_warning(workspace: MakeWorkspace) -> None:
    secret = MINIMAL + 'grants.env = { API_TOKEN = "abc", MONKEY = "x", TOKENIZER = "y" }\n'
    (warning,) = load_workspace(workspace(secret)).warnings
    assert warning.startswith("wasip1.toml:4:16: warning: API_TOKEN in grants.env looks like")
    assert 'grants.env-inherit = ["API_TOKEN"]' in warning


def test_a_workspace_without_its_file_is_one_error(tmp_path: Path) -> None:
    assert errors(tmp_path) == ["wasip1.toml cannot be read"]


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfspec-version = 1\n", b"a = '\xff'\n"])
def test_a_file_that_is_not_plain_utf8_is_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "wasip1.toml").write_bytes(content)
    assert len(errors(tmp_path)) == 1


def test_nesting_without_end_is_an_error_and_no_crash(workspace: MakeWorkspace) -> None:
    deep = "a = " + "[" * 50_000
    assert errors(workspace(deep)) == ["arrays or tables are nested too deeply"]


def test_an_unknown_profile_is_told_with_the_known_ones(workspace: MakeWorkspace) -> None:
    root = workspace(MINIMAL + "[profile.canary]\n")
    with pytest.raises(Failure) as caught:
        load_workspace(root, profile="canari")
    assert str(caught.value) == (
        'error: unknown profile "canari" [spec-profile]\n'
        '  why: there are "release", "dev" and "canary"\n'
        '  fix: did you mean "canary"?'
    )
    assert load_workspace(root, profile="canary").profiles == ("release", "dev", "canary")


def test_a_rule_is_silent_about_a_key_whose_structure_is_wrong(workspace: MakeWorkspace) -> None:
    root = workspace(MINIMAL + 'kind = "reactor"\nexports = "render"\n')
    assert errors(root) == ['"exports" in [artifact.hello] cannot be "render"']


@pytest.mark.parametrize(
    "broken",
    [
        'check = [{ name = "a", expect = { exit = -1 } }, { expect = 5 }]',
        'grants.dirs = [{ host = 5, guest = "/x" }, 7]',
        "budget.growth = { percent = nan, bytes = 1 }",
        "imports.host = { env = { f = 1 } }",
        "bench.cases = [{ args = [1979-05-27] }]",
        'aot = "host"',
    ],
)
def test_whatever_is_wrong_the_rest_is_judged_too(workspace: MakeWorkspace, broken: str) -> None:
    found = errors(workspace(f"{MINIMAL}{broken}\nruntime.max-memory = 5\n"))
    assert "max-memory of 5 bytes is not a multiple of 64KiB" in found
    assert len(found) > 1


def test_the_build_directory_and_hidden_ones_are_no_members(workspace: MakeWorkspace) -> None:
    spec = 'spec-version = 1\n[workspace]\nmembers = ["*"]\n'
    files = {f"{name}/wasip1.toml": MINIMAL for name in ("a", "build", ".hidden")}
    assert load_workspace(workspace(spec, files)).files == ("wasip1.toml", "a/wasip1.toml")


def test_reading_a_spec_changes_nothing_on_disk(workspace: MakeWorkspace) -> None:
    root = workspace(MAXIMAL, MAXIMAL_FILES)
    before = sorted(os.walk(root))
    load_workspace(root)
    assert sorted(os.walk(root)) == before
