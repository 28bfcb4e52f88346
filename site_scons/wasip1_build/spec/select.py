"""Which artifacts a word on the command line means."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from wasip1_build.findings import Failure, failure
from wasip1_build.spec.disk import below
from wasip1_build.spec.model import Artifact, Workspace
from wasip1_build.spec.suggest import did_you_mean

RULE = "unknown-artifact"


def select(workspace: Workspace, word: str, cwd_dir: str = ".") -> tuple[Artifact, ...]:
    """The artifacts that a word names: NAME, DIR:NAME, or DIR or DIR/ for all at or below it.

    `cwd_dir` is the directory, relative to the root, in which the word was typed; a DIR is looked
    for from there and then from the root. Raises Failure where nothing is declared there, or a
    NAME means several.
    """
    if ":" in word:
        directory, _, name = word.rpartition(":")
        found = _first(_named(workspace, name, place) for place in _places(directory, cwd_dir))
    else:
        found = () if "/" in word else tuple(a for a in workspace.artifacts if a.name == word)
        if len(found) > 1:
            raise _ambiguous(word, found)
        found = found or _first(_under(workspace, place) for place in _places(word, cwd_dir))
    if not found:
        raise _nothing(workspace, word)
    return found


def select_one(workspace: Workspace, word: str, here: str, why: str) -> Artifact:
    """The one artifact that a word means; `why` says why it must be one. Raises Failure."""
    found = select(workspace, word, here)
    if len(found) != 1:
        raise failure(
            "argument",
            f"{word} means {len(found)} artifacts",
            why=why,
            fix=f"name one: {', '.join(each.id for each in found)}",
        )
    return found[0]


def _first(choices: Iterable[tuple[Artifact, ...]]) -> tuple[Artifact, ...]:
    return next((found for found in choices if found), ())


def _places(directory: str, cwd_dir: str) -> tuple[str, ...]:
    """What a directory can mean, best first."""
    written = directory or "."
    return (
        posixpath.normpath(posixpath.join(cwd_dir, written)),
        posixpath.normpath(written),
    )


def _named(workspace: Workspace, name: str, directory: str) -> tuple[Artifact, ...]:
    return tuple(a for a in workspace.artifacts if (a.directory, a.name) == (directory, name))


def _under(workspace: Workspace, directory: str) -> tuple[Artifact, ...]:
    return tuple(a for a in workspace.artifacts if below(a.directory, directory))


def _ambiguous(word: str, found: tuple[Artifact, ...]) -> Failure:
    return failure(
        "ambiguous-artifact",
        f'"{word}" names {len(found)} artifacts',
        fix="write one of " + ", ".join(sorted(artifact.id for artifact in found)),
    )


def _upwards(directory: str) -> tuple[str, ...]:
    """A directory and those around it, without the root."""
    parts = directory.split("/")
    return tuple("/".join(parts[:n]) for n in range(1, len(parts) + 1) if directory != ".")


def _nothing(workspace: Workspace, word: str) -> Failure:
    artifacts = workspace.artifacts
    known = {
        *(artifact.name for artifact in artifacts),
        *(artifact.id for artifact in artifacts),
        *(directory for artifact in artifacts for directory in _upwards(artifact.directory)),
    }
    listed = ", ".join(sorted(artifact.id for artifact in artifacts)) or "no artifact is declared"
    return failure(
        RULE,
        f'no artifact is declared at "{word}"',
        why="a word names an artifact (NAME or DIR:NAME) or a directory with artifacts below it",
        fix=did_you_mean(word, known, f"declared: {listed}"),
    )
