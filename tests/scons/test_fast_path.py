"""A build in which nothing changed is decided from stats; whatever changed is never overlooked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from project import Project, restored
from witness import Witnessed, witnessed
from workspaces import MakeWorkspace

HEAVY = {"tomllib", "wasmtime", "jsonschema", "wasip1_build.plan", "wasip1_build.spec"}


@pytest.fixture(scope="module")
def two_members(make_workspace: MakeWorkspace) -> Project:
    """Two members that each print a word; small, so that the table below stays cheap."""
    files = {
        "go.mod": "module example.com/two\n\ngo 1.25\n",
        "wasip1.toml": 'spec-version = 1\n\n[workspace]\nmembers = ["m/*"]\n\n[defaults]\n'
        'compress = { formats = ["br"], brotli-quality = 0 }\n',
    }
    for name in ("a", "b"):
        files |= {
            f"m/{name}/main.go": f'package main\n\nfunc main() {{\n\tprintln("{name}")\n}}\n',
            f"m/{name}/wasip1.toml": f'spec-version = 1\n\n[artifact.{name}]\npackage = "."\n',
        }
    p = make_workspace(files)
    p.build()
    return p


@pytest.fixture
def built(two_members: Project) -> Iterator[Project]:
    """`two_members`, to be changed."""
    with restored(two_members) as project:
        yield project


def was_fast(run: Witnessed) -> bool:
    return not run.imported & HEAVY


def test_nothing_changed_is_said_without_reading_a_spec(built: Project, tmp_path: Path) -> None:
    for words in ((), ("a",), ("m/b:b",), ("m",), ("m/a/",), ("-j", "1"), ("-k",), ("-s",)):
        again = witnessed(built, tmp_path / "witness", "-Q", *words)
        assert was_fast(again), words
        assert (again.build.status, again.build.steps) == (0, ())
    asked = witnessed(built, tmp_path / "witness", "-q")
    assert (asked.build.status, was_fast(asked)) == (0, True)


def test_the_table_speaks_of_what_was_asked(built: Project) -> None:
    assert "2 artifacts: 2 passed" in built.build("-Q").output
    only = built.build("-Q", "a").output
    assert "`a' is up to date" in only
    assert [line for line in only.splitlines() if line.startswith("b ")] == []


def test_other_options_and_words_take_the_long_way(built: Project, tmp_path: Path) -> None:
    for words in (("-n",), ("--tree=all",), ("--debug=explain",), ("-h",), ("PROFILE=dev", "-n")):
        assert not was_fast(witnessed(built, tmp_path / "witness", "-Q", *words)), words
    assert built.scons("-Q", "c").status == 2
    assert built.scons("-Q", "PROFIL=dev").status == 2


def tamper(path: str) -> Callable[[Project], None]:
    """Another byte, the same size, and the modification time put back."""

    def apply(project: Project) -> None:
        file = project.root / path
        before = file.stat()
        data = bytearray(file.read_bytes())
        data[-1] ^= 1
        file.write_bytes(data)
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    return apply


def remove(path: str) -> Callable[[Project], None]:
    return lambda project: (project.root / path).unlink()


def write(path: str, text: str) -> Callable[[Project], None]:
    def apply(project: Project) -> None:
        project.write(path, text)

    return apply


A = "build/m/a/a/a"
CHANGES: dict[str, tuple[Callable[[Project], None], set[str]]] = {
    "a source": (tamper("m/a/main.go"), set()),
    "a module that was tampered with": (tamper(f"{A}.wasm"), {"strip"}),
    "a manifest that is gone": (remove(f"{A}.manifest.json"), {"manifest"}),
    "a sidecar that is gone": (remove(f"{A}.wasm.br"), {"brotli"}),
    "a new source": (write("m/a/new.go", "package main\n"), {"list", "compile"}),
    "a new directory of sources": (write("m/new/new.go", "package new\n"), {"list"}),
    "a go.mod that cuts a directory off": (write("m/c/go.mod", "module c\n"), {"list"}),
    "a profile for the compiler": (write("m/b/default.pgo", ""), {"compile"}),
    "a new member": (
        write("m/c/wasip1.toml", 'spec-version = 1\n\n[artifact.c]\npackage = "../a"\n'),
        {"compile", "manifest"},
    ),
    "the spec": (write("wasip1.toml", "spec-version = 1\n"), set()),
    "the report": (remove("build/report.json"), set()),
    "a checkout of go.sum": (write("go.sum", ""), {"list"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_it_is_never_taken_for_nothing(name: str, built: Project, tmp_path: Path) -> None:
    assert was_fast(witnessed(built, tmp_path / "witness", "-Q"))
    change, expected = CHANGES[name]
    change(built)
    after = witnessed(built, tmp_path / "witness", "-Q")
    assert not was_fast(after)
    assert expected <= set(after.build.verbs)
    if name == "the report":
        assert (built.root / "build/report.json").exists()


def test_what_engines_keep_beside_the_tools_is_no_change(built: Project, tmp_path: Path) -> None:
    caches = built.cache / "tools"
    assert (caches / "compiled").is_dir()
    with tempfile.TemporaryDirectory(dir=caches):
        assert was_fast(witnessed(built, tmp_path / "witness", "-Q"))


def test_a_damaged_note_of_the_last_build_is_no_note(built: Project) -> None:
    note = built.root / "build/.wasip1/good/release"
    for damage in (b"", b"\xff" * 100, note.read_bytes()[:50]):
        note.write_bytes(damage)
        build = built.build("-Q")
        assert build.steps == ()
    assert "2 passed" in built.build("-Q").output


def test_a_failed_build_is_not_remembered_as_good(built: Project, tmp_path: Path) -> None:
    built.edit("m/a/main.go", "println", "printline")
    assert built.scons("-Q").status == 2
    assert built.scons("-Q").status == 2
    built.edit("m/a/main.go", "printline", "println")
    built.build("-Q")
    assert was_fast(witnessed(built, tmp_path / "witness", "-Q"))
