"""Does the tutorial still do what it says, command by command?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TUTORIAL = ROOT / "docs" / "tutorial.md"
GO = Path(sysconfig.get_path("purelib")) / "go" / "bin" / "go"

FILE = re.compile(r"`([^`]+)`:\n\n```\w*\n(.*?)```\n", re.DOTALL)
CONSOLE = re.compile(r"```console\n(.*?)```\n", re.DOTALL)


@dataclass(frozen=True)
class WriteFile:
    name: str
    content: str


@dataclass(frozen=True)
class Command:
    line: str
    output: tuple[str, ...]  # "..." stands for any lines


def steps_of(text: str) -> list[WriteFile | Command]:
    """The files and commands of a document, in its order."""
    found: list[tuple[int, WriteFile | Command]] = [
        (match.start(), WriteFile(match[1], match[2])) for match in FILE.finditer(text)
    ]
    for match in CONSOLE.finditer(text):
        for prompt in match[1].split("$ ")[1:]:
            line, *output = prompt.splitlines()
            found.append((match.start(), Command(line, tuple(output))))
    return [step for _, step in sorted(found, key=lambda each: each[0])]


def differs(shown: tuple[str, ...], printed: list[str]) -> str:
    """The first shown line that was not printed in its place; empty when all were."""
    at, anywhere = 0, False
    for line in shown:
        if line == "...":
            anywhere = True
            continue
        places = range(at, len(printed)) if anywhere else range(at, min(at + 1, len(printed)))
        place = next((i for i in places if printed[i] == line), None)
        if place is None:
            return line
        at, anywhere = place + 1, False
    return "" if anywhere or at == len(printed) else "(the end)"


@pytest.mark.skipif(not GO.is_file(), reason="no pinned Go: pip install 'wasip1-scons[toolchain]'")
def test_the_tutorial_does_what_it_shows(tmp_path: Path) -> None:
    environment = os.environ | {
        "PATH": f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "site_scons"),
        "LC_ALL": "C",
        "VIRTUAL_ENV": sys.prefix,
    }
    environment.pop("GITHUB_ACTIONS", None)  # it adds annotations to the output
    directory = tmp_path
    for step in steps_of(TUTORIAL.read_text()):
        if isinstance(step, WriteFile):
            (directory / step.name).write_text(step.content)
            continue
        if step.line.startswith("cd "):
            directory = directory / step.line.removeprefix("cd ")
            continue
        done = subprocess.run(
            step.line,
            shell=True,
            cwd=directory,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        missing = differs(step.output, done.stdout.splitlines())
        assert not missing, f"$ {step.line}\n{done.stdout}\nnot as shown: {missing}"
        fails = any(": error: " in line for line in step.output)
        assert (done.returncode != 0) == fails, f"$ {step.line}\nexit {done.returncode}"


def test_a_line_that_is_not_printed_is_found() -> None:
    printed = ["one", "two", "three"]
    assert differs(("one", "...", "three"), printed) == ""
    assert differs(("...", "two", "..."), printed) == ""
    assert differs(("one", "three"), printed) == "three"
    assert differs(("...", "three", "...", "two"), printed) == "two"
    assert differs(("one", "two"), printed) == "(the end)"
