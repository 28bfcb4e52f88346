"""`scons sizes`: accepts the sizes of what passes, in the wasip1.sizes.json beside each spec."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Any

import SCons.Action
import SCons.Script

from wasip1_build.dataclass import dataclass
from wasip1_build.files import write_atomically
from wasip1_build.findings import Failure, Finding, Location, Severity, failure
from wasip1_build.measure.moved import Moved
from wasip1_build.measure.size_ledger import ledger_with, measured
from wasip1_build.planned import PlannedArtifact
from wasip1_build.report.console import printable, style_of
from wasip1_build.report.moved import moved_lines
from wasip1_build.report.summary import summarize
from wasip1_build.scons.action import FAILED, show
from wasip1_build.scons.arguments import SIZES
from wasip1_build.scons.declared import Declared
from wasip1_build.scons.moved import Comparing, made_by
from wasip1_build.scons.outcomes import outcomes
from wasip1_build.scons.session import is_looking
from wasip1_build.scons.tidy import Tidy
from wasip1_build.scons.verbs import asked_artifacts
from wasip1_build.spec.model import sizes_file
from wasip1_build.spec.sizes_file import FILE, PROFILE, Accepted, Ledger
from wasip1_build.steps.ledger import forget_ledger, ledger_of
from wasip1_build.steps.results import record_of

NOT_ACCEPTED = "sizes-not-accepted"


def declare_sizes(
    env: Any, declared: Declared, arguments: Mapping[str, str], prefix: str = ""
) -> Accepting:
    """Declares the word `sizes` after `prefix`: it builds what `arguments` (ARTIFACT) names, and
    what passes is accepted when the build has ended. To be called before what keeps the build is
    registered for the end. Raises Failure.
    """
    if declared.workspace.profile != PROFILE:
        raise failure(
            "argument",
            f"`scons {prefix}{SIZES}` under PROFILE={declared.workspace.profile}",
            why=f"the sizes that are accepted are those of PROFILE={PROFILE}",
            fix="leave PROFILE= out",
        )
    asked = asked_artifacts(declared, arguments.get("ARTIFACT", ""))
    chosen = tuple(each for each in declared.plan.artifacts if each.artifact.id in asked)
    accepting = Accepting(
        replace(declared, accepts=True), chosen, bool(arguments.get("ARTIFACT")), prefix + SIZES
    )
    env.Alias(prefix + SIZES, [declared.manifest(each) for each in chosen])
    if is_looking() and accepting.would_change():
        # What is up to date, and is not accepted yet: -q has to say so.
        env.AlwaysBuild(env.Alias(prefix + SIZES, [], SCons.Action.Action(_nothing, _shown)))
    atexit.register(accepting.end)
    return accepting


def _nothing(target: Any, source: Any, env: Any) -> int:
    return 0


def _shown(target: Any, source: Any, env: Any) -> str:
    return "sizes      what passes is accepted when the build has ended"


@dataclass(frozen=True)
class Accepting:
    """What is to be accepted when the build has ended. `only` says that some were named, so that
    nothing is said of others; `failed` gathers what went wrong."""

    declared: Declared
    chosen: tuple[PlannedArtifact, ...]
    only: bool
    command: str
    failed: list[Finding] = field(default_factory=list)

    def finish(self) -> None:
        """Writes each ledger that is to change, and tells what moved."""
        if is_looking() or SCons.Script.GetOption("clean"):
            return
        accepted = self._accepted()
        for file, names in self._files().items():
            if not self.only or any(each in accepted for each in names.values()):
                self._write(file, names, accepted)
        refused = [each.artifact.id for each in self.chosen if each.artifact.id not in accepted]
        self.failed.extend(map(_refused, refused))
        show(self.failed, self.declared.context.root)

    def end(self) -> None:
        """The status of a build of which not everything is accepted; all else has ended by then."""
        if self.failed:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(FAILED)  # Python lets nothing else that runs at exit change the status

    def would_change(self) -> bool:
        """Whether what is built would be accepted otherwise than it was, by what is on disk."""
        for each in self.chosen:
            ledger = ledger_of(self.declared.context, each.ledger)
            try:
                if ledger.records.get(each.artifact.name) != self._measured(each).to_json():
                    return True
            except Failure:
                return True
        return False

    def _accepted(self) -> dict[str, Accepted]:
        """By DIR:NAME, what this build has proved, or found up to date."""
        chosen = {each.artifact.id: each for each in self.chosen}
        passed = (
            chosen[outcome.artifact]
            for outcome in outcomes(self.declared)
            if outcome.artifact in chosen and summarize(outcome).verdict == "pass"
        )
        return {each.artifact.id: self._measured(each) for each in passed}

    def _measured(self, planned: PlannedArtifact) -> Accepted:
        name = planned.names.file("sizes.json")
        context = self.declared.context
        return measured(record_of(context.path(name), name), *made_by(planned, context))

    def _files(self) -> dict[str, dict[str, str]]:
        """Every ledger, with the DIR:NAME of each artifact that belongs into it, by NAME."""
        files: dict[str, dict[str, str]] = {
            sizes_file(spec): {} for spec in self.declared.workspace.files
        }
        for each in self.declared.plan.artifacts:
            files.setdefault(each.ledger, {})[each.artifact.name] = each.artifact.id
        return files

    def _write(self, file: str, names: Mapping[str, str], accepted: Mapping[str, Accepted]) -> None:
        context = self.declared.context
        ledger = ledger_of(context, file)
        here = {name: accepted[id_] for name, id_ in names.items() if id_ in accepted}
        if problem := _in_the_way(ledger, names, here):
            self.failed.append(problem)
            return
        kept = {*names, *(ledger.records if self.only else ())}
        data = ledger_with(ledger, here, kept)
        path = context.path(file)
        try:
            if (path.read_bytes() if ledger.is_there else None) == data:
                return
            told = [line for name in here for line in self._told(ledger, names[name], name)]
            if data is None:
                path.unlink()
            else:
                write_atomically(path, data)
        except OSError as error:
            self.failed.append(_not_written(file, error))
            return
        forget_ledger(context, file)
        self._say(f"sizes      {file}", *told, *_gone(ledger, kept))

    def _told(self, ledger: Ledger, artifact: str, name: str) -> Iterator[str]:
        """What has moved, and whether go.mod is tidy."""
        planned = next(each for each in self.chosen if each.artifact.id == artifact)
        comparing = Comparing(self.declared, self._tidy)
        found: Moved = comparing.moved(planned, ledger.artifacts.get(name), tidied=True)
        yield from moved_lines(name, found)

    @property
    def _tidy(self) -> Tidy:
        context = self.declared.context
        return context.once("go mod tidy", lambda: Tidy(context))

    def _say(self, head: str, *lines: str) -> None:
        style = style_of(sys.stdout, os.environ)
        print("\n".join([head, *(f"  {printable(line, style)}" for line in lines)]), flush=True)


def _gone(ledger: Ledger, kept: set[str]) -> list[str]:
    return [f"{name}: not declared any more" for name in sorted(ledger.artifacts.keys() - kept)]


def _in_the_way(
    ledger: Ledger, names: Mapping[str, str], accepted: Mapping[str, Accepted]
) -> Finding | None:
    """Why a file cannot be written anew: what it says of others would be lost."""
    damage = ledger.damage
    lost = sorted(names.keys() - accepted.keys())
    if damage is None or not (damage.newer or lost):
        return None
    return Finding(
        FILE,
        Severity.ERROR,
        f"{ledger.file} {damage.what}, and is not written",
        damage.why if damage.newer else f"what it says of {', '.join(lost)} would be lost",
        "install a newer wasip1-scons"
        if damage.newer
        else "correct it (`git checkout` has what was committed), or build and accept all of its "
        "artifacts, or remove it",
        Location(ledger.file, damage.line),
    )


def _refused(artifact: str) -> Finding:
    return Finding(
        NOT_ACCEPTED,
        Severity.ERROR,
        f"{artifact}: its sizes are not accepted",
        "this build did not prove it; what was accepted of it before stays",
        "correct what its findings say, and accept again",
    )


def _not_written(file: str, error: OSError) -> Finding:
    return Finding(
        FILE,
        Severity.ERROR,
        f"{file} cannot be written: {error.strerror or error}",
        "the sizes of its artifacts are not accepted",
        "remove what is in the way, or correct its permissions",
        Location(file),
    )
