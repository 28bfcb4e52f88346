"""`wasip1 why` tells who owns the bytes of any module, and refuses what it cannot know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from go_tables import plain_module
from wasip1_build.cli import main
from wasip1_build.cli.why import CHAINS, _brought
from wasip1_build.findings import Failure
from wasip1_build.report.owners import brought_json, brought_text
from wasip1_build.steps.import_graph import ImportGraph
from wasip1_build.wasm.sizes.attribution import Attribution
from wasip1_build.wasm.strip import strip

SPEC = 'spec-version = 1\n\n[artifact.app]\npackage = "."\n'
NAMED = plain_module(
    [b"\0\x0b", b"\0\x01\x0b", b"\0\x01\x01\x0b"],
    [(8, b"abc")],
    ["runtime.alloc", "a.b/c.F", "a.b/c.\x1b[2J"],
)


def why(capsys: pytest.CaptureFixture[str], *words: str | Path, code: int = 0) -> str:
    """What is printed; on stderr where it fails."""
    assert main(["why", *map(str, words)]) == code
    out, err = capsys.readouterr()
    assert not (out and err)
    return out or err


def test_a_file_is_divided(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.wasm"
    path.write_bytes(NAMED)
    lines = [line.split() for line in why(capsys, path).splitlines()]
    size = len(NAMED)
    assert lines[0] == [f"{path}:", f"{size:,}", "B"]
    assert ["code", "9", "B", f"{900 / size:.1f}", "%", "3", "functions"] in lines
    assert ["7", "B", f"{700 / size:.1f}", "%", "2", "functions", "a.b/c"] in lines
    assert ["3", "B", f"{300 / size:.1f}", "%", "other"] in lines
    assert ["4", "B", f"{400 / size:.1f}", "%", "a.b/c.\\x1b[2J"] in lines


def test_json_has_all_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.wasm"
    path.write_bytes(NAMED)
    record = json.loads(why(capsys, path, "--json"))
    assert record["spec-version"] == 1
    assert record["size_bytes"] == len(NAMED)
    parts = (record["data"].values(), record["sections"].values())
    assert record["code_bytes"] + sum(map(sum, parts)) == len(NAMED)
    assert record["by_function"][1] == {"function": "a.b/c.F", "package": "a.b/c", "code_bytes": 3}


def test_a_module_without_names_is_said_to_be_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.wasm"
    path.write_bytes(strip(NAMED))
    printed = why(capsys, path)
    assert "packages and functions: not known: it has no name section" in printed
    assert "modules" not in printed


def test_only_the_largest_are_shown_unless_all_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.wasm"
    names = ["runtime.alloc", *(f"p{number}.F" for number in range(14))]
    path.write_bytes(plain_module([b"\0\x0b"] * 15, [], names))
    assert "packages: 15" in why(capsys, path)
    assert "and 5 more (--all)" in why(capsys, path)
    assert "more" not in why(capsys, path, "--all")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["nowhere.wasm"], "nowhere.wasm cannot be read"),
        (["bad.wasm"], "bad.wasm is a native program"),
        (["bad.wasm", "fmt"], "fmt beside a file"),
        (["other"], 'no artifact is declared at "other"'),
        (["app"], "there is no build/app/app.wasm"),
        (["app", "fmt"], "there is no build/app/app.wasm"),
    ],
)
def test_what_cannot_be_told_is_refused(
    words: list[str],
    what: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wasip1.toml").write_text(SPEC)
    (tmp_path / "bad.wasm").write_bytes(b"\x7fELF")
    assert what in why(capsys, *words, code=2)


def test_a_module_that_no_listing_belongs_to_has_no_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wasip1.toml").write_text(SPEC)
    (tmp_path / "build/app").mkdir(parents=True)
    (tmp_path / "build/app/app.wasm").write_bytes(NAMED)
    assert "no go.mod at or above" in why(capsys, "app", "fmt", code=2)
    (tmp_path / "go.mod").write_text("module example.com/app\n\ngo 1.21\n")
    assert ".:app is not listed" in why(capsys, "app", "fmt", code=2)


GRAPH = ImportGraph(
    "example.com/m",
    {
        "example.com/m": ("fmt", *(f"p{number}" for number in range(9))),
        "fmt": ("reflect",),
        **{f"p{number}": ("os",) for number in range(9)},
        "os": (),
        "reflect": (),
    },
)
FUNCTIONS = (("main.main", "main", 10), ("fmt.F", "fmt", 300), ("reflect.F", "reflect", 60))
FOUND = Attribution(370, FUNCTIONS, {}, {"header": 30})


def test_a_package_is_told_with_what_it_brings() -> None:
    found = _brought(GRAPH, FOUND, "fmt")
    assert brought_json(found) == {
        "package": "fmt",
        "code_bytes": 300,
        "functions": 1,
        "chains": [["example.com/m", "fmt"]],
        "more_chains": False,
        "only_because_of_it": {"computed_bytes": 360, "packages": {"fmt": 300, "reflect": 60}},
    }
    text = brought_text("a.wasm", 400, found, None)
    assert "its code: 300 B, 1 function, 75.0 % of a.wasm" in text
    assert "  example.com/m > fmt\n" in text
    assert "linked only because of it: 2 packages, 360 B of code, 90.0 % (computed" in text


def test_the_main_package_has_its_path_and_its_code() -> None:
    found = _brought(GRAPH, FOUND, "main")
    assert (found.package, found.code_bytes) == ("example.com/m", 10)


def test_many_chains_are_cut() -> None:
    found = _brought(GRAPH, FOUND, "os")
    assert (len(found.chains), found.more) == (CHAINS, True)
    assert "and by other ways of this length" in brought_text("a.wasm", 400, found, None)


def test_without_names_no_code_is_claimed() -> None:
    found = _brought(GRAPH, Attribution(370, None, {}, {"header": 30}, "no names"), "fmt")
    text = brought_text("a.wasm", 400, found, None)
    assert "its code: not known" in text
    assert "computed" not in text
    assert brought_json(found)["only_because_of_it"]["computed_bytes"] is None


def test_a_package_that_is_not_linked_is_refused_with_one_that_is() -> None:
    with pytest.raises(Failure, match="does not import reflct") as refused:
        _brought(GRAPH, FOUND, "reflct")
    assert 'did you mean "reflect"?' in str(refused.value)
