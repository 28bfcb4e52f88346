"""The `wasip1` command ends with the right exit code and never with a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import wasip1_build
from wasip1_build import __version__
from wasip1_build.cli import doctor, main
from wasip1_build.findings import failure


def test_without_arguments_it_prints_help(capsys):
    assert main([]) == 0
    assert "doctor" in capsys.readouterr().out


def test_it_prints_its_version(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"wasip1 {__version__}\n"


def test_an_unknown_command_is_an_error(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["docter"])
    assert ended.value.code == 2
    assert "invalid choice: 'docter'" in capsys.readouterr().err


def test_a_failure_is_printed_and_exits_2(monkeypatch, capsys):
    def fail(_arguments):
        raise failure("rule", "it is so", fix="do this")

    monkeypatch.setattr(doctor, "run", fail)
    assert main(["doctor"]) == 2
    assert capsys.readouterr().err == "error: it is so [rule]\n  fix: do this\n"


def test_an_interrupt_exits_130_and_prints_nothing(monkeypatch, capsys):
    def interrupt(_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "run", interrupt)
    assert main(["doctor"]) == 130
    assert capsys.readouterr() == ("", "")


def test_a_reader_that_goes_away_is_no_traceback(tmp_path):
    unread, pipe = os.pipe()
    os.close(unread)
    command = "import sys; from wasip1_build.cli import main; sys.exit(main(['doctor']))"
    package = Path(wasip1_build.__file__).parents[1]
    environ = {"PYTHONPATH": str(package), "WASIP1_CACHE_DIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", command],
        stdout=pipe,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environ,
        check=False,
    )
    os.close(pipe)
    assert (ended.returncode, ended.stderr) == (1, b"")
