"""unbuffered-output and missing-flush: what they find, what looks so and is none, and whether the
edits that they bring leave the output as it is, and make it in fewer calls of the host."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from corpus import Case, answered, artifact_of, cases, workspace
from wasip1_build.advise.rules import IGNORE
from wasip1_build.findings import Finding
from wasip1_build.runtime.counted import fd_write_calls, imports_of
from wasip1_build.runtime.granted import Layout
from wasip1_build.runtime.trial import Subject, compile_form, try_once
from wasip1_build.spec.model import Check
from wasip1_build.steps.results import Record
from wasip1_build.steps.unsupported import findings_in

OUTPUT, FLUSH = "unbuffered-output", "missing-flush"
CASES = [(rule, case) for rule in (OUTPUT, FLUSH) for case in cases(rule)]


@pytest.fixture(scope="module")
def found(
    tmp_path_factory: pytest.TempPathFactory, shared_cache: Path, pinned_go: Path
) -> dict[str, dict[str, Record]]:
    """By rule and artifact, what one run finds in all cases."""
    assert pinned_go.is_file()
    made = {}
    for rule in (OUTPUT, FLUSH):
        root = tmp_path_factory.mktemp(rule)
        workspace(rule, root)
        made[rule] = answered(root, shared_cache, (rule,))
    return made


@pytest.mark.parametrize(("rule", "case"), CASES, ids=[f"{r}-{c.name}" for r, c in CASES])
def test_the_corpus_is_found_and_nothing_else(
    rule: str, case: Case, found: dict[str, dict[str, Record]]
) -> None:
    told = tuple(findings_in(found[rule][artifact_of(case)], {}))
    said = [each for each in told if each.rule == rule]
    assert {place(each) for each in said} == case.wanted
    assert len(said) == len(case.wanted)
    # Each ignore silences something, but one that gives no reason.
    assert any(each.rule == IGNORE for each in told) == (
        case.name == "found/ignored_without_reason"
    )


def place(finding: Finding) -> tuple[str, int, str]:
    assert finding.location
    return finding.location.file, finding.location.line, finding.what.split()[0]


@pytest.mark.parametrize("rule", [OUTPUT, FLUSH])
def test_every_case_that_must_be_found_wants_something_and_no_other_does(rule: str) -> None:
    every = cases(rule)
    assert all(bool(case.wanted) == case.name.startswith("found/") for case in every)
    kinds = [case.name.partition("/")[0] for case in every]
    assert min(kinds.count("found"), kinds.count("not")) >= 8


def test_what_is_told_together_says_how_many_and_how_it_is_reached(
    found: dict[str, dict[str, Record]],
) -> None:
    def one(name: str) -> Finding:
        (told,) = findings_in(found[OUTPUT][f"found-{name}"], {})
        return told

    what = "fmt.Println writes to os.Stdout without a buffer, in a loop"
    assert one("lines").what == f"{what} (and 2 others in this function)"
    assert "`fmt.Fprintln(out, ...)`" in one("lines").fix
    assert one("template").severity == "note"  # how much it writes is not known
    by_chain = found[OUTPUT]["found-called_in_a_loop"].records("findings")[0]
    assert by_chain.text("details").splitlines()[1].startswith("> main.show")


# Which functions are mended, and which look so and are not: the program may end before what is
# deferred, another function prints in between, input is awaited, it is called in a loop elsewhere.
MENDED = {
    *("aliased_import", "dot_import", "encoder", "generic_function", "ignored_without_reason"),
    *("lines", "method_of_another", "tabwriter", "template", "writers"),
}


def mended(found: Mapping[str, Record]) -> dict[str, str]:
    """By the name of a case, its source with all edits made."""
    sources = {}
    for case in cases(OUTPUT):
        edits = {
            (each.text("file"), each.count("from"), each.count("to"), each.text("text"))
            for finding in found[artifact_of(case)].records("findings")
            for each in (finding.records("edits") if finding.members.get("edits") else ())
        }
        if not edits:
            continue
        assert {file for file, *_ in edits} == {f"{case.name}/main.go"}
        text = case.files["main.go"].encode()
        for _, first, end, new in sorted(edits, reverse=True):
            text = text[:first] + new.encode() + text[end:]
        sources[case.name.removeprefix("found/")] = text.decode()
    return sources


def test_only_what_is_safe_by_rule_is_mended(found: dict[str, dict[str, Record]]) -> None:
    assert mended(found[OUTPUT]).keys() == MENDED


def test_what_is_mended_is_as_gofmt_has_it(
    found: dict[str, dict[str, Record]], pinned_go: Path, tmp_path: Path
) -> None:
    for name, text in mended(found[OUTPUT]).items():
        (tmp_path / f"{name}.go").write_text(text)
    gofmt = [pinned_go.with_name("gofmt"), "-l", tmp_path]
    done = subprocess.run(gofmt, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")


def test_what_is_mended_prints_the_same_in_fewer_calls_of_the_host(
    found: dict[str, dict[str, Record]], pinned_go: Path, shared_cache: Path, tmp_path: Path
) -> None:
    before = {case.name.removeprefix("found/"): case.files["main.go"] for case in cases(OUTPUT)}
    after = mended(found[OUTPUT])
    programs = {f"{name}0": before[name] for name in after}
    programs |= {f"{name}1": text for name, text in after.items()}
    module = one_module(programs, pinned_go, shared_cache, tmp_path / "go")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    subject = Subject(
        "a", "command", tmp_path, scratch, None, Layout(), (), tmp_path / "none",
        counted=imports_of(module, "programs"),
    )  # fmt: skip
    code = scratch / "code"
    assert compile_form(subject, module, code, 1).response
    untrue = {}
    for name in after:
        runs = [
            try_once(subject, Check(name=name, args=(f"{name}{which}",)), "wasm", code)
            for which in (0, 1)
        ]
        printed = [each.outcome.stdout for each in runs]
        written = [fd_write_calls(each) or 0 for each in runs]
        if not printed[0] or printed[0] != printed[1] or not 0 < written[1] < written[0]:
            untrue[name] = (printed, written)
    assert untrue == {}


def one_module(programs: Mapping[str, str], go: Path, cache: Path, root: Path) -> Path:
    """A module that is each of some programs, by its first argument: one link for all."""
    main = ["package main", "", "import (", '\t"os"', ""]
    for name, text in programs.items():
        place = root / name / "main.go"
        place.parent.mkdir(parents=True)
        text = re.sub(r"^package main$", f"package {name}", text, flags=re.MULTILINE)
        place.write_text(text.replace("func main()", "func Main()"))
        main.append(f'\t"example.com/programs/{name}"')
    main += [")", "", "func main() {", "\tswitch os.Args[1] {"]
    for name in programs:
        main += [f'\tcase "{name}":', f"\t\t{name}.Main()"]
    (root / "main.go").write_text("\n".join([*main, "\t}", "}", ""]))
    (root / "go.mod").write_text("module example.com/programs\n\ngo 1.24\n")
    environment = {"PATH": os.defpath, "HOME": str(root), "GOCACHE": str(cache / "go")}
    environment |= {"GOOS": "wasip1", "GOARCH": "wasm", "GOENV": "off", "GOFLAGS": ""}
    argv = [go, "build", "-trimpath", "-buildvcs=false", "-o", "out.wasm", "."]
    done = subprocess.run(argv, cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return root / "out.wasm"
