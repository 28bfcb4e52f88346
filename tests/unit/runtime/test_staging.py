"""What is in a granted directory, how it is copied, and how what a guest wrote is removed."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from wasip1_build.findings import Failure
from wasip1_build.runtime import staging
from wasip1_build.runtime.staging import Entry, copy_tree, remove_tree, snapshot, walk_granted


def rule_of(directory: Path) -> str:
    with pytest.raises(Failure) as caught:
        walk_granted(directory)
    (finding,) = caught.value.findings
    return finding.rule


def test_files_links_and_directories_are_entries(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/run").write_text("x")
    (tmp_path / "sub/run").chmod(0o755)
    (tmp_path / "link").symlink_to("sub/run")
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    assert walk_granted(tmp_path) == (
        Entry("link", "link", "sub/run"),
        Entry("sub", "directory"),
        Entry("sub/run", "file", digest, executable=True),
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "file").write_text("new"),
        lambda root: (root / "file").chmod(0o755),
        lambda root: (root / "file").rename(root / "other"),
        lambda root: ((root / "link").unlink(), (root / "link").symlink_to("empty")),
        lambda root: (root / "empty").rmdir(),
        lambda root: (root / "added").write_text(""),
    ],
)
def test_every_change_changes_the_entries(tmp_path: Path, change: object) -> None:
    (tmp_path / "file").write_text("old")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to("file")
    before = walk_granted(tmp_path)
    assert callable(change)
    change(tmp_path)
    assert walk_granted(tmp_path) != before


def test_a_link_that_stays_inside_is_kept_even_if_it_dangles(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/up").symlink_to("../file")
    (tmp_path / "file").write_text("x")
    (tmp_path / "dangling").symlink_to("nothing")
    walked = walk_granted(tmp_path)
    copy_tree(tmp_path, walked, tmp_path.with_name("copy"))
    assert walk_granted(tmp_path.with_name("copy")) == walked


@pytest.mark.parametrize(
    "target", ["..", "../../etc/passwd", "/etc/passwd", "sub/../../x", "out/x"]
)
def test_a_link_that_leaves_the_directory_is_refused(tmp_path: Path, target: str) -> None:
    granted = tmp_path / "granted"
    (granted / "sub").mkdir(parents=True)
    if target == "out/x":
        (granted / "out").symlink_to(tmp_path)
    (granted / "link").symlink_to(target)
    assert rule_of(granted) == "grant-link"


def test_pipes_and_sockets_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    os.mkfifo(tmp_path / "a/pipe")
    assert rule_of(tmp_path / "a") == "grant-file"
    (tmp_path / "b").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(tmp_path / "b")  # a socket's path is 100 characters at most
        server.bind("socket")
        os.chdir(here)
        assert rule_of(tmp_path / "b") == "grant-file"


def test_a_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"\xff")).write_text("x")
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    assert rule_of(tmp_path) == "grant-file"


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert rule_of(tmp_path / "nowhere") == "grant-missing"


def test_more_than_64_mib_are_refused_with_a_way_out(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as stream:
        stream.truncate(staging.STAGED_BYTES + 1)
    with pytest.raises(Failure, match=r"holds 64 MiB.*\n.*\n.*fixtures"):
        walk_granted(tmp_path)
    with (tmp_path / "large").open("wb") as stream:
        stream.truncate(1000)
    assert len(walk_granted(tmp_path)) == 1


def test_every_copy_has_the_same_modification_times(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "sub").mkdir(parents=True)
    (source / "sub/file").write_text("x")
    copy_tree(source, walk_granted(source), tmp_path / "copy")
    copies = [tmp_path / "copy", *(tmp_path / "copy").rglob("*")]
    assert {path.stat().st_mtime_ns for path in copies} == {staging.MTIME_NS}


def test_a_snapshot_takes_what_a_grant_would_refuse(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe")
    assert snapshot(tmp_path) == (
        Entry("out", "link", "/etc/passwd"),
        Entry("pipe", "special"),
    )


def test_what_a_guest_wrote_is_removed_without_following_its_links(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    written = tmp_path / "written"
    (written / "a/b/c").mkdir(parents=True)
    (written / "a/b/link").symlink_to(kept)
    (written / "1").write_text("x")
    remove_tree(written)
    assert sorted(os.listdir(tmp_path)) == ["kept"]
    assert (kept / "file").exists()
    remove_tree(written)


def test_nested_deeper_than_the_longest_path_is_removed(tmp_path: Path) -> None:
    here = Path.cwd()
    (tmp_path / "deep").mkdir()
    os.chdir(tmp_path / "deep")
    try:
        for _ in range(1200):
            Path("dddddddd").mkdir()
            os.chdir("dddddddd")
    finally:
        os.chdir(here)
    remove_tree(tmp_path / "deep")
    assert os.listdir(tmp_path) == []
