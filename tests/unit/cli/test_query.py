"""`wasip1 query` tells what an artifact is made from, and what a file goes into."""

from __future__ import annotations

import json

import pytest

from wasip1_build.cli import main

APP, TOOL = ".:app", "services/tool:tool"


def query(capsys, *arguments: str) -> list[str]:
    """The lines that are printed."""
    assert main(["query", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def refused(capsys, *arguments: str) -> str:
    assert main(["query", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err


@pytest.mark.usefixtures("repository")
def test_the_inputs_of_an_artifact_are_told_by_their_kind(capsys):
    assert query(capsys, "inputs", "app") == [
        "spec\twasip1.toml",
        "go.mod\tgo.mod",
        "go.mod\tgo.sum",
        "go\tcmd/app/main.go",
        "go\tlib/text/text.go",
        "embed\tcmd/app/words.txt",
        "check\ttestdata/host.py",
        "check\ttestdata/out.txt",
        "granted\tdata/plain.txt",
        "granted\tdata/wörter und mehr.txt",
        "module\texample.com/w",
        "module\texample.com/x v1.2.0",
    ]


def test_a_word_means_what_it_means_to_scons(repository, capsys, monkeypatch):
    assert query(capsys, "inputs", TOOL) == query(capsys, "inputs", "services/")
    monkeypatch.chdir(repository.root / "services")
    lines = query(capsys, "inputs", "tool:tool", "--file", "../wasip1.toml")
    assert lines[:2] == ["spec\twasip1.toml", "spec\tservices/tool/wasip1.toml"]
    monkeypatch.chdir(repository.root)
    both = query(capsys, "inputs", ".")
    assert both[0] == APP
    assert both[both.index("") + 1] == TOOL


def test_json_has_the_same_with_what_pins_the_modules(repository, capsys):
    repository.write("cmd/app/default.pgo", "")
    assert main(["query", "inputs", "app", "--json"]) == 0
    [app] = json.loads(capsys.readouterr().out)["artifacts"]
    assert app["artifact"] == APP
    assert app["files"]["embed"] == ["cmd/app/words.txt"]
    assert "cmd/app/default.pgo" in app["files"]["go"]
    [own, required] = app["modules"]
    assert own == {"path": "example.com/w", "go": "1.25"}
    assert (required["path"], required["version"]) == ("example.com/x", "v1.2.0")
    assert required["sum"].startswith("h1:")


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("path", "dependents"),
    [
        ("wasip1.toml", [APP, TOOL]),
        ("services/tool/wasip1.toml", [TOOL]),
        ("go.mod", [APP, TOOL]),
        ("lib/text/text.go", [APP]),
        ("cmd/app/words.txt", [APP]),
        ("data/wörter und mehr.txt", [APP]),
        ("./testdata/../testdata/host.py", [APP]),
        ("cmd", [APP]),
        ("cmd/app/main_test.go", []),
        ("lib/other/other.go", []),
    ],
)
def test_a_file_has_the_dependents_that_read_it(capsys, path, dependents):
    assert query(capsys, "dependents", path) == dependents


def test_a_path_is_one_from_here(repository, capsys, monkeypatch):
    monkeypatch.chdir(repository.root / "lib/text")
    assert query(capsys, "dependents", "text.go", "--file", "../../wasip1.toml", "--json") == [
        "{",
        '  "dependents": [',
        '    ".:app"',
        "  ],",
        '  "file": "lib/text/text.go",',
        '  "spec-version": 1',
        "}",
    ]


@pytest.mark.usefixtures("repository")
def test_a_file_that_nobody_reads_is_said_to_be_one(capsys):
    assert main(["query", "dependents", "README.md"]) == 0
    assert capsys.readouterr() == ("", "note: README.md is an input of no artifact\n")


@pytest.mark.usefixtures("repository")
def test_what_is_not_there_is_refused(capsys):
    assert "there is no file lib/text/txt.go" in refused(capsys, "dependents", "lib/text/txt.go")
    assert 'did you mean "app"?' in refused(capsys, "inputs", "ap")


def test_inputs_that_cannot_be_known_are_an_error(repository, capsys):
    repository.edit("wasip1.toml", 'host = "data"', 'host = "date"')
    assert main(["query", "inputs", "app"]) == 1
    printed = capsys.readouterr()
    assert "go\tcmd/app/main.go" in printed.out
    assert "the granted directory date does not exist" in printed.err
    repository.edit("go.mod", "go 1.25", "go 1.99")
    assert main(["query", "dependents", "cmd/app/main.go"]) == 1
    assert "asks for Go 1.99" in capsys.readouterr().err


def test_a_tool_that_is_kept_in_the_workspace_is_an_input(repository, capsys):
    program = repository.write("tools/wasmtime", "#!/bin/sh\necho wasmtime 49.0.3\n")
    program.chmod(0o755)
    repository.edit(
        "wasip1.toml",
        "[defaults]",
        '[toolchain]\nwasmtime = { path = "tools/wasmtime" }\n\n[defaults]',
    )
    assert query(capsys, "dependents", "tools/wasmtime") == [APP]
    repository.commit()
    repository.write("tools/wasmtime", "#!/bin/sh\necho wasmtime 49.0.4\n")
    assert main(["affected", "main"]) == 0
    assert capsys.readouterr().out == f"{APP}\ttools/wasmtime changed\n"


def test_without_go_no_inputs_are_known(repository, capsys):
    repository.edit("wasip1.toml", "[defaults]", '[toolchain]\ngo = "1.20.1"\n\n[defaults]')
    assert "Go 1.20.1 is not on this machine" in refused(capsys, "inputs", "app")


@pytest.mark.usefixtures("repository")
def test_a_question_is_needed(capsys):
    with pytest.raises(SystemExit):
        main(["query"])
    assert "QUESTION" in capsys.readouterr().err
