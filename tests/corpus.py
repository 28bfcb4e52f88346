"""Cases for the advisor: programs in which a rule must find something, and some that look so.

A case is a file NAME.go, or NAME.txtar with several (a line `-- FILE --` before each). What must be
found stands on its line: `// want net.Dial`. A file artifact.toml is what the spec says of it. All
cases of a rule are one Go module, so that one run of the advisor answers for all of them.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wasip1_build.digests import Digests
from wasip1_build.findings import Finding
from wasip1_build.plan import plan
from wasip1_build.spec.load import load
from wasip1_build.steps.advisor import Asked, answer
from wasip1_build.steps.compile_go import CompileGo
from wasip1_build.steps.execute import execute
from wasip1_build.steps.go_contexts import go_contexts
from wasip1_build.steps.results import Record
from wasip1_build.steps.step import Context
from wasip1_build.steps.unsupported import findings_in
from wasip1_build.toolchain.tools import Tools

SPEC = "artifact.toml"
CASES = Path(__file__).parent / "advise"
_FILE = re.compile(r"^-- (\S+) --\n", re.MULTILINE)
_WANT = re.compile(r"// want (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """One program. `files` are by their names, `wanted` are places and what is found there."""

    name: str
    files: Mapping[str, str]

    @property
    def wanted(self) -> set[tuple[str, int, str]]:
        return {
            (f"{self.name}/{file}", text.count("\n", 0, match.start()) + 1, match[1])
            for file, text in self.files.items()
            for match in _WANT.finditer(text)
        }


def cases(rule: str) -> list[Case]:
    """All cases of a rule, as found/NAME and not/NAME."""
    return [
        _case(f"{kind}/{path.stem}", path)
        for kind in ("found", "not")
        for path in sorted((CASES / rule / kind).iterdir())
    ]


def _case(name: str, path: Path) -> Case:
    text = path.read_text()
    if path.suffix == ".go":
        return Case(name, {"main.go": text})
    parts = _FILE.split(text)
    return Case(name, dict(zip(parts[1::2], parts[2::2], strict=True)))


def workspace(rule: str, root: Path) -> None:
    """Writes all cases of a rule as one workspace, with the modules that they share."""
    shutil.copytree(CASES / rule / "shared", root, dirs_exist_ok=True)
    spec = ["spec-version = 1\n"]
    for case in cases(rule):
        for file, text in case.files.items():
            if file == SPEC:
                continue
            place = root / case.name / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        spec.append(f'[artifact.{artifact_of(case)}]\npackage = "./{case.name}"\n')
        spec.append(case.files.get(SPEC, ""))
    (root / "wasip1.toml").write_text("\n".join(spec))


def artifact_of(case: Case) -> str:
    """The name of the artifact that a case is."""
    return case.name.replace("/", "-").lower()


def context_of(root: Path, cache: Path) -> Context:
    """A context for real tools, with caches that outlive the test."""
    environment = {"HOME": str(cache / "home"), "GOCACHE": str(cache / "go"), "GOPROXY": "off"}
    digests = Digests(None)
    tools = Tools(root, digests, environment, cache / "tools")
    return Context(root, "build", tools, digests, environment, cache=cache / "tools")


def advised(
    root: Path, cache: Path, rules: tuple[str, ...], dependencies: bool = False
) -> dict[str, tuple[Finding, ...]]:
    """What one run of the advisor finds in a workspace, by the artifact's name."""
    found = answered(root, cache, rules, dependencies)
    return {name: tuple(findings_in(each, {})) for name, each in found.items()}


def answered(
    root: Path, cache: Path, rules: tuple[str, ...], dependencies: bool = False
) -> dict[str, Record]:
    """What one run of the advisor says of a workspace, by the artifact's name."""
    context = context_of(root, cache)
    loaded = load(root).workspace
    planned = plan(loaded, go_contexts(root, loaded.artifacts), "no-target")
    for listing in planned.shared:
        execute(listing, context, dict)
    compiled = [
        (each.artifact.id, step)
        for each in planned.artifacts
        for step in each.steps
        if isinstance(step, CompileGo)
    ]
    stage = root / "build/stage"
    stage.mkdir(exist_ok=True)
    lives = {each.artifact.id: each.artifact.runtime for each in planned.artifacts}
    asked = Asked(tuple(compiled), rules, ignores=True, dependencies=dependencies, lives=lives)
    found = answer(context.staged(stage), asked)
    return {each.text("artifact").partition(":")[2]: each for each in found.records("mains")}
