"""SCons's signatures survive what a file can suffer, and never speak for another build."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from wasip1_build.scons.signature_file import SignatureFiles, Signatures


def opened(directory: Path, *, writes: bool = True) -> Signatures:
    return SignatureFiles(writes).open(str(directory / "sconsign"), "c")


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    signatures = opened(tmp_path)
    signatures["src"] = b"1"
    signatures.sync()
    assert opened(tmp_path) == {"src": b"1"}


def test_scons_s_own_command_reads_the_file(tmp_path: Path) -> None:
    signatures = opened(tmp_path)
    signatures["src"] = pickle.dumps({})
    signatures.sync()
    code = "from SCons.Utilities.sconsign import main; main()"
    argv = [sys.executable, "-c", code, str(tmp_path / "sconsign.dblite")]
    shown = subprocess.run(argv, capture_output=True, text=True)
    assert (shown.returncode, shown.stdout) == (0, "=== src:\n")


def test_looking_makes_no_file_and_keeps_nothing(tmp_path: Path) -> None:
    signatures = opened(tmp_path, writes=False)
    signatures["src"] = b"1"
    signatures.sync()
    assert list(tmp_path.iterdir()) == []


def test_what_did_not_change_is_not_written(tmp_path: Path) -> None:
    signatures = opened(tmp_path)
    signatures["src"] = b"1"
    signatures.sync()
    (tmp_path / "sconsign.dblite").chmod(0o400)
    before = (tmp_path / "sconsign.dblite").stat()
    opened(tmp_path).sync()
    assert (tmp_path / "sconsign.dblite").stat() == before


@pytest.mark.parametrize(
    "data", [b"", b"\x80", b"I5\n.", b"N.", pickle.dumps({"src": 1}), bytes(range(256))]
)
def test_a_damaged_file_knows_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "sconsign.dblite").write_bytes(data)
    signatures = opened(tmp_path)
    assert signatures == {}
    signatures["src"] = b"2"
    signatures.sync()
    assert opened(tmp_path) == {"src": b"2"}


def test_where_it_cannot_be_written_nothing_of_an_earlier_build_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    signatures = opened(tmp_path)
    signatures["src"] = b"1"
    signatures.sync()

    def full(_path: Path, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("wasip1_build.scons.signature_file.write_atomically", full)
    signatures["src"] = b"2"
    signatures.sync()
    assert "sconsign.dblite was not written: No space left on device" in capsys.readouterr().err
    assert opened(tmp_path) == {}
