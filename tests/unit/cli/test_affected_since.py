"""`wasip1 affected` takes from git what a revision holds, and only reads it."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from affected_command import refused
from go_repository import GoRepository
from wasip1_build.cli import main

TOOL = "services/tool:tool"


def test_the_repository_is_only_read(repository, capsys):
    repository.edit("cmd/app/main.go", "x.Version", "x.Version, 1")
    repository.git("add", "README.md")
    before = snapshot(repository.root)
    assert main(["affected", "main"]) == 0
    assert capsys.readouterr().out == ".:app\tcmd/app/main.go changed\n"
    assert snapshot(repository.root) == before


def snapshot(root: Path) -> Mapping[str, tuple[int, bytes]]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_a_long_list_of_reasons_is_cut_on_its_line(repository, capsys):
    for number in range(7):
        repository.write(f"services/tool/cmd/more{number}.go", "package main\n")
    assert main(["affected", "main"]) == 0
    line = capsys.readouterr().out
    assert line.startswith(f"{TOOL}\tservices/tool/cmd/more0.go added; ")
    assert line.endswith("more4.go added; 2 more (--json has all)\n")


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("revision", "said"),
    [
        ("nowhere", 'git knows no commit "nowhere"'),
        ("BASE=", '"" is no revision'),
        ("BASE=--all", '"--all" is no revision'),
        ("main:README.md", "git knows no commit"),
    ],
)
def test_what_is_no_revision_is_said(capsys, revision, said):
    assert said in refused(capsys, revision)


def test_outside_of_a_repository_there_is_nothing_to_compare_with(repository, capsys):
    shutil.rmtree(repository.root / ".git")
    assert "is in no working tree of a git repository" in refused(capsys, "main")


def test_without_git_it_says_so(repository, capsys, monkeypatch):
    monkeypatch.setenv("PATH", str(repository.root))
    assert "git is not on PATH" in refused(capsys, "main")


def test_three_dots_compare_with_where_the_branches_parted(repository, affected):
    repository.git("checkout", "-q", "-b", "feature")
    repository.edit("services/tool/cmd/main.go", "{}", "{ println() }")
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.edit("lib/text/text.go", "return s", "return s + s")
    repository.commit()
    repository.git("checkout", "-q", "feature")
    mine = {TOOL: ["services/tool/cmd/main.go changed"]}
    assert affected(base="main...") == mine
    assert affected(base="main") == {".:app": ["lib/text/text.go changed"], **mine}


def test_a_shallow_clone_says_what_it_lacks(repository, tmp_path, capsys, monkeypatch):
    first = repository.git("rev-parse", "HEAD")
    repository.git("checkout", "-q", "-b", "feature")
    repository.write("README.md", "Feature.\n")
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.write("README.md", "Main.\n")
    repository.commit()
    clone = tmp_path / "clone"
    url = f"file://{repository.root}"
    repository.git("clone", "-q", "--depth=1", "--no-single-branch", url, str(clone))
    monkeypatch.chdir(clone)
    said = refused(capsys, "origin/feature...")
    assert "origin/feature and HEAD have no commit in common here" in said
    assert "git fetch --unshallow" in said
    said = refused(capsys, first)
    assert "this is a shallow clone" in said
    assert f"git fetch origin {first}" in said


def test_a_workspace_below_the_top_of_its_repository_is_compared_alone(
    committed, tmp_path, repository, affected, monkeypatch
):
    top = GoRepository(tmp_path / "mono")
    committed.copy(top.root / "go programs")
    shutil.rmtree(top.root / "go programs/.git")
    top.git("init", "-q", "-b", "main")
    top.write("other/main.go", "package main\n")
    top.commit()
    monkeypatch.chdir(top.root / "go programs")
    top.write("other/main.go", "package other\n")
    assert affected() == {}
    top.edit("go programs/lib/text/text.go", "return s", "return s + s")
    assert affected() == {".:app": ["lib/text/text.go changed"]}
    monkeypatch.chdir(top.root)
    assert affected("--file", "go programs/wasip1.toml") == {".:app": ["lib/text/text.go changed"]}
    assert repository.root.is_dir()


def test_settings_and_hooks_of_the_repository_decide_nothing(repository, affected, tmp_path):
    trap = tmp_path / "trap"
    script = repository.write(".git/trap.sh", f"#!/bin/sh\ntouch '{trap}'\n")
    script.chmod(0o755)
    for name in ("core.fsmonitor", "diff.external", "core.pager", "filter.trap.smudge"):
        repository.git("config", name, str(script))
    repository.git("config", "diff.ignoreSubmodules", "all")
    repository.git("config", "status.showUntrackedFiles", "no")
    repository.write(".gitattributes", "*.go filter=trap\n")
    repository.write("services/tool/cmd/more.go", "package main\n")
    assert affected() == {TOOL: ["services/tool/cmd/more.go added"]}
    assert not trap.exists()


def test_variables_of_a_hook_lead_to_no_other_repository(
    repository, affected, tmp_path, monkeypatch
):
    repository.edit("services/tool/cmd/main.go", "{}", "{ println() }")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert affected() == {TOOL: ["services/tool/cmd/main.go changed"]}


def test_what_git_was_told_not_to_look_at_is_looked_at(repository, affected):
    repository.git("update-index", "--assume-unchanged", "services/tool/cmd/main.go")
    repository.git("update-index", "--skip-worktree", "lib/text/text.go")
    repository.write("notes.txt", "")
    assert affected() == {}
    repository.edit("services/tool/cmd/main.go", "{}", "{ println() }")
    repository.edit("lib/text/text.go", "return s", "return s + s")
    assert affected() == {
        ".:app": ["lib/text/text.go changed"],
        TOOL: ["services/tool/cmd/main.go changed"],
    }


def test_what_a_sparse_checkout_leaves_out_is_not_there_on_either_side(repository, affected):
    repository.git("status")  # git drops only files that it knows to be unchanged
    repository.git("sparse-checkout", "set", "--no-cone", "/*", "!/lib/other", "!/data/plain.txt")
    assert not (repository.root / "data/plain.txt").exists()
    repository.write("notes.txt", "")
    assert affected() == {}


def test_a_submodule_counts_as_a_whole(repository, affected, tmp_path):
    library = GoRepository(tmp_path / "library")
    library.write("go.mod", "module example.com/x\n\ngo 1.25\n")
    library.write("x.go", 'package x\n\nconst Version = "sub"\n')
    library.git("init", "-q", "-b", "main")
    library.commit()
    allowed = ("-c", "protocol.file.allow=always")
    repository.git(*allowed, "submodule", "--quiet", "add", str(library.root), "sub")
    repository.edit("go.mod", "require", "replace example.com/x => ./sub\n\nrequire")
    repository.commit()
    repository.write("notes.txt", "")
    assert affected() == {}
    repository.write("sub/x.go", 'package x\n\nconst Version = "changed"\n')
    assert affected() == {".:app": ["sub, a repository of its own, changed"]}


def test_a_name_of_any_bytes_stays_on_one_line(repository, capsys):
    name = os.fsdecode("testdata/tab\tand ü".encode() + b"\xff.txt")
    repository.write(name, "hello\n")
    assert main(["query", "dependents", name]) == 0
    assert capsys.readouterr().err.startswith(
        r"note: testdata/tab\tand ü\xff.txt is an input of no"
    )
    repository.write("data/tab\tand ü.txt", "new\n")
    assert main(["affected", "main"]) == 0
    assert capsys.readouterr().out == ".:app\tdata/tab\\tand ü.txt added\n"


def test_a_go_file_above_the_temporary_directory_is_refused(repository, capsys, monkeypatch):
    repository.write("README.md", "Other words.\n")
    monkeypatch.setattr("tempfile.tempdir", str(repository.root / "data"))
    said = refused(capsys, "main")
    assert "lies above the directory for temporary files" in said
    assert "TMPDIR" in said


def test_a_full_disk_is_one_finding(repository, capsys, monkeypatch):
    def fail(*_arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    repository.write("README.md", "Other words.\n")
    monkeypatch.setattr("wasip1_build.cli.base_tree.BaseTree._write", fail)
    said = refused(capsys, "main")
    assert "the revision cannot be laid out: No space left on device" in said
    assert "TMPDIR" in said
