"""Which flags of go test are passed on to a test program, and what is said of the others?"""

from __future__ import annotations

import pytest

from wasip1_build.findings import Failure
from wasip1_build.steps.test_flags import flags_of_go, read_flags


def test_flags_are_translated_as_go_test_does() -> None:
    flags = read_flags("-run 'A b' -v -count 2 --short -test.cpu=1,2 -args -x y")
    assert flags.flags == (
        *("-test.run=A b", "-test.count=2", "-test.short", "-test.cpu=1,2"),
        *("-x", "y"),
    )
    assert (flags.verbose, flags.again) == (True, True)
    assert read_flags("").flags == ()
    assert not read_flags("-v=false").verbose


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-timeout 5s", "set test.timeout"),
        ("-tags x", "set tags, define or go-flags"),
        ("-run", "-run has no value"),
        ("-race", "-race is no flag of a Go test program"),
        ("./...", "is no flag"),
        ("'-run", "close every quote"),
    ],
)
def test_what_is_not_passed_on_is_refused(text: str, said: str) -> None:
    with pytest.raises(Failure, match=said):
        read_flags(text)


def test_go_ends_tests_a_little_earlier_than_we_do() -> None:
    assert flags_of_go(30.0)[-1] == "-test.timeout=28000ms"
    assert flags_of_go(2.0)[-1] == "-test.timeout=1800ms"
