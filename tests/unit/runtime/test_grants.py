"""What a guest is given in a check, and what a check may not give it."""

from __future__ import annotations

from wasip1_build.runtime.grants import arguments, environment, not_granted, stdin_of
from wasip1_build.spec.model import Check, Grants, Invoke


def test_a_checks_own_arguments_replace_the_granted_ones() -> None:
    grants = Grants(args=("--granted",))
    assert arguments("a", grants, Check("c")) == ("a", "--granted")
    assert arguments("a", grants, Check("c", args=())) == ("a",)
    assert arguments("a", grants, None) == ("a", "--granted")


def test_inherited_variables_are_unset_unless_the_check_sets_them() -> None:
    grants = Grants(env={"B": "2"}, env_inherit=("TZ", "HOME"))
    assert environment(grants, Check("c"), None, None) == (("B", "2"),)
    given = environment(grants, Check("c", env={"TZ": "UTC", "X": "1"}), None, None)
    assert given == (("B", "2"), ("TZ", "UTC"))


def test_gogc_and_the_memory_limit_are_variables_of_the_guest() -> None:
    assert environment(Grants(), None, "50", 1 << 20) == (
        ("GOGC", "50"),
        ("GOMEMLIMIT", "1048576B"),
    )


def test_stdin_needs_a_grant_and_an_input() -> None:
    given = Check("c", stdin="")
    assert stdin_of(Grants(stdin=True), given)
    assert not stdin_of(Grants(), given)
    assert not stdin_of(Grants(stdin=True), Check("c"))


def test_what_a_check_gives_without_a_grant_is_found() -> None:
    check = Check("c", env={"A": "1"}, stdin_file="in", invoke=Invoke("run"))
    assert [finding.key for finding in not_granted(Grants(), check)] == [
        "check.c.stdin-file",
        "check.c.env",
        "check.c.invoke",
    ]
    assert not_granted(Grants(env_inherit=("A",), stdin=True), check, ("run",)) == ()
