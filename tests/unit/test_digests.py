"""Digests that are never stale, and that read a file again only when it may have changed."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from wasip1_build import digests
from wasip1_build.digests import Digests, stamp_of
from wasip1_build.files import sha256_of_bytes

SECOND_NS = 1_000_000_000


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is read a second after it was written: no stamp is racy."""
    now = time.time_ns
    monkeypatch.setattr(digests.time, "time_ns", lambda: now() + SECOND_NS)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"one")
    return path


def rewritten(path: Path, data: bytes) -> None:
    """Another content, with the modification time put back."""
    before = path.stat()
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.usefixtures("later")
def test_a_file_that_did_not_move_is_read_once(file: Path) -> None:
    known = Digests(None)
    assert {known.digest(file) for _ in range(3)} == {sha256_of_bytes(b"one")}
    assert known.hashed == 1


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("data", [b"two", b"longer"], ids=["same size", "another size"])
def test_an_edit_is_seen_even_with_its_time_put_back(file: Path, data: bytes) -> None:
    known = Digests(None)
    known.digest(file)
    rewritten(file, data)
    assert known.digest(file) == sha256_of_bytes(data)


@pytest.mark.usefixtures("later")
def test_a_file_that_takes_the_place_of_another_is_seen(file: Path, tmp_path: Path) -> None:
    known = Digests(None)
    known.digest(file)
    other = tmp_path / "other"
    other.write_bytes(b"two")
    other.replace(file)
    assert known.digest(file) == sha256_of_bytes(b"two")


def test_what_was_read_within_a_tick_of_its_change_is_read_again(file: Path) -> None:
    os.utime(file, ns=(0, time.time_ns() + SECOND_NS))
    known = Digests(None)
    known.digest(file)
    known.digest(file)
    assert known.hashed == 2


def test_what_cannot_be_read_has_no_digest(tmp_path: Path) -> None:
    known = Digests(None)
    assert known.digest(tmp_path / "missing") is None
    assert known.digest(tmp_path) is None
    assert stamp_of(tmp_path) is None
    assert stamp_of(tmp_path / "missing") is None
    assert known.taken(tmp_path / "missing") == (None, None)


def test_another_digest_may_be_asked_for(file: Path) -> None:
    assert Digests(None, lambda path: f"of {path.name}").digest(file) == "of source"


@pytest.mark.usefixtures("later")
def test_a_later_build_reads_nothing_again(file: Path, tmp_path: Path) -> None:
    store = tmp_path / "state/digests"
    first = Digests(store)
    first.digest(file)
    first.remember("version", (str(file),), "1.27.3")
    first.save()
    second = Digests(store)
    assert second.digest(file) == sha256_of_bytes(b"one")
    assert second.fact("version", (str(file),)) == "1.27.3"
    assert second.taken(file) == (sha256_of_bytes(b"one"), stamp_of(file))
    assert second.hashed == 0


def test_what_was_racy_is_read_once_more_before_it_is_kept(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed_ns = file.stat().st_ctime_ns
    known = Digests(tmp_path / "store")
    monkeypatch.setattr(digests.time, "time_ns", lambda: changed_ns)
    known.digest(file)
    monkeypatch.setattr(digests.time, "time_ns", lambda: changed_ns + SECOND_NS)
    known.save()
    assert known.hashed == 2
    again = Digests(tmp_path / "store")
    again.digest(file)
    assert again.hashed == 0


def test_nothing_learned_writes_nothing(tmp_path: Path) -> None:
    Digests(tmp_path / "store").save()
    assert not (tmp_path / "store").exists()


@pytest.mark.usefixtures("later")
def test_a_damaged_store_is_an_empty_one(file: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    known = Digests(store)
    known.digest(file)
    known.save()
    (shard,) = store.iterdir()
    whole = shard.read_bytes()
    for data in (b"", b"no store", whole[: len(whole) // 2]):
        shard.write_bytes(data)
        read = Digests(store)
        assert read.digest(file) == sha256_of_bytes(b"one")
        assert read.hashed == 1


@pytest.mark.usefixtures("later")
def test_a_fact_is_forgotten_when_one_of_its_files_moves(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "absent"
    files = (str(file), str(other))
    known = Digests(None)
    assert known.fact("version", files) is None
    known.remember("version", files, "1.27.3")
    assert known.fact("version", files) == "1.27.3"
    assert known.fact("version", files[:1]) is None
    other.write_bytes(b"")
    assert known.fact("version", files) is None
    known.remember("version", files, "1.28.0")
    rewritten(file, b"two")
    assert known.fact("version", files) is None


def test_a_fact_about_a_file_that_has_just_changed_is_not_believed(file: Path) -> None:
    os.utime(file, ns=(0, time.time_ns() + SECOND_NS))
    known = Digests(None)
    known.remember("version", (str(file),), "1.27.3")
    assert known.fact("version", (str(file),)) is None


@pytest.mark.usefixtures("later")
def test_many_threads_may_ask_at_once(tmp_path: Path) -> None:
    files = [tmp_path / str(number) for number in range(20)]
    for path in files:
        path.write_bytes(path.name.encode())
    known = Digests(tmp_path / "store")
    seen: list[dict[str, str | None]] = []

    def ask() -> None:
        seen.append({path.name: known.digest(path) for path in files})

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [{path.name: sha256_of_bytes(path.name.encode()) for path in files}] * 8
