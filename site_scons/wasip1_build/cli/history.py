"""`wasip1 history`: how large was an artifact over the commits, and which of them moved it?"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wasip1_build.cli.git import Repository, Step, find_repository
from wasip1_build.cli.where import add_workspace_choice, from_here, workspace_root
from wasip1_build.dataclass import dataclass
from wasip1_build.files import json_bytes
from wasip1_build.findings import Failure, failure
from wasip1_build.measure.moved import moved
from wasip1_build.plan import ledger_file
from wasip1_build.report.console import style_of
from wasip1_build.report.history import Point, history_record, history_text
from wasip1_build.spec.cached import load_workspace
from wasip1_build.spec.model import Artifact
from wasip1_build.spec.select import select_one
from wasip1_build.spec.sizes_file import Accepted, Ledger, parsed, read_ledger

RULE = "history"
WHY_ONE = "the history that is told is that of one artifact"
WORKING = ""  # the commit of what is on disk


def add(subparsers: Any) -> None:
    """Adds the subcommand's parser."""
    parser = subparsers.add_parser(
        "history",
        help="show an artifact's accepted sizes over the commits, and which of them moved it",
        description="Reads the past of wasip1.sizes.json from git; nothing is built or fetched.",
    )
    parser.add_argument("artifact", metavar="ARTIFACT", help="NAME or DIR:NAME, as for scons")
    parser.add_argument(
        "--form", default="wasm", help='"wasm" (default), "br", "gz" or "cwasm TARGET"'
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_workspace_choice(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the history. 0; raises Failure where there is none."""
    root, file = workspace_root(arguments)
    workspace = load_workspace(root, file)
    artifact = select_one(workspace, arguments.artifact, from_here(root), WHY_ONE)
    past = Past.of(root, ledger_file(workspace, artifact), artifact)
    points = past.points()
    _require_some(points, past, arguments.form)
    notes = tuple(past.notes(points))
    if arguments.json:
        record = history_record(artifact.id, arguments.form, points, notes)
        sys.stdout.buffer.write(json_bytes(record))
    else:
        style = style_of(sys.stdout, os.environ)
        sys.stdout.write(history_text(artifact.name, arguments.form, points, notes, style))
    return 0


@dataclass(frozen=True)
class Past:
    """A ledger on disk and in git, and the artifact of it that is asked for."""

    repository: Repository
    path: str  # from the top of the repository
    ledger: Ledger  # on disk
    artifact: Artifact

    @staticmethod
    def of(root: Path, file: str, artifact: Artifact) -> Past:
        """Raises Failure where there is no repository, or never was such a file."""
        repository = find_repository(root, "the past of the ledger is what git has of it")
        place = os.path.relpath(os.path.realpath(root / file), repository.top)
        return Past(repository, Path(place).as_posix(), read_ledger(root / file, file), artifact)

    def points(self) -> tuple[Point, ...]:
        """Where the artifact was accepted otherwise than before, the oldest first, with what is on
        disk at the end where that is not committed."""
        if not self.repository.has_commits:
            return tuple(self._working(None))
        steps = list(self.repository.history(self.path))
        read = self._read(steps)
        found = [point for step in reversed(steps) for point in self._point(step, read)]
        head = self.repository.object_of("HEAD", self.path)
        return (*found, *self._working(read.get(head) if head else None))

    def notes(self, points: tuple[Point, ...]) -> Iterator[str]:
        """What there is to know of how much is told."""
        if self.ledger.damage:
            yield f"{self.ledger.file} on disk {self.ledger.damage.what}: it is not shown"
        if self.repository.is_shallow:
            yield (
                "history ends at the first commit above: this is a shallow clone "
                "(git fetch --unshallow has the rest)"
            )
        if all(point.commit == WORKING for point in points):
            yield f"{self.ledger.file} is not committed yet: its history begins when it is"

    def _read(self, steps: list[Step]) -> dict[str, Accepted | None]:
        """What each object says of the artifact; None where it says nothing that can be read."""
        objects = {name for step in steps for name in (*step.before, step.after) if name}
        if head := self.repository.object_of("HEAD", self.path):
            objects.add(head)
        names = sorted(objects)
        contents = self.repository.contents(names)
        return {
            name: parsed(data, self.path).artifacts.get(self.artifact.name)
            for name, data in zip(names, contents, strict=True)
        }

    def _point(self, step: Step, read: dict[str, Accepted | None]) -> Iterator[Point]:
        before, *others = map(read.get, step.before)
        after = read.get(step.after)
        if after in (before, *others):
            return  # of a merge: a commit of one of its sides has told it
        is_cut = step.is_first and self.repository.is_shallow
        difference = None if after is None else moved(before, after)
        yield Point(step.commit, step.date, step.subject, after, difference, is_cut)

    def _working(self, head: Accepted | None) -> Iterator[Point]:
        now = self.ledger.artifacts.get(self.artifact.name)
        if now is not None and now != head:
            yield Point(WORKING, "", "not committed", now, moved(head, now))


def _require_some(points: tuple[Point, ...], past: Past, form: str) -> None:
    """Raises Failure where nothing is known of the artifact, or of this form of it."""
    if not points:
        raise _nothing(past)
    forms = {name for point in points if point.accepted for name in point.accepted.size_bytes}
    if form not in forms:
        raise failure(
            RULE,
            f"no accepted size of {past.artifact.id} is one of {form}",
            why=f"there are sizes of {', '.join(sorted(forms))}",
            fix=f'wasip1 history {past.artifact.name} --form "{sorted(forms)[-1]}"',
        )


def _nothing(past: Past) -> Failure:
    file = past.ledger.file
    if past.ledger.damage:
        what, why = f"{file} {past.ledger.damage.what}", past.ledger.damage.why
    elif past.ledger.is_there:
        what, why = f"{file} does not have {past.artifact.name}", "it was never accepted"
    else:
        what, why = f"there is no {file}", "no sizes were ever accepted"
    return failure(RULE, what, why=why, fix="`scons sizes` accepts the sizes of today; commit it")
