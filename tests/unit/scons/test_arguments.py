"""NAME=VALUE words of the command line."""

from __future__ import annotations

import pytest

from wasip1_build.findings import Failure
from wasip1_build.scons.arguments import prefixed_profile, profile_argument


def test_the_profile_is_release_unless_it_is_said() -> None:
    assert profile_argument({}) == "release"
    assert profile_argument({"PROFILE": "dev"}) == "dev"
    assert prefixed_profile({"PROFILE": "another build's own", "WASIP1_PROFILE": "dev"}) == "dev"
    assert prefixed_profile({"PROFILE": "another build's own"}) == "release"


@pytest.mark.parametrize(("word", "fix"), [("PROFIL", "did you mean PROFILE=?"), ("X", "known: ")])
def test_an_argument_that_would_do_nothing_is_refused(word: str, fix: str) -> None:
    with pytest.raises(Failure) as caught:
        profile_argument({word: "dev"})
    assert fix in caught.value.findings[0].fix
