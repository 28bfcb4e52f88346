"""Calls that cannot work on wasip1: a plain build fails with their chain; `scons advise` tells."""

from __future__ import annotations

import json
from collections.abc import Iterator

import jsonschema
import pytest

from project import Project
from wasip1_build.schema_files import schema_path
from workspaces import MakeWorkspace

REPORT = """package report

import "net"

func Send(text string) error {
	_, err := net.Dial("tcp", text)
	return err
}
"""
FILES = {
    "go.mod": "module example.com/a\n\ngo 1.25\n",
    "dials/main.go": 'package main\n\nimport "example.com/a/report"\n\n'
    'func main() {\n\tprintln(report.Send("192.0.2.1:80") == nil)\n}\n',
    "report/report.go": REPORT,
    "constant/main.go": 'package main\n\nimport "net"\n\n'
    "var keep = map[bool]any{true: net.IPv4len, false: net.Dial}\n\n"
    'func main() {\n\tprintln(len(net.ParseIP("::1")))\n}\n',
    "wasip1.toml": "spec-version = 1\n\n[defaults]\ncompress.formats = []\n"
    'imports.allow = ["*"]\n\n[artifact.dials]\npackage = "./dials"\n\n'
    '[artifact.constant]\npackage = "./constant"\n',
}
CHAIN = """  | _, err := net.Dial("tcp", text)
  |   main.main                  dials/main.go:6
  | > example.com/a/report.Send  report/report.go:6
  | > net.Dial
"""


@pytest.fixture(scope="module")
def built(make_workspace: MakeWorkspace) -> Project:
    p = make_workspace(FILES)
    p.scons("-Q", "dials")
    return p


@pytest.fixture
def project(built: Project) -> Iterator[Project]:
    """`built`, to be changed; put back afterwards."""
    sources = built.sources()
    yield built
    built.put_back(sources)


def test_a_program_that_only_dials_fails_a_plain_build_with_its_chain(project: Project) -> None:
    build = project.scons("-Q", "dials")
    assert build.status == 2
    assert "report/report.go:6:16: error: net.Dial cannot work on wasip1 [unsup" in build.output
    assert CHAIN in build.output
    assert "report/report_other.go with `//go:build !wasip1`" in build.output
    assert 'func Send(text string) error { return errors.New("report.Send: ' in build.output
    assert not (project.root / "build/dials/dials.manifest.json").exists()


def test_an_ignore_is_a_comment_that_the_verdict_depends_on(project: Project) -> None:
    line = "//wasip1:ignore unsupported-call an error is expected"
    project.edit("report/report.go", '"tcp", text)', f'"tcp", text) {line}')
    build = project.build("-Q", "dials")
    assert ("verify", "build/dials/dials.imports.json") in build.steps
    assert project.build("-Q", "dials").steps == ()
    project.edit("report/report.go", line, "//wasip1:ignore unsupported-call")
    build = project.scons("-Q", "dials")
    assert build.status == 2
    assert "(the one that is there gives no reason, and so does not count)" in build.output


def test_the_spec_says_how_much_it_weighs(project: Project) -> None:
    advise = '\n[advise]\nunsupported-call = "warning"\n'
    project.write("wasip1.toml", FILES["wasip1.toml"] + advise)
    build = project.build("-Q", "dials")
    assert "report/report.go:6:16: warning: net.Dial cannot work on wasip1" in build.output
    project.edit("wasip1.toml", '"warning"', '"off"')
    assert "net.Dial" not in project.build("-Q", "dials").output


def test_socket_functions_that_are_not_allowed_show_the_chain(project: Project) -> None:
    project.edit("wasip1.toml", 'imports.allow = ["*"]', "")
    project.edit("report/report.go", 'import "net"', 'import "net/http"')
    project.edit("report/report.go", 'net.Dial("tcp", text)', "0, http.ListenAndServe(text, nil)")
    build = project.scons("-Q", "dials")
    assert build.status == 2
    told = build.output[build.output.index("[import-sockets]") :]
    told = told[: told.index("\n\n")]
    assert "> example.com/a/report.Send  report/report.go:6\n  | > net/http.ListenAndServe" in told


def test_advise_tells_once_and_looks_again_only_at_what_changed(project: Project) -> None:
    build = project.scons("-Q", "advise")
    assert build.status == 2
    assert CHAIN in build.output
    assert ".:dials     1 error\n" in build.output
    assert ".:constant  1 error\n" in build.output  # a variable's initialiser mentions it
    again = project.scons("-Q", "advise")
    assert "advise" not in again.verbs
    assert CHAIN in again.output
    project.edit("report/report.go", "net.Dial(", "net.DialTimeout(")
    project.edit("report/report.go", "text)\n", "text, 1)\n")
    changed = project.scons("-Q", "advise", "ARTIFACT=dials")
    assert "net.DialTimeout cannot work" in changed.output
    assert "constant" not in changed.output


def test_an_ignore_that_silences_nothing_is_told(project: Project) -> None:
    project.edit(
        "report/report.go",
        "package report\n",
        "package report\n\n//wasip1:ignore unsupported-call none\n//wasip1:ignore no-rule none\n",
    )
    build = project.scons("-Q", "advise", "ARTIFACT=dials", "STRICT=1")
    assert "report/report.go:3:1: error: an ignore of unsupported-call silences" in build.output
    assert "report/report.go:4:1: error: an ignore names no-rule, which is no rule" in build.output


def test_what_is_not_understood_is_said(project: Project) -> None:
    project.edit("report/report.go", "return err", "return 1")
    build = project.scons("-Q", "advise", "ARTIFACT=dials")
    assert "note: no verdict on what example.com/a/report calls" in build.output
    assert ".:dials  no verdict on 1 package\n" in build.output


def test_scripts_get_json_and_sarif(project: Project) -> None:
    said = project.scons("-sQ", "advise", "FORMAT=json", "ARTIFACT=dials")
    found = json.loads(said.output[said.output.index("\n{") :])
    jsonschema.validate(found, json.loads(schema_path("advise").read_bytes()))
    (artifact,) = found["artifacts"]
    (finding,) = artifact["findings"]
    place = {"file": "report/report.go", "line": 6, "column": 16}
    assert (finding["rule"], finding["location"]) == ("unsupported-call", place)
    said = project.scons("-sQ", "advise", "FORMAT=sarif", "ARTIFACT=dials")
    (run,) = json.loads(said.output[said.output.index("\n{") :])["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["unsupported-call"]


def test_github_gets_annotations(project: Project) -> None:
    build = project.scons("-Q", "advise", "ARTIFACT=dials", env={"GITHUB_ACTIONS": "true"})
    assert "::error file=report/report.go,line=6,col=16,title=unsupported-call::" in build.output


@pytest.mark.parametrize(
    "word", ["FORMAT=xml", "STRICT=2", "ARTIFACT=nothing", "FIX=no", "DEPENDENCIES=yes"]
)
def test_a_wrong_argument_is_said(project: Project, word: str) -> None:
    build = project.scons("-Q", "advise", word)
    assert build.status == 2
    assert word.partition("=")[2] in build.output
