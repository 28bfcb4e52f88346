"""Where a few files changed, only what they can reach is looked at, and nothing of it is missed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from project import Build, Project
from witness import Witnessed, witnessed


def was_partial(run: Witnessed) -> bool:
    """Whether the spec was not even taken from its store."""
    return not any(name.endswith(".wasip1/spec/release") for name in run.opened)


def built_artifacts(build: Build) -> set[str]:
    return {Path(path).name.partition(".")[0] for verb, path in build.steps if verb != "list"}


def touch(project: Project) -> None:
    os.utime(project.root / "beta/main.go")


Edit = Callable[[Project], object]
REACHES: dict[str, tuple[Edit, set[str], set[str]]] = {
    "code": (
        lambda p: p.edit("beta/main.go", "println(", 'println("b", '),
        {"beta"},
        {"compile", "strip"},
    ),
    "shared code": (
        lambda p: p.edit("lib/lib.go", "return 42", 'print("")\n\treturn 42'),
        {"alpha", "beta"},
        {"compile", "strip"},
    ),
    "an embedded file": (
        lambda p: p.write("alpha/greeting.txt", "hello\t"),
        {"alpha"},
        {"compile", "strip"},
    ),
    "a granted file": (lambda p: p.write("alpha/data/name.txt", "world\t"), {"alpha"}, {"check"}),
    "a new granted file": (lambda p: p.write("alpha/data/more.txt", ""), {"alpha"}, {"check"}),
    "an import": (
        lambda p: p.edit("beta/main.go", "import", 'import _ "embed"\nimport'),
        {"beta"},
        {"list", "compile", "strip"},
    ),
    "a shared import": (
        lambda p: p.edit("lib/lib.go", "package lib", 'package lib\n\nimport _ "embed"'),
        {"alpha", "beta"},
        {"list", "compile"},
    ),
    "a new source": (
        lambda p: p.write("beta/new.go", "package main\n"),
        {"beta"},
        {"list", "compile"},
    ),
    "an output": (lambda p: (p.root / "build/beta/beta.wasm.br").unlink(), {"beta"}, {"brotli"}),
    "a time": (touch, set(), set()),
}


@pytest.mark.parametrize("name", REACHES)
def test_what_a_change_cannot_reach_is_not_looked_at(
    name: str, project: Project, tmp_path: Path
) -> None:
    edit, artifacts, verbs = REACHES[name]
    edit(project)
    run = witnessed(project, tmp_path / "witness", "-Q")
    assert was_partial(run)
    assert built_artifacts(run.build) == artifacts
    assert verbs <= set(run.build.verbs)
    assert project.build("-Q").steps == ()
    assert project.build("--tree=status").steps == ()  # and the whole graph agrees


ANYWHERE: dict[str, Edit] = {
    "a new package": lambda p: p.write("more/more.go", "package more\n"),
    "go.mod": lambda p: p.edit("go.mod", "1.25", "1.24"),
    "the spec": lambda p: p.edit("wasip1.toml", '"4MiB"', '"5MiB"'),
}


@pytest.mark.parametrize("name", ANYWHERE)
def test_what_can_reach_anything_makes_the_whole_graph(
    name: str, project: Project, tmp_path: Path
) -> None:
    ANYWHERE[name](project)
    run = witnessed(project, tmp_path / "witness", "-Q")
    assert run.build.status == 0, run.build.output
    assert not was_partial(run)
    assert run.build.steps
    assert project.build("-Q").steps == ()


def test_an_import_that_came_and_went_leaves_what_it_reached_before(
    project: Project, tmp_path: Path
) -> None:
    project.write("beta/extra.go", 'package main\n\nimport _ "embed"\n')
    project.build("-Q")
    (project.root / "beta/extra.go").unlink()
    run = witnessed(project, tmp_path / "witness", "-Q")
    assert was_partial(run)
    assert built_artifacts(run.build) == {"beta"}
    project.edit("beta/main.go", "println(", 'println("b", ')
    assert built_artifacts(project.build("-Q")) == {"beta"}
    assert project.build("--tree=status").steps == ()


def test_an_import_that_cannot_be_found_is_met_again_and_nothing_else(
    project: Project, tmp_path: Path
) -> None:
    project.edit("beta/main.go", "import", 'import _ "example.com/nowhere"\nimport')
    assert project.scons("-Q").status == 2
    project.edit("alpha/main.go", "func main() {", 'func main() {\n\tprint("")')
    again = witnessed(project, tmp_path / "witness", "-Q")
    assert was_partial(again)
    assert (again.build.status, built_artifacts(again.build)) == (2, {"alpha", "beta"})
    assert "2 artifacts: 1 passed, 1 failed" in again.build.output
    project.edit("beta/main.go", 'import _ "example.com/nowhere"\n', "")
    fixed = witnessed(project, tmp_path / "witness-2", "-Q")
    assert was_partial(fixed)
    assert project.build("--tree=status").steps == ()


def test_an_import_changed_where_not_all_is_asked_for_makes_the_whole_graph(
    project: Project, tmp_path: Path
) -> None:
    project.edit("lib/lib.go", "package lib", 'package lib\n\nimport _ "embed"')
    run = witnessed(project, tmp_path / "witness", "-Q", "beta")
    assert not was_partial(run)
    assert built_artifacts(run.build) == {"beta"}
    assert built_artifacts(project.build("-Q")) == {"alpha"}


def test_another_modules_packages_stay_known_where_an_import_changed(
    empty_project: Project, tmp_path: Path
) -> None:
    p = empty_project
    for name in ("one", "two"):
        p.write(f"{name}/go.mod", f"module example.com/{name}\n\ngo 1.25\n")
        p.write(f"{name}/main.go", "package main\n\nfunc main() {\n\tprintln(1)\n}\n")
    p.write(
        "wasip1.toml",
        "spec-version = 1\n\n[defaults]\ncompress.formats = []\n"
        '\n[artifact.one]\npackage = "./one"\n\n[artifact.two]\npackage = "./two"\n',
    )
    p.build()
    p.edit("one/main.go", "package main", 'package main\n\nimport _ "embed"')
    assert built_artifacts(p.build("-Q")) == {"one"}
    p.edit("two/main.go", "println(1)", "println(2)")
    run = witnessed(p, tmp_path / "witness", "-Q")
    assert was_partial(run)
    assert "list" not in run.build.verbs
    assert built_artifacts(run.build) == {"two"}
    assert p.build("--tree=status").steps == ()


def test_what_was_not_asked_for_is_built_later(project: Project, tmp_path: Path) -> None:
    project.edit("lib/lib.go", "return 42", 'print("")\n\treturn 42')
    assert built_artifacts(project.build("-Q", "beta")) == {"beta"}
    again = witnessed(project, tmp_path / "witness", "-Q", "beta")
    assert was_partial(again)
    assert "`beta' is up to date" in again.build.output
    assert built_artifacts(project.build("-Q")) == {"alpha"}
    assert project.build("-Q").steps == ()


def test_words_of_which_only_one_is_stale(project: Project) -> None:
    project.edit("beta/main.go", "println(", 'println("b", ')
    build = project.build("alpha", "beta")
    assert built_artifacts(build) == {"beta"}
    assert "`alpha' is up to date" in build.output


def test_one_that_fails_keeps_no_other_from_being_known(project: Project, tmp_path: Path) -> None:
    project.edit("beta/main.go", "println", "printline")
    assert project.scons("-Q").status == 2
    again = witnessed(project, tmp_path / "witness", "-Q")
    assert was_partial(again)
    assert (again.build.status, built_artifacts(again.build)) == (2, {"beta"})
    assert "2 artifacts: 1 passed, 1 failed" in again.build.output
    assert project.build("-Q", "alpha").steps == ()
    asked = project.scons("-Q", "-q")
    assert asked.status == 1
    project.edit("beta/main.go", "printline", "println")
    assert built_artifacts(project.build("-Q")) == {"beta"}
    assert "2 artifacts: 2 passed" in project.build("-Q").output


def test_the_report_speaks_of_all(project: Project) -> None:
    project.edit("beta/main.go", "println(", 'println("b", ')
    project.build("-Q")
    reports = {name: data for name, data in project.outputs().items() if "report" in name}
    project.build("-Q", "--tree=status")  # which makes the whole graph
    after = {name: data for name, data in project.outputs().items() if "report" in name}
    assert reports == after
    assert b'"passed": 2' in reports["report.json"]


def test_one_that_embeds_another_is_reached_through_it(empty_project: Project) -> None:
    p = empty_project
    p.write("go.mod", "module example.com/both\n\ngo 1.25\n")
    p.write("inner/main.go", 'package main\n\nfunc main() {\n\tprintln("inner")\n}\n')
    p.write(
        "main.go",
        'package main\n\nimport _ "embed"\n\n//go:embed build/inner/inner.wasm\n'
        "var inner []byte\n\nfunc main() {\n\tprintln(len(inner))\n}\n",
    )
    p.write(
        "wasip1.toml",
        "spec-version = 1\n\n[defaults]\ncompress.formats = []\n"
        '\n[artifact.inner]\npackage = "./inner"\n'
        '\n[artifact.outer]\npackage = "."\n',
    )
    p.scons("inner")
    p.build()
    p.build()
    p.edit("inner/main.go", '"inner"', '"INNER"')
    assert built_artifacts(p.build("-Q")) == {"inner", "outer"}
    assert b"INNER" in p.outputs()["outer/outer.wasm"]
    assert p.build("-Q").steps == ()


def cut_short(data: bytes) -> bytes:
    return data[: len(data) // 2]


def with_another_byte(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize("damaged", [cut_short, with_another_byte])
def test_a_damaged_graph_is_no_graph(
    project: Project, tmp_path: Path, damaged: Callable[[bytes], bytes]
) -> None:
    graph = project.root / "build/.wasip1/good/release.graph"
    graph.write_bytes(damaged(graph.read_bytes()))
    project.edit("beta/main.go", "println(", 'println("b", ')
    run = witnessed(project, tmp_path / "witness", "-Q")
    assert not was_partial(run)
    assert built_artifacts(run.build) == {"beta"}


@pytest.mark.dear
def test_many_artifacts_have_a_row_only_where_they_were_looked_at(empty_project: Project) -> None:
    p = empty_project
    p.write("go.mod", "module example.com/many\n\ngo 1.25\n")
    p.write("main.go", 'package main\n\nfunc main() {\n\tprintln("many")\n}\n')
    p.write("other/main.go", 'package main\n\nfunc main() {\n\tprintln("other")\n}\n')
    many = "".join(f'\n[artifact.a{number}]\npackage = "."\n' for number in range(30))
    p.write(
        "wasip1.toml",
        "spec-version = 1\n\n[defaults]\ncompress.formats = []\n"
        f'{many}\n[artifact.other]\npackage = "./other"\n',
    )
    p.build()
    p.edit("other/main.go", '"other"', '"another"')
    lines = p.build("-Q").output.splitlines()
    heading = next(n for n, line in enumerate(lines) if line.startswith("artifact "))
    assert lines[heading + 1].startswith("other ")
    assert lines[heading + 2] == "and 30 more, up to date"
    idle = p.build("-Q").output.splitlines()
    assert idle[:2] == ["scons: `default' is up to date.", "31 up to date"]
    assert idle[2].startswith("31 artifacts: 31 passed")
