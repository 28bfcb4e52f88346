"""The Go context of a package is the one that Go itself would find."""

from __future__ import annotations

from pathlib import Path

import pytest

from wasip1_build.findings import Failure
from wasip1_build.steps.go_context import find_go_context, require_go_version, require_member


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_a_module_is_found_upwards(tmp_path: Path) -> None:
    root = tree(tmp_path, {"m/go.mod": "module m\n", "m/go.sum": "", "m/cmd/a/main.go": ""})
    context = find_go_context(root, "m/cmd/a")
    assert (context.module, context.work, context.directory) == ("m", "", "m")
    assert context.directories == ("m",)
    assert context.files == ("m/go.mod", "m/go.sum")


def test_a_local_replacement_belongs_to_the_context(tmp_path: Path) -> None:
    mod = "module m\nreplace example.com/x => ../x\n"
    root = tree(tmp_path, {"m/go.mod": mod, "x/go.mod": "module x\n"})
    context = find_go_context(root, "m")
    assert context.directories == ("m", "x")
    assert "x/go.mod" in context.files


def test_a_workspace_brings_all_its_members(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "go.work": "go 1.25\nuse (\n\t./a\n\t./b\n)\n",
            "go.work.sum": "",
            "a/go.mod": "module a\n",
            "b/go.mod": "module b\n",
            "vendor/modules.txt": "",
        },
    )
    context = find_go_context(root, "a")
    assert (context.module, context.work, context.directory) == ("a", "go.work", ".")
    assert context.directories == ("a", "b")
    assert context.files == ("a/go.mod", "b/go.mod", "go.work", "go.work.sum", "vendor/modules.txt")


def test_no_module_at_all_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"no go\.mod at or above cmd.*\n.*\n.*go mod init"):
        find_go_context(tree(tmp_path, {"cmd/main.go": ""}), "cmd")


def test_a_module_outside_the_workspace_above_it_is_refused_at_the_use_line(tmp_path: Path) -> None:
    files = {"go.work": "go 1.25\n\nuse ./a\n", "a/go.mod": "module a\n", "c/go.mod": "module c\n"}
    root = tree(tmp_path, files)
    require_member(root, find_go_context(root, "a"))
    with pytest.raises(Failure) as caught:
        require_member(root, find_go_context(root, "c"))
    (finding,) = caught.value.findings
    assert str(finding.location) == "go.work:3"
    assert finding.fix == "add `use ./c` to go.work"


def test_a_newer_go_is_refused_at_its_line(tmp_path: Path) -> None:
    root = tree(tmp_path, {"go.mod": "module m\n\ngo 1.99\n"})
    require_go_version(root, ("go.mod",), "1.99.1")
    with pytest.raises(Failure) as caught:
        require_go_version(root, ("go.mod",), "1.27.3")
    (finding,) = caught.value.findings
    assert str(finding.location) == "go.mod:3"
    assert "1.99" in finding.fix
