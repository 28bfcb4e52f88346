"""The record of outputs knows what a completed build left, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from wasip1_build.scons.record import OutputRecord

SIGNED = "what it was made from"


def record(root: Path, owner: str = "release") -> OutputRecord:
    return OutputRecord(root, root / "state/outputs", owner)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "build/a").mkdir(parents=True)
    (tmp_path / "build/a/a.wasm").write_bytes(b"module")
    kept = record(tmp_path)
    kept.put("build/a/a.wasm")
    kept.sign("build/a/a.wasm", SIGNED)
    kept.save()
    return tmp_path


def test_it_holds_what_was_put_and_is_as_it_was(root: Path) -> None:
    assert record(root).holds("build/a/a.wasm", SIGNED)
    assert not record(root).holds("build/a/other.wasm", SIGNED)


@pytest.mark.parametrize("data", [b"tamper", b"longer than it was", None])
def test_it_does_not_hold_what_has_changed_since(root: Path, data: bytes | None) -> None:
    path = root / "build/a/a.wasm"
    path.unlink()
    if data is not None:
        path.write_bytes(data)
    assert not record(root).holds("build/a/a.wasm", SIGNED)


@pytest.mark.parametrize("damage", [b"", b"\xff" * 40, b"[1, 2"])
def test_a_damaged_record_holds_nothing(root: Path, damage: bytes) -> None:
    for file in (root / "state/outputs").iterdir():
        file.write_bytes(damage)
    assert not record(root).holds("build/a/a.wasm", SIGNED)


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


def test_beside_another_signature_it_is_there_and_not_held(root: Path) -> None:
    assert not record(root).holds("build/a/a.wasm", "put back")
    assert not record(root).holds("build/a/a.wasm", "")
    assert record(root).is_there("build/a/a.wasm")


def test_what_was_made_and_never_signed_is_not_held(root: Path) -> None:
    """As by a build that was interrupted between the step and SCons's own account of it."""
    kept = record(root)
    kept.put("build/a/a.wasm")
    kept.save()
    assert not record(root).holds("build/a/a.wasm", "")
    assert not record(root).holds("build/a/a.wasm", SIGNED)


def test_a_signature_without_an_output_is_none(root: Path) -> None:
    kept = record(root)
    kept.doubt("build/a/a.wasm")
    kept.sign("build/a/a.wasm", SIGNED)
    kept.save()
    assert not record(root).holds("build/a/a.wasm", SIGNED)


def test_two_records_of_one_run_keep_what_each_made(root: Path) -> None:
    (root / "build/b.wasm").write_bytes(b"other")
    one, two = record(root), record(root, "dev")
    one.sign("build/a/a.wasm", "signed anew")
    two.put("build/b.wasm")
    two.sign("build/b.wasm", SIGNED)
    one.save()
    two.save()
    assert record(root).holds("build/a/a.wasm", "signed anew")
    assert record(root).holds("build/b.wasm", SIGNED)
