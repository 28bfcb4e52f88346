"""The same sources give the same bytes, whoever builds them, wherever and however."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from project import SCONSTRUCT, Project
from wasip1_build.toolchain.host import host_target

pytestmark = pytest.mark.long  # all of it: what is built here is needed by all

SPEC = f"""spec-version = 1

[workspace]
members = ["members/*"]

[defaults]
compress.formats = ["br", "gz"]
compress.brotli-quality = 2

[artifact.greeter]
package = "./greeter"
define = {{ "main.version" = "1.4.0" }}
aot.targets = ["{host_target()}", "pulley64"]
grants.args = ["reader"]
grants.env = {{ TONE = "kind" }}
budget.wasm = "4MiB"

[[artifact.greeter.check]]
name = "greets"
expect = {{ exit = 0, stdout = "hello reader 1.4.0 kind\\n" }}
"""
GREETER = """package main

import (
	_ "embed"
	"os"
)

//go:embed greeting.txt
var greeting string

var version, evil = "none", ""

func main() {
	name := "nobody"
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	os.Stdout.WriteString(greeting + name + " " + version + " " + os.Getenv("TONE") + evil + "\\n")
}
"""
# What a user's own settings must not bring into a module.
GO_ENV = "GOFLAGS=-tags=evil\nGOWASM=satconv,signext\nGOEXPERIMENT=synchashtriemap\nCGO_ENABLED=1\n"
HOSTILE = {
    "GOFLAGS": "-tags=evil",
    "GOOS": "linux",
    "GOARCH": "amd64",
    "GOWASM": "satconv",
    "CGO_ENABLED": "1",
    "GOTOOLCHAIN": "go1.99.0",
    "GODEBUG": "asynctimerchan=1",
    "TZ": "Asia/Kathmandu",
    "LC_ALL": "tr_TR.UTF-8",
    "PYTHONHASHSEED": "7",
    "COLUMNS": "40",
    "SOURCE_DATE_EPOCH": "1",
}


def clone(root: Path, cache: Path) -> Project:
    p = Project(root, cache)
    p.write("SConstruct", SCONSTRUCT)
    p.write("go.mod", "module example.com/r\n\ngo 1.25\n")
    p.write("wasip1.toml", SPEC)
    p.write("greeter/main.go", GREETER)
    p.write("greeter/greeting.txt", "hello ")
    p.write(
        "greeter/evil.go",
        '//go:build evil\n\npackage main\n\nfunc init() {\n\tevil = " evil"\n}\n',
    )
    p.write("members/guest/wasip1.toml", GUEST)
    p.write(
        "members/guest/main.go",
        "package main\n\n//go:wasmexport answer\nfunc answer() int32 { return 42 }\n\n"
        "func main() {}\n",
    )
    return p


GUEST = """spec-version = 1

[artifact.guest]
package = "."
kind = "reactor"
exports = ["answer"]

[[artifact.guest.check]]
name = "answers"
invoke = { export = "answer", returns = [42] }
"""


def built(project: Project) -> dict[str, bytes]:
    """Everything below build/ but state: reports too."""
    return {
        name: data
        for name, data in project.files().items()
        if name.startswith("build/") and not name.startswith("build/.wasip1/")
    }


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, shared_cache: Path, pinned_go: Path) -> Project:
    """Built in the usual way."""
    assert pinned_go.is_file()
    (shared_cache / "home").mkdir(exist_ok=True)
    project = clone(tmp_path_factory.mktemp("here") / "r", shared_cache)
    build = project.scons("-Q", "-j1", umask=0o022, env={"TZ": "UTC", "PYTHONHASHSEED": "0"})
    assert build.status == 0, build.output
    return project


def test_another_user_elsewhere_gets_the_same_bytes(here: Project, tmp_path: Path) -> None:
    """Another directory, umask, time zone, locale, order of jobs and home, a hostile environment,
    and a Go cache that knows nothing."""
    there = clone(tmp_path / "a directory/with spaces/and ü", here.cache)
    home = tmp_path / "home"
    (home / ".config/go").mkdir(parents=True)
    (home / ".config/go/env").write_text(GO_ENV)
    env = {**HOSTILE, "HOME": str(home), "GOCACHE": str(tmp_path / "go-cache")}
    build = there.scons("-Q", "-j4", umask=0o077, env=env)
    assert build.status == 0, build.output
    one, other = built(here), built(there)
    assert {
        f"build/report{name}" for name in (".json", ".md", ".sarif", "/index.html")
    } <= one.keys()
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
    for project, mode in ((here, 0o644), (there, 0o600)):
        scripts = {name for name in one if "/run/" in name}
        modes = {(project.root / name).stat().st_mode & 0o777 for name in one.keys() - scripts}
        assert modes == {mode}
        run = {(project.root / name).stat().st_mode & 0o777 for name in scripts}
        assert run == {mode | (mode & 0o444) >> 2}  # whoever may read one may run it


def test_each_module_is_valid_to_another_judge(here: Project, wasm_tools: Path) -> None:
    modules = sorted((here.root / "build").rglob("*.wasm"))
    assert len([path for path in modules if ".wasip1" not in path.parts]) == 4
    for module in modules:
        judged = subprocess.run([wasm_tools, "validate", module], capture_output=True, text=True)
        assert judged.returncode == 0, f"{module}: {judged.stderr}"


def test_precompiled_modules_run_in_the_program_and_in_the_library(
    here: Project, tmp_path: Path
) -> None:
    directory = here.root / "build/greeter"
    code = directory / f"greeter.{host_target()}.cwasm"
    program = here.wasmtime()
    assert program.stat().st_mode & 0o777 == 0o755
    argv = [program, "run", "--allow-precompiled", "--env", "TONE=kind", code, "reader"]
    run = subprocess.run(argv, capture_output=True, env={"HOME": str(tmp_path)})
    assert (run.returncode, run.stdout) == (0, b"hello reader 1.4.0 kind\n"), run.stderr
    portable = directory / "greeter.pulley64.cwasm"
    argv = [program, "run", "--target=pulley64", "--allow-precompiled", portable, "you"]
    run = subprocess.run(argv, capture_output=True, env={"HOME": str(tmp_path)})
    assert run.stdout == b"hello you 1.4.0 \n", run.stderr

    wasmtime = pytest.importorskip("wasmtime")
    config = wasmtime.Config()
    engine = wasmtime.Engine(config)
    store, linker = wasmtime.Store(engine), wasmtime.Linker(engine)
    wasi = wasmtime.WasiConfig()
    wasi.argv, wasi.env = ["greeter", "reader"], [("TONE", "kind")]
    wasi.stdout_file = str(tmp_path / "stdout")
    store.set_wasi(wasi)
    linker.define_wasi()
    instance = linker.instantiate(store, wasmtime.Module.deserialize_file(engine, str(code)))
    with pytest.raises(wasmtime.ExitTrap) as ended:
        instance.exports(store)["_start"](store)
    assert ended.value.code == 0
    assert (tmp_path / "stdout").read_bytes() == b"hello reader 1.4.0 kind\n"
