"""The NAME=VALUE words of `scons bench`: what they are, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from wasip1_build.findings import Failure
from wasip1_build.scons.bench import budget_of, rounds_of, runtimes_of

Read = Callable[[Mapping[str, str]], Any]


def test_what_is_not_given_has_a_default() -> None:
    assert budget_of({}) == 180.0
    assert rounds_of({}) == 20
    assert rounds_of({"BASE": "x"}) == 40
    assert runtimes_of({}) == ()


def test_what_is_given_is_taken() -> None:
    assert budget_of({"BUDGET": "2m"}) == 120.0
    assert rounds_of({"ROUNDS": "7", "BASE": "x"}) == 7
    assert runtimes_of({"RUNTIME": "node,wasmtime,node,native"}) == ("node", "wasmtime", "native")


@pytest.mark.parametrize(
    ("read", "name", "value", "said"),
    [
        (budget_of, "BUDGET", "soon", "BUDGET=soon: not a duration"),
        (budget_of, "BUDGET", "0s", "BUDGET=0s leaves no time"),
        (rounds_of, "ROUNDS", "0", "ROUNDS=0 is no number from 1"),
        (rounds_of, "ROUNDS", "2.5", "ROUNDS=2.5 is no number"),
        (rounds_of, "ROUNDS", "\u0663", "is no number"),
        (runtimes_of, "RUNTIME", "v8", "RUNTIME=v8: no such runtime"),
    ],
)
def test_what_is_no_such_thing_is_refused(read: Read, name: str, value: str, said: str) -> None:
    with pytest.raises(Failure) as caught:
        read({name: value})
    assert said in str(caught.value)
    assert "fix: " in str(caught.value)
