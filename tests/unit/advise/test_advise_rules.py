"""Do the table of rules in Go, the schema of the spec and what verifies every build agree?"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from corpus import CASES
from wasip1_build.advise.rules import IGNORE, known_rules, severities
from wasip1_build.findings import Failure, Severity
from wasip1_build.steps.advisor import SOURCES
from wasip1_build.steps.results import Record
from wasip1_build.steps.unsupported import DEFAULT, RULE, findings_in, symbol, with_chains


def go(pinned_go: Path, cache: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {"PATH": os.defpath, "HOME": str(cache / "home"), "GOCACHE": str(cache / "go")}
    settings = {
        "GOENV": "off",
        "GOFLAGS": "",
        "GOWORK": "off",
        "GOPROXY": "off",
        "CGO_ENABLED": "0",
    }
    argv = [str(pinned_go), *words]
    return subprocess.run(
        argv, cwd=SOURCES, env=kept | settings, capture_output=True, text=True, check=False
    )


def test_the_go_sources_pass_their_own_tests_and_vet(pinned_go: Path, shared_cache: Path) -> None:
    done = go(pinned_go, shared_cache, "test", "./...")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAIL" not in done.stdout
    gofmt = subprocess.run(
        [pinned_go.with_name("gofmt"), "-l", SOURCES, CASES], capture_output=True, text=True
    )
    assert gofmt.stdout == gofmt.stderr == ""


def test_every_rule_is_in_the_schema_and_has_a_corpus(pinned_go: Path, shared_cache: Path) -> None:
    asked = json.dumps({"rules": ["none"]})
    done = subprocess.run(
        [pinned_go, "run", "."],
        cwd=SOURCES,
        input=asked,
        env={"PATH": os.defpath, "HOME": str(shared_cache / "home"), "GOWORK": "off"}
        | {"GOCACHE": str(shared_cache / "go"), "GOENV": "off", "CGO_ENABLED": "0"},
        capture_output=True,
        text=True,
    )
    assert "there is no rule none; there are " in done.stderr
    line = done.stderr.partition("there are ")[2].splitlines()[0]
    names = set(line.split(", "))
    assert names == known_rules().keys() - {IGNORE}
    assert names == {path.name for path in CASES.iterdir()}


def test_what_is_verified_in_every_build_weighs_as_the_schema_says() -> None:
    assert known_rules()[RULE].default == DEFAULT


def test_a_rule_that_is_off_is_not_run() -> None:
    rules = known_rules()
    assert severities(rules, {}) == {name: rule.default for name, rule in rules.items()}
    assert RULE not in severities(rules, {RULE: "off"})
    assert severities(rules, {RULE: "note"})[RULE] == "note"


def finding(**more: Any) -> dict[str, Any]:
    texts = dict.fromkeys(("at_most", "why", "fix", "code", "details"), "")
    place = {"file": "a.go", "line": 3, "column": 2}
    return {"rule": RULE, "what": "net.Dial cannot", **texts, **place, **more}


def read(*found: dict[str, Any]) -> list[Any]:
    record = Record({"findings": list(found), "unloaded": []}, "x.json")
    return list(findings_in(record, {RULE: Severity.ERROR}))


def test_a_finding_weighs_no_more_than_its_call() -> None:
    weights = [each.severity for each in read(finding(), finding(at_most="warning"))]
    assert weights == [Severity.ERROR, Severity.WARNING]


def test_a_finding_without_a_place_is_told_at_the_package() -> None:
    (found,) = read(finding(file="", line=0, column=0))
    assert (found.location, found.key) == (None, "package")


def test_a_malformed_answer_is_a_failure() -> None:
    with pytest.raises(Failure, match="malformed"):
        read({"rule": RULE})


def test_only_findings_about_sockets_show_the_chain() -> None:
    (reached,) = read(finding(details="main.main\n> net.Dial"))
    sockets, other = (
        read(finding(rule=rule, what=f"imports {name}"))[0]
        for rule, name in (("import-deny", "sock_send"), ("import-deny", "fd_read"))
    )
    told = list(with_chains((sockets, other), (reached,)))
    assert [each.details for each in told] == [reached.details, ""]
    assert list(with_chains((sockets,), ())) == [sockets]


@pytest.mark.parametrize(
    ("call", "linked"),
    [
        ("net.Dial", "net.Dial"),
        ("(*net.Dialer).Dial", "net.(*Dialer).Dial"),
        ("(*net/http.Client).Do", "net/http.(*Client).Do"),
        ("(net.Flags).String", "net.Flags.String"),
    ],
)
def test_the_linker_names_methods_in_its_own_way(call: str, linked: str) -> None:
    assert symbol(call) == linked
