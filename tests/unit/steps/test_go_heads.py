"""A Go file's head tells what the go command reads of it, and is read once."""

from __future__ import annotations

from pathlib import Path

from wasip1_build.digests import Digests
from wasip1_build.steps.go_heads import head_of, header


def test_a_head_is_understood_in_every_spelling() -> None:
    text = (
        '// Copyright\n//go:build wasip1\n\n/* package doc\nimport "no"\n*/\n'
        'package main // here\n\nimport "fmt" // why\nimport (\n\tx "a/b" // foo (bar)\n'
        '\t/* a ) */ . "c"\n\t_ `d`\n)\nimport ("q";"r")\nimport . "z"\n\n'
        '//go:embed static/*.txt "a b.txt"\nvar x = 1\n'
    )
    assert header(text) == [
        "//go:build wasip1",
        "package main",
        'import "fmt"',
        'import ( x "a/b" . "c" _ `d` )',
        'import ("q";"r")',
        'import . "z"',
        'embed static/*.txt "a b.txt"',
    ]


def test_a_head_that_is_not_understood_counts_whole() -> None:
    broken = 'package main\n\nimport ("fmt"\n\nfunc main() {}\n'
    assert header(broken) != header(broken.replace("main() {}", "main() { print() }"))


def test_a_file_is_read_again_when_it_has_changed_and_not_before(tmp_path: Path) -> None:
    file = tmp_path / "a.go"
    file.write_text("package a\n")
    known = Digests(None)
    assert head_of(str(file), known) == ["package a"]
    file.write_text("package b\n")
    assert head_of(str(file), known) == ["package b"]


def test_a_file_that_is_not_there_has_no_head(tmp_path: Path) -> None:
    assert head_of(str(tmp_path / "a.go"), Digests(None)) == []
