"""How sizes are shown, and how they are written into a spec."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasip1_build.spec.values import size_bytes
from wasip1_build.units import exact_size, human_size, spec_size, with_headroom

SIZES = st.integers(min_value=0, max_value=1 << 40)


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.00 KiB"),
        (536_117, "524 KiB"),
        (1_048_000, "1023 KiB"),
        (1_048_575, "1.00 MiB"),
        (2_426_797, "2.31 MiB"),
        (10_480_000, "9.99 MiB"),
        (10_485_759, "10.0 MiB"),
        (104_857_599, "100 MiB"),
        (5 << 30, "5.00 GiB"),
    ],
)
def test_a_size_is_shown_with_its_unit_and_three_digits(size: int, shown: str) -> None:
    assert human_size(size) == shown


def test_an_exact_size_is_shown_to_the_byte_and_at_a_glance() -> None:
    assert exact_size(2_426_797) == "2,426,797 B (2.31 MiB)"
    assert exact_size(812) == "812 B"


@pytest.mark.parametrize(
    ("size", "written"),
    [
        (0, "0B"),
        (7_391, "7400B"),
        (563_000, "550KiB"),
        (2_548_137, "2490KiB"),
        (123 << 20, "123MiB"),
    ],
)
def test_a_size_for_the_spec_is_readable(size: int, written: str) -> None:
    assert spec_size(size) == written


@given(SIZES)
def test_a_size_for_the_spec_is_read_as_no_less_and_hardly_more(size: int) -> None:
    assert size <= size_bytes(spec_size(size)) <= size * 1.02 + 1


@given(SIZES)
def test_headroom_is_never_rounded_away(size: int) -> None:
    assert with_headroom(size, 5) * 100 >= size * 105
