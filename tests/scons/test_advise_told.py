"""Is `scons advise` told again from what was kept, and looked at anew as soon as anything moved?"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from project import Build, Project
from workspaces import MakeWorkspace

PIPE = 'package main\n\nimport "os"\n\nfunc main() { os.Pipe() }\n'
FILES = {
    "go.mod": "module example.com/a\n\ngo 1.25\n",
    "pipes/main.go": PIPE,
    "fine/main.go": 'package main\n\nfunc main() { println("x") }\n',
    "wasip1.toml": 'spec-version = 1\n\n[artifact.pipes]\npackage = "./pipes"\n'
    '\n[artifact.fine]\npackage = "./fine"\n',
}
STORE = "build/.wasip1/good/release.advise"


@pytest.fixture(scope="module")
def advised(make_workspace: MakeWorkspace) -> tuple[Project, Build]:
    """A workspace that was advised twice: the first makes directories in what it looks at."""
    project = make_workspace(FILES)
    project.scons("-Q", "advise")
    return project, project.scons("-Q", "advise")


@pytest.fixture
def kept(advised: tuple[Project, Build]) -> Iterator[Project]:
    """It, to be changed; put back afterwards."""
    project, _ = advised
    sources = project.sources()
    # What others put into the cache of tools meanwhile is looked at, too.
    assert not all(told(project, "advise")[1] for _ in range(5))
    yield project
    project.put_back(sources)


def told(project: Project, *words: str) -> tuple[Build, bool]:
    """A run of scons, and whether it looked at anything but stats: then it keeps what it said."""
    store = project.root / STORE
    before = store.stat() if store.exists() else None
    build = project.scons("-Q", *words)
    after = store.stat() if store.exists() else None
    return build, before != after if before and after else True


def test_what_was_said_is_said_again_with_its_status(advised: tuple[Project, Build]) -> None:
    project, first = advised
    again, looked = told(project, "advise")
    assert not looked
    assert (first.status, again.status) == (2, 2)
    finding = first.output[first.output.index("pipes/main.go:5:18: error: os.Pipe") :]
    finding = finding[: finding.index("\n\n")]
    assert finding in again.output
    assert "judge.pipes" not in again.output
    assert (
        "scons: *** [build/.wasip1/advise/verdicts/@release/pipes/plain.json] judge" in again.output
    )
    ending = first.output[first.output.index(".:pipes  1 error\n") :]
    assert ".:fine   nothing found\n" in ending
    assert ending in again.output


def test_where_all_is_well_it_is_up_to_date(kept: Project) -> None:
    for _ in range(2):
        told(kept, "advise", "ARTIFACT=fine")
    build, looked = told(kept, "advise", "ARTIFACT=fine")
    assert (looked, build.status) == (False, 0)
    assert build.output.startswith("scons: `advise' is up to date.\n")
    assert kept.scons("-sQ", "advise", "ARTIFACT=fine").output.startswith(".:fine")


def severity(project: Project) -> None:
    with (project.root / "wasip1.toml").open("a") as spec:
        spec.write('\n[advise]\nunsupported-call = "warning"\n')


CHANGES: dict[str, Callable[[Project], object]] = {
    "a source": lambda p: p.edit("pipes/main.go", "os.Pipe()", "os.Getwd()"),
    "a new source": lambda p: p.write("fine/more.go", PIPE.replace("main()", "init()")),
    "the module": lambda p: p.edit("go.mod", "go 1.25", "go 1.24"),
    "a severity": severity,
    "what was measured": lambda p: p.write("build/report/bench.jsonl", ""),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_has_it_looked_at_again(kept: Project, change: str) -> None:
    CHANGES[change](kept)
    build, looked = told(kept, "advise")
    assert looked
    if change == "a source":
        assert (build.status, "error" in build.output) == (0, False)
    if change == "a new source":
        assert "fine/more.go:5:18: error: os.Pipe" in build.output
    if change == "a severity":
        assert "pipes/main.go:5:18: warning: os.Pipe" in build.output


def test_another_argument_is_another_question(kept: Project) -> None:
    assert told(kept, "advise", "FORMAT=json")[1]
    assert told(kept, "advise", "STRICT=1")[1]
    assert told(kept, "advise", "-n")[0].status == 0  # which tells nothing, and keeps nothing


def test_a_patch_is_written_each_time(kept: Project) -> None:
    for _ in range(2):
        assert "1 finding it cannot mend" in told(kept, "advise", "FIX=1")[0].output
    assert not (kept.root / STORE).exists()


def test_what_could_not_be_listed_is_not_kept(kept: Project) -> None:
    kept.edit("go.mod", "module", "modul")
    for _ in range(2):
        assert told(kept, "advise")[0].status == 2
        assert not (kept.root / STORE).exists()


def test_a_damaged_store_is_none(kept: Project) -> None:
    (kept.root / STORE).write_bytes(b"[\x00")
    build, looked = told(kept, "advise")
    assert (looked, build.status) == (True, 2)


def test_the_advisor_and_the_toolchain_are_among_what_is_looked_at(
    kept: Project, pinned_go: Path
) -> None:
    _, _, there, *_ = marshal.loads((kept.root / STORE).read_bytes())
    paths = set(there.split("\0"))
    advisor = Path(__file__).parents[2] / "site_scons/wasip1_build/advise"
    for path in (pinned_go, advisor / "advise.py", advisor / "go/main.go"):
        assert str(path) in paths
    assert any(path.endswith("advise/go/unsupported/calls.json") for path in paths)
    assert {"wasip1.toml", "go.mod", "pipes/main.go", "fine/main.go", "SConstruct"} <= paths
