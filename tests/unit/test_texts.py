"""What untrusted text can do to a terminal, and that it does not."""

import os

import pytest

from wasip1_build.texts import escaped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain: ünïcode 漢", "plain: ünïcode 漢"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("right \u202e to left", "right \\u202e to left"),
        (os.fsdecode(b"caf\xe9"), "caf\\xe9"),
        ("half a pair \ud800", "half a pair \\ud800"),
    ],
)
def test_what_does_not_print_is_written_as_an_escape(text: str, shown: str) -> None:
    assert escaped(text) == shown
    assert escaped(text).isprintable()


def test_what_is_to_be_kept_is_kept() -> None:
    assert escaped("a\n\tb\r", keep="\n\t") == "a\n\tb\\r"
