"""A manifest exists only where every verdict is pass."""

from __future__ import annotations

import json

from manifest_project import SCHEMA
from project import Project

MANIFEST = "build/beta/beta.manifest.json"


def test_a_failed_gate_takes_the_manifest_of_an_earlier_build_with_it(project: Project) -> None:
    SCHEMA.validate(json.loads((project.root / MANIFEST).read_bytes()))
    whole = project.outputs()
    project.edit("wasip1.toml", '"./beta"\nbudget.wasm = "4MiB"', '"./beta"\nbudget.wasm = "1KiB"')
    failed = project.scons("-Q")
    assert failed.status == 2
    assert "budget" in failed.output
    assert not (project.root / MANIFEST).exists()
    assert (project.root / "build/alpha/alpha.manifest.json").exists()
    assert project.scons("-Q").status == 2
    project.edit("wasip1.toml", '"./beta"\nbudget.wasm = "1KiB"', '"./beta"\nbudget.wasm = "4MiB"')
    project.build("-Q")
    assert project.outputs() == whole


def test_a_failed_compilation_takes_the_manifest_too(project: Project) -> None:
    project.edit("beta/main.go", "println(", "printline(")
    failed = project.scons("-Q")
    assert failed.status == 2
    assert "beta/main.go:6" in failed.output
    assert not (project.root / MANIFEST).exists()
    assert (project.root / "build/alpha/alpha.manifest.json").exists()
    project.edit("beta/main.go", "printline(", "println(")
    assert ("manifest", MANIFEST) in project.build("-Q").steps
