"""The record of outputs knows what a completed build left, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from wasip1_build.scons.record import OutputRecord


def record(root: Path, owner: str = "release") -> OutputRecord:
    return OutputRecord(root, root / "state/outputs", owner, root / "sconsign")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "build/a").mkdir(parents=True)
    (tmp_path / "build/a/a.wasm").write_bytes(b"module")
    kept = record(tmp_path)
    kept.put("build/a/a.wasm")
    kept.save()
    return tmp_path


def test_it_holds_what_was_put_and_is_as_it_was(root: Path) -> None:
    assert record(root).holds("build/a/a.wasm")
    assert not record(root).holds("build/a/other.wasm")


@pytest.mark.parametrize("data", [b"tamper", b"longer than it was", None])
def test_it_does_not_hold_what_has_changed_since(root: Path, data: bytes | None) -> None:
    path = root / "build/a/a.wasm"
    path.unlink()
    if data is not None:
        path.write_bytes(data)
    assert not record(root).holds("build/a/a.wasm")


@pytest.mark.parametrize("damage", [b"", b"\xff" * 40, b"[1, 2"])
def test_a_damaged_record_holds_nothing(root: Path, damage: bytes) -> None:
    (root / "state/outputs").write_bytes(damage)
    assert not record(root).holds("build/a/a.wasm")


def test_what_the_plan_drops_goes_with_the_directory_that_it_leaves_empty(root: Path) -> None:
    assert record(root).remove_unplanned([]) == ("build/a/a.wasm",)
    assert not (root / "build").exists()


def test_what_is_planned_or_not_the_recorded_one_or_anothers_stays(root: Path) -> None:
    path = root / "build/a/a.wasm"
    assert record(root).remove_unplanned(["build/a/a.wasm"]) == ()
    assert record(root, "dev").remove_unplanned([]) == ()
    path.write_bytes(b"mine now")
    assert record(root).remove_unplanned([]) == ()
    assert path.read_bytes() == b"mine now"


def sign(root: Path, text: str) -> None:
    """What SCons does at the end of a run in which it made something."""
    (root / "new").write_text(text)
    (root / "new").replace(root / "sconsign")


def test_beside_other_signatures_nothing_is_held(root: Path) -> None:
    sign(root, "put back")
    assert not record(root).holds("build/a/a.wasm")


def test_what_is_made_beside_other_signatures_is_held_and_nothing_from_before(root: Path) -> None:
    kept = record(root)
    (root / "build/b.wasm").write_bytes(b"other")
    kept.put("build/b.wasm")
    sign(root, "first")
    kept.save()
    sign(root, "put back")
    later = record(root)
    later.put("build/b.wasm")
    sign(root, "second")
    later.save()
    assert record(root).holds("build/b.wasm")
    assert not record(root).holds("build/a/a.wasm")


def test_two_records_of_one_run_keep_what_each_made(root: Path) -> None:
    (root / "build/b.wasm").write_bytes(b"other")
    one, two = record(root), record(root, "dev")
    one.put("build/a/a.wasm")
    two.put("build/b.wasm")
    sign(root, "one run")
    one.save()
    two.save()
    assert record(root).holds("build/a/a.wasm")
    assert record(root).holds("build/b.wasm")


def test_a_run_that_made_nothing_of_ours_is_followed(root: Path) -> None:
    kept = record(root)
    sign(root, "what another builder made")
    kept.save()
    assert record(root).holds("build/a/a.wasm")
