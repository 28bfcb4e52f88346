"""Defaults are below an artifact, profiles above it, and each key knows where it was written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from wasip1_build.findings import Failure, Location
from wasip1_build.spec.cached import load_workspace
from wasip1_build.spec.model import Artifact

MakeWorkspace = Callable[..., Path]

TOP = """\
spec-version = 1
workspace.members = ["m"]
[defaults]
tags = ["top_default"]
budget.wasm = "1MiB"
budget.br = "2MiB"
define = { "main.a" = "top", "main.b" = "top" }
[profile.dev]
compress.formats = []
budget.wasm = "none"
runtime.max-memory = "1MiB"
[artifact.top]
package = "."
"""
MEMBER = """\
spec-version = 1
[defaults]
budget.br = "3MiB"
define = { "main.b" = "member" }
grants.args = ["-v"]
[artifact.a]
package = "."
tags = ["a"]
budget.gz = 5
define = { "main.c" = "artifact" }
[profile.dev]
runtime.max-memory = "2MiB"
tags = ["dev"]
"""


def member(root: Path, profile: str = "release") -> Artifact:
    return next(a for a in load_workspace(root, profile=profile).artifacts if a.name == "a")


@pytest.fixture
def root(workspace: MakeWorkspace) -> Path:
    return workspace(TOP, {"m/wasip1.toml": MEMBER})


def test_tables_merge_by_key_and_arrays_replace(root: Path) -> None:
    artifact = member(root)
    assert artifact.tags == ("a",)
    assert artifact.define == {"main.a": "top", "main.b": "member", "main.c": "artifact"}
    assert (artifact.budget.wasm, artifact.budget.br, artifact.budget.gz) == (1 << 20, 3 << 20, 5)
    assert artifact.grants.args == ("-v",)


def test_profiles_win_over_artifacts_and_the_files_own_over_the_tops(root: Path) -> None:
    artifact = member(root, "dev")
    assert artifact.compress_formats == ()
    assert artifact.tags == ("dev",)
    assert artifact.runtime.max_memory_bytes == 2 << 20


def test_none_removes_a_budget_and_leaves_the_others(root: Path) -> None:
    budget = member(root, "dev").budget
    assert (budget.wasm, budget.br) == (None, 3 << 20)


def test_a_profile_of_a_member_is_not_for_other_files(root: Path) -> None:
    top = load_workspace(root, profile="dev").artifacts[0]
    assert (top.name, top.tags, top.runtime.max_memory_bytes) == ("top", ("top_default",), 1 << 20)


@pytest.mark.parametrize(
    ("profile", "key", "expected"),
    [
        ("release", "", Location("m/wasip1.toml", 6, 1)),
        ("release", "budget.wasm", Location("wasip1.toml", 5, 8)),
        ("release", "budget.br", Location("m/wasip1.toml", 3, 8)),
        ("release", "define.main.b", Location("m/wasip1.toml", 4, 12)),
        ("release", "tags.0", Location("m/wasip1.toml", 8, 9)),
        ("dev", "tags.0", Location("m/wasip1.toml", 13, 9)),
        ("dev", "budget.wasm", Location("wasip1.toml", 10, 8)),
        ("dev", "compress.formats", Location("wasip1.toml", 9, 10)),
        ("dev", "aot.targets", Location("m/wasip1.toml", 6, 1)),
        ("dev", "budget.memory", Location("wasip1.toml", 10, 1)),
    ],
)
def test_a_key_is_where_the_winner_is_written(
    root: Path, profile: str, key: str, expected: Location
) -> None:
    assert member(root, profile).where(key) == expected


def test_a_path_in_the_tops_defaults_is_relative_to_the_top(workspace: MakeWorkspace) -> None:
    top = TOP.replace(
        "[defaults]", '[defaults]\nbench.cases = [{ name = "b", stdin-file = "in.txt" }]'
    )
    root = workspace(top, {"m/wasip1.toml": MEMBER, "in.txt": ""})
    assert member(root).bench.cases[0].stdin_file == "in.txt"


def test_a_package_cannot_be_a_default(workspace: MakeWorkspace) -> None:
    with pytest.raises(Failure, match='unknown key "package" in'):
        load_workspace(workspace('spec-version = 1\n[defaults]\npackage = "."\n'))
