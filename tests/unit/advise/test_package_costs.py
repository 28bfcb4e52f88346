"""Advice on an import is told with what the package costs in the module that was built last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wasip1_build.advise.package_costs import PackageCosts
from wasip1_build.digests import Digests
from wasip1_build.findings import Failure
from wasip1_build.steps.results import Record
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.tools import Tools

COSTS = PackageCosts("a.sizes.json", "go-deps.json", "./a")
DEPS = {
    "mains": {"./a": "example.com/a"},
    "modules": {},
    "packages": {
        "example.com/a": {"imports": ["fmt", "os"], "deps": ["fmt", "os", "reflect"], "files": []},
        "fmt": {"standard": "fmt", "files": [], "imports": ["os", "reflect"]},
        "os": {"standard": "os", "files": [], "imports": []},
        "reflect": {"standard": "reflect", "files": [], "imports": []},
    },
}
PACKAGES = {"fmt": 1_000, "reflect": 500, "os": 300, "main": 10}
OWNERS = {
    "code_bytes": 1_810,
    "functions": 4,
    "packages": {
        name: {"module": "std", "code_bytes": size, "functions": 1}
        for name, size in PACKAGES.items()
    },
    "data": {"other": 90},
    "sections": {"format": 100},
    "modules": {},
}


def told(root: Path, package: str | None = "fmt") -> str:
    entry = {"why": "it is heavy"} | ({} if package is None else {"package": package})
    digests = Digests(None)
    context = Context(root, "build", Tools(root, digests, {}, root / "tools"), digests, {})
    found = COSTS.told(context, Record({"findings": [entry]}, "found.json"))
    (finding,) = found.records("findings")
    return finding.text("why")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace in which the artifact is built."""
    write(tmp_path, "go-deps.json", DEPS)
    write(tmp_path, "a.sizes.json", {"owners": OWNERS})
    return tmp_path


def write(root: Path, name: str, record: dict[str, Any]) -> None:
    (root / name).write_text(json.dumps(record))


def test_its_own_code_and_what_comes_with_it_alone(root: Path) -> None:
    assert told(root) == (
        "it is heavy; in the module built last, data aside, its code is 1,000 B, and with what is "
        "linked only because of it 1,500 B (computed from imports), of 2,000 B (1.95 KiB)"
    )


def test_nothing_is_said_where_nothing_is_known(root: Path) -> None:
    assert told(root, None) == told(root, "") == told(root, "net/http") == "it is heavy"
    write(root, "a.sizes.json", {"owners": {**OWNERS, "unknown": "no names"}})
    assert told(root) == "it is heavy"
    write(root, "a.sizes.json", {})
    assert told(root) == "it is heavy"
    (root / "a.sizes.json").unlink()
    assert told(root) == "it is heavy"


def test_nothing_is_said_of_a_module_that_was_built_before_the_import(root: Path) -> None:
    owners = {**OWNERS, "packages": {"os": {"module": "std", "code_bytes": 9, "functions": 1}}}
    write(root, "a.sizes.json", {"owners": owners})
    assert told(root) == "it is heavy"


def test_nothing_is_said_without_a_listing(root: Path) -> None:
    (root / "go-deps.json").unlink()
    assert told(root) == "it is heavy"


def test_a_damaged_result_is_a_failure(root: Path) -> None:
    (root / "a.sizes.json").write_text("{")
    with pytest.raises(Failure, match=r"a\.sizes\.json"):
        told(root)
