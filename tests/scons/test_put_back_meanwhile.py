"""What is changed while it is compiled, and put back before the compiler ends, is no secret.

Size and modification time are put back too, so that only a build that looks closely sees it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from meddling_go import MeddlingGo, meddling_go
from project import Project
from workspaces import MakeWorkspace

FILES = {
    "go.mod": "module example.com/m\n\ngo 1.25\n",
    "lib/lib.go": 'package lib\n\nfunc Word() string {\n\treturn "seen"\n}\n',
    "main.go": 'package main\n\nimport (\n\t"embed"\n\n\t"example.com/m/lib"\n)\n\n'
    "//go:embed texts\nvar texts embed.FS\n\n"
    "func main() {\n\tprintln(lib.Word())\n\tfor i := range 2 {\n\t\tprintln(i)\n\t}\n}\n",
    "texts/a.txt": "seen\n",
}
SPEC = """spec-version = 1

[toolchain]
go = {{ path = "{go}" }}

[artifact.m]
package = "."
compress.formats = []
"""


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory, pinned_go: Path) -> MeddlingGo:
    assert pinned_go.is_file()
    return meddling_go(tmp_path_factory.mktemp("meddling") / "go")


@pytest.fixture(scope="module")
def built_by_it(make_workspace: MakeWorkspace, go: MeddlingGo) -> Project:
    """A program with a library and an embedded directory, up to date, nobody having meddled."""
    p = make_workspace(FILES | {"wasip1.toml": SPEC.format(go=go.program)})
    p.build()
    return p


@pytest.fixture(scope="module")
def clean(built_by_it: Project) -> dict[str, bytes]:
    """What is built where nobody meddles."""
    return built_by_it.outputs()


def other(name: str) -> str:
    """A text of the same size."""
    return FILES[name].replace("seen", "felt").replace("go 1.25", "go 1.24")


MEDDLING: dict[str, dict[str, str | None]] = {
    "a source": {"main.go": FILES["main.go"].replace("range 2", "range 3")},
    "a library": {"lib/lib.go": other("lib/lib.go")},
    "an embedded file": {"texts/a.txt": other("texts/a.txt")},
    "a file that comes and goes": {"more.go": "package main\n\nfunc init() { print() }\n"},
    "a file of a library that comes and goes": {"lib/more.go": "package lib\n\nvar More = 1\n"},
    "an embedded file that comes and goes": {"texts/b.txt": "new\n"},
    "a file that goes and comes": {"texts/a.txt": None},
    "a profile that comes and goes": {"default.pgo": ""},
    "go.mod": {"go.mod": other("go.mod")},
    "a go.work that comes and goes": {"go.work": "go 1.25\n\nuse .\n\ngodebug panicnil=1\n"},
}


@pytest.fixture
def debug_module(built_by_it: Project) -> Path:
    """An output that is gone, here and where go linked it, so that go builds it again."""
    path = built_by_it.root / "build/m/m.debug.wasm"
    path.unlink()
    shutil.rmtree(built_by_it.root / "build/.wasip1/stage")
    return path


TRIED = [
    pytest.param(name, marks=[pytest.mark.dear] if number % 2 else [])
    for number, name in enumerate(MEDDLING)
]


@pytest.mark.usefixtures("debug_module")
@pytest.mark.parametrize("name", TRIED)
def test_what_was_put_back_leaves_no_trace(
    built_by_it: Project, go: MeddlingGo, clean: dict[str, bytes], name: str
) -> None:
    edits = {built_by_it.root / file: text for file, text in MEDDLING[name].items()}
    go.plans(edits)
    build = built_by_it.scons("-Q")  # makes it again at once, or says that it could not
    assert go.is_done(), build.output
    built_by_it.build("-Q")
    assert built_by_it.outputs() == clean
    assert not built_by_it.build("-Q").steps
    assert built_by_it.leftovers() == []


def test_a_source_that_never_stays_is_said(
    built_by_it: Project, go: MeddlingGo, clean: dict[str, bytes], debug_module: Path
) -> None:
    go.plans({built_by_it.root / "main.go": other("main.go") + "\n"}, times=3)
    build = built_by_it.scons("-Q")
    assert build.status == 2
    assert "the inputs of build/m/m.debug.wasm change while it is made" in build.output
    assert "fix: stop what writes to the sources" in build.output
    assert not debug_module.exists()
    built_by_it.build("-Q")
    assert built_by_it.outputs() == clean
