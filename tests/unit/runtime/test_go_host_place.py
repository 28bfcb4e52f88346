"""A package is written over what was generated before, whole, and over nothing else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from wasip1_build.findings import Failure
from wasip1_build.runtime.go_host.go_module import module_around, work_around
from wasip1_build.runtime.go_host.place import RECORD, write_package
from wasip1_build.runtime.go_host.wazero import IMPORT_PATH

FILES = {"tool.go": b"package tool\n", "tool.wasm": b"module", "testdata/wasip1/1": b"one"}


def write(
    place: Path, files: Mapping[str, bytes] = FILES, artifact: str = ".:tool", package: str = "tool"
) -> None:
    write_package(place, artifact, package, files, {"go.mod": b"module tool\n"})


def content(place: Path) -> dict[str, bytes]:
    """All files below a directory."""
    paths = [path for path in place.rglob("*") if path.is_file()]
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "a b/tool"


def test_a_directory_is_made(place: Path) -> None:
    write(place)
    assert content(place).keys() == {*FILES, "go.mod", RECORD}
    assert [path.name for path in place.parent.iterdir()] == ["tool"]


def test_the_same_again_changes_nothing(place: Path) -> None:
    write(place)
    before = content(place)
    write(place)
    assert content(place) == before


def test_what_is_no_longer_generated_is_removed(place: Path) -> None:
    write(place)
    (place / "host.go").write_text("package tool\n\nvar mine int\n")
    (place / "go.mod").write_text("module theirs\n")
    write(place, {"tool.go": b"package tool // new\n", "tool.wasm": b"module"})
    now = content(place)
    assert now.keys() == {"tool.go", "tool.wasm", "host.go", "go.mod", RECORD}
    assert now["tool.go"] == b"package tool // new\n"
    assert now["go.mod"] == b"module theirs\n"  # written once, and then the user's
    assert not (place / "testdata").exists()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("tool.go", "package tool // mine\n", "tool.go: not generated"),
        ("tool.wasm", "mine", "tool.wasm: not generated"),
        ("testdata/wasip1/1", "mine", "testdata/wasip1/1: not generated"),
        ("main.go", "// Command x.\npackage main\n", "main.go: package main, not tool"),
    ],
)
def test_a_file_of_others_is_left_alone(place: Path, name: str, text: str, said: str) -> None:
    (place / name).parent.mkdir(parents=True)
    (place / name).write_text(text)
    with pytest.raises(Failure, match=said):
        write(place)
    assert content(place) == {name: text.encode()}


def test_a_generated_file_that_was_changed_is_left_alone(place: Path) -> None:
    write(place)
    (place / "tool.go").write_text("package tool // mine\n")
    before = content(place)
    for files in (FILES, {"tool.wasm": b"module"}):  # it is to be replaced, or removed
        with pytest.raises(Failure, match=r"tool\.go: changed since"):
            write(place, files)
        assert content(place) == before


def test_a_link_is_not_followed(place: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.go"
    other.write_bytes(FILES["tool.go"])
    place.mkdir(parents=True)
    (place / "tool.go").symlink_to(other)
    with pytest.raises(Failure, match=r"tool\.go: not generated"):
        write(place)
    assert (place / "tool.go").is_symlink()


def test_the_package_of_another_artifact_is_left_alone(place: Path) -> None:
    write(place)
    before = content(place)
    for artifact, package in (("m:tool", "tool"), (".:tool", "other")):
        with pytest.raises(Failure, match=r"has package tool of \.:tool"):
            write(place, artifact=artifact, package=package)
    assert content(place) == before


def test_a_file_in_place_of_the_directory_is_left_alone(place: Path) -> None:
    place.parent.mkdir()
    place.write_text("mine")
    with pytest.raises(Failure, match="is no directory"):
        write(place)
    assert place.read_text() == "mine"


@pytest.mark.parametrize(
    "record", ["", "[]", '{"files": {"../../x": "0"}, "artifact": "", "package": ""}']
)
def test_a_damaged_record_is_an_error(place: Path, record: str) -> None:
    write(place)
    (place / RECORD).write_text(record)
    with pytest.raises(Failure, match="cannot be read"):
        write(place)


def test_a_run_that_was_killed_half_way_is_made_good(place: Path) -> None:
    write(place)
    new = {**FILES, "tool.go": b"package tool // new\n", "more.go": b"package tool\n"}
    (place / "tool.go").write_bytes(new["tool.go"])  # this far
    (place / "tool.wasm").unlink()
    write(place, new)
    assert {name: content(place)[name] for name in new} == new


def test_what_cannot_be_written_leaves_all_as_it_was(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(place)
    before = content(place)
    rename = Path.rename

    def fails(self: Path, target: Path) -> Path:
        if Path(target) == place / RECORD and "new" in self.parts:  # the last of all
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(OSError, match="No space"):
        write(place, {**FILES, "tool.go": b"package tool // new\n", "more.go": b"package tool\n"})
    assert content(place) == before
    assert [path.name for path in place.parent.iterdir()] == ["tool"]


@pytest.mark.parametrize(
    ("text", "has"),
    [
        (f"module example.com/m\n\nrequire {IMPORT_PATH} v1.9.0\n", True),
        (f'// m\nmodule "example.com/m"\n\nrequire (\n\t{IMPORT_PATH} v1.9.0\n)\n', True),
        (f"module example.com/m // m\n\nrequire {IMPORT_PATH}/x v1.9.0\n", False),
        (f"module example.com/m\n\n// {IMPORT_PATH} v1.9.0\n", False),
    ],
)
def test_the_module_around_a_package_is_found(tmp_path: Path, text: str, has: bool) -> None:
    (tmp_path / "go.mod").write_text(text)
    module = module_around(tmp_path / "internal/tool")
    assert module is not None
    assert module.import_path(tmp_path / "internal/tool") == "example.com/m/internal/tool"
    assert module.import_path(tmp_path) == "example.com/m"
    assert module.has_wazero is has


def test_where_there_is_no_module_none_is_found(tmp_path: Path) -> None:
    if any((place / "go.mod").exists() for place in tmp_path.parents):
        pytest.skip("the temporary directory lies in a Go module")
    assert module_around(tmp_path) is None
    assert work_around(tmp_path) is None or os.path.exists(work_around(tmp_path) or "")
