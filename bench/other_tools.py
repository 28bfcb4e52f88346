"""The same graph for ninja, make and go-task, as files that they read.

They make files of their own, all empty, below OUTPUTS: a tool that looks at times never looks
inside. The command of each step is one line for all three.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from bench.graph import Edge, Graph

OUTPUTS = ".others"  # begins with a dot: no directory of Go sources
STEP = f"{OUTPUTS}/step"
STEP_SCRIPT = """#!/bin/sh
# VERB OUTPUT...: makes the outputs of one step, empty.
shift
for output; do
    mkdir -p "${output%/*}" && : > "$output"
done
"""


def elsewhere(graph: Graph) -> Graph:
    """The same graph with its outputs below OUTPUTS."""
    made = {name for edge in graph.edges for name in edge.outputs}

    def moved(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(posixpath.join(OUTPUTS, name) if name in made else name for name in names)

    edges = (
        Edge(edge.verb, moved(edge.inputs), moved(edge.before), moved(edge.outputs))
        for edge in graph.edges
    )
    goals = {name: posixpath.join(OUTPUTS, goal) for name, goal in graph.goals.items()}
    return Graph(tuple(edges), goals)


def build_ninja(graph: Graph) -> str:
    """A build.ninja."""
    return "\n".join(_ninja_lines(graph)) + "\n"


def _ninja_lines(graph: Graph) -> Iterator[str]:
    yield f"builddir = {OUTPUTS}"
    yield f"rule step\n  command = {STEP} $verb $out"
    for edge in graph.edges:
        before = f" || {' '.join(edge.before)}" if edge.before else ""
        yield f"build {' '.join(edge.outputs)}: step {' '.join(edge.inputs)}{before}"
        yield f"  verb = {edge.verb}"
    for name, goal in graph.goals.items():
        yield f"build {name}: phony {goal}"
    yield f"build all: phony {' '.join(graph.goals)}\ndefault all"


def makefile(graph: Graph) -> str:
    """A Makefile without make's own rules."""
    return "\n".join(_make_lines(graph)) + "\n"


def _make_lines(graph: Graph) -> Iterator[str]:
    yield "MAKEFLAGS += --no-builtin-rules\n.SUFFIXES:"
    yield f".PHONY: all {' '.join(graph.goals)}\nall: {' '.join(graph.goals)}"
    for name, goal in graph.goals.items():
        yield f"{name}: {goal}"
    for edge in graph.edges:
        before = f" | {' '.join(edge.before)}" if edge.before else ""
        yield f"{' '.join(edge.outputs)}: {' '.join(edge.inputs)}{before}"
        yield f"\t@{STEP} {edge.verb} $@"


def taskfile(graph: Graph) -> str:
    """A Taskfile.yml that compares times, as make does; go-task's default reads every source.

    go-task knows no order-only dependency, and stops at a thousand calls of one task (its
    MaximumTaskCall): what only comes before others is a dependency of what is asked for.
    """
    return "\n".join(_task_lines(graph)) + "\n"


def _task_lines(graph: Graph) -> Iterator[str]:
    yield "version: '3'\nsilent: true\nmethod: timestamp\nrun: once\ntasks:"
    makers = {name: _task_name(edge) for edge in graph.edges for name in edge.outputs}
    first = list(dict.fromkeys(makers[name] for edge in graph.edges for name in edge.before))
    yield from _task("default", [*first, *(makers[goal] for goal in graph.goals.values())])
    for name, goal in graph.goals.items():
        yield from _task(name, [*first, makers[goal]])
    for edge in graph.edges:
        needed = (makers[name] for name in edge.inputs if name in makers)
        yield from _task(_task_name(edge), list(dict.fromkeys(needed)))
        yield from _listed("sources", edge.inputs)
        yield from _listed("generates", edge.outputs)
        yield from _listed("cmds", [f"{STEP} {edge.verb} {' '.join(edge.outputs)}"])


def _task(name: str, needed: list[str]) -> Iterator[str]:
    yield f"  '{name}':"
    yield from _listed("deps", needed)


def _listed(key: str, items: list[str] | tuple[str, ...]) -> Iterator[str]:
    if items:
        yield f"    {key}:"
        yield from (f"      - '{item}'" for item in items)


def _task_name(edge: Edge) -> str:
    return edge.outputs[0]
