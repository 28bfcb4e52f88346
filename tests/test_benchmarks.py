"""Do the benchmarks build what they generate, and does the document show what they measured?"""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from bench import boundary_cost
from bench.__main__ import CLAIMS, DOCUMENT, parser, rendered
from bench.goals import goals
from bench.graph import graph_of
from bench.monorepo import Monorepo
from bench.null_build import other_commands
from bench.one_file import measure_one_file
from bench.places import Places
from bench.prepare import build, prepared
from bench.programs import program
from wasip1_build.runtime.request import Response

ROOT = Path(__file__).resolve().parents[1]
RESULTS = sorted((ROOT / "bench/results").glob("*.json"))


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return Places(tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def two(places: Places) -> Monorepo:
    """Two artifacts, built with the stand-ins."""
    return prepared(places, 2)


def test_a_monorepo_of_stand_ins_is_built_to_its_manifests(two: Monorepo) -> None:
    manifests = sorted(path.name for path in two.root.glob("build/**/*.manifest.json"))
    assert manifests == ["s0000.manifest.json", "s0001.manifest.json"]


def test_each_artifact_has_20_sources_and_a_thousand_have_15_000(two: Monorepo) -> None:
    graph = graph_of(two.root)
    compiled = [edge for edge in graph.edges if edge.verb == "compile"]
    sources = [[name for name in edge.inputs if name.endswith(".go")] for edge in compiled]
    assert [len(names) for names in sources] == [20, 20]
    large = Places(two.root.parent).monorepo(1000, real=False)
    assert sum(name.endswith(".go") for name, _ in large.files()) == 15_000


def test_a_changed_body_gives_another_module(places: Places, two: Monorepo) -> None:
    module = two.root / "build/services/team000/s0001/s0001.wasm"
    before = module.read_bytes()
    two.edit_body(1, 7)
    build(places, two)
    assert module.read_bytes() != before


@pytest.mark.dear
def test_tools_are_run_again_by_the_command_lines_of_a_build(places: Places, two: Monorepo) -> None:
    part = measure_one_file(places, two, two.edit_import, "import", 1)
    expected = {"go list", "go build", "wasmtime compile", "check", "brotli", "deflate"}
    assert part["tools_cpu_s"].keys() == expected


@pytest.mark.parametrize("name", ["make", "ninja"])
def test_another_tool_with_the_same_graph_has_nothing_to_do_twice(
    name: str, places: Places, two: Monorepo
) -> None:
    path = program(name)
    if path is None:
        pytest.skip(f"needs {name}")
    commands, _, _ = other_commands(two.root, "s0001", places.environment())
    done = subprocess.run(
        commands[name].argv,
        cwd=two.root,
        env=dict(places.environment()),
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search("Nothing to be done|no work to do", done.stdout)


@pytest.mark.parametrize("document", [DOCUMENT, CLAIMS], ids=lambda path: path.name)
def test_the_document_shows_what_was_measured(document: Path) -> None:
    assert rendered()[document] == document.read_text(), "run `python -m bench render`"


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.name)
def test_numbers_name_no_place_on_a_machine(path: Path) -> None:
    assert not re.search(r"(?<![\w.])/\w", path.read_text())


@pytest.mark.parametrize(("document", "count"), [(DOCUMENT, 4), (CLAIMS, 3)])
def test_the_commands_of_the_document_are_those_of_the_command_line(
    document: Path, count: int
) -> None:
    shown = re.findall(r"^\$ python -m bench (.*)$", document.read_text(), re.MULTILINE)
    assert len(shown) == count
    for line in shown:
        parser().parse_args(shlex.split(line))


def test_a_claim_that_does_not_hold_is_told() -> None:
    spread = {"median": 1.3, "low": 1.2, "high": 1.4}
    row = {"what": "whole_build", "cpu_ratio": spread, "wall_ratio": spread, "peak_bytes": 3e7}
    measured = {
        "null": [{"artifacts": 100, "rows": [row]}],
        "one_file": [],
        "cold": [],
        "mains": [],
    }
    assert [goal.verdict for goal in goals(measured)] == ["does not hold", "does not hold", "holds"]
    row["cpu_ratio"] = {**spread, "median": 1.1}
    assert next(goals(measured)).verdict == "holds"


def test_what_counting_costs_is_measured_where_every_call_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = boundary_cost.measured(tmp_path, "fd_write that fails", rounds=2, divisor=100)
    assert found.call_ns.low > 0 and found.ratio.low > 0 and found.of_least > 0
    with monkeypatch.context() as patched:
        patched.setattr(Response, "imports", (("wasi_snapshot_preview1", "fd_write", 999),))
        with pytest.raises(RuntimeError, match="was counted of 1000 calls"):
            boundary_cost.measured(tmp_path, "fd_write that fails", rounds=1, divisor=100)
