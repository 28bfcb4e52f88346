"""Files that are whole or not there, and JSON that is the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasip1_build.files import (
    json_bytes,
    replacing,
    sha256_of_bytes,
    sha256_of_file,
    sha256_of_json,
    write_atomically,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def test_json_has_sorted_keys_lf_utf8_and_a_final_newline() -> None:
    assert json_bytes({"b": 1, "a": ["ö"]}) == '{\n  "a": [\n    "ö"\n  ],\n  "b": 1\n}\n'.encode()


def test_json_does_not_depend_on_the_order_of_keys() -> None:
    assert json_bytes({"a": 1, "b": 2}) == json_bytes({"b": 2, "a": 1})
    assert sha256_of_json({"a": 1, "b": 2}) == sha256_of_json({"b": 2, "a": 1})
    assert sha256_of_json([1, 2]) != sha256_of_json([2, 1])


@given(JSON)
def test_any_json_value_comes_back(value: object) -> None:
    assert json.loads(json_bytes(value)) == value


def test_what_is_no_number_in_json_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_bytes(float("nan"))


def test_digests_of_bytes_and_of_files_agree(tmp_path: Path) -> None:
    data = os.urandom(3 << 20)
    (tmp_path / "x").write_bytes(data)
    assert sha256_of_file(tmp_path / "x") == sha256_of_bytes(data)
    assert sha256_of_bytes(data) == hashlib.sha256(data).hexdigest()


def test_a_file_is_written_below_directories_that_are_not_there_yet(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a/b/c", b"new")
    assert (tmp_path / "a/b/c").read_bytes() == b"new"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), replacing(path) as temporary:
        temporary.write_bytes(b"half")
        raise ZeroDivisionError
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["x"]


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")
    with replacing(path) as temporary:
        temporary.write_bytes(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_writers_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    contents = [bytes([letter]) * 100_000 for letter in b"abcdefgh"]
    threads = [threading.Thread(target=write_atomically, args=(path, data)) for data in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in contents
    assert os.listdir(tmp_path) == ["x"]


def test_a_file_has_the_mode_that_the_umask_gives_to_any_other(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write_atomically(tmp_path / "atomic", b"")
    assert (tmp_path / "atomic").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_where_a_directory_cannot_be_made_an_os_error_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"):
        write_atomically(tmp_path / "file/below", b"")
