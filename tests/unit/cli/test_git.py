"""What is read of a repository stays in its place, whoever made it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from go_repository import GIT, GoRepository
from wasip1_build.cli.base_tree import BaseTree
from wasip1_build.cli.git import Entry, find_repository
from wasip1_build.findings import Failure


@pytest.fixture
def small(tmp_path: Path) -> GoRepository:
    """A repository with one commit of a source, a text, a script and a link."""
    made = GoRepository(tmp_path / "small")
    made.write("main.go", "package main\n")
    made.write("words.txt", "many\n")
    made.write("run.sh", "#!/bin/sh\n").chmod(0o755)
    (made.root / "link.go").symlink_to("main.go")
    made.git("init", "-q", "-b", "main")
    made.commit()
    return made


def stored(repository: GoRepository, kind: str, content: bytes) -> str:
    """Puts an object into a repository that git itself would not make."""
    argv = ["git", "hash-object", "-w", "--literally", "-t", kind, "--stdin"]
    done = subprocess.run(
        argv, cwd=repository.root, env=GIT, input=content, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def tree_of(repository: GoRepository, *entries: tuple[str, str, str]) -> str:
    """A tree of entries (mode, name, object)."""
    lines = [f"{m} {n}".encode() + b"\0" + bytes.fromhex(o) for m, n, o in entries]
    return stored(repository, "tree", b"".join(lines))


def laid_out(repository: GoRepository, commit: str, place: Path, *specs: str) -> BaseTree:
    place.mkdir()
    found = find_repository(repository.root)
    base = BaseTree(found, place, found.tree(commit))
    base.lay_out(specs)
    return base


def test_a_tree_is_laid_out_with_what_is_read_and_the_names_of_the_rest(small, tmp_path):
    small.write("words.txt", "other\n")
    base = laid_out(small, "main", tmp_path / "then")
    assert base.top == tmp_path / "then" / str(small.root)[1:]
    assert (base.top / "main.go").read_text() == "package main\n"
    assert (base.top / "words.txt").read_text() == ""
    assert (base.top / "link.go").readlink() == Path("main.go")
    assert (base.top / "run.sh").stat().st_mode & 0o111
    named = laid_out(small, "main", tmp_path / "named", "words.txt")
    assert (named.top / "words.txt").read_text() == "many\n"


@pytest.mark.parametrize("name", ["..", ".git", ".GIT"])
def test_a_forged_name_is_refused(small, tmp_path, name):
    blob = small.git("rev-parse", "main:main.go")
    forged = tree_of(small, ("100644", name, blob))
    with pytest.raises(Failure, match="a path that is none"):
        laid_out(small, forged, tmp_path / "then")
    inner = tree_of(small, ("40000", "a", forged))
    with pytest.raises(Failure, match="a path that is none"):
        laid_out(small, inner, tmp_path / "then2")


def test_nothing_is_written_through_a_forged_link(small, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    blob = small.git("rev-parse", "main:main.go")
    link = stored(small, "blob", str(outside).encode())
    below = tree_of(small, ("100644", "x.go", blob))
    forged = tree_of(small, ("120000", "a", link), ("40000", "a", below))
    with pytest.raises(Failure, match="'a' twice"):
        laid_out(small, forged, tmp_path / "then")
    links_below = tree_of(small, ("120000", "b", link))
    forged = tree_of(small, ("120000", "a", link), ("40000", "a", links_below))
    with pytest.raises(Failure, match="twice"):
        laid_out(small, forged, tmp_path / "then2")
    assert list(outside.iterdir()) == []


def test_an_object_that_is_not_there_is_one_finding(small):
    with pytest.raises(Failure, match="is not in this repository"):
        list(find_repository(small.root).contents(["1" * 40]))


def test_many_objects_come_in_their_order(small, monkeypatch):
    monkeypatch.setattr("wasip1_build.cli.git.BLOBS_AT_ONCE", 2)
    names = ("main.go", "words.txt", "run.sh", "main.go", "words.txt")
    objects = [small.git("rev-parse", f"main:{name}") for name in names]
    contents = list(find_repository(small.root).contents(objects))
    assert contents == [(small.root / name).read_bytes() for name in names]


def test_a_new_repository_inside_of_this_one_is_unknown(small):
    found = find_repository(small.root)
    commit = found.commit("main")
    tree = found.tree(commit)
    assert tree["run.sh"] == Entry("100755", small.git("rev-parse", "main:run.sh"))
    assert not found.changes(commit, tree)
    inner = GoRepository(small.root / "inner")
    inner.write("a.go", "package a\n")
    inner.git("init", "-q")
    inner.commit()
    assert found.changes(commit, tree).unknown == {"inner"}


def test_a_file_in_the_place_of_a_link_is_another_one_and_the_other_way_round(small):
    found = find_repository(small.root)
    commit = found.commit("main")
    (small.root / "link.go").unlink()
    (small.root / "link.go").write_text("main.go")
    (small.root / "words.txt").unlink()
    (small.root / "words.txt").symlink_to("run.sh")
    changes = found.changes(commit, found.tree(commit))
    assert changes.content == {"link.go", "words.txt"}
