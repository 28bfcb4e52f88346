"""The past of a ledger is what git has of it: sizes over commits, and which of them moved it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from go_repository import GoRepository
from wasip1_build.cli import main
from wasip1_build.schema_files import schema_path
from wasip1_build.spec.sizes_file import Accepted, ledger_bytes

SPEC = 'spec-version = 1\n\n[artifact.a]\npackage = "."\n\n[artifact.b]\npackage = "."\n'
FILE = "wasip1.sizes.json"
A = Accepted(
    "go 1.27.3",
    {"wasm": 1_000_000, "br": 300_000},
    code_bytes={"std": {"fmt": 600_000}},
    data_bytes={"pclntab": 400_000},
)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GoRepository:
    """A repository with a spec and nothing accepted; the working directory is its top."""
    made = GoRepository(tmp_path / "w")
    made.write("wasip1.toml", SPEC)
    made.git("init", "-q", "-b", "main")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "a spec")
    monkeypatch.chdir(made.root)
    return made


def grown(by: int, accepted: Accepted = A, **changes: Any) -> Accepted:
    code = {"std": {"fmt": accepted.code_bytes["std"]["fmt"] + by}}
    sizes = {**accepted.size_bytes, "wasm": accepted.size_bytes["wasm"] + by}
    return replace(accepted, size_bytes=sizes, code_bytes=code, **changes)


def accept(repository: GoRepository, file: str = FILE, **artifacts: Accepted) -> None:
    records = {name: each.to_json() for name, each in artifacts.items()}
    repository.write(file, ledger_bytes(records).decode())


def commit(repository: GoRepository, subject: str, **artifacts: Accepted) -> str:
    if artifacts:
        accept(repository, **artifacts)
    repository.git("add", "-A")
    repository.git("commit", "-q", "--allow-empty", "-m", subject)
    return head(repository)


def head(repository: GoRepository) -> str:
    return str(repository.git("rev-parse", "HEAD")).strip()


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """The history of `a` as JSON, as its schema says."""
    assert main(["history", "a", "--json", *words]) == 0
    record: dict[str, Any] = json.loads(capsys.readouterr().out)
    Draft7Validator(json.loads(schema_path("history").read_bytes())).validate(record)
    return record


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["history", "a", *words]) == 2
    return capsys.readouterr().err


def subjects(record: dict[str, Any]) -> list[tuple[str, int | None, int | None]]:
    return [(p["subject"], p["size_bytes"], p["delta_bytes"]) for p in record["points"]]


def test_each_commit_that_moved_it_is_told_and_the_one_that_moved_most(
    repository: GoRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(repository, "accepted", a=A, b=A)
    commit(repository, "b alone", a=A, b=grown(9))
    moving = commit(repository, "prints more", a=grown(5_000), b=grown(9))
    commit(repository, "prints less", a=grown(3_000), b=grown(9))
    record = told(capsys)
    assert subjects(record) == [
        ("accepted", 1_000_000, None),
        ("prints more", 1_005_000, 5_000),
        ("prints less", 1_003_000, -2_000),
    ]
    assert record["moved_most"] == moving
    [package] = record["points"][1]["moved"]["packages"]
    assert (package["name"], package["delta_bytes"]) == ("fmt", 5_000)
    assert subjects(told(capsys, "--form", "br"))[0][1:] == (300_000, None)
    assert main(["history", "a"]) == 0
    text = capsys.readouterr().out
    assert f"moved most by {moving[:10]}: prints more\n  a: wasm +4.88 KiB (+0.5 %): fmt" in text
    assert "\x1b" not in text  # not a terminal
    assert "977KiB" in text.splitlines()[2] and "new" in text.splitlines()[2]


def test_a_commit_of_a_branch_is_told_and_not_its_merge(
    repository: GoRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(repository, "accepted", a=A, b=A)
    repository.git("switch", "-q", "-c", "topic")
    on_topic = commit(repository, "grows on a branch", a=grown(700), b=A)
    repository.git("switch", "-q", "main")
    commit(repository, "b grows", a=A, b=grown(50))
    repository.git("merge", "-q", "--no-edit", "topic")
    record = told(capsys)
    assert subjects(record)[1:] == [("grows on a branch", 1_000_700, 700)]
    assert record["moved_most"] == on_topic


def test_a_merge_that_accepts_anew_is_told(
    repository: GoRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(repository, "accepted", a=A)
    repository.git("switch", "-q", "-c", "topic")
    commit(repository, "theirs", a=grown(700))
    repository.git("switch", "-q", "main")
    commit(repository, "ours", a=grown(50))
    repository.git("merge", "-q", "--no-commit", "-s", "ours", "topic")
    commit(repository, "both", a=grown(750))
    assert subjects(told(capsys))[-1] == ("both", 1_000_750, 700)


def test_it_goes_on_where_the_file_is_renamed(
    repository: GoRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(repository, "accepted", a=A)
    repository.git("mv", "wasip1.toml", "other.toml")
    repository.git("mv", FILE, "other.sizes.json")
    commit(repository, "renamed")
    accept(repository, "other.sizes.json", a=grown(5))
    commit(repository, "grows")
    record = told(capsys, "--file", "other.toml")
    assert subjects(record) == [("accepted", 1_000_000, None), ("grows", 1_000_005, 5)]


def test_what_is_not_committed_is_told_as_that(
    repository: GoRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    accept(repository, a=A)
    record = told(capsys)
    assert subjects(record) == [("not committed", 1_000_000, None)]
    assert record["points"][0]["commit"] is None
    assert record["notes"] == [f"{FILE} is not committed yet: its history begins when it is"]
    commit(repository, "accepted", a=A)
    assert told(capsys)["notes"] == []
    accept(repository, a=grown(8))
    record = told(capsys)
    assert subjects(record)[-1] == ("not committed", 1_000_008, 8)
    assert main(["history", "a"]) == 0
    assert "(on disk)" in capsys.readouterr().out


def test_an_artifact_that_was_taken_out_and_came_again(
    repository: GoRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(repository, "accepted", a=A, b=A)
    commit(repository, "taken out", b=A)
    commit(repository, "again", a=grown(1), b=A)
    assert subjects(told(capsys)) == [
        ("accepted", 1_000_000, None),
        ("taken out", None, None),
        ("again", 1_000_001, None),
    ]


def test_a_shallow_clone_says_where_history_ends(
    repository: GoRepository,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commit(repository, "accepted", a=A)
    commit(repository, "grows", a=grown(500))
    commit(repository, "grows again", a=grown(600))
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "--depth", "2", f"file://{repository.root}", str(clone))
    monkeypatch.chdir(clone)
    record = told(capsys)
    # Git shows the first commit that it has as one that made every file: that moved nothing.
    assert subjects(record) == [("grows", 1_000_500, None), ("grows again", 1_000_600, 100)]
    assert "this is a shallow clone" in record["notes"][0]
    assert record["moved_most"] == head(repository)
    assert main(["history", "a"]) == 0
    assert "  ?  " in capsys.readouterr().out


def test_another_compiler_is_named(
    repository: GoRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(repository, "accepted", a=A)
    commit(repository, "new Go", a=grown(500, compiler="go 1.28.0"))
    assert main(["history", "a"]) == 0
    text = capsys.readouterr().out
    assert "new Go [go 1.27.3, now go 1.28.0]" in text
    assert "the compiler is another: go 1.27.3, now go 1.28.0" in text


def test_a_commit_with_a_damaged_ledger_is_passed_over(
    repository: GoRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(repository, "accepted", a=A)
    repository.write(FILE, "<<<<<<< HEAD\n")
    repository.git("commit", "-q", "-am", "a bad merge")
    commit(repository, "mended", a=A)
    assert [p["size_bytes"] for p in told(capsys)["points"]] == [1_000_000, None, 1_000_000]
    repository.write(FILE, "<<<<<<< HEAD\n")
    assert "on disk has the marks of a merge" in told(capsys)["notes"][0]


def test_a_hostile_subject_cannot_move_the_cursor(
    repository: GoRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(repository, "accepted", a=A)
    commit(repository, "grows\x1b[2J" + "x" * 90, a=grown(9))
    assert main(["history", "a"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_where_there_is_nothing_to_tell_it_is_said_why(
    repository: GoRepository,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert f"there is no {FILE}" in refused(capsys)
    commit(repository, "accepted", b=A)
    assert f"{FILE} does not have a" in refused(capsys)
    commit(repository, "accepted", a=A)
    missing = refused(capsys, "--form", "gz")
    assert "there are sizes of br, wasm" in missing
    assert main(["history", "none"]) == 2
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "wasip1.toml").write_text(SPEC)
    monkeypatch.chdir(outside)
    assert "is in no working tree of a git repository" in refused(capsys)
    (outside / "git").mkdir()
    monkeypatch.setenv("PATH", str(outside / "git"))
    assert "git is not on PATH" in refused(capsys)


def test_a_repository_without_a_commit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = GoRepository(tmp_path / "new")
    made.write("wasip1.toml", SPEC)
    made.git("init", "-q", "-b", "main")
    monkeypatch.chdir(made.root)
    accept(made, a=A)
    assert subjects(told(capsys)) == [("not committed", 1_000_000, None)]
