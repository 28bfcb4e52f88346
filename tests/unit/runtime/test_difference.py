"""Differences of outputs: short, and safe to print."""

from __future__ import annotations

from wasip1_build.runtime.difference import difference, excerpt


def test_equal_outputs_have_no_difference() -> None:
    assert difference(b"a\n", b"a\n") == ""


def test_texts_are_shown_as_a_diff() -> None:
    shown = difference(b"one\ntwo\nthree\n", b"one\nTWO\nthree\n")
    assert shown.splitlines() == ["--- expected", "+++ got", " one", "-two", "+TWO", " three"]


def test_a_missing_last_newline_is_said() -> None:
    assert "+one (no newline at the end)" in difference(b"one\n", b"one")


def test_a_diff_is_at_most_sixty_lines_of_two_hundred_characters() -> None:
    got = "".join(f"{number} {'x' * 500}\n" for number in range(1000))
    lines = difference(b"", got.encode()).splitlines()
    assert len(lines) == 60
    assert max(map(len, lines)) == 200
    assert lines[-1].startswith("... ")


def test_a_difference_late_in_a_long_text_is_found() -> None:
    same = b"".join(b"%d\n" % number for number in range(100_000))
    shown = difference(same + b"old\n", same + b"new\n")
    assert " (the first 99997 lines are equal)" in shown
    assert "-old\n+new" in shown


def test_a_difference_late_in_a_long_line_is_shown() -> None:
    shown = difference(b"x" * 5000 + b"old", b"x" * 5000 + b"new")
    assert "line 1 differs at column 5001:" in shown
    assert "xold" in shown


def test_what_moves_the_cursor_or_colours_is_escaped() -> None:
    shown = difference(b"", b"\x1b[31mred\r\x07\n")
    assert "+\\x1b[31mred\\r\\x07" in shown
    assert "\x1b" not in excerpt(b"\x1b[2J") + shown


def test_binaries_are_shown_from_the_first_byte_that_differs() -> None:
    same = bytes(range(256)) * 1000
    shown = difference(same + b"\x00old", same + b"\x00new")
    assert shown.startswith("first difference at byte 256001; expected 256004 bytes, got 256004")
    assert "  0003e800  00 6f 6c 64" in shown


def test_a_binary_that_ends_early_is_said() -> None:
    shown = difference(b"\0" * 16, b"")
    assert shown.splitlines()[0] == "first difference at byte 0; expected 16 bytes, got 0"
    assert shown.endswith("got:\n  (ends here)")


def test_an_excerpt_is_the_last_lines() -> None:
    assert excerpt(b"1\n2\n3\n", lines=2) == "2\n3"


def test_a_flood_of_output_is_compared_at_once() -> None:
    shown = difference(b"x", b"\x1b" * (16 << 20))
    assert len(shown) < 1000
    assert shown.splitlines()[3].startswith("+\\x1b\\x1b")
