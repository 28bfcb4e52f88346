"""`wasip1 embed` embeds what was built and verified, and says why it does not where it does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wasip1_build.cli import main
from wasip1_build.files import json_bytes, sha256_of_bytes
from wasip1_build.spec.cached import load_workspace
from wasip1_build.steps.manifest import grants_record, runtime_record

WASI = {"module": "wasi_snapshot_preview1", "name": "fd_write", "kind": "func", "type": "()"}
EMIT = {"module": "env", "name": "emit", "kind": "func", "type": "(i32, i32) -> i32"}
SPEC = """spec-version = 1

[artifact.my-tool]
package = "./cmd/tool"

[artifact.func]
package = "./cmd/tool"

[artifact.reads]
package = "./cmd/tool"
grants.dirs = [{ host = "data", guest = "/data" }]

[artifact.calls]
package = "./cmd/tool"
kind = "reactor"
exports = ["render"]
imports.host.env.emit = "(i32, i32) -> i32"

[[artifact.calls.check]]
name = "renders"
host = "host.py"
invoke = { export = "render", args = [1] }
"""
Embed = Callable[..., tuple[int, str]]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four artifacts as a build leaves them."""
    root = tmp_path / "workspace"
    (root / "data").mkdir(parents=True)
    (root / "cmd/tool").mkdir(parents=True)
    (root / "go.mod").write_text("module example.com/w\n\ngo 1.25\n")
    (root / "wasip1.toml").write_text(SPEC)
    (root / "host.py").write_text("functions = {}\n")
    monkeypatch.chdir(root)
    for artifact in load_workspace(root, "wasip1.toml", "release").artifacts:
        place = root / "build" / artifact.name
        place.mkdir(parents=True)
        module = b"\0asm\1\0\0\0" + artifact.name.encode()
        (place / f"{artifact.name}.wasm").write_bytes(module)
        reactor = artifact.kind == "reactor"
        file = {"path": f"{artifact.name}.wasm", "role": "module", "size_bytes": len(module)}
        record = {
            "artifact": artifact.id,
            "kind": artifact.kind,
            "grants": grants_record(artifact.grants),
            "runtime": runtime_record(artifact.runtime),
            "imports": [WASI, WASI, EMIT] if reactor else [WASI],
            "exports": [{"name": "memory", "kind": "memory", "type": "1"}]
            + [{"name": name, "kind": "func", "type": "(i32)"} for name in artifact.exports],
            "files": [{**file, "sha256": sha256_of_bytes(module)}],
        }
        (place / f"{artifact.name}.manifest.json").write_bytes(json_bytes(record))
    return root


@pytest.fixture
def embed(workspace: Path, capsys: pytest.CaptureFixture[str]) -> Embed:
    """Runs the command in the workspace: its exit code, and what it printed."""
    assert workspace.is_dir()

    def run(*words: str) -> tuple[int, str]:
        code = main(["embed", *words])
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return run


def edit_manifest(workspace: Path, artifact: str, **members: Any) -> None:
    path = workspace / f"build/{artifact}/{artifact}.manifest.json"
    path.write_bytes(json_bytes({**json.loads(path.read_bytes()), **members}))


def test_a_package_goes_into_the_module_around_it(embed: Embed, workspace: Path) -> None:
    code, said = embed("my-tool", "--output", "internal/tool")
    assert code == 0
    assert said.startswith("my-tool: package mytool, ")
    assert 'import "example.com/w/internal/tool"' in said
    assert "it needs wazero: go get github.com/tetratelabs/wazero@v1.12.0" in said
    assert "prove it: go test ./internal/tool" in said
    names = {path.name for path in (workspace / "internal/tool").iterdir()}
    assert {"mytool.go", "mytool_test.go", "mytool.wasm", "wasip1-embed.json"} <= names
    assert "go.mod" not in names
    module = workspace / "build/my-tool/my-tool.wasm"
    assert (workspace / "internal/tool/mytool.wasm").read_bytes() == module.read_bytes()


def test_without_a_directory_it_is_one_of_the_packages_name(embed: Embed, workspace: Path) -> None:
    assert embed("my-tool", "--package", "tool")[0] == 0
    assert (workspace / "tool/tool.go").is_file()


def test_a_module_of_its_own_where_that_is_asked_for(embed: Embed, workspace: Path) -> None:
    (workspace / "go.work").write_text("go 1.25\n\nuse .\n")
    code, said = embed("my-tool", "--module", "example.com/own")
    assert code == 0
    assert 'import "example.com/own"' in said
    assert "go work use mytool" in said
    assert "go get" not in said
    assert (workspace / "mytool/go.mod").read_text().startswith("module example.com/own\n")
    assert "h1:" in (workspace / "mytool/go.sum").read_text()


def test_a_module_of_its_own_where_there_is_none_around(
    embed: Embed, workspace: Path, tmp_path: Path
) -> None:
    (workspace / "go.mod").unlink()
    if any((place / "go.mod").exists() for place in tmp_path.parents):
        pytest.skip("the temporary directory lies in a Go module")
    assert 'import "mytool"' in embed("my-tool", "--output", "../elsewhere")[1]
    assert (tmp_path / "elsewhere/go.mod").read_text().startswith("module mytool\n")


def test_functions_of_the_host_and_exports_have_types(embed: Embed, workspace: Path) -> None:
    code, said = embed("calls")
    assert code == 0
    assert "skipped by go test unless checkHost gives their host in Go: renders" in said
    declared = (workspace / "calls/calls_declared.go").read_text()
    assert (
        "\tEnvEmit(ctx context.Context, guest api.Module, p0 int32, p1 int32) (int32, error)\n"
        in declared
    )
    assert "func (i *Instance) Render(ctx context.Context, p0 int32) error {\n" in declared


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["my-tol"], 'no artifact is declared at "my-tol"'),
        (["func"], "func is a keyword of Go"),
        (["my-tool", "--package", "My_Tool"], 'a Go package cannot be called "My_Tool"'),
        (["my-tool", "--package", "main"], "which nothing can import"),
        (["my-tool", "--module", "a b"], 'a Go module cannot have the path "a b"'),
        (["reads"], "wasip1.toml:11:"),
        (["reads"], "trusted = true allows it"),
        (["my-tool", "--output", "wasip1.toml"], "is no directory"),
        (["my-tool", "--output", "wasip1.toml/x"], "wasip1.toml/x cannot be written"),
    ],
)
def test_what_cannot_be_embedded_is_said(
    embed: Embed, workspace: Path, words: list[str], said: str
) -> None:
    before = sorted(workspace.rglob("*"))
    code, text = embed(*words)
    assert code == 2
    assert said in text
    assert sorted(workspace.rglob("*")) == before


def test_directories_are_embedded_where_the_module_is_trusted(
    embed: Embed, workspace: Path
) -> None:
    spec = SPEC.replace("[artifact.reads]", "[artifact.reads]\ntrusted = true")
    (workspace / "wasip1.toml").write_text(spec)
    assert embed("reads")[0] == 0
    (workspace / "data").rmdir()
    code, text = embed("reads")
    assert code == 2
    assert "wasip1.toml:12:" in text and "data does not exist" in text


def test_what_is_not_built_is_not_embedded(embed: Embed, workspace: Path) -> None:
    manifest = workspace / "build/my-tool/my-tool.manifest.json"
    manifest.write_text("{")
    assert "cannot be read" in embed("my-tool")[1]
    manifest.unlink()
    code, text = embed("my-tool")
    assert (code, "my-tool is not built" in text, "run `scons .:my-tool`" in text) == (
        2,
        True,
        True,
    )


def test_a_module_that_was_not_verified_is_not_embedded(embed: Embed, workspace: Path) -> None:
    (workspace / "build/my-tool/my-tool.wasm").write_bytes(b"\0asm\1\0\0\0")
    code, text = embed("my-tool")
    assert (code, "my-tool.wasm is not the file of" in text) == (2, True)
    assert not (workspace / "mytool").exists()


def test_grants_that_were_not_verified_are_not_embedded(embed: Embed, workspace: Path) -> None:
    spec = SPEC.replace("[artifact.func]", "grants.stdin = true\n\n[artifact.func]")
    (workspace / "wasip1.toml").write_text(spec)
    code, text = embed("my-tool")
    assert (code, "is declared with other grants than" in text) == (2, True)
    (workspace / "wasip1.toml").write_text(SPEC)
    edit_manifest(workspace, "my-tool", runtime={})
    assert "other runtime than" in embed("my-tool")[1]


def test_a_type_that_go_has_not_is_said(embed: Embed, workspace: Path) -> None:
    edit_manifest(workspace, "calls", imports=[{**EMIT, "type": "(externref)"}])
    code, text = embed("calls")
    assert (code, "env.emit has the type (externref)" in text) == (2, True)
