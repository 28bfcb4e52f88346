"""DEPENDENCIES=1: does each rule find in another module's source what it finds in an own one?"""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import CASES, advised
from wasip1_build.findings import Finding, Severity

RULES = tuple(sorted(path.name for path in CASES.iterdir()))
# Told where the own sources lead to it, whose ever the call is.
LEADING = {"unsupported-call"}
# By the rule, a vendored package of which each run calls Run.
PACKAGES = {
    "gc-foot-guns": """import "runtime/debug"

func Run() { debug.SetGCPercent(-1) }
""",
    "heavy-import": """import "net/http"

func Run() { println(http.StatusText(200)) }
""",
    "ignored-export": """func Run() { shown() }

//export shown
func shown() {}
""",
    "missing-flush": """import (
	"bufio"
	"os"
)

func Run() {
	out := bufio.NewWriter(os.Stdout)
	out.WriteString("x")
}
""",
    "per-item-host-call": """//go:wasmimport env emit
func emit(n int32)

func Run() {
	for i := int32(0); i < 1000; i++ {
		emit(i)
	}
}
""",
    "unbuffered-output": """import (
	"fmt"
	"os"
)

func Run() {
	for _, each := range os.Args {
		fmt.Println(each)
	}
}
""",
    "unsupported-call": """import "os"

func Run() { os.Pipe() }
""",
    "wrong-tool": """import (
	"runtime"
	"sync"
)

func Run() {
	var all sync.WaitGroup
	sums := make([]float64, runtime.NumCPU())
	for i := 0; i < runtime.NumCPU(); i++ {
		all.Add(1)
		go func(i int) {
			defer all.Done()
			for j := 0; j < 1000; j++ {
				sums[i] += float64(j) * 1.5
			}
		}(i)
	}
	all.Wait()
}
""",
}
PACKAGES["worker-pool"] = PACKAGES["wrong-tool"]
DEPENDENCY = "example.com/dep@v1.0.0/"


def workspace(root: Path) -> None:
    """Writes an artifact for each rule, which only calls what another module has."""
    spec, modules = ["spec-version = 1\n"], ["# example.com/dep v1.0.0\n## explicit; go 1.24\n"]
    for rule, text in PACKAGES.items():
        name = rule.replace("-", "")
        vendored = root / "vendor/example.com/dep" / name
        vendored.mkdir(parents=True)
        (vendored / "dep.go").write_text(f"package {name}\n\n{text}")
        (root / name).mkdir()
        main = f'import "example.com/dep/{name}"\n\nfunc main() {{ {name}.Run() }}\n'
        (root / name / "main.go").write_text(f"package main\n\n{main}")
        modules.append(f"example.com/dep/{name}\n")
        spec.append(f'[artifact.{rule}]\npackage = "./{name}"\n')
    (root / "vendor/modules.txt").write_text("".join(modules))
    (root / "go.mod").write_text("module m\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n")
    (root / "wasip1.toml").write_text("\n".join(spec))


@pytest.fixture(scope="module")
def found(
    tmp_path_factory: pytest.TempPathFactory, shared_cache: Path, pinned_go: Path
) -> dict[bool, dict[str, tuple[Finding, ...]]]:
    """With and without the dependencies, by artifact, what one run of all rules finds."""
    assert pinned_go.is_file()
    root = tmp_path_factory.mktemp("dependencies")
    workspace(root)
    return {each: advised(root, shared_cache, RULES, each) for each in (False, True)}


def places(found: tuple[Finding, ...], rule: str) -> list[str]:
    return [each.location.file for each in found if each.rule == rule and each.location]


def test_every_rule_has_a_package() -> None:
    assert sorted(PACKAGES) == list(RULES)


@pytest.mark.parametrize("rule", sorted(PACKAGES.keys() - LEADING))
def test_another_modules_source_is_looked_at_on_request_and_noted(
    rule: str, found: dict[bool, dict[str, tuple[Finding, ...]]]
) -> None:
    assert places(found[False][rule], rule) == []
    assert places(found[True][rule], rule) == [f"{DEPENDENCY}{rule.replace('-', '')}/dep.go"]
    (said,) = (each for each in found[True][rule] if each.rule == rule)
    assert said.severity is Severity.NOTE


@pytest.mark.parametrize("rule", sorted(LEADING))
def test_what_is_told_at_the_own_line_that_leads_to_it_is_told_alike(
    rule: str, found: dict[bool, dict[str, tuple[Finding, ...]]]
) -> None:
    assert places(found[False][rule], rule) == [f"{rule.replace('-', '')}/main.go"]
    assert found[False][rule] == found[True][rule]
