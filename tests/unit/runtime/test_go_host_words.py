"""Names and texts in generated Go."""

from __future__ import annotations

import pytest

from wasip1_build.runtime.go_host.words import (
    distinct,
    exported,
    package_of,
    quoted,
    refused_package,
    remark,
)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("env.emit_batch", "EnvEmitBatch"),
        ("extism:host/env.input_length", "ExtismHostEnvInputLength"),
        ("errorText", "ErrorText"),
        ("9lives", "X9lives"),
        ("été", "T"),
        ("é", "X"),
    ],
)
def test_a_function_gets_an_exported_name(words: str, name: str) -> None:
    assert exported(words) == name


def test_names_that_would_be_the_same_are_told_apart() -> None:
    assert distinct(["a_b", "aB", "a-b", "close"], ["Close"]) == ["AB", "AB2", "AB3", "Close2"]


def test_a_string_is_a_literal_of_go() -> None:
    assert quoted('a "b"\\\n\t\x00\u2028é😀\U000e0001') == (
        '"a \\"b\\"\\\\\\n\\t\\u0000\\u2028é😀\\U000e0001"'
    )


def test_a_remark_stays_on_its_line() -> None:
    assert remark(" one\n//\ttwo\u2028three ") == "one // two three"


def test_a_package_is_called_after_its_artifact() -> None:
    assert package_of("jsonl-tiny_2") == "jsonltiny2"


@pytest.mark.parametrize("name", ["", "Upper", "two_words", "a-b", "9lives", "func", "main", "é"])
def test_a_name_that_go_has_not_for_packages_is_refused(name: str) -> None:
    assert refused_package(name)


def test_other_names_are_taken() -> None:
    assert refused_package("thumbnail2") == ""
