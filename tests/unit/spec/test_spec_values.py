"""Sizes, durations and function types mean what they say."""

from __future__ import annotations

import pytest

from wasip1_build.spec.model import FunctionType
from wasip1_build.spec.values import duration_s, function_type, shown_size, size_bytes


@pytest.mark.parametrize(
    ("text", "expected"),
    [(4096, 4096), ("1B", 1), ("2kB", 2000), ("3MB", 3_000_000), ("4KiB", 4096), ("1GiB", 1 << 30)],
)
def test_a_size_is_bytes(text: int | str, expected: int) -> None:
    assert size_bytes(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("250ms", 0.25), ("5s", 5), ("1.5m", 90)])
def test_a_duration_is_seconds(text: str, expected: float) -> None:
    assert duration_s(text) == expected


@pytest.mark.parametrize(
    ("text", "params", "results"),
    [
        ("()", (), ()),
        ("(i32,f64)", ("i32", "f64"), ()),
        ("( i32 , i32 ) -> i64", ("i32", "i32"), ("i64",)),
        ("() -> (i32, i64)", (), ("i32", "i64")),
        ("(f32) -> ()", ("f32",), ()),
    ],
)
def test_a_function_type_has_parameters_and_results(
    text: str, params: tuple[str, ...], results: tuple[str, ...]
) -> None:
    assert function_type(text) == FunctionType(params, results)


@pytest.mark.parametrize("text", ["3", "3mb", "-1B", "1.5MiB", "3 MiB", "B"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a size"):
        size_bytes(text)


@pytest.mark.parametrize("text", ["5", "s", "-1s", "5 s", "1h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        duration_s(text)


@pytest.mark.parametrize("text", ["i32", "(i32", "(u8)", "() -> string", "(i32,)", ""])
def test_what_is_no_function_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        function_type(text)


@pytest.mark.parametrize(("size", "text"), [(65536, "64KiB"), (3 << 30, "3GiB"), (5, "5 bytes")])
def test_a_size_is_shown_in_its_largest_whole_unit(size: int, text: str) -> None:
    assert shown_size(size) == text
