"""What leaves the workspace, by a link or openly, is refused unless a grant says `outside`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from wasip1_build.findings import Failure
from wasip1_build.spec.cached import load_workspace

MakeWorkspace = Callable[..., Path]

MINIMAL = 'spec-version = 1\n[artifact.hello]\npackage = "."\n'


def errors(root: Path) -> list[str]:
    """What is wrong, one line each."""
    with pytest.raises(Failure) as caught:
        load_workspace(root)
    return [finding.what for finding in caught.value.findings]


def test_a_link_out_of_the_workspace_needs_outside(workspace: MakeWorkspace) -> None:
    root = workspace(MINIMAL + 'grants.dirs = [{ host = "link/sub", guest = "/x" }]\n')
    (root.parent / "elsewhere" / "sub").mkdir(parents=True)
    (root / "link").symlink_to(root.parent / "elsewhere")
    assert errors(root) == ['the granted directory "link/sub" is outside of the workspace']


def test_outside_allows_a_link_out_but_never_the_root(workspace: MakeWorkspace) -> None:
    spec = MINIMAL + 'grants.dirs = [{ host = "link", guest = "/x", outside = true }]\n'
    root = workspace(spec)
    (root / "link").symlink_to(root.parent)
    assert load_workspace(root).artifacts[0].grants.dirs[0].outside
    (root / "link").unlink()
    (root / "link").symlink_to("/")
    assert errors(root) == ['"link" is the root of the host\'s file system']


def test_a_writable_grant_of_data_alone_is_fine(workspace: MakeWorkspace) -> None:
    spec = MINIMAL + 'grants.dirs = [{ host = "data", guest = "/x", mode = "rw" }]\n'
    root = workspace(spec, {"data/a.txt": "a"})
    assert load_workspace(root).artifacts[0].grants.dirs[0].mode == "rw"
    (root / "data" / "gen.go").write_text("package gen\n")
    assert errors(root) == ['"data" is granted for writing']


def test_a_link_to_what_the_build_keeps_is_no_way_around(workspace: MakeWorkspace) -> None:
    spec = MINIMAL + 'grants.dirs = [{ host = "data", guest = "/x", mode = "rw" }]\n'
    root = workspace(spec, {"site_scons/tool.py": ""})
    (root / "data").symlink_to("site_scons")
    assert errors(root) == ['"data" is granted for writing']


def test_a_package_behind_a_link_out_of_the_workspace_is_refused(workspace: MakeWorkspace) -> None:
    root = workspace('spec-version = 1\n[artifact.hello]\npackage = "./cmd"\n')
    (root.parent / "elsewhere").mkdir()
    (root / "cmd").symlink_to(root.parent / "elsewhere")
    assert errors(root) == ['package "./cmd" is outside of the workspace']


def test_an_import_path_is_left_to_go(workspace: MakeWorkspace) -> None:
    root = workspace('spec-version = 1\n[artifact.hello]\npackage = "example.com/m/cmd/hello"\n')
    assert load_workspace(root).artifacts[0].package == "example.com/m/cmd/hello"


@pytest.mark.parametrize(("member", "found"), [("m", "m"), ("?", "m")])
def test_a_member_behind_a_link_out_of_the_workspace_is_refused(
    workspace: MakeWorkspace, member: str, found: str
) -> None:
    root = workspace(f'spec-version = 1\n[workspace]\nmembers = ["{member}"]\n')
    (root.parent / "m").mkdir()
    (root.parent / "m" / "wasip1.toml").write_text(MINIMAL)
    (root / "m").symlink_to(root.parent / "m")
    assert errors(root) == [f'the member "{found}" is outside of the workspace']
