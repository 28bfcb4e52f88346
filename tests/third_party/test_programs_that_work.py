"""Real Go programs become modules that do on wasip1 what they do on their own systems.

The expected outputs were written by the same programs, built for Linux.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from project import Build, Project

Copy = Callable[[str], Project]

pytestmark = pytest.mark.network

PROGRAMS = {
    "jq": ["gojq"],  # a query language
    "shell": ["gosh", "shfmt"],  # an interpreter and a formatter that share their parser
    "script": ["tengo"],  # a compiler to bytecode, with its machine
    "config": ["jsonnet"],  # a configuration language
    "site": ["render"],  # Markdown: two modules of a go.work, with a go.work.sum
    "plugin": ["greeter"],  # a guest of somebody's SDK: a reactor with functions of its host
}


def sources(project: Project) -> dict[str, tuple[int, bytes]]:
    """Every file beside the build directory: when it was written, and its bytes."""
    return {
        str(path.relative_to(project.root)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(project.root.rglob("*"))
        if path.is_file() and path.relative_to(project.root).parts[0] != "build"
    }


def build_leaves_sources_alone(project: Project) -> Build:
    """Builds twice: the second has nothing to do, and neither writes beside the build directory."""
    before = sources(project)
    first = project.build("-Q")
    second = project.build("-Q")
    assert second.steps == ()
    assert "is up to date" in second.output
    assert project.scons("-Q", "-q").status == 0
    assert sources(project) == before
    return first


OFTEN = ("plugin",)
TRIED = [pytest.param(name, marks=[] if name in OFTEN else [pytest.mark.dear]) for name in PROGRAMS]


@pytest.mark.parametrize("name", TRIED)
def test_a_program_is_built_and_passes_its_checks(
    name: str, third_party: Copy, wasm_tools: Path
) -> None:
    project = third_party(name)
    build_leaves_sources_alone(project)
    for artifact in PROGRAMS[name]:
        directory = project.root / "build" / artifact
        manifest = json.loads((directory / f"{artifact}.manifest.json").read_bytes())
        assert manifest["verdict"] == "pass"
        assert {check["verdict"] for check in manifest["checks"]} == {"pass"}
        module = directory / f"{artifact}.wasm"
        subprocess.run([wasm_tools, "validate", module], check=True)
    for output, data in project.outputs().items():
        assert str(project.root).encode() not in data, output
        assert str(project.cache).encode() not in data, output


def test_modules_in_another_place_change_nothing(third_party: Copy, tmp_path: Path) -> None:
    project = third_party("script")
    module = "build/tengo/tengo.wasm"
    project.build("-Q", module)
    before = project.outputs()
    downloaded = project.cache / "modules" / "cache" / "download"
    moved = {"GOMODCACHE": str(tmp_path / "elsewhere"), "GOPROXY": downloaded.as_uri()}
    again = project.build("-Q", module, env=moved)
    assert again.steps == ()
    shutil.rmtree(project.root / "build")
    project.build("-Q", module, env=moved)
    assert project.outputs() == before


def test_vendored_sources_are_inputs(third_party: Copy, go: Callable[..., str]) -> None:
    # Our main around a library: a minifier of HTML with the CSS, JavaScript and SVG in it.
    project = third_party("page")
    go(project, "mod", "vendor")
    build_leaves_sources_alone(project)
    minifier = "vendor/github.com/tdewolff/minify/v2/html/html.go"
    listing = next((project.root / "build/.wasip1").rglob("go-deps.json"))
    assert minifier in listing.read_text()
    module = project.root / "build/page/page.wasm"
    before = module.read_bytes()
    project.edit(
        minifier, "\nfunc (o *Minifier)", "\nfunc init() { print() }\n\nfunc (o *Minifier)"
    )
    changed = project.build("-Q", "build/page/page.wasm")
    assert changed.verbs == ["compile", "strip"]
    assert module.read_bytes() != before
