"""Do the README, the how-to and the explanation still do what they say, command by command?"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from doc_blocks import Command, differs, follow, sections_of, steps_of, unmarked_commands
from project import Project

ROOT = Path(__file__).resolve().parents[1]
README, HOW_TO, EXPLANATION, HOST_GO = (
    ROOT / name
    for name in ("README.md", "docs/how-to.md", "docs/explanation.md", "examples/host-go/README.md")
)
# Those that take a minute, because what they show is measured.
DEAR = ("Measure where the time goes",)
RECIPES = [
    pytest.param(name, marks=[pytest.mark.dear] if name in DEAR else [])
    for name in sections_of(HOW_TO.read_text())
    if name
]

# What a fresh clone starts with. .ci/run runs exactly these two, taken from the README, because a
# test cannot install what it runs on.
RUN_BY_CI = (
    "python3 -m venv .venv && .venv/bin/pip install -q -e '.[toolchain]' && .venv/bin/scons",
    ".venv/bin/pip install -q -e '.[toolchain,test]' && .venv/bin/pytest",
)
# A workflow installs the package from another checkout, which there is none of here.
INSTALLS = "pip install "
# Which needs the go command of this environment on PATH; no build does.
RUNS_GO = re.compile(r"(^|; )go | go test ")
# What a Go program needs that runs modules.
NEEDS_A_PROXY = "wasip1 embed"
# Where a version that no wheel of this environment has is fetched.
NEEDS_AN_INDEX = "wasip1 doctor --fetch"


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory like .venv/bin, for an environment in which this tree is not installed."""
    directory = tmp_path_factory.mktemp("venv") / "bin"
    directory.mkdir()
    scripts = {
        "python": "",
        "scons": "-m SCons",
        "wasip1": "-c 'import sys; from wasip1_build.cli import main; sys.exit(main())'",
    }
    for name, arguments in scripts.items():
        script = directory / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
        script.chmod(0o755)
    return directory


@pytest.fixture(scope="session")
def environment(tools: Path, shared_cache: Path, pinned_go: Path) -> Mapping[str, str]:
    """The reader's: the package's commands, wasmtime and git on PATH, and nothing of this
    machine's own."""
    assert pinned_go.is_file()
    (shared_cache / "home").mkdir(exist_ok=True)
    person = {f"GIT_{role}_NAME": "Ada" for role in ("AUTHOR", "COMMITTER")}
    person |= {f"GIT_{role}_EMAIL": "ada@example.com" for role in ("AUTHOR", "COMMITTER")}
    plain = Project(tools, shared_cache).environment()
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    found = {**plain, **person, **kept, "PATH": f"{tools}:{plain['PATH']}", "LC_ALL": "C"}
    return found | {"PATH": f"{tools}:{_wasmtime(tools, found)}:{plain['PATH']}"}


def _wasmtime(tools: Path, environment: Mapping[str, str]) -> str:
    """The directory of the wasmtime program that builds use, as `wasip1 doctor` says it."""
    asked = [tools / "wasip1", "doctor", "--json"]
    done = subprocess.run(asked, env=environment, cwd=tools, capture_output=True, check=True)
    rows = json.loads(done.stdout)["tools"]
    return str(Path(next(row["path"] for row in rows if row["name"] == "wasmtime")).parent)


def lines_of(text: str) -> list[str]:
    return [step.line for step in steps_of(text) if isinstance(step, Command)]


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_does_what_it_shows(
    recipe: str,
    tmp_path: Path,
    environment: Mapping[str, str],
    pinned_go: Path,
    request: pytest.FixtureRequest,
) -> None:
    sections = sections_of(HOW_TO.read_text())
    place = tmp_path / "hello"
    place.mkdir()
    follow(steps_of(sections[""]), place, environment)
    steps = steps_of(sections[recipe])
    if NEEDS_AN_INDEX in lines_of(sections[recipe]):
        try:
            follow(steps, place, environment)
        except AssertionError as error:
            if "[fetch-download]" in str(error):
                pytest.skip("no package index is reached")
            raise
        return
    if any(NEEDS_A_PROXY in line for line in lines_of(sections[recipe])):
        request.getfixturevalue("module_proxy")
    if any(RUNS_GO.search(line) for line in lines_of(sections[recipe])):
        environment = {**environment, "PATH": f"{environment['PATH']}:{pinned_go.parent}"}
    follow(
        [s for s in steps if not (isinstance(s, Command) and s.line.startswith(INSTALLS))],
        place,
        environment,
    )


def examples_in(directory: Path, tools: Path) -> Path:
    """A copy of this repository's own workspace, with what the README calls .venv.

    Without site_scons: the package that is tested is the only copy. The dearest steps are left
    out: .ci/run builds all of the workspace as it is, and nothing that is shown here is of them.
    """
    place = directory / "clone"
    place.mkdir()
    for name in ("SConstruct", "wasip1.toml", "go.work"):
        shutil.copy(ROOT / name, place)
    shutil.copytree(ROOT / "examples", place / "examples")
    for path in place.rglob("wasip1.toml"):
        path.write_text(at_little_cost(path.read_text()))
    (place / ".venv").mkdir()
    (place / ".venv/bin").symlink_to(tools)
    return place


def at_little_cost(spec: str) -> str:
    """A spec with little compression, nothing precompiled by default, and no budget of .br."""
    spec = re.sub(r"^br = .*\n", "", spec, flags=re.MULTILINE)
    spec = re.sub(r"^aot.targets = .*", "aot.targets = []", spec, flags=re.MULTILINE)
    return spec.replace("[defaults]", "[defaults]\ncompress.brotli-quality = 1")


@pytest.mark.long
def test_the_readme_does_what_it_shows(
    tmp_path: Path, tools: Path, environment: Mapping[str, str]
) -> None:
    steps = steps_of(README.read_text())
    shown = [s for s in steps if isinstance(s, Command) and s.line not in RUN_BY_CI]
    # Nothing is said of what these print but that they succeed.
    run = [Command(command.line, ("...",)) for command in shown]
    follow(run, examples_in(tmp_path, tools), environment)


@pytest.mark.network
@pytest.mark.usefixtures("module_proxy")
def test_the_program_that_runs_a_module_does_what_it_shows(
    tmp_path: Path, tools: Path, environment: Mapping[str, str], pinned_go: Path
) -> None:
    path = f"{environment['PATH']}:{pinned_go.parent}"
    clone = examples_in(tmp_path, tools)
    written = clone / "examples/host-go/aggregate"  # by whoever followed it in this clone
    for each in written.iterdir():
        if each.name != "host_test.go":
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    follow(steps_of(HOST_GO.read_text()), clone, {**environment, "PATH": path})


def test_the_explanation_does_what_it_shows(tmp_path: Path, environment: Mapping[str, str]) -> None:
    follow(steps_of(EXPLANATION.read_text()), tmp_path, environment)


def test_the_readme_still_has_the_two_commands_that_only_ci_can_run() -> None:
    assert set(RUN_BY_CI) <= set(lines_of(README.read_text()))
    pattern = re.search(r"s/\^(.*?)\$/", (ROOT / ".ci/run").read_text())
    assert pattern, ".ci/run no longer takes its commands from the README"


@pytest.mark.parametrize(
    "document",
    [README, HOW_TO, EXPLANATION, HOST_GO],
    ids=lambda path: path.parent.name + "/" + path.name,
)
def test_no_command_hides_in_a_block_that_is_not_run(document: Path) -> None:
    assert unmarked_commands(document.read_text()) == []


def test_a_line_that_is_not_printed_is_found() -> None:
    printed = ["one", "two", "three"]
    assert differs(("one", "...", "three"), printed) == ""
    assert differs(("...", "two", "..."), printed) == ""
    assert differs(("o...", "t...o", "..."), printed) == ""
    assert differs(("one", "three"), printed) == "three"
    assert differs(("...", "three", "...", "two"), printed) == "two"
    assert differs(("one", "two"), printed) == "(the end)"


def test_a_command_in_another_block_is_found() -> None:
    assert unmarked_commands("```text\n$ ls\n```\n") == ["$ ls"]
    assert unmarked_commands("```sh\nls\n```\n") == ["ls\n"]
    assert unmarked_commands("```console\n$ ls\n```\n```toml\na = 1\n```\n") == []
