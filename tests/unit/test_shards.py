"""A table in many files gives back what was put into it, and reads and writes little of it."""

from __future__ import annotations

import marshal
from pathlib import Path

import pytest

from wasip1_build.shards import ELSEWHERE, SHARDS, Shards

FEW = {f"/src/{number}/main.go": (number, "text") for number in range(3 * SHARDS)}


def shards(directory: Path, version: int = 1) -> Shards:
    return Shards(directory / "table", version)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    table = shards(tmp_path)
    for path, value in FEW.items():
        table.put(path, value)
    table.save()
    return tmp_path


def test_what_was_put_is_there_for_a_later_build(kept: Path) -> None:
    later = shards(kept)
    assert all(later.get(path) == value for path, value in FEW.items())
    assert later.get("/src/0/other.go") is None
    assert dict(shards(kept).items()) == FEW


def test_only_the_files_of_what_changed_are_written(kept: Path) -> None:
    before = {file.name: file.stat().st_ino for file in (kept / "table").iterdir()}
    assert len(before) > SHARDS / 2
    later = shards(kept)
    later.put("/src/0/main.go", None)
    later.put("/src/0/other.go", "new")
    later.save()
    after = {file.name: file.stat().st_ino for file in (kept / "table").iterdir()}
    assert len([name for name in after if after[name] != before[name]]) == 1
    assert shards(kept).get("/src/0/main.go") is None
    assert shards(kept).get("/src/0/other.go") == "new"


def test_two_of_one_process_add_to_each_other(kept: Path) -> None:
    first, second = shards(kept), shards(kept)
    first.put("/src/0/a.go", "first")
    second.put("/src/0/b.go", "second")
    first.save()
    second.save()
    later = shards(kept)
    assert (later.get("/src/0/a.go"), later.get("/src/0/b.go")) == ("first", "second")


@pytest.mark.parametrize(
    "damage", [b"", b"\xff\xff", marshal.dumps((1, [])), marshal.dumps(2), marshal.dumps((0, {}))]
)
def test_a_damaged_file_knows_nothing_and_the_others_all(kept: Path, damage: bytes) -> None:
    damaged = next(iter((kept / "table").iterdir()))
    _, lost = marshal.loads(damaged.read_bytes())
    damaged.write_bytes(damage)
    assert dict(shards(kept).items()) == {k: v for k, v in FEW.items() if k not in lost}


def test_another_version_knows_nothing(kept: Path) -> None:
    assert shards(kept, version=2).get("/src/0/main.go") is None


def test_what_an_earlier_version_kept_in_one_file_is_in_nobody_s_way(tmp_path: Path) -> None:
    (tmp_path / "table").write_bytes(b"old")
    table = shards(tmp_path)
    assert table.get("/a") is None
    table.put("/a", 1)
    table.save()
    assert shards(tmp_path).get("/a") == 1


def test_what_is_outside_the_tree_is_in_one_file(tmp_path: Path) -> None:
    table = Shards(tmp_path / "table", 1, "/src/")
    for path, value in {**FEW, **{f"/go/{number}/a.go": number for number in range(9)}}.items():
        table.put(path, value)
    table.save()
    later = Shards(tmp_path / "table", 1, "/src/")
    assert [later.get(f"/go/{number}/a.go") for number in range(9)] == list(range(9))
    assert len(dict(later.items())) == len(FEW) + 9
    _, elsewhere = marshal.loads((tmp_path / "table" / ELSEWHERE).read_bytes())
    assert elsewhere.keys() == {f"/go/{number}/a.go" for number in range(9)}


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    table = shards(tmp_path)
    table.get("/a")
    table.save()
    assert list(tmp_path.iterdir()) == []
    Shards(None, 1).save()
