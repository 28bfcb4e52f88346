"""`scons grants`, and what a build says where capabilities are not as that has accepted them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import SCons.Action
import SCons.Errors
import SCons.Script

from wasip1_build.dataclass import dataclass
from wasip1_build.files import write_atomically
from wasip1_build.findings import Failure, Finding, Location, Severity, has_errors
from wasip1_build.scons.action import FAILED, show
from wasip1_build.scons.arguments import GRANTS
from wasip1_build.scons.declared import Declared
from wasip1_build.spec.grants_file import FILE, Review, grants_text
from wasip1_build.spec.model import Workspace


def review(env: Any, declared: Declared, *, locked: bool, prefix: str = "") -> Declared:
    """Compares the capabilities with those that were accepted; the word `grants` after `prefix`
    accepts them.

    What is returned has the differences in workspace.findings: warnings, and errors with `locked`.
    """
    word = prefix + GRANTS
    root, workspace = declared.context.root, declared.workspace
    if word in SCons.Script.COMMAND_LINE_TARGETS:
        changes = tuple(_changes(root, workspace))
        alias = env.Alias(word, [], Accepting(changes, root) if changes else None)
        if changes:
            env.AlwaysBuild(alias)
        return replace(declared, accepts=bool(changes))
    if any(SCons.Script.GetOption(name) for name in ("clean", "help")):
        return declared
    severity = Severity.ERROR if locked else Severity.WARNING
    found = tuple(_findings(root, workspace, severity, f"scons {word}"))
    return replace(declared, workspace=replace(workspace, findings=found)) if found else declared


def require_accepted(declared: Declared) -> None:
    """Raises Failure where LOCKED=1 makes the differences errors."""
    if has_errors(declared.workspace.findings):
        raise Failure(declared.workspace.findings)


def _findings(
    root: Path, workspace: Workspace, severity: Severity, command: str
) -> Iterator[Finding]:
    for spec in workspace.files:
        review = Review(spec, severity, command)
        now = workspace.capabilities.get(spec, ())
        try:
            data = _read(root / review.file)
        except OSError as error:
            yield review.unreadable(error.strerror or str(error))
            continue
        if data is not None:
            yield from review.findings(data, now)
        elif now and severity is Severity.ERROR:
            yield review.missing()


def _read(path: Path) -> bytes | None:
    """None where there is no such file. Raises OSError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


@dataclass(frozen=True)
class Change:
    """A file that is not what would be accepted now; without `data` it has nothing to say any more.

    `said` are the lines that come and go.
    """

    file: str
    data: bytes | None
    said: tuple[str, ...]


def _changes(root: Path, workspace: Workspace) -> Iterator[Change]:
    for spec in workspace.files:
        now = workspace.capabilities.get(spec, ())
        review = Review(spec)
        try:
            before = _read(root / review.file)
        except OSError:
            before = b""  # of what is in its place, writing says what is wrong
        data = grants_text(spec, now) if now else None
        if before != data:
            old = {each.line for each in review.read(before or b"")[0]}
            new = {each.line for each in now}
            gone, come = sorted(old - new), sorted(new - old)
            said = (*(f"- {line}" for line in gone), *(f"+ {line}" for line in come))
            yield Change(review.file, data, said)


class Accepting(SCons.Action.FunctionAction):  # type: ignore[misc]
    """Writes each file that is to change, and removes one whose artifacts are gone."""

    def __init__(self, changes: tuple[Change, ...], root: Path) -> None:
        super().__init__(_no_function, {})
        self.changes = changes
        self.root = root

    def get_presig(self, target: Any, source: Any, env: Any, executor: Any = None) -> bytes:
        """The same always: it is run wherever there is a change."""
        return b"accept"

    def genstring(self, target: Any, source: Any, env: Any, executor: Any = None) -> str:
        """The same text, where --debug=explain tells of a changed action."""
        return self.strfunction(target, source, env)

    def strfunction(self, target: Any, source: Any, env: Any, executor: Any = None) -> str:
        """Each file, with the lines that come and go."""
        return "\n".join(
            line
            for each in self.changes
            for line in (f"grants     {each.file}", *(f"  {line}" for line in each.said))
        )

    def execute(self, target: Any, source: Any, env: Any, executor: Any = None) -> Any:
        """A BuildError of status 2 where a file cannot be written; the others are, nonetheless."""
        failed = [finding for each in self.changes for finding in self._accept(each)]
        if not failed:
            return 0
        show(failed, self.root)
        why = "grants failed (see above)"
        return SCons.Errors.BuildError(target[0], why, status=FAILED, exitstatus=FAILED)

    def _accept(self, change: Change) -> Iterator[Finding]:
        try:
            if change.data is None:
                (self.root / change.file).unlink()
            else:
                write_atomically(self.root / change.file, change.data)
        except OSError as error:
            yield Finding(
                FILE,
                Severity.ERROR,
                f"{change.file} cannot be written: {error.strerror or error}",
                "what is granted is not accepted there",
                "remove what is in the way, or correct its permissions",
                Location(change.file),
            )


def _no_function(target: Any, source: Any, env: Any) -> None:
    raise AssertionError("Accepting.execute writes the files")
