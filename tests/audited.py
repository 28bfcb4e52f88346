"""Small workspaces to audit, and how a suggestion is carried out in their wasip1.toml."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wasip1_build.digests import Digests
from wasip1_build.findings import Finding
from wasip1_build.plan import plan
from wasip1_build.plan_audit import plan_audit
from wasip1_build.runtime.cuts import check_after, grants_after
from wasip1_build.runtime.grant_units import Unit, units
from wasip1_build.spec.load import load
from wasip1_build.spec.model import Artifact
from wasip1_build.steps.audit import Audit, JudgeAudit
from wasip1_build.steps.check import RunChecks
from wasip1_build.steps.go_context import GoContext
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.tools import Tools

# A program that does what its arguments say, in their order.
TOOL = """package main

import (
	"fmt"
	"io"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"time"
)

var kept [][]byte

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	for _, arg := range os.Args[1:] {
		verb, rest, _ := strings.Cut(arg, ":")
		switch verb {
		case "read":
			data, err := os.ReadFile(rest)
			must(err)
			os.Stdout.Write(data)
		case "try":
			data, _ := os.ReadFile(rest)
			os.Stdout.Write(data)
		case "env":
			fmt.Println(os.Getenv(rest))
		case "need":
			if _, found := os.LookupEnv(rest); !found {
				os.Exit(3)
			}
		case "write":
			must(os.WriteFile(rest, []byte("x"), 0o644))
		case "open":
			file, err := os.OpenFile(rest, os.O_RDWR, 0)
			must(err)
			file.Close()
		case "in":
			_, err := io.Copy(os.Stdout, os.Stdin)
			must(err)
		case "say":
			fmt.Println(rest)
		case "warn":
			fmt.Fprintln(os.Stderr, rest)
		case "time":
			fmt.Println(time.Now().UnixNano())
		case "log":
			fmt.Fprintln(os.Stderr, time.Now().UnixNano())
		case "either":
			for _, name := range strings.Split(rest, ",") {
				if data, err := os.ReadFile(name); err == nil {
					os.Stdout.Write(data)
					return
				}
			}
			os.Exit(4)
		case "flip":
			fmt.Println(rand.Int63())
		case "hold":
			mib, _ := strconv.Atoi(rest)
			kept = append(kept, make([]byte, mib<<20))
		}
	}
}
"""
SPEC = "wasip1.toml"
HEAD = 'spec-version = 1\n\n[artifact.tool]\npackage = "."\n'
_CHECKS = re.compile(r"\nand `?(?P<what>\S+?)`? (?:or|of) .*out of the checks? ", re.DOTALL)


@dataclass
class Audited:
    """A workspace of one artifact, whose module is there already."""

    root: Path
    cache: Path  # where the engine keeps what it compiled: 2 s a module

    @staticmethod
    def make(
        root: Path, module: Path | bytes, keys: str, files: Mapping[str, str] | None = None
    ) -> Audited:
        """`keys` are what the artifact's table says beside its package."""
        cache = module.parent / "tools" if isinstance(module, Path) else root.parent / "tools"
        made = Audited(root, cache)
        for name, text in {SPEC: HEAD + keys, "go.mod": "module m\n", **(files or {})}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        place = root / "build/tool/tool.wasm"
        place.parent.mkdir(parents=True)
        if isinstance(module, bytes):
            place.write_bytes(module)
        else:
            shutil.copy(module, place)
        return made

    @property
    def text(self) -> str:
        return (self.root / SPEC).read_text()

    def steps(self) -> tuple[Audit, RunChecks]:
        workspace = load(self.root).workspace
        contexts = {
            each.id: GoContext(".", "", (".",), ("go.mod",)) for each in workspace.artifacts
        }
        planned = plan(workspace, contexts, "no-target")
        (audit,) = plan_audit(workspace.build_dir, planned.artifacts, strict=False)
        return audit.audit, audit.audit.checking

    def artifact(self) -> Artifact:
        return load(self.root).workspace.artifacts[0]

    def audit(self) -> dict[str, Any]:
        """What the step writes."""
        return self.run_step(self.steps()[0])

    def checks(self) -> dict[str, str]:
        """The verdict of each declared check, as the build's own step finds it."""
        return self.verdicts_of(self.steps()[1])

    def checks_without(self, key: str, name: str) -> dict[str, str]:
        """The same where a grant is taken away, and nothing else is changed."""
        step = self.steps()[1]
        found = {(unit.key, unit.name): unit for unit in self.units()}
        cut = found[key, name].cut
        checks = tuple(check_after(check, cut) for check in step.checks)
        return self.verdicts_of(replace(step, grants=grants_after(step.grants, cut), checks=checks))

    def units(self) -> list[Unit]:
        artifact = self.artifact()
        every = units(artifact.grants, artifact.checks, lambda n: (self.root / n).read_bytes())
        return [each for unit in every for each in (unit, *unit.parts)]

    def apply(self, finding: Finding) -> None:
        """Carries out what a finding says, in the text of the spec."""
        line, checks = finding.fix.partition("\n")[0], _CHECKS.search(finding.fix)
        text = self.text
        where = self.artifact().where(finding.key)
        assert where is not None and where.line is not None
        lines = text.split("\n")
        if finding.key.startswith("grants.dirs."):
            verb, element = re.match(r"(take out|write) (\{.*\})$", line).groups()  # type: ignore[union-attr]
            lines[where.line - 1 : where.line] = [f"    {element},"] if verb == "write" else []
        elif line.startswith("write "):
            lines[where.line - 1] = line.removeprefix("write ")
        else:
            assert lines[where.line - 1].startswith(line.removeprefix("take out ").split(" = ")[0])
            del lines[where.line - 1]
        if checks and checks["what"] == "stdin":
            lines = [each for each in lines if not re.match(r"stdin(-file)? = ", each)]
        elif checks:
            lines = [re.sub(rf"^env = \{{ {checks['what']} = .*\}}$", "", each) for each in lines]
        (self.root / SPEC).write_text("\n".join(lines))

    def verdicts_of(self, step: RunChecks) -> dict[str, str]:
        found = {each["name"]: each["verdict"] for each in self.run_step(step)["checks"]}
        assert found.pop("instantiates") == "pass"
        return found

    def run_step(self, step: Audit | RunChecks | JudgeAudit) -> dict[str, Any]:
        digests = Digests(None)
        tools = Tools(self.root, digests, {}, self.cache)
        context = Context(self.root, "build", tools, digests, cache=self.cache)
        context = context.staged(Path(tempfile.mkdtemp(dir=self.root.parent)))
        json.dumps(step.key(context))
        step.run(context)
        record: dict[str, Any] = json.loads(context.out(step.output).read_bytes())
        return record


def verdicts(record: Mapping[str, Any]) -> dict[str, str]:
    """By what people call a grant."""
    return {each["name"]: each["verdict"] for each in record["grants"]}


def findings(record: Mapping[str, Any], *severities: str) -> list[Finding]:
    every = [Finding.from_json(each) for each in record["findings"]]
    return [each for each in every if str(each.severity) in (severities or ("error", "warning"))]
