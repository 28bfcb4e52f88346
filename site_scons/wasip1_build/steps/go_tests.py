"""What go-tests.json says: which packages have tests for wasip1, and what each test needs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from wasip1_build.dataclass import dataclass
from wasip1_build.findings import Finding, Severity
from wasip1_build.steps.go_deps import (
    FIELDS,
    GoDeps,
    Main,
    Places,
    listed_values,
    module_record,
    package_record,
)

TEST_FIELDS = f"{FIELDS},ForTest,TestGoFiles,XTestGoFiles"
# What go/build says of a directory in which every file is for another system.
_EXCLUDED = "build constraints exclude all Go files"


@dataclass(frozen=True)
class TestedPackage:
    """A package that the patterns mean. `directory` is relative to the workspace root."""

    __test__ = False  # (for pytest, which would take it for a test)

    directory: str
    import_path: str
    has_tests: bool
    error: str
    patterns: tuple[str, ...]  # the arguments of go list that mean it


class GoTests:
    """A go-tests.json that was read."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self._record = record
        self._deps = GoDeps(record)

    @staticmethod
    def read(path: Path) -> GoTests | None:
        """The listing at `path`; None where there is none, or none that is whole."""
        try:
            return GoTests(json.loads(path.read_bytes()))
        except (OSError, ValueError):
            return None

    @property
    def is_whole(self) -> bool:
        """Whether every package could be loaded."""
        return self._deps.is_whole

    @cached_property
    def packages(self) -> tuple[TestedPackage, ...]:
        """All packages that the patterns mean, by directory."""
        return tuple(TestedPackage(*each) for each in self._record["tested"])

    def package(self, directory: str) -> TestedPackage | None:
        """The package in a directory; None where Go finds none there."""
        return next((each for each in self.packages if each.directory == directory), None)

    def main(self, directory: str) -> Main | None:
        """The test program of a package with everything that is linked into it."""
        return self._deps.main(directory)

    def linked(self, directory: str) -> frozenset[str]:
        """The import paths of all that is linked into the test program of a package; the program
        itself is none of them."""
        main = self.main(directory)
        deps = self._record["packages"][main.import_path].get("deps", ()) if main else ()
        return frozenset(name.partition(" [")[0] for name in deps)

    def error(self, directory: str) -> str:
        """Why what the tests of a package need cannot be loaded; empty where it can."""
        tested, main = self.package(directory), self.main(directory)
        if tested is None or main is None:
            return tested.error if tested else ""
        packages = self._record["packages"]
        needed = (*packages[main.import_path].get("deps", ()), main.import_path)
        errors = (packages[name].get("error", "") for name in needed if name in packages)
        return tested.error or next((error for error in errors if error), "")

    @property
    def mismatches(self) -> tuple[Finding, ...]:
        """Where Go finds other packages with tests than were declared."""
        return tuple(Finding.from_json(each) for each in self._record["mismatches"])


def from_test_list(
    output: bytes,
    root: Path,
    goroot: Path,
    local: tuple[str, ...],
    declared: Mapping[str, str],
    patterns: Iterable[str],
) -> dict[str, Any]:
    """go-tests.json from the output of `go list -test -deps -json=TEST_FIELDS`.

    `declared` are the directories that were found to have tests, each with the argument that go
    was given for it, `patterns` the arguments that the spec's patterns come to. Raises Failure
    where the output is not what go list prints.
    """
    places = Places(root, goroot, local)
    listed = list(listed_values(output))
    packages: dict[str, Any] = {}
    modules: dict[str, Any] = {}
    for each in listed:
        packages[each["ImportPath"]] = record = package_record(each, places)
        if each.get("Match") and _is_excluded(each):
            del record["error"]  # which is no error of a package that a pattern means
        if _is_program(each):
            record |= {"directory": places.relative(each["Dir"]), "files": []}
            record["deps"] = each.get("Deps") or []
            record["name"] = "main"
        if module := each.get("Module"):
            name = record["module"] = f"{module['Path']}@{module.get('Version', '')}"
            modules[name] = module_record(module, places)
    meant = [each for each in listed if each.get("Match") and not each.get("ForTest")]
    return {
        "mains": {packages[p["ImportPath"]]["directory"]: p["ImportPath"] for p in listed
                  if _is_program(p)},
        "modules": modules,
        "packages": packages,
        "tested": sorted(_tested(each, places) for each in meant),
        "mismatches": [
            finding.to_json() for finding in _mismatches(meant, places, declared, set(patterns))
        ],
    }  # fmt: skip


def _is_program(listed: Mapping[str, Any]) -> bool:
    """Whether it is the program that go makes of a package's tests; its one file lies in Go's
    cache."""
    files = listed.get("GoFiles") or []
    made = listed["ImportPath"].endswith(".test") and listed.get("Name") == "main"
    return made and not listed.get("Match") and all(map(os.path.isabs, files))


def _tested(listed: Mapping[str, Any], places: Places) -> tuple[str, str, bool, str, list[str]]:
    error = (listed.get("Error") or {}).get("Err", "")
    return (
        places.relative(listed["Dir"]) if listed.get("Dir") else "",
        listed["ImportPath"],
        _has_tests(listed),
        "" if _is_excluded(listed) else places.clean(error),
        listed["Match"],
    )


def _is_excluded(listed: Mapping[str, Any]) -> bool:
    return bool(listed.get("Error") and listed["Error"]["Err"].startswith(_EXCLUDED))


def _has_tests(listed: Mapping[str, Any]) -> bool:
    return bool(listed.get("TestGoFiles") or listed.get("XTestGoFiles"))


def _mismatches(
    meant: Iterable[Mapping[str, Any]],
    places: Places,
    declared: Mapping[str, str],
    patterns: set[str],
) -> Iterable[Finding]:
    """Where the expansion of patterns and Go do not agree on what has tests."""
    for each in meant:
        directory = places.relative(each["Dir"]) if each.get("Dir") else ""
        by_pattern = bool(patterns & set(each["Match"]))
        if _has_tests(each) and directory not in declared:
            yield _mismatch(f"Go finds tests in {directory}, and they were not declared")
        elif directory in declared and not by_pattern and not _is_excluded(each):
            yield _mismatch(f"tests were declared in {directory}, and Go's patterns leave it out")


def _mismatch(what: str) -> Finding:
    return Finding(
        "test-packages",
        Severity.ERROR,
        what,
        why="test.packages were expanded without running go, by the rules of `go help packages`",
        fix="name the directory in test.packages itself, and report it: this is our bug",
        key="test.packages",
    )
