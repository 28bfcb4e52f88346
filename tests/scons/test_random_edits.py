"""Whatever is done between two builds, the next one gives a clean build's bytes, and does no more
than it must."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
from dataclasses import dataclass, field
from typing import Any

import pytest

from branches import Branches
from edits import damage, of_sources
from project import Build, Project
from six_programs import EVERYTHING, SOURCES, Program, State, Steps, implied
from workspaces import MakeWorkspace

SOAK = os.environ.get("WASIP1_SOAK") == "1"
SEQUENCES, EDITS = (30, 10) if SOAK else (3, 10)
_PLACE = re.compile(
    r"build/(?:\.wasip1/gate/@release/(.+)\.json|(?!@|\.wasip1)(.+?)(?:/run)?/[^/]+)$"
)


@dataclass(frozen=True)
class Result:
    """What a build leaves of one artifact: its outputs by path, and its part of report.json."""

    outputs: dict[str, bytes]
    reported: Any


@dataclass
class CleanBuilds:
    """Artifacts built where nothing was built before, each once for all that decides it."""

    like: Project
    known: dict[str, Result] = field(default_factory=dict)

    def of(self, state: State) -> dict[str, Result]:
        """The clean build of every artifact, by its place."""
        keys = {place: state.digest(program) for place, program in state.programs.items()}
        missing = [state.programs[place] for place in keys if keys[place] not in self.known]
        if missing:
            project = self.project(state)
            project.scons("-Q", *(program.word for program in missing))
            self.learn(project, state, missing)
        return {place: self.known[key] for place, key in keys.items()}

    def project(self, state: State) -> Project:
        """These sources, and nothing built."""
        project = Project(self.like.root.parent / "clean", self.like.cache)
        shutil.rmtree(project.root, ignore_errors=True)
        project.put_back(state.files)
        return project

    def learn(self, project: Project, state: State, programs: list[Program]) -> None:
        """Keeps what a first build of a project gave."""
        for program in programs:
            self.known[state.digest(program)] = results(project)[program.place]


def results(project: Project) -> dict[str, Result]:
    """What is built of each artifact that the report tells of, by place."""
    outputs = project.outputs()
    report = json.loads(outputs["report.json"])
    found = {}
    for each in report["artifacts"]:
        place = each["artifact"].replace(":", "/").removeprefix("./")
        own = {name: data for name, data in outputs.items() if name.rpartition("/")[0] == place}
        found[place] = Result(own, each)
    return found


@pytest.fixture(scope="module")
def six(make_workspace: MakeWorkspace) -> tuple[Project, CleanBuilds]:
    """The six programs, up to date, and what was built of them, which is the first clean build."""
    project = make_workspace(SOURCES)
    project.build()
    clean, state = CleanBuilds(project), State(project.sources())
    clean.learn(project, state, list(state.programs.values()))
    return project, clean


@dataclass
class Sequence:
    """Edits one after another, a build after each, and what must be true of it.

    `since` are the sources that builds may have seen since the last one that was complete, and
    `damaged` the steps whose outputs were changed since then.
    """

    project: Project
    clean: CleanBuilds
    at: random.Random
    story: list[str]
    git: Branches
    since: list[State] = field(default_factory=list)
    damaged: Steps = field(default_factory=set)

    def start(self) -> None:
        """From the state that all sequences have in common."""
        shutil.rmtree(self.project.root / ".git", ignore_errors=True)
        self.project.put_back({name: text.encode() for name, text in SOURCES.items()})
        self.project.build("-Q")
        self.git.start()
        self.since = [self.state()]

    def state(self) -> State:
        return State(self.project.sources())

    def step(self) -> None:
        """One edit, now and then something before the build, and the build."""
        kinds = {
            self.edit: 14,
            self.two_edits_at_once: 2,
            self.edit_during_a_build: 3,
            self.branch: 2,
            self.switch: 3,
            self.stash: 1,
            self.put_back: 2,
            self.damage: 4,
        }
        self.at.choices(list(kinds), weights=kinds.values())[0]()
        if self.at.random() < 0.3:
            self.other_commands()
        self.build_and_judge()

    def edit(self) -> None:
        self.story.append(of_sources(self.project, self.at))

    def two_edits_at_once(self) -> None:
        self.edit()
        self.scons()
        self.edit()

    def edit_during_a_build(self) -> None:
        self.edit()
        self.since.append(self.state())
        verb = self.at.choice(["list", "compile", "strip", "check", "gate"])
        self.story.append(f"at the first line of `{verb}`:")
        self.project.scons_meanwhile(re.compile(verb), self.edit)
        self.since.append(self.state())

    def branch(self) -> None:
        self.story.append(self.git.branch())

    def switch(self) -> None:
        self.edit()
        self.story.append(self.git.switch(self.at))

    def stash(self) -> None:
        self.edit()
        self.story.append(self.git.stash(self.scons))

    def put_back(self) -> None:
        self.edit()
        self.scons()
        self.story.append("everything back as it was at the last complete build")
        self.project.put_back(self.since[0].files)

    def damage(self) -> None:
        """Several outputs of the last build are no longer what it made, or all state is gone."""
        places = self.state().programs
        names = [name for name in self.project.outputs() if place_of(name) in places]
        for name in self.at.sample(names, k=min(len(names), self.at.randint(1, 3))):
            output = self.project.root / "build" / name
            self.story.append(damage(self.project, self.at, output))
            self.damaged |= {(verb, place_of(name)) for verb in made_by(name)}

    def other_commands(self) -> None:
        """Other targets, options and arguments; none of them may make the next build wrong."""
        program = self.at.choice(list(self.state().programs.values()))
        words = self.at.choice(
            [
                *(["-q"], ["-n"], ["-h"], ["-k", program.word], ["-j1", program.word], ["m"]),
                *([program.word], ["PROFILE=dev", program.word], ["-S", "-j4"]),
                *(["-c", program.word], ["-j3", "m/"]),
            ]
        )
        before = self.project.outputs()
        self.scons(*words)
        if words[0] in ("-q", "-n", "-h"):
            assert self.project.outputs() == before, self.told(f"scons {words[0]} wrote something")
        if words[0] == "-c":
            self.damaged |= {("list", ""), *((verb, program.place) for verb in EVERYTHING.split())}

    def scons(self, *words: str) -> Build:
        self.story.append(" ".join(["scons", *words]))
        self.since.append(self.state())
        return self.project.scons("-Q", *words)

    def build_and_judge(self) -> None:
        """The build after an edit, against a clean one; and the next, which does nothing."""
        now = self.state()
        failing = {p.place for p in now.programs.values() if now.broken(p) or now.fails(p)}
        build = self.scons()
        ran = own_steps(build)
        allowed = self.damaged.union(*(implied(before, now) for before in self.since))
        assert build.status == (2 if failing else 0), self.told(build.output)
        assert ran <= allowed, self.told(f"ran without need: {sorted(ran - allowed)}")
        self.compare(now)
        assert self.project.leftovers() == [], self.told("left something unfinished")
        again = self.project.scons("-Q")
        idle = {(verb, place) for place in failing for verb in ("compile", "gate")}
        assert own_steps(again) <= idle, self.told(f"a second build:\n{again.output}")
        if not failing:
            assert self.project.scons("-q").status == 0, self.told("-q does not agree")
            self.since, self.damaged = [now], set()

    def compare(self, now: State) -> None:
        """The outputs of each artifact and what the report says of it; a manifest only of what
        passed."""
        found, broken = results(self.project), set()
        for place, clean in self.clean.of(now).items():
            assert place in found, self.told(f"{place} is not reported")
            assert found[place].reported == clean.reported, self.told(
                f"{place} is reported wrongly"
            )
            if now.broken(now.programs[place]):
                broken.add(place)
                made = found[place].outputs
                assert not [n for n in made if "manifest" in n], self.told(
                    f"{place} has a manifest"
                )
            else:
                wrong = differing(found[place].outputs, clean.outputs)
                assert not wrong, self.told(f"{wrong} are not those of a clean build")
        others = {place_of(n) for n in self.project.outputs() if not n.startswith("@")}
        if not broken and not any(map(now.fails, now.programs.values())):
            assert others - {""} == set(now.programs), self.told("outputs of what is no more")

    def finish(self) -> None:
        """All of it against one whole clean build, the report's files too."""
        clean = self.clean.project(self.state())
        if clean.scons("-Q").status == 0:
            shutil.rmtree(self.project.root / "build/@dev", ignore_errors=True)
            wrong = differing(whole(self.project), whole(clean))
            assert not wrong, self.told(f"{wrong} are not those of a whole clean build")

    def told(self, what: str) -> str:
        return "\n".join([*self.story, "", what])


MADE_BY = {
    "debug.wasm": "compile",
    "wasm": "strip",
    "imports.json": "verify",
    "wasm.br": "brotli",
    "wasm.gz": "gzip",
    "checks.json": "check",
    "sizes.json": "measure",
    "manifest.json": "manifest",
}


def made_by(output: str) -> list[str]:
    """The verb of the step that makes an output."""
    suffix = output.rpartition("/")[2].partition(".")[2]
    return [MADE_BY.get(suffix, "precompile") if suffix else "launcher"]


def place_of(output: str) -> str:
    """The directory of the artifact that an output belongs to."""
    return output.rpartition("/")[0].removesuffix("/run")


def own_steps(build: Build) -> Steps:
    """What a build ran, each with the place of its artifact; "" for what artifacts share."""
    found = ((verb, _PLACE.fullmatch(path)) for verb, path in build.steps)
    return {(verb, (place[1] or place[2]) if place else "") for verb, place in found}


def whole(project: Project) -> dict[str, bytes]:
    """Everything that a build leaves, but its state."""
    return project.outputs() | {"page": (project.root / "build/report/index.html").read_bytes()}


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


@pytest.mark.long
@pytest.mark.soak
@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_random_edits_give_what_a_clean_build_gives(
    six: tuple[Project, CleanBuilds], seed: int
) -> None:
    project, clean = six
    story = [f"seed {seed}"]
    sequence = Sequence(project, clean, random.Random(seed), story, Branches(project))
    sequence.start()
    for _ in range(EDITS):
        sequence.step()
    if SOAK or seed == 0:
        sequence.finish()
