"""Is what a test program prints understood: which test said what, and how it ended?"""

from __future__ import annotations

from wasip1_build.runtime.go_test_output import failures, first_position, parse, placed, plain

PRINTED = (
    "\x16=== RUN   TestA\n"
    "    a_test.go:5: hi\n"
    "no end of line\x16--- PASS: TestA (0.25s)\n"
    "\x16=== NAME  \n"
    "\x16=== RUN   TestB\n"
    "\x16=== RUN   TestB/sub\n"
    "\x0f    a_test.go:9: bad\x0e\n"
    "\x16--- FAIL: TestB/sub (0.00s)\n"
    "\x16=== NAME  TestB\n"
    "\x16=== RUN   TestB/later\n"
    "\x16=== PAUSE TestB/later\n"
    "between\n"
    "\x16=== CONT  TestB/later\n"
    "    a_test.go:12: not now\n"
    "\x16--- SKIP: TestB/later (0.00s)\n"
    "\x16--- FAIL: TestB (0.01s)\n"
    "\x16=== NAME  \n"
    "--- PASS: TestC (9.99s)\n"  # which a test printed itself
    "\x16=== RUN   TestD\n"
    "panic: oh\n\nexample.com/m/p.TestD(0x1)\n\texample.com/m/p/a_test.go:20 +0x5\n"
)


def test_each_test_has_its_end_its_time_and_its_output() -> None:
    tests = parse(PRINTED).tests
    assert {name: test.status for name, test in tests.items()} == {
        "TestA": "pass",
        "TestB": "fail",
        "TestB/sub": "fail",
        "TestB/later": "skip",
        "TestD": "unfinished",
    }
    assert tests["TestA"].duration_ns == 250_000_000
    assert tests["TestA"].output == "    a_test.go:5: hi\nno end of line"
    assert tests["TestB/later"].output == "    a_test.go:12: not now\n"


def test_output_without_marks_is_understood_as_well() -> None:
    text = (
        "=== RUN   TestA\n    a_test.go:5: hi\n--- PASS: TestA (0.01s)\n=== RUN   TestB\npanic: x\n"
    )
    found = parse(text)
    assert [(t.name, t.status) for t in found.tests.values()] == [
        ("TestA", "pass"),
        ("TestB", "unfinished"),
    ]
    assert found.tests["TestB"].output == "panic: x\n"


def test_failures_are_shown_as_go_test_shows_them() -> None:
    shown = failures(parse(PRINTED))
    assert (
        "--- FAIL: TestB (0.01s)\n    --- FAIL: TestB/sub (0.00s)\n        a_test.go:9: bad"
        in shown
    )
    assert "--- RUNNING: TestD (0.00s)\npanic: oh\n" in shown
    assert "hi" not in shown and "not now" not in shown
    assert "between\n--- PASS: TestC (9.99s)\n" in shown


def test_marks_are_not_shown() -> None:
    shown = plain(PRINTED)
    assert not set("\x0e\x0f\x16") & set(shown)
    assert "no end of line--- PASS: TestA (0.25s)\n=== RUN   TestB\n" in shown


def test_files_of_the_package_are_named_from_the_top() -> None:
    text = failures(parse(PRINTED))
    shown = placed(text, "example.com/m/p", "x/p", frozenset({"a_test.go"}))
    assert "        x/p/a_test.go:9: bad" in shown
    assert "\tx/p/a_test.go:20 +0x5" in shown
    assert first_position(shown, "x/p") == ("x/p/a_test.go", 9)
    assert first_position(shown, "x") is None
    foreign = "\ttesting/testing.go:5 +1\n    b_test.go:3: other\n"
    assert placed(foreign, "example.com/m/p", "x/p", frozenset({"a_test.go"})) == foreign


def test_anything_can_be_printed() -> None:
    for text in (
        "",
        "\x16",
        "\x16\x16\n",
        "\x16=== RUN\n",
        "\x16--- PASS: (0s)\n",
        "\r\n\x16PASS\r\n",
    ):
        parse(text), plain(text), failures(parse(text))
