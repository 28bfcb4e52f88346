"""Granted directories: which trees are staged, and what a guest's path means in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from wasip1_build.findings import Failure
from wasip1_build.runtime.granted import Layout, layout, stage, walk
from wasip1_build.spec.model import DirGrant, Grants


def made(workspace: Path, *dirs: tuple[str, str, str]) -> Layout:
    for host, _guest, _mode in dirs:
        (workspace / host).mkdir(parents=True, exist_ok=True)
    return layout(
        Grants(dirs=tuple(DirGrant(host, guest, mode) for host, guest, mode in dirs)),  # type: ignore[arg-type]
        workspace,
    )


def test_grants_keep_their_order_and_mode(tmp_path: Path) -> None:
    both = made(tmp_path, ("z", "/z", "rw"), ("a", "/a", "ro"))
    preopens = both.preopens(Path("/copies"))
    assert [(each.guest, each.read_only) for each in preopens] == [("/z", False), ("/a", True)]
    assert preopens[0].host != preopens[1].host


def test_the_same_directory_granted_twice_is_one_tree(tmp_path: Path) -> None:
    twice = made(tmp_path, ("a", "/in", "ro"), ("a/../a", "/out", "rw"))
    assert len(twice.roots) == 1
    assert len({each.host for each in twice.preopens(Path("/copies"))}) == 1


def test_a_directory_inside_another_is_one_tree_with_it(tmp_path: Path) -> None:
    nested = made(tmp_path, ("a/out", "/out", "rw"), ("a", "/a", "ro"))
    assert nested.roots == (tmp_path.resolve() / "a",)
    out, top = nested.preopens(Path("/copies"))
    assert out.host == f"{top.host.rstrip('/')}/out"


def test_directories_side_by_side_are_two_trees(tmp_path: Path) -> None:
    assert len(made(tmp_path, ("a", "/a", "ro"), ("ab", "/ab", "ro")).roots) == 2


def test_a_link_to_a_granted_directory_is_the_same_tree(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to("a")
    assert len(made(tmp_path, ("a", "/a", "ro"), ("link", "/l", "ro")).roots) == 1


def test_a_missing_directory_is_refused_with_its_key(tmp_path: Path) -> None:
    with pytest.raises(Failure) as caught:
        layout(Grants(dirs=(DirGrant("nowhere", "/a"),)), tmp_path)
    assert caught.value.findings[0].key == "grants.dirs.0"


def test_what_cannot_be_staged_is_said_with_the_key_of_its_grant(tmp_path: Path) -> None:
    both = made(tmp_path, ("a", "/a", "ro"), ("b", "/b", "ro"))
    (tmp_path / "b/link").symlink_to("/")
    with pytest.raises(Failure) as caught:
        walk(both)
    assert caught.value.findings[0].key == "grants.dirs.1"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/data/x", (0, "x")),
        ("/data/out/x", (0, "other/x")),
        ("/data/./y/../x", (0, "x")),
        ("/data", (0, ".")),
        ("/database", None),
        ("x", None),
    ],
)
def test_a_path_of_the_guest_is_found_by_the_longest_grant(
    tmp_path: Path, path: str, found: tuple[int, str] | None
) -> None:
    both = made(tmp_path, ("a", "/data", "ro"), ("a/other", "/data/out", "rw"))
    assert both.find(path) == found


@pytest.mark.parametrize(("guest", "path"), [("/", "/x/y"), (".", "x/y"), ("./", "./x/y")])
def test_a_whole_file_system_or_working_directory_can_be_granted(
    tmp_path: Path, guest: str, path: str
) -> None:
    one = made(tmp_path, ("a", guest, "ro"))
    assert one.find(path) == (0, "x/y")


def test_a_name_is_said_as_the_guest_knows_it(tmp_path: Path) -> None:
    both = made(tmp_path, ("a", "/data", "ro"), ("a/other", "/out", "rw"))
    assert both.guest_name(0, "x") == "/data/x"
    assert both.guest_name(0, "other/x") == "/out/x"


def test_a_directory_that_changes_while_it_is_copied_is_not_used(tmp_path: Path) -> None:
    one = made(tmp_path, ("a", "/a", "ro"))
    (tmp_path / "a/file").write_text("old")
    listings = walk(one)
    stage(one, listings, tmp_path / "copies")
    (tmp_path / "a/file").write_text("new")
    with pytest.raises(Failure, match="changed while it was being copied"):
        stage(one, listings, tmp_path / "others")
