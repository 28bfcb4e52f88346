"""go.mod and go.work are read as far as a build must know them."""

from __future__ import annotations

from pathlib import Path

from wasip1_build.steps.go_files import (
    directives,
    go_line,
    local_replacements,
    used_directories,
    version_tuple,
)

WORK = """go 1.25 // the language

use ./a
use (
	./b // the second
	"./with space"
)

replace example.com/far => ../far
"""

MOD = """module example.com/m

go 1.25.1

require (
	example.com/x v1.0.0
)

replace (
	example.com/x v1.0.0 => ./x
	example.com/y => example.com/z v1.2.3
	example.com/w => /absolute/w
)
"""


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_blocks_and_single_lines_are_the_same_directives(tmp_path: Path) -> None:
    found = directives(written(tmp_path / "go.work", WORK))
    assert [(d.verb, d.words, d.line) for d in found] == [
        ("go", ("1.25",), 1),
        ("use", ("./a",), 3),
        ("use", ("./b",), 5),
        ("use", ("./with space",), 6),
        ("replace", ("example.com/far", "=>", "../far"), 9),
    ]


def test_members_of_a_workspace_are_its_used_directories(tmp_path: Path) -> None:
    work = written(tmp_path / "go.work", WORK)
    assert used_directories(work) == tuple(
        (tmp_path / name).resolve() for name in ("a", "b", "with space")
    )


def test_a_replacement_is_local_where_it_is_a_path(tmp_path: Path) -> None:
    found = local_replacements(written(tmp_path / "go.mod", MOD))
    assert found == ((tmp_path / "x").resolve(), Path("/absolute/w"))


def test_the_go_line_carries_its_position(tmp_path: Path) -> None:
    line = go_line(written(tmp_path / "go.mod", MOD))
    assert line and (line.words, line.line) == (("1.25.1",), 3)
    assert go_line(written(tmp_path / "go.mod", "module m\n")) is None


def test_a_file_that_is_not_there_has_no_directives(tmp_path: Path) -> None:
    assert directives(tmp_path / "go.mod") == ()


def test_versions_compare_as_numbers() -> None:
    assert version_tuple("1.9") < version_tuple("1.10") < version_tuple("1.27.3")
    assert version_tuple("1.27rc1") == (1, 27)
