"""The ways to a package, and what comes by it alone."""

from __future__ import annotations

from itertools import islice
from typing import Any

from wasip1_build.steps.go_deps import GoDeps
from wasip1_build.steps.import_graph import ImportGraph

#       main --> a --> c --> d      main --> b --> c      d --> e, b --> f
IMPORTS = {
    "main": ("a", "b"),
    "a": ("c",),
    "b": ("c", "f"),
    "c": ("d",),
    "d": ("e",),
    "e": (),
    "f": (),
}
GRAPH = ImportGraph("main", IMPORTS)


def test_all_shortest_chains_are_told_by_name() -> None:
    assert list(GRAPH.chains("d")) == [("main", "a", "c", "d"), ("main", "b", "c", "d")]
    assert list(GRAPH.chains("f")) == [("main", "b", "f")]
    assert list(GRAPH.chains("main")) == [("main",)]
    assert list(GRAPH.chains("nowhere")) == []


def test_a_longer_way_is_not_told() -> None:
    graph = ImportGraph("main", {**IMPORTS, "main": ("a", "b", "d")})
    assert list(graph.chains("d")) == [("main", "d")]


def test_what_comes_by_a_package_alone() -> None:
    assert GRAPH.brought_by("c") == {"c", "d", "e"}
    assert GRAPH.brought_by("b") == {"b", "f"}
    assert GRAPH.brought_by("a") == {"a"}
    assert GRAPH.brought_by("main") == IMPORTS.keys()


def test_as_many_chains_are_found_as_are_asked_for() -> None:
    """Forty layers of two packages, each of which imports both of the next: 2**39 chains."""
    layers = {
        f"{side}{number}": (f"l{number + 1}", f"r{number + 1}")
        for number in range(40)
        for side in "lr"
    }
    graph = ImportGraph("l0", {**layers, "l40": ("end",), "r40": ("end",), "end": ()})
    assert len(list(islice(graph.chains("end"), 3))) == 3


def listed(imports: dict[str, list[str]], **more: Any) -> GoDeps:
    """A listing of one program."""
    packages: dict[str, Any] = {
        path: {"standard": path, "files": [], "imports": each} for path, each in imports.items()
    }
    packages["example.com/m"] |= {"deps": sorted(imports), "name": "main", **more}
    return GoDeps({"mains": {"./m": "example.com/m"}, "modules": {}, "packages": packages})


def test_the_runtime_is_in_every_program_and_what_is_not_linked_in_none() -> None:
    deps = listed(
        {"example.com/m": ["C", "fmt"], "fmt": [], "runtime": ["unsafe"], "unsafe": [], "os": []}
    )
    graph = ImportGraph.of(deps, "./m")
    assert graph is not None
    assert list(graph.chains("unsafe")) == [("example.com/m", "runtime", "unsafe")]
    assert graph.imports.keys() == {"example.com/m", "fmt", "runtime", "unsafe"}
    assert ImportGraph.of(deps, "./other") is None
