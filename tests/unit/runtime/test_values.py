"""Values of WebAssembly types as specs and host functions write them."""

from __future__ import annotations

import math

import pytest

from wasip1_build.runtime.values import coerced, equal, shown


@pytest.mark.parametrize(
    ("value", "kind", "result"),
    [
        (0xFFFFFFFF, "i32", -1),
        (-0x80000000, "i32", -0x80000000),
        (0xFFFFFFFFFFFFFFFF, "i64", -1),
        (5, "f64", 5.0),
        (0.1, "f32", 0.10000000149011612),
        (math.inf, "f32", math.inf),
    ],
)
def test_a_number_becomes_a_value_of_the_type(
    value: int | float, kind: str, result: int | float
) -> None:
    assert coerced(value, kind) == result


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (1 << 32, "i32"),
        (-(1 << 31) - 1, "i32"),
        (1 << 64, "i64"),
        (1.0, "i32"),
        (True, "i32"),
        (None, "f64"),
        (False, "f64"),
        (1e300, "f32"),
    ],
)
def test_what_is_no_value_of_the_type_is_refused(value: object, kind: str) -> None:
    with pytest.raises(ValueError, match=r"fit|needs"):
        coerced(value, kind)


def test_a_nan_equals_a_nan_and_nothing_else() -> None:
    assert equal(math.nan, math.nan)
    assert not equal(math.nan, 0.0)
    assert equal(1, 1.0)


def test_numbers_that_json_lacks_are_shown_as_text() -> None:
    assert [shown(value) for value in (math.nan, -math.inf, 1.5, 3)] == ["nan", "-inf", 1.5, 3]
