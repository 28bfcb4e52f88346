"""Every mistake in tests/spec_errors is told in exactly the words of its .err file."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from wasip1_build.findings import Failure
from wasip1_build.spec.cached import load_workspace

CASES = Path(__file__).parents[2] / "spec_errors"
FILES = sorted(path.stem for path in CASES.glob("*.toml"))
TREES = sorted(path.parent.name for path in CASES.glob("*/wasip1.toml"))

# What the specs of the cases may refer to.
AROUND = {
    "cmd/hello/main.go": "package main\n\nfunc main() {}\n",
    "cmd/other/main.go": "package main\n\nfunc main() {}\n",
    "data/picture.txt": "a picture\n",
    "testdata/in.txt": "input\n",
}


def told(root: Path) -> str:
    """The message of the failure to load a workspace."""
    with pytest.raises(Failure) as caught:
        load_workspace(root)
    return f"{caught.value}\n"


def assert_told(root: Path, expected: Path) -> None:
    """Compares a message; WASIP1_UPDATE=1 writes it, to be read and committed."""
    message = told(root)
    if os.environ.get("WASIP1_UPDATE"):
        expected.write_text(message)
    assert message == expected.read_text()


@pytest.mark.parametrize("case", FILES)
def test_a_mistake_is_told_exactly(case: str, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    for name, text in AROUND.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    shutil.copyfile(CASES / f"{case}.toml", root / "wasip1.toml")
    assert_told(root, CASES / f"{case}.err")


@pytest.mark.parametrize("case", TREES)
def test_mistakes_in_several_files_are_told_exactly(case: str, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    shutil.copytree(CASES / case, root, ignore=shutil.ignore_patterns("expected.err"))
    assert_told(root, CASES / case / "expected.err")


def test_there_are_cases() -> None:
    assert len(FILES) >= 45
    assert TREES
