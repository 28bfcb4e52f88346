"""A stored workspace is used while everything it was made from is the same, and never longer."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from wasip1_build.build_dir import build_dir_hint
from wasip1_build.digests import stamp_of
from wasip1_build.findings import Failure
from wasip1_build.spec.cached import load_cached, load_workspace

MakeWorkspace = Callable[..., Path]

SPEC = """\
spec-version = 1
workspace.members = ["m/*"]
[artifact.top]
package = "./cmd"
imports.host.env.emit = "(i32)"
grants.dirs = [{ host = "data", guest = "/data", mode = "rw" }]
"""
MEMBER = 'spec-version = 1\n[artifact.a]\npackage = "."\n'
LONG_AGO_NS = 1_600_000_000_000_000_000


@pytest.fixture
def root(workspace: MakeWorkspace) -> Path:
    files = {"m/a/wasip1.toml": MEMBER, "m/b/notes": "", "cmd/main.go": "", "data/x": ""}
    return workspace(SPEC, files)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def load(root: Path, store: Path, profile: str = "release") -> list[str]:
    return [a.id for a in load_cached(root, "wasip1.toml", profile, store).artifacts]


def poison(store: Path) -> None:
    """Marks the stored workspace, so that a hit is told from a miss by what it gives."""
    record = pickle.loads(store.read_bytes())
    record["read_ns"] += 10**18  # the files of a test are too young to be trusted
    object.__setattr__(record["workspace"], "build_dir", "from-the-store")
    store.write_bytes(pickle.dumps(record))


def hits(root: Path, store: Path, profile: str = "release") -> bool:
    found = load_cached(root, "wasip1.toml", profile, store)
    return found.build_dir == "from-the-store"


def test_an_unchanged_workspace_is_a_hit_that_is_equal(root: Path, store: Path) -> None:
    first = load_cached(root, "wasip1.toml", "release", store)
    poison(store)
    again = load_cached(root, "wasip1.toml", "release", store)
    assert again.build_dir == "from-the-store"
    assert again.artifacts == first.artifacts
    assert again.artifacts[0].locations == first.artifacts[0].locations


def test_files_as_young_as_their_reading_are_a_miss(root: Path, store: Path) -> None:
    load(root, store)
    record = pickle.loads(store.read_bytes())
    record["read_ns"] = os.stat(root / "wasip1.toml").st_ctime_ns
    object.__setattr__(record["workspace"], "build_dir", "from-the-store")
    store.write_bytes(pickle.dumps(record))
    assert not hits(root, store)


def test_a_host_that_is_described_otherwise_is_a_miss(
    root: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(root, store)
    poison(store)
    assert hits(root, store)
    known = stamp_of

    def moved(path: Path) -> object:
        return None if path.name == "extism.toml" else known(path)

    monkeypatch.setattr("wasip1_build.spec.cached.stamp_of", moved)
    assert not hits(root, store)


def edit_top(root: Path) -> None:
    (root / "wasip1.toml").write_text(SPEC + "tags = ['x']\n")


def edit_same_size(root: Path) -> None:
    path = root / "m/a/wasip1.toml"
    path.write_text(MEMBER.replace("artifact.a", "artifact.z"))
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))


def add_member(root: Path) -> None:
    (root / "m/c").mkdir()
    (root / "m/c/wasip1.toml").write_text(MEMBER)


def add_spec_to_directory(root: Path) -> None:
    (root / "m/b/wasip1.toml").write_text(MEMBER)


@pytest.mark.parametrize("change", [edit_top, edit_same_size, add_member, add_spec_to_directory])
def test_a_change_is_a_miss(root: Path, store: Path, change: Callable[[Path], None]) -> None:
    load(root, store)
    poison(store)
    change(root)
    assert not hits(root, store)


def test_a_removed_member_is_a_miss(root: Path, store: Path) -> None:
    load(root, store)
    poison(store)
    (root / "m/a/wasip1.toml").unlink()
    with pytest.raises(Failure, match="finds no member"):
        load(root, store)


def test_what_a_rule_saw_on_disk_is_looked_at_again(root: Path, store: Path) -> None:
    load(root, store)
    poison(store)
    (root / "data/new.go").write_text("package data\n")
    with pytest.raises(Failure, match="is granted for writing"):
        load(root, store)


def test_another_profile_or_version_is_a_miss(
    root: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(root, store)
    poison(store)
    monkeypatch.setattr("wasip1_build.spec.cached.__version__", "999")
    assert not hits(root, store)
    poison(store)
    assert hits(root, store)
    assert not hits(root, store, "dev")


@pytest.mark.parametrize(
    "damage", [b"", b"garbage", pickle.dumps({"identity": 1}), pickle.dumps(5)]
)
def test_a_damaged_store_is_a_miss(root: Path, store: Path, damage: bytes) -> None:
    store.write_bytes(damage)
    assert load(root, store) == [".:top", "m/a:a"]
    assert store.read_bytes() != damage


class Planted:
    """A pickle that would run a program."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (self.command,)


def test_a_planted_store_runs_nothing(root: Path, store: Path, tmp_path: Path) -> None:
    witness = tmp_path / "ran"
    store.write_bytes(pickle.dumps(Planted(f"touch {witness}")))
    assert load(root, store) == [".:top", "m/a:a"]
    assert not witness.exists()


def test_a_store_that_cannot_be_written_costs_only_time(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert load(root, tmp_path / "file" / "store") == [".:top", "m/a:a"]


def test_without_a_store_it_is_read_each_time(root: Path) -> None:
    assert load_cached(root, "wasip1.toml", "release", None) == load_workspace(root)


HIT = """\
import sys
from pathlib import Path
from wasip1_build.spec.cached import load_cached
from wasip1_build.build_dir import build_dir_hint
build_dir_hint(Path(sys.argv[1]))
found = load_cached(Path(sys.argv[1]), "wasip1.toml", "release", Path(sys.argv[2]))
print(found.build_dir, *sorted(sys.modules))
"""


def test_a_hit_imports_neither_tomllib_nor_jsonschema(root: Path, store: Path) -> None:
    load(root, store)
    poison(store)
    source = str(Path(sys.modules["wasip1_build"].__path__[0]).parent)
    run = subprocess.run(
        [sys.executable, "-c", HIT, root, store],
        env={"PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=True,
    )
    build_dir, *modules = run.stdout.split()
    assert build_dir == "from-the-store"
    assert not {"tomllib", "jsonschema", "difflib", "wasip1_build.spec.load"} & set(modules)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[workspace]\nbuild-dir = "out/x" # here\n', "out/x"),
        ("workspace.build-dir='o'\n", "o"),
        ("spec-version = 1\n", "build"),
        ("build-dir = 5", "build"),
    ],
)
def test_the_build_directory_is_guessed_from_the_text(
    workspace: MakeWorkspace, text: str, expected: str
) -> None:
    assert build_dir_hint(workspace(text)) == expected


def test_the_build_directory_of_no_workspace_is_the_default(tmp_path: Path) -> None:
    assert build_dir_hint(tmp_path) == "build"
