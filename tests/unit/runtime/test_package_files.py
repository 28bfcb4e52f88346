"""What of a directory do a package's tests find beside them?"""

from __future__ import annotations

from pathlib import Path

import pytest

from wasip1_build.files import sha256_of_file
from wasip1_build.findings import Failure
from wasip1_build.runtime import package_files as module
from wasip1_build.runtime.package_files import package_files


def names(directory: Path, *skip: str) -> list[str]:
    found = package_files(directory, [directory / name for name in skip], sha256_of_file)
    return [entry.name for entry in found]


def test_other_packages_hidden_names_and_outputs_are_left_out(tmp_path: Path) -> None:
    for name in (
        *("p.go", "p_test.go", "testdata/a.txt", "testdata/go/x.go", "templates/t.html"),
        *("sub/s.go", "sub/testdata/b.txt", "only/packages/q.go", ".git/x", "templates/.x"),
        *("vendor/v/v.txt", "node_modules/n.txt", "build/o.txt", "mod/go.mod", "mod/m.txt"),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    (tmp_path / "testdata/empty").mkdir()
    (tmp_path / "nothing").mkdir()
    (tmp_path / "inside").symlink_to("testdata/a.txt")
    (tmp_path / "outside").symlink_to("/etc/passwd")
    (tmp_path / "above").symlink_to(f"../{tmp_path.name}/p.go")
    assert names(tmp_path, "build") == [
        *("inside", "p.go", "p_test.go", "templates", "templates/t.html", "testdata"),
        *("testdata/a.txt", "testdata/empty", "testdata/go", "testdata/go/x.go"),
    ]


def test_more_than_a_fixture_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STAGED_BYTES", 1 << 20)
    (tmp_path / "large").write_bytes(bytes(2 << 20))
    with pytest.raises(Failure, match="hold 2 MiB, and a test can be given 1 MiB"):
        names(tmp_path)
