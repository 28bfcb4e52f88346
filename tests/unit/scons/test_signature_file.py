"""SCons's signatures survive what a file can suffer, and never speak for another build."""

from __future__ import annotations

import pickle
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from wasip1_build.scons.signature_file import SignatureFiles, Signatures


def opened(directory: Path, *, writes: bool = True) -> Signatures:
    return SignatureFiles(writes).open(str(directory / "sconsign"), "c")


def known(directory: Path) -> dict[str, bytes]:
    """What a later build finds of the few directories of these tests."""
    signatures, found = opened(directory, writes=False), {}
    for key in ("src", "build/a", "build/a/run", "."):
        with suppress(KeyError):
            found[key] = signatures[key]
    return found


def files(directory: Path) -> dict[Path, int]:
    return {path: path.stat().st_ino for path in directory.rglob("*.dblite")}


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A directory with the signatures of two directories, in a file each."""
    signatures = opened(tmp_path)
    signatures["src"] = b"1"
    signatures["build/a/run"] = b"2"
    signatures.sync()
    return tmp_path


def test_what_is_written_is_read_again(kept: Path) -> None:
    assert known(kept) == {"src": b"1", "build/a/run": b"2"}
    with pytest.raises(KeyError):
        opened(kept)["elsewhere"]


def test_scons_s_own_command_reads_the_files(tmp_path: Path) -> None:
    signatures = opened(tmp_path)
    signatures["src"] = pickle.dumps({})
    signatures.sync()
    code = "from SCons.Utilities.sconsign import main; main()"
    shards = map(str, (tmp_path / "sconsign").iterdir())
    argv = [sys.executable, "-c", code, *shards]
    shown = subprocess.run(argv, capture_output=True, text=True)
    assert (shown.returncode, shown.stdout) == (0, "=== src:\n")


def test_looking_makes_no_file_and_keeps_nothing(tmp_path: Path) -> None:
    signatures = opened(tmp_path, writes=False)
    signatures["src"] = b"1"
    signatures.sync()
    assert list(tmp_path.iterdir()) == []


def test_what_did_not_change_is_not_written(kept: Path) -> None:
    before = files(kept)
    opened(kept).sync()
    assert files(kept) == before
    signatures = opened(kept)
    signatures["src"] = b"3"
    signatures.sync()
    after = files(kept)
    same = {path.name for path in before if after[path] == before[path]}
    assert len(before) == 3
    assert len(same) == 1
    assert "sconsign.dblite" not in same  # which tells that something was written
    assert known(kept) == {"src": b"3", "build/a/run": b"2"}


@pytest.mark.parametrize(
    "data", [b"", b"\x80", b"I5\n.", b"N.", pickle.dumps({"src": 1}), bytes(range(256))]
)
def test_a_damaged_file_knows_nothing(kept: Path, data: bytes) -> None:
    for path in files(kept):
        path.write_bytes(data)
    assert known(kept) == {}
    signatures = opened(kept)
    signatures["src"] = b"2"
    signatures.sync()
    assert known(kept) == {"src": b"2"}


def test_where_it_cannot_be_written_nothing_of_an_earlier_build_is_left(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_path: Path, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    mark = (kept / "sconsign.dblite").stat()
    monkeypatch.setattr("wasip1_build.scons.signature_file.write_atomically", full)
    signatures = opened(kept)
    signatures["src"] = b"2"
    signatures.sync()
    assert "sconsign was not written: No space left on device" in capsys.readouterr().err
    assert known(kept) == {}
    assert (kept / "sconsign.dblite").stat() == mark
