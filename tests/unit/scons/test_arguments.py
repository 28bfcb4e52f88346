"""NAME=VALUE words of the command line."""

from __future__ import annotations

import pytest

from wasip1_build.findings import Failure
from wasip1_build.scons.arguments import locked_argument, prefixed_profile, profile_argument


def test_the_profile_is_release_unless_it_is_said() -> None:
    assert profile_argument({}) == "release"
    assert profile_argument({"PROFILE": "dev"}) == "dev"
    assert prefixed_profile({"PROFILE": "another build's own", "WASIP1_PROFILE": "dev"}) == "dev"
    assert prefixed_profile({"PROFILE": "another build's own"}) == "release"


@pytest.mark.parametrize(("word", "fix"), [("PROFIL", "did you mean PROFILE=?"), ("Q", "known: ")])
def test_an_argument_that_would_do_nothing_is_refused(word: str, fix: str) -> None:
    with pytest.raises(Failure) as caught:
        profile_argument({word: "dev"})
    assert fix in caught.value.findings[0].fix


def test_locked_is_said_by_one() -> None:
    assert locked_argument({"LOCKED": "1"}, ())
    assert not locked_argument({}, ())
    assert not locked_argument({"LOCKED": "0"}, ("grants",))
    assert not locked_argument({"LOCKED": "another build's own"}, (), "WASIP1_LOCKED", "w-")
    assert locked_argument({"WASIP1_LOCKED": "1"}, ("grants",), "WASIP1_LOCKED", "w-")


@pytest.mark.parametrize("value", ["true", "yes", ""])
def test_a_value_that_would_lock_nothing_is_refused(value: str) -> None:
    with pytest.raises(Failure) as caught:
        locked_argument({"LOCKED": value}, ())
    assert caught.value.findings[0].fix == "write LOCKED=1"


def test_to_accept_and_to_refuse_at_once_is_refused() -> None:
    with pytest.raises(Failure) as caught:
        locked_argument({"LOCKED": "1"}, ("grants",))
    assert "LOCKED=1 with `scons grants`" in caught.value.findings[0].what
    with pytest.raises(Failure):
        locked_argument({"WASIP1_LOCKED": "1"}, ("w-grants",), "WASIP1_LOCKED", "w-")
