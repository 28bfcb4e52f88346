"""A workspace under git, whose branches are what earlier edits left."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from project import Project


@dataclass(frozen=True)
class Branches:
    """The real git, with no settings of this machine's user."""

    project: Project

    def start(self) -> None:
        """Everything as it is becomes the first commit of the branch b0."""
        self._git("init", "-q", "-b", "b0")
        self._commit()

    def branch(self) -> str:
        """Commits what there is on a branch of its own."""
        name = f"b{len(self._names())}"
        self._git("switch", "-q", "-c", name)
        self._commit()
        return f"git switch -c {name}; git commit"

    def switch(self, at: random.Random) -> str:
        """Goes to any branch, with nothing left behind."""
        self._commit()
        name = at.choice(self._names())
        self._git("switch", "-q", name)
        return f"git commit; git switch {name}"

    def stash(self, between: Callable[[], object]) -> str:
        """Puts everything away that is not committed, and after `between` takes it back."""
        if not self._git("status", "--porcelain"):
            return "nothing to stash"
        self._git("stash", "-q", "-u")
        between()
        self._git("stash", "pop", "-q")
        return "git stash -u; a build; git stash pop"

    def _names(self) -> list[str]:
        return self._git("branch", "--format=%(refname:short)").split()

    def _commit(self) -> None:
        self._git("add", "-A")
        self._git("commit", "-q", "--allow-empty", "-m", "as it is")

    def _git(self, *words: str) -> str:
        names = [
            f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        ]
        settings = dict.fromkeys(("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"), "/dev/null")
        return subprocess.run(
            ["git", *words],
            cwd=self.project.root,
            env=self.project.environment(dict.fromkeys(names, "anyone") | settings),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
