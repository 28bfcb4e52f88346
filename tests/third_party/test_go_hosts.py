"""Go packages that `wasip1 embed` writes: do they build, and run modules as it is declared?

behaviour_test.go in each package of projects/embedded/hosts is what a user adds; go runs it
together with what is generated.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from go_host_shapes import combinations
from project import SCONSTRUCT, Project
from wasip1_build.runtime.go_host.package import package_files

pytestmark = pytest.mark.network

EMBEDDED = Path(__file__).parent / "projects/embedded"
PACKAGES = ("tool", "counter")
SOAKS = os.environ.get("WASIP1_SOAK") == "1"
VERDICT = re.compile(r"^ *--- (PASS|FAIL|SKIP): (\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Hosts:
    """The packages of two artifacts, in one Go module."""

    project: Project
    program: Path

    @property
    def directory(self) -> Path:
        return self.project.root / "hosts"

    def go(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs the pinned Go."""
        return subprocess.run(
            [self.program, *words],
            cwd=self.directory,
            env=self.project.environment({"GOTOOLCHAIN": "local"}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )

    def test(self, package: str, *words: str) -> dict[str, str]:
        """The verdict of each test and of the parts of each."""
        done = self.go("test", "-vet=off", "-v", *words, f"./{package}")
        verdicts = {name: verdict for verdict, name in VERDICT.findall(done.stdout)}
        assert verdicts, done.stdout
        assert (done.returncode != 0) == ("FAIL" in verdicts.values()), done.stdout
        return verdicts


@pytest.fixture(scope="module")
def hosts(
    module_proxy: None,  # noqa: ARG001
    tmp_path_factory: pytest.TempPathFactory,
    shared_cache: Path,
    pinned_go: Path,
) -> Hosts:
    project = Project(tmp_path_factory.mktemp("embedded") / "workspace", shared_cache)
    shutil.copytree(EMBEDDED, project.root)
    project.write("SConstruct", SCONSTRUCT)
    project.build("-Q")
    for package in PACKAGES:
        done = project.wasip1("embed", package, "--output", f"hosts/{package}")
        assert done.status == 0, done.output
        assert f'import "example.com/hosts/{package}"' in done.output
        assert "go get" not in done.output  # its go.mod has wazero
    return Hosts(project, pinned_go)


@pytest.fixture
def checks(hosts: Hosts) -> Iterator[dict[str, Any]]:
    """The declared checks of both packages, as their tests read them; to be changed by
    `change_checks`, and put back."""
    paths = {name: hosts.directory / name / "testdata/wasip1/checks.json" for name in PACKAGES}
    before = {name: path.read_bytes() for name, path in paths.items()}
    yield {name: json.loads(data) for name, data in before.items()}
    for name, path in paths.items():
        path.write_bytes(before[name])


def test_what_is_written_passes_go_vet(hosts: Hosts) -> None:
    data = hosts.directory.parent / "data"
    (data / "below").mkdir(exist_ok=True)
    for number, hosted in list(enumerate(combinations()))[:: 1 if SOAKS else 5]:
        place = hosts.directory / f"shapes/{number}"
        for name, content in package_files(hosted, b"", data.parent, lambda _name: b"").items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(content)
    vetted = hosts.go("vet", "./...")
    shutil.rmtree(hosts.directory / "shapes")
    assert (vetted.returncode, vetted.stdout) == (0, "")


@pytest.mark.dear
def test_modules_do_in_a_go_program_what_is_declared(hosts: Hosts) -> None:
    tool = hosts.test("tool")
    assert set(tool.values()) == {"PASS"}, tool
    assert tool["TestDeclaredChecks/adds-by-its-host"] == "PASS"  # by the checkHost of the test
    counter = hosts.test("counter")
    assert set(counter.values()) == {"PASS"}, counter
    assert {"TestDeclaredChecks/mixes", "TestBehaviour"} <= counter.keys()


def test_a_module_that_does_otherwise_fails_its_tests(hosts: Hosts, checks: dict[str, Any]) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "has-its-declared-arguments": {"args": ["env", "OTHER"]},
        "sees-what-a-check-sets": {"env": {}},
        "copies": {"files": []},  # then the copy is another file
        "exits": {"exit": 8},
        "adds-by-a-host-of-zeros": {"calls": {"env.add": 2}},
    }
    right = {"echoes", "adds-by-its-host"}
    for check in checks["tool"]["checks"]:
        check |= wrong.get(check["name"], {})
    change_checks(hosts, "tool", checks)
    verdicts = hosts.test("tool", "-run", "TestDeclaredChecks")
    of_checks = {name.partition("/")[2]: each for name, each in verdicts.items() if "/" in name}
    assert of_checks == dict.fromkeys(wrong, "FAIL") | dict.fromkeys(right, "PASS")

    for check in checks["counter"]["checks"]:
        check["returns"][0]["bits"] += 1
    change_checks(hosts, "counter", checks)
    verdicts = hosts.test("counter", "-run", "TestDeclaredChecks")
    assert set(verdicts.values()) == {"FAIL"}


def change_checks(hosts: Hosts, package: str, checks: dict[str, Any]) -> None:
    path = hosts.directory / package / "testdata/wasip1/checks.json"
    path.write_text(json.dumps(checks[package]))


@pytest.mark.parametrize(
    ("package", "ways"),
    [
        ("tool", {"recompile", "cache-directory", "compile-once", "pooled"}),
        pytest.param(
            "counter",
            {"recompile", "cache-directory", "compile-once", "pooled", "resident"},
            marks=pytest.mark.dear,
        ),
    ],
)
def test_the_benchmark_compares_ways_to_serve_a_request(
    hosts: Hosts, package: str, ways: set[str]
) -> None:
    run = ("-run", "-", "-bench", ".", "-benchtime", "1x")
    done = hosts.go("test", "-vet=off", *run, f"./{package}")
    assert done.returncode == 0, done.stdout
    rows = re.findall(r"^BenchmarkRequest/([a-z-]+?)(?:-\d+)?\s+1\s+\d+ ns/op", done.stdout, re.M)
    assert set(rows) == ways, done.stdout
    assert "ns-ahead/op" in done.stdout
