"""Graphs by hand: the lines that begin an SConstruct, and what a build of one did."""

from __future__ import annotations

from project import Build, Project

TOOL = """env = Environment(
    tools=["wasip1"], toolpath=[PyPackageDir("wasip1_build.tools")], ENV={"PATH": "/usr/bin:/bin"}
)
"""
SMALL = 'package main\n\nfunc main() {\n\tprintln("small")\n}\n'


def ran(build: Build) -> dict[str, int]:
    """How often each step ran."""
    return {verb: build.verbs.count(verb) for verb in build.verbs}


def settled(project: Project) -> bool:
    """Whether the next build has nothing to do."""
    return "is up to date" in project.build("-Q").output
