"""A word on the command line finds the artifacts that a user means by it."""

from __future__ import annotations

import pytest

from wasip1_build.findings import Failure
from wasip1_build.spec.model import Artifact, Toolchain, Workspace
from wasip1_build.spec.select import select

IDS = (".:top", "examples/a:hello", "examples/a:filter", "examples/b:hello", "examples-x:other")


@pytest.fixture
def workspace() -> Workspace:
    artifacts = tuple(
        Artifact(name=name, directory=directory, package=".")
        for directory, name in (text.split(":") for text in IDS)
    )
    return Workspace("build", "release", Toolchain(), artifacts, {}, ("wasip1.toml",))


@pytest.mark.parametrize(
    ("word", "cwd", "expected"),
    [
        ("filter", ".", {"examples/a:filter"}),
        ("filter", "examples/b", {"examples/a:filter"}),
        ("examples/a:hello", ".", {"examples/a:hello"}),
        ("./examples/a/:hello", ".", {"examples/a:hello"}),
        ("a:hello", "examples", {"examples/a:hello"}),
        ("examples/a:hello", "examples", {"examples/a:hello"}),
        (".:top", ".", {".:top"}),
        (":top", ".", {".:top"}),
        ("examples", ".", {"examples/a:hello", "examples/a:filter", "examples/b:hello"}),
        ("examples/", ".", {"examples/a:hello", "examples/a:filter", "examples/b:hello"}),
        ("./examples//a/", ".", {"examples/a:hello", "examples/a:filter"}),
        ("..", "examples/a", {"examples/a:hello", "examples/a:filter", "examples/b:hello"}),
        ("../..", "examples/a", set(IDS)),
        ("../b", "examples/a", {"examples/b:hello"}),
        (".", "examples/b", {"examples/b:hello"}),
        (".", ".", set(IDS)),
        ("a", "examples", {"examples/a:hello", "examples/a:filter"}),
    ],
)
def test_a_word_finds(workspace: Workspace, word: str, cwd: str, expected: set[str]) -> None:
    assert {artifact.id for artifact in select(workspace, word, cwd)} == expected


def test_a_name_of_several_artifacts_lists_them(workspace: Workspace) -> None:
    with pytest.raises(Failure) as caught:
        select(workspace, "hello")
    assert str(caught.value) == (
        'error: "hello" names 2 artifacts [ambiguous-artifact]\n'
        "  fix: write one of examples/a:hello, examples/b:hello"
    )


@pytest.mark.parametrize(
    ("word", "meant"),
    [("filtr", "filter"), ("exmples", "examples"), ("examples/a:helo", "examples/a:hello")],
)
def test_a_word_that_finds_nothing_is_told_what_was_meant(
    workspace: Workspace, word: str, meant: str
) -> None:
    with pytest.raises(Failure) as caught:
        select(workspace, word)
    assert f'no artifact is declared at "{word}"' in str(caught.value)
    assert f'did you mean "{meant}"?' in str(caught.value)


def test_a_word_like_nothing_lists_what_is_declared(workspace: Workspace) -> None:
    with pytest.raises(Failure, match=r"declared: \.:top, examples-x:other"):
        select(workspace, "zzzzzz")


def test_a_directory_is_not_found_by_a_part_of_its_name(workspace: Workspace) -> None:
    with pytest.raises(Failure):
        select(workspace, "exam/")
