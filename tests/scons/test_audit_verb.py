"""`scons audit`: asked for by its word, kept like anything that is built, and told each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from project import Project
from wasip1_build.schema_files import schema_path
from workspaces import MakeWorkspace

READER = """package main

import "os"

func main() {
	data, err := os.ReadFile("/data/name.txt")
	if err != nil {
		println(err.Error())
		os.Exit(1)
	}
	os.Stdout.Write(data)
}
"""
SPEC = """spec-version = 1

[defaults]
compress.formats = []

[artifact.reader]
package = "./reader"
grants.dirs = [
    { host = "data", guest = "/data", mode = "rw", reason = "the name" },
    { host = "more", guest = "/more", mode = "ro" },
]

[[artifact.reader.check]]
name = "reads"
expect = { stdout = "ada\\n" }

[artifact.bare]
package = "./bare"
grants.args = ["a"]
"""
FILES = {
    "go.mod": "module example.com/a\n\ngo 1.25\n",
    "reader/main.go": READER,
    "bare/main.go": "package main\n\nfunc main() {}\n",
    "data/name.txt": "ada\n",
    "more/old.txt": "old",
    "wasip1.toml": SPEC,
}


@pytest.fixture(scope="session")
def audited(make_workspace: MakeWorkspace) -> Project:
    p = make_workspace(FILES)
    p.build("audit")
    return p


@pytest.fixture
def project(audited: Project) -> Iterator[Project]:
    """`audited`, to be changed; put back afterwards."""
    sources = audited.sources()
    yield audited
    audited.put_back(sources)


def stdout_of(project: Project, *words: str) -> tuple[int, bytes, str]:
    """The status of scons, its stdout alone, and its stderr."""
    argv = [sys.executable, "-m", "SCons", *words]
    where = {"cwd": project.root, "env": project.environment()}
    done = subprocess.run(argv, capture_output=True, timeout=600, **where)  # type: ignore[call-overload]
    return done.returncode, done.stdout, done.stderr.decode()


def test_each_grant_is_told_with_its_line_and_what_to_write(project: Project) -> None:
    project.build("-Q", "audit")
    again = project.build("-Q", "audit")
    assert again.steps == ()
    assert again.output.splitlines() == [
        "scons: `audit' is up to date.",
        "wasip1.toml:9:39: warning: writing to /data is granted, and no check needs it "
        "[grant-too-wide]",
        "  why: where the directory can only be read, reads passes and does the same",
        '  fix: write { host = "data", guest = "/data", mode = "ro", reason = "the name" }',
        "",
        "wasip1.toml:10:5: warning: the directory /more (ro) is granted, and no check uses it "
        "[grant-unused]",
        "  why: without it reads passes and does the same",
        '  fix: take out { host = "more", guest = "/more", mode = "ro" }',
        "",
        *again.output.splitlines()[9:13],
        ".:reader:",
        "  /data (rw)        needed by reads",
        '  writing to /data  unused: could be mode = "ro"',
        "  /more (ro)        unused",
        *again.output.splitlines()[17:19],
        ".:bare: no verdict: no checks",
        "2 artifacts, 4 grants: 1 unused, 1 too wide, 1 without verdict, 1 not audited",
    ]
    assert "[import-not-reached]" in again.output.splitlines()[9]


def test_what_an_audit_reads_is_an_input(project: Project) -> None:
    project.build("-Q", "audit")
    project.write("more/new.txt", "new")
    assert project.build("-Q", "audit").steps[0] == ("audit", "build/reader/reader.audit.json")
    project.edit("wasip1.toml", 'reason = "the name"', 'reason = "a name"')
    assert 'reason = "a name" }' in project.build("-Q", "audit").output
    project.edit("wasip1.toml", "\n[artifact.reader]", "\n\n[artifact.reader]")
    moved = project.build("-Q", "audit")
    assert moved.steps == () and "wasip1.toml:11:5: warning: the directory" in moved.output


@pytest.mark.dear
def test_a_build_neither_audits_nor_removes_an_audit(project: Project) -> None:
    project.build("-Q", "audit")
    record = project.root / "build/reader/reader.audit.json"
    assert "audit" not in project.build("-Q").verbs
    assert record.is_file() and project.build("-Q", "audit").steps == ()
    project.edit("wasip1.toml", "[artifact.reader]", "[artifact.other]")
    project.edit("wasip1.toml", "[[artifact.reader.check]]", "[[artifact.other.check]]")
    project.build("-Q", "audit")
    assert not record.exists()
    assert (project.root / "build/other/other.audit.json").is_file()


def test_strict_fails_at_the_line_of_the_grant(project: Project) -> None:
    failed = project.scons("-Q", "audit", "STRICT=1")
    assert failed.status == 2
    assert "wasip1.toml:10:5: error: the directory /more (ro) is granted" in failed.output
    assert failed.output.count("[grant-unused]") == 1
    assert failed.output.count("scons: ***") == 1
    assert project.scons("-Q", "audit", "STRICT=0").status == 0
    project.edit("wasip1.toml", '    { host = "more", guest = "/more", mode = "ro" },\n', "")
    project.edit("wasip1.toml", 'mode = "rw"', 'mode = "ro"')
    assert project.scons("-Q", "audit", "STRICT=1").status == 0


def test_a_check_that_fails_fails_the_audit(project: Project) -> None:
    project.write("data/name.txt", "bob\n")
    failed = project.scons("-Q", "audit")
    assert failed.status == 2
    assert "error: check reads: stdout differs from what is expected" in failed.output
    assert "error: .:reader cannot be audited: its checks do not all pass" in failed.output
    assert ".:reader: not audited: a check fails with everything granted" in failed.output
    assert "unused" not in failed.output.replace("0 unused", "")


def test_what_does_not_compile_is_not_audited(project: Project) -> None:
    project.edit("reader/main.go", "os.Exit(1)", "os.Quit(1)")
    failed = project.scons("-Q", "audit")
    assert failed.status == 2 and "undefined: os.Quit" in failed.output
    assert ".:reader: not audited (see above)" in failed.output


def test_artifact_chooses(project: Project) -> None:
    only = project.build("-Q", "audit", "ARTIFACT=bare")
    assert ".:reader" not in only.output and ".:bare: no verdict: no checks" in only.output
    nothing = project.scons("-Q", "audit", "ARTIFACT=reeder")
    assert nothing.status == 2 and 'did you mean "reader"?' in nothing.output


def test_json_stands_alone_on_stdout(project: Project) -> None:
    project.write("more/new.txt", "newer")  # so that there is something to run in silence
    status, out, _err = stdout_of(project, "-sQ", "audit", "FORMAT=json")
    read = json.loads(out)
    assert status == 0
    jsonschema.validate(read, json.loads(schema_path("audit").read_bytes()))
    reader, bare = read["artifacts"]
    verdicts = {each["key"]: each["verdict"] for each in reader["grants"]}
    assert verdicts == {
        "grants.dirs.0": "needed",
        "grants.dirs.0.mode": "could-be-ro",
        "grants.dirs.1": "unused",
    }
    places = {each["key"]: each["location"]["line"] for each in reader["findings"]}
    assert (places["grants.dirs.0.mode"], places["grants.dirs.1"]) == (9, 10)
    assert (bare["verdict"], bare["reason"]) == ("no-verdict", "no checks")


def test_sarif_has_errors_where_they_are_strict(project: Project) -> None:
    status, out, err = stdout_of(project, "-sQ", "audit", "FORMAT=sarif", "STRICT=1")
    assert status == 2 and "error: the directory /more" in err
    results = json.loads(out)["runs"][0]["results"]
    assert [(each["ruleId"], each["level"]) for each in results] == [
        ("grant-too-wide", "error"),
        ("grant-unused", "error"),
        ("import-not-reached", "note"),
    ]
    place = results[1]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("wasip1.toml", 10)


def test_findings_are_annotations_in_a_pull_request(project: Project) -> None:
    said = project.build("-Q", "audit", env={"GITHUB_ACTIONS": "true"}).output
    assert "::warning file=wasip1.toml,line=10,col=5,title=grant-unused::the directory" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("audit", "FORMAT=xml"), "error: FORMAT=xml is none [argument]\n  fix: known: text, json"),
        (("audit", "STRICT=yes"), "error: STRICT=yes is none"),
        (("STRICT=1",), "error: STRICT= is for `scons audit`"),
        (("audit", "RUNTIME=node"), "error: RUNTIME= is for `scons test`"),
        (("ARTIFACT=bare",), "error: ARTIFACT= is for `scons test` and `scons audit`"),
    ],
)
def test_a_wrong_argument_is_said_and_nothing_runs(
    words: tuple[str, ...], said: str, project: Project
) -> None:
    failed = project.scons("-Q", *words)
    assert failed.status == 2 and said in failed.output and failed.steps == ()


def test_looking_runs_nothing(project: Project) -> None:
    project.write("more/new.txt", "newest")
    before = project.files()
    assert "audit" in project.build("-Q", "-n", "audit").verbs
    assert project.scons("-Q", "-q", "audit").status == 1
    assert "scons audit" in project.build("-h").output
    assert project.files() == before


def test_it_is_there_beside_other_things_under_its_prefix(
    make_workspace: MakeWorkspace,
) -> None:
    construct = (
        'env = Environment(tools=["wasip1"], toolpath=[PyPackageDir("wasip1_build.tools")])\n'
        'env.Wasip1Workspace("wasip1.toml", prefix="wasm-")\n'
    )
    p = make_workspace({**FILES, "SConstruct": construct})
    p.build("-Q", "wasm-reader")  # so that it is up to date, and a plain file to SCons
    told = p.build("-Q", "wasm-audit", "WASIP1_ARTIFACT=reader")
    assert "/more (ro)        unused" in told.output
    assert "wasip1.toml:10:5: warning: the directory /more" in told.output
    assert p.scons("-Q", "wasm-audit", "WASIP1_STRICT=1").status == 2


EXAMPLES = Path(__file__).parents[2]


@pytest.mark.long
@pytest.mark.dear
def test_the_examples_are_granted_what_they_need_and_no_more(
    make_workspace: MakeWorkspace,
) -> None:
    names = ["wasip1.toml", "go.work"]
    for where, _directories, files in os.walk(EXAMPLES / "examples"):
        names += [os.path.relpath(os.path.join(where, name), EXAMPLES) for name in files]
    p = make_workspace({"wasip1.toml": ""})
    for name in names:
        p.write(name, (EXAMPLES / name).read_bytes())
    status, out, err = stdout_of(p, "-sQ", "audit", "FORMAT=json", "STRICT=1")
    assert status == 0, err
    artifacts = {each["artifact"]: each for each in json.loads(out)["artifacts"]}
    verdicts = {
        (name.rpartition(":")[2], grant["name"]): grant["verdict"]
        for name, each in artifacts.items()
        for grant in each["grants"]
    }
    assert {each["verdict"] for each in artifacts.values()} == {"audited"}
    assert verdicts == {
        ("aggregate", "stdin"): "needed",
        ("jsonl", "stdin"): "needed",
        ("jsonl", "--where"): "needed",
        ("jsonl", "status>=500"): "needed",
        ("jsonl", "--select"): "needed",
        ("jsonl", "ts,status,request.path"): "needed",
        ("thumbnail", "/in (ro)"): "needed",
        ("thumbnail", "/out (rw)"): "needed",
        ("thumbnail", "writing to /out"): "needed",
        ("thumbnail", "--width"): "no-verdict",
        ("thumbnail", "160"): "no-verdict",
    }
    found = {finding["rule"] for each in artifacts.values() for finding in each["findings"]}
    assert found <= {"import-not-reached", "max-memory-far-above"}
    assert all(each["not_deterministic"] == {} for each in artifacts.values())
    calls = artifacts["examples/aggregate:aggregate"]["imports"]
    assert [each["calls"] for each in calls if each["name"] == "emit_batch"] == [3 + 1 + 0]
