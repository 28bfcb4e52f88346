"""An artifact that asks for TinyGo never ships what Go made of it; the others still build."""

from __future__ import annotations

from project import Project


def test_only_the_artifact_that_asks_for_tinygo_fails(project: Project) -> None:
    project.edit("wasip1.toml", 'package = "./beta"', 'package = "./beta"\ncompiler = "tinygo"')
    build = project.scons("-Q")
    assert build.status == 2
    assert "wasip1.toml:" in build.output
    assert ".:beta asks for TinyGo, which this version does not run" in build.output
    assert list((project.root / "build/beta").iterdir()) == []
    assert (project.root / "build/alpha/alpha.manifest.json").exists()
