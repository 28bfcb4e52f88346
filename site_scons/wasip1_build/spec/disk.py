"""What a spec's rules ask of the file system, remembered so that it can be asked again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Question = Literal["file", "directory", "real", "go"]
Answers = Mapping[tuple[Question, str], bool | str]

GO_FILES = frozenset({"go.mod", "go.sum", "go.work", "go.work.sum"})


class Disk:
    """The workspace's directory, asked only for what is there, never for content.

    Paths are relative to the root, or absolute. A spec that was read is still the right one only
    while every answer is what it was: `same_as` asks all of them again.
    """

    def __init__(self, root: Path) -> None:
        self.root = os.path.abspath(root)
        self._real: dict[str, str] = {}
        self.answers: dict[tuple[Question, str], bool | str] = {}

    def is_file(self, path: str) -> bool:
        """Whether there is a file, or a link to one."""
        return bool(self._ask("file", path))

    def is_directory(self, path: str) -> bool:
        """Whether there is a directory, or a link to one."""
        return bool(self._ask("directory", path))

    def real(self, path: str) -> str:
        """The absolute path behind all links, also where nothing is there."""
        return str(self._ask("real", path))

    def holds_go(self, path: str) -> str:
        """The first Go source or module file at or below a directory; "" where there is none."""
        return str(self._ask("go", path))

    def inside(self, path: str) -> bool:
        """Whether a path stays in the workspace, links followed."""
        return below(self.real(path), self.real("."))

    def same_as(self, answers: Answers) -> bool:
        """Whether the file system still answers all of this."""
        return all(self._ask(*question) == answer for question, answer in answers.items())

    def _ask(self, question: Question, path: str) -> bool | str:
        known = self.answers.get((question, path))
        if known is None:
            known = self.answers[(question, path)] = self._look(question, path)
        return known

    def _look(self, question: Question, path: str) -> bool | str:
        full = os.path.join(self.root, path)
        if question == "file":
            return os.path.isfile(full)
        if question == "directory":
            return os.path.isdir(full)
        if question == "real":
            return self._resolved(os.path.normpath(full))
        return _first_go_file(full)

    def _resolved(self, full: str) -> str:
        """os.path.realpath, with one look at each directory that many paths share."""
        known = self._real.get(full)
        if known is None:
            parent, name = os.path.split(full)
            known = os.path.join(self._resolved(parent), name) if name else full
            if os.path.islink(known):
                known = os.path.realpath(known)
            self._real[full] = known
        return known


def below(path: str, directory: str) -> bool:
    """Whether a normalized path is the directory, or lies below it."""
    return path == directory or path.startswith(directory.rstrip("/") + "/") or directory == "."


def _first_go_file(directory: str) -> str:
    for folder, folders, files in os.walk(directory):
        folders.sort()
        for name in sorted(files):
            if name.endswith(".go") or name in GO_FILES:
                return os.path.relpath(os.path.join(folder, name), directory)
    return ""
