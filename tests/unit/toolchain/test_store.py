"""The tool cache lies where the user's caches lie, and holds runnable copies."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from wasip1_build.digests import Digests
from wasip1_build.toolchain.store import Store, cache_directory


def test_the_cache_directory_can_be_set():
    environ = {"WASIP1_CACHE_DIR": "/caches/w", "XDG_CACHE_HOME": "/xdg", "HOME": "/home/u"}
    assert cache_directory(environ) == Path("/caches/w")
    del environ["WASIP1_CACHE_DIR"]
    assert cache_directory(environ) == Path("/xdg/wasip1-scons")


@pytest.mark.parametrize(("system", "below"), [("linux", ".cache"), ("darwin", "Library/Caches")])
def test_else_it_is_in_the_users_cache_directory(monkeypatch, system, below):
    monkeypatch.setattr(sys, "platform", system)
    assert cache_directory({"HOME": "/home/u"}) == Path("/home/u", below, "wasip1-scons")


def test_a_copy_gets_its_x_bit_and_is_made_once(tmp_path):
    source = tmp_path / "program"
    source.write_bytes(b"bytes")
    store = Store(tmp_path / "cache")
    copy = store.runnable(source, Digests(None))
    assert copy.stat().st_mode & 0o777 == 0o755
    assert copy.read_bytes() == b"bytes"
    before = copy.stat()
    assert store.runnable(source, Digests(None)) == copy
    assert copy.stat() == before or copy.stat().st_ino == before.st_ino


def test_programs_of_other_bytes_are_other_copies(tmp_path):
    source = tmp_path / "program"
    store = Store(tmp_path / "cache")
    source.write_bytes(b"one")
    first = store.runnable(source, Digests(None))
    source.write_bytes(b"two")
    assert store.runnable(source, Digests(None)) != first


def test_a_staging_directory_is_gone_after_an_error(tmp_path):
    store = Store(tmp_path / "cache")
    with pytest.raises(RuntimeError), store.staging() as staging:
        (staging / "half").write_text("half")
        raise RuntimeError
    assert list(store.root.iterdir()) == []
