"""Main packages that share a Go module are built by one call of go, and nobody can see it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from project import Project, restored
from witness import Witnessed, witnessed
from workspaces import MakeWorkspace

NAMES = ("one", "two", "three")


@pytest.fixture(scope="module")
def three_mains(make_workspace: MakeWorkspace) -> Project:
    """Three programs of one module, built; `three` is in a directory of another's name."""
    p = make_workspace(
        {
            "go.mod": "module example.com/mains\n\ngo 1.25\n",
            "lib/lib.go": 'package lib\n\nfunc Name() string {\n\treturn "lib"\n}\n',
            **{f"{place(name)}/main.go": main(name) for name in NAMES},
            "wasip1.toml": "spec-version = 1\n" + "".join(map(declared, NAMES)),
        }
    )
    p.build()
    return p


@pytest.fixture
def mains(three_mains: Project) -> Iterator[Project]:
    """`three_mains`, to be changed."""
    with restored(three_mains) as project:
        yield project


def place(name: str) -> str:
    return "other/one" if name == "three" else name


def main(name: str) -> str:
    call = f'println("{name}", lib.Name())'
    return f'package main\n\nimport "example.com/mains/lib"\n\nfunc main() {{\n\t{call}\n}}\n'


def declared(name: str) -> str:
    return f'\n[artifact.{name}]\npackage = "./{place(name)}"\ncompress.formats = []\n'


def go_builds(run: Witnessed) -> int:
    """How many programs named go were started, but for the one listing."""
    return sum(name.endswith("/bin/go") for name in run.ran) - run.build.verbs.count("list")


def test_all_mains_changed_are_one_call_of_go_but_for_names_that_collide(
    mains: Project, tmp_path: Path
) -> None:
    """go would write `one` and `other/one` to the same place."""
    mains.edit("lib/lib.go", '"lib"', '"LIB"')
    run = witnessed(mains, tmp_path / "witness")
    assert run.build.status == 0, run.build.output
    assert run.build.verbs.count("compile") == 3
    assert go_builds(run) == 2
    for name in NAMES:
        assert b"LIB" in mains.outputs()[f"{name}/{name}.wasm"]
        assert name.encode() in mains.outputs()[f"{name}/{name}.wasm"]
    assert mains.build().steps == ()


def test_one_that_does_not_compile_keeps_no_other_back_and_is_told_once(mains: Project) -> None:
    before = mains.outputs()
    mains.edit("lib/lib.go", '"lib"', '"LIB"')
    mains.edit("two/main.go", "println(", "printline(")
    build = mains.scons()
    assert build.status == 2
    assert build.output.count("undefined: printline") == 1, build.output
    assert "two/main.go:6:2" in build.output
    after = mains.outputs()
    assert "two/two.manifest.json" not in after
    assert all(
        after[f"{name}/{name}.wasm"] != before[f"{name}/{name}.wasm"] for name in ("one", "three")
    )
    mains.edit("two/main.go", "printline(", "println(")
    assert mains.build().verbs.count("compile") == 1


def test_what_was_not_asked_for_is_not_built_along(mains: Project, tmp_path: Path) -> None:
    before = mains.outputs()
    mains.edit("lib/lib.go", '"lib"', '"LIB"')
    run = witnessed(mains, tmp_path / "witness", "two")
    assert run.build.status == 0
    assert go_builds(run) == 1
    changed = {name for name, data in mains.outputs().items() if before[name] != data}
    assert {Path(name).parent.name for name in changed} == {"two", ""}  # and the report
    stage = mains.root / "build/.wasip1/stage"
    assert [path.name for path in stage.rglob("*") if b"LIB" in _bytes(path)] == ["two"]


def test_two_artifacts_of_one_package_share_its_link(mains: Project, tmp_path: Path) -> None:
    mains.edit(
        "wasip1.toml", "[artifact.two]", '[artifact.again]\npackage = "./two"\n\n[artifact.two]'
    )
    run = witnessed(mains, tmp_path / "witness")
    assert run.build.status == 0, run.build.output
    assert go_builds(run) == 0
    outputs = mains.outputs()
    assert outputs["again/again.wasm"] == outputs["two/two.wasm"]


@pytest.mark.parametrize("damage", [b"", b"\0asm\1\0\0\0"])
def test_a_staged_module_that_was_changed_is_linked_again(mains: Project, damage: bytes) -> None:
    before = mains.outputs()
    [staged] = (mains.root / "build/.wasip1/stage").rglob("two")
    staged.write_bytes(damage)
    (mains.root / "build/two/two.debug.wasm").unlink()
    mains.build()
    assert mains.outputs() == before


def test_where_nothing_is_linked_any_more_goes(mains: Project) -> None:
    """Flags that change with each commit would leave a module of each behind."""
    stages = mains.root / "build/.wasip1/stage/@release"
    before = sorted(stages.iterdir())
    mains.edit(
        "wasip1.toml", "[artifact.one]", '[defaults]\ngo-flags = ["-gcflags=-l"]\n\n[artifact.one]'
    )
    mains.build()
    after = sorted(stages.iterdir())
    assert len(after) == len(before) and not set(after) & set(before)


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
