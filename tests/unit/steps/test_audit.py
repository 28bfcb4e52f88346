"""Seeded mistakes: what is granted and not needed is found, and nothing else. Each suggestion is
carried out in the spec and the checks run again; each grant that is needed is taken away and a
check fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import wasmtime

from audited import TOOL, Audited, findings, verdicts
from wasip1_build.findings import Failure, Finding, Severity
from wasip1_build.spec.model import DirGrant
from wasip1_build.steps.audit import JudgeAudit, severe
from wasip1_build.steps.audit_findings import RULES, written_dir


@pytest.fixture(scope="session")
def tool(go_module: Callable[[str], Path]) -> Path:
    """A module that does what its arguments say."""
    return go_module(TOOL)


def check(name: str, args: str | None, expect: str = "{ exit = 0 }", more: str = "") -> str:
    """A check in the text of a spec."""
    lines = ["", "[[artifact.tool.check]]", f'name = "{name}"']
    lines += [f"args = {json.dumps(args.split())}"] if args is not None else []
    return "\n".join([*lines, *([more] if more else []), f"expect = {expect}", ""])


def dirs(*elements: str) -> str:
    return "\n".join(["grants.dirs = [", *(f"    {each}," for each in elements), "]", ""])


A = '{ host = "a", guest = "/a", mode = "ro" }'
B = '{ host = "b", guest = "/b", mode = "ro", reason = "the other" }'
OUT = '{ host = "out", guest = "/out", mode = "rw", reason = "results" }'
FILES = {
    "a/name.txt": "ada\n",
    "b/name.txt": "bob\n",
    "c/name.txt": "ada\n",
    "out/old.txt": "old",
    "x.txt": "x",
}
ADA = '{ stdout = "ada\\n" }'


@dataclass(frozen=True)
class Seed:
    """`grants` is each grant with its verdict; `fixes` the first lines of what is to be done."""

    name: str
    spec: str
    grants: Mapping[str, str]
    fixes: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


SEEDS = [
    Seed(
        "an unused directory before one that is needed",
        dirs(A, B) + check("c", "read:/b/name.txt", '{ stdout = "bob\\n" }'),
        {"/a (ro)": "unused", "/b (ro)": "needed"},
        (f"take out {A}",),
    ),
    Seed(
        "an unused directory behind one that is needed",
        dirs(A, B) + check("c", "read:/a/name.txt", ADA),
        {"/a (ro)": "needed", "/b (ro)": "unused"},
        (f"take out {B}",),
    ),
    Seed(
        "an unused directory that is writable has one finding",
        dirs(OUT) + check("c", "say:x", '{ stdout = "x\\n" }'),
        {"/out (rw)": "unused"},
        (f"take out {OUT}",),
    ),
    Seed(
        "a directory that is only read, and is writable",
        dirs(OUT) + check("c", "read:/out/old.txt", '{ stdout = "old" }'),
        {"/out (rw)": "needed", "writing to /out": "could-be-ro"},
        ("write " + OUT.replace('"rw"', '"ro"'),),
    ),
    Seed(
        "a directory that is written",
        dirs(OUT) + check("c", "write:/out/x.txt", '{ files = { "/out/x.txt" = "x.txt" } }'),
        {"/out (rw)": "needed", "writing to /out": "needed"},
    ),
    Seed(
        "a file that is opened for writing, and not written",
        dirs(OUT) + check("c", "open:/out/old.txt"),
        {"/out (rw)": "needed", "writing to /out": "needed"},
    ),
    Seed(
        "what is written and no check looks at is used all the same",
        dirs(OUT) + check("c", "write:/out/x.txt", '{ exit = "any" }'),
        {"/out (rw)": "used", "writing to /out": "used"},
    ),
    Seed(
        "only one of two checks needs it",
        dirs(A) + check("says", "say:x") + check("reads", "read:/a/name.txt", ADA),
        {"/a (ro)": "needed"},
    ),
    Seed(
        "Go's working directory is the first",
        dirs(A, B) + check("c", "read:name.txt read:/b/name.txt", '{ stdout = "ada\\nbob\\n" }'),
        {"/a (ro)": "needed", "/b (ro)": "needed"},
    ),
    Seed(
        "another directory that moves into the first place does not hide that the first is used",
        dirs(A, '{ host = "c", guest = "/c", mode = "ro" }') + check("c", "read:name.txt", ADA),
        {"/a (ro)": "used", "/c (ro)": "unused"},
        ('take out { host = "c", guest = "/c", mode = "ro" }',),
    ),
    Seed(
        "either of two directories suffices",
        dirs(A, '{ host = "c", guest = "/c", mode = "ro" }')
        + check("c", "either:/a/name.txt,/c/name.txt", ADA),
        {"/a (ro)": "unused", "/c (ro)": "alternative"},
        (f"take out {A}",),
    ),
    Seed(
        "an unused variable beside one that is needed",
        'grants.env = { WHOM = "ada", MODE = "fast" }\n' + check("c", "env:WHOM", ADA),
        {"WHOM": "needed", "MODE": "unused"},
        ('write grants.env = { WHOM = "ada" }',),
    ),
    Seed(
        "two unused variables have one line to write",
        'grants.env = { A = "1", WHOM = "ada", B = "2" }\n' + check("c", "env:WHOM", ADA),
        {"A": "unused", "WHOM": "needed", "B": "unused"},
        ('write grants.env = { WHOM = "ada" }',) * 2,
    ),
    Seed(
        "the only variable is unused",
        'grants.env = { MODE = "fast" }\n' + check("c", "say:x"),
        {"MODE": "unused"},
        ("take out grants.env",),
    ),
    Seed(
        "a variable that must be there, whatever it is",
        'grants.env = { MODE = "" }\n' + check("c", "need:MODE"),
        {"MODE": "needed"},
    ),
    Seed(
        "a variable that no check holds the program to",
        'grants.env = { WHOM = "ada" }\n' + check("c", "env:WHOM"),
        {"WHOM": "used"},
    ),
    Seed(
        "how Go manages memory is left alone",
        'grants.env = { GOGC = "50", GOMEMLIMIT = "64MiB" }\n' + check("c", "say:x"),
        {"GOGC": "no-verdict", "GOMEMLIMIT": "no-verdict"},
    ),
    Seed(
        "an inherited variable that no check sets",
        'grants.env-inherit = ["TZ"]\n' + check("c", "say:x"),
        {"TZ (inherited)": "no-verdict"},
    ),
    Seed(
        "an inherited variable that is needed, and one that is not",
        'grants.env-inherit = ["TZ", "WHOM"]\n'
        + check("c", "env:WHOM", ADA, 'env = { WHOM = "ada" }')
        + check("d", "say:x", more='env = { TZ = "UTC" }'),
        {"TZ (inherited)": "unused", "WHOM (inherited)": "needed"},
        ('write grants.env-inherit = ["WHOM"]',),
    ),
    Seed(
        "arguments that no check is given",
        'grants.args = ["say:x"]\n' + check("c", "say:y"),
        {"say:x": "no-verdict"},
    ),
    Seed(
        "an unused argument",
        'grants.args = ["say:x", "skip"]\n' + check("c", None, '{ stdout = "x\\n" }'),
        {"say:x": "needed", "skip": "unused"},
        ('write grants.args = ["say:x"]',),
    ),
    Seed(
        "an unused flag with its value is one finding",
        'grants.args = ["--level", "3", "say:x"]\n' + check("c", None, '{ stdout = "x\\n" }'),
        {"--level 3": "unused", "say:x": "needed"},
        ('write grants.args = ["say:x"]',),
    ),
    Seed(
        "a flag that is unused before an argument that is needed",
        'grants.args = ["--fast", "say:x"]\n' + check("c", None, '{ stdout = "x\\n" }'),
        {"--fast": "unused", "say:x": "needed"},
        ('write grants.args = ["say:x"]',),
    ),
    Seed(
        "stdin that is read",
        "grants.stdin = true\n" + check("c", "in", ADA, 'stdin = "ada\\n"'),
        {"stdin": "needed"},
    ),
    Seed(
        "stdin that is not read",
        "grants.stdin = true\n" + check("c", "say:x", more='stdin-file = "x.txt"'),
        {"stdin": "unused"},
        ("take out grants.stdin = true",),
    ),
    Seed(
        "stdin that no check gives",
        "grants.stdin = true\n" + check("c", "in"),
        {"stdin": "no-verdict"},
    ),
    Seed(
        "empty input tells nothing",
        "grants.stdin = true\n" + check("c", "in", more='stdin = ""'),
        {"stdin": "no-verdict"},
    ),
    Seed(
        "what stdout says differs from run to run",
        dirs(A) + check("c", "flip"),
        {"/a (ro)": "no-verdict"},
    ),
    Seed(
        "a check that is not deterministic hides nothing that another proves",
        dirs(A, B) + check("c", "flip") + check("d", "read:/b/name.txt", '{ stdout = "bob\\n" }'),
        {"/a (ro)": "no-verdict", "/b (ro)": "needed"},
    ),
    Seed(
        "a log with the time on stderr leaves proofs of need, and no other",
        dirs(A, B) + check("c", "log read:/b/name.txt", '{ stdout = "bob\\n" }'),
        {"/a (ro)": "no-verdict", "/b (ro)": "needed"},
    ),
    Seed(
        "what goes to stderr counts where it is steady",
        'grants.env = { WHOM = "ada" }\ngrants.args = ["warn:x"]\n' + check("c", None),
        {"WHOM": "unused", "warn:x": "used"},
        ("take out grants.env",),
    ),
    Seed("nothing is granted", check("c", "say:x"), {}),
    Seed("nothing is checked", dirs(A) + "grants.stdin = true\n",
         {"/a (ro)": "no-verdict", "stdin": "no-verdict"}),
]  # fmt: skip


# Those of one kind stand together: a third of them is of every kind.
TRIED = [
    pytest.param(seed, id=seed.name, marks=[pytest.mark.dear] if number % 3 else [])
    for number, seed in enumerate(SEEDS)
]


@pytest.mark.parametrize("seed", TRIED)
def test_what_is_too_much_is_found_and_nothing_else(seed: Seed, tmp_path: Path, tool: Path) -> None:
    audited = Audited.make(tmp_path / "w", tool, seed.spec, {**FILES, **seed.files})
    record = audited.audit()
    assert verdicts(record) == dict(seed.grants)
    found = findings(record)
    assert [each.fix.partition("\n")[0] for each in found] == list(seed.fixes)
    for each in record["grants"]:
        if each["verdict"] == "needed":
            without = audited.checks_without(each["key"], each["name"])
            assert [name for name, verdict in without.items() if verdict == "fail"] == each[
                "checks"
            ]
    for each in reversed(found):  # from below, so that lines stay where they are
        audited.apply(each)
    if found:
        assert set(audited.checks().values()) == {"pass"}


def test_after_all_that_is_suggested_nothing_is_left_to_suggest(tmp_path: Path, tool: Path) -> None:
    spec = dirs(A, B, OUT) + check("c", "read:/b/name.txt read:/out/old.txt")
    audited = Audited.make(tmp_path / "w", tool, spec, FILES)
    for each in reversed(findings(audited.audit())):
        audited.apply(each)
    again = audited.audit()
    assert verdicts(again) == {"/b (ro)": "needed", "/out (ro)": "needed"}
    assert findings(again) == []


def test_a_check_that_fails_with_everything_granted_is_all_that_is_said(
    tmp_path: Path, tool: Path
) -> None:
    spec = dirs(A) + check("fine", "say:x") + check("fails", "read:/b/name.txt")
    record = Audited.make(tmp_path / "w", tool, spec, FILES).audit()
    assert (record["verdict"], record["grants"]) == ("checks-fail", [])
    assert [each.rule for each in findings(record)] == ["check-exit", "audit-checks-fail"]
    assert "check fails: it exited with 1" in findings(record)[0].what


def test_a_check_that_is_given_what_is_not_granted_is_no_audit(tmp_path: Path, tool: Path) -> None:
    spec = check("c", "in", more='stdin = "x"')
    record = Audited.make(tmp_path / "w", tool, spec).audit()
    assert [each.rule for each in findings(record)] == ["check-not-declared", "audit-checks-fail"]


def test_the_record_has_every_run_and_is_the_same_each_time(tmp_path: Path, tool: Path) -> None:
    spec = dirs(A, OUT) + check("c", "read:/a/name.txt", ADA) + check("d", "read:/out/old.txt")
    audited = Audited.make(tmp_path / "w", tool, spec, FILES)
    record = audited.audit()
    again = audited.audit()
    counts, others = record.pop("imports"), again.pop("imports")
    assert record == again
    assert [each["name"] for each in counts] == [each["name"] for each in others]
    told = [(run["without"], run["how"], run["check"], run["result"]) for run in record["runs"]]
    assert told == [
        (["grants.dirs.0"], "left out", "c", "fails"),
        (["grants.dirs.0"], "left out", "d", "same"),
        (["grants.dirs.0"], "stand-in", "c", "fails"),
        (["grants.dirs.0"], "stand-in", "d", "same"),
        (["grants.dirs.1"], "left out", "c", "same"),
        (["grants.dirs.1"], "left out", "d", "fails"),
        (["grants.dirs.1.mode"], "read-only", "c", "same"),
        (["grants.dirs.1.mode"], "read-only", "d", "same"),
    ]


def test_what_calls_nothing_is_named_and_never_called_unused(tmp_path: Path, tool: Path) -> None:
    record = Audited.make(tmp_path / "w", tool, check("c", "say:x")).audit()
    calls: dict[str, int] = {}
    for each in record["imports"]:
        calls[each["name"]] = calls.get(each["name"], 0) + each["calls"]
    assert calls["fd_write"] == 1 and calls["path_open"] == 0
    (note,) = findings(record, "note")
    assert note.rule == "import-not-reached" and "path_open" in note.what
    assert "fd_write" not in note.what and "unused" not in str(note)


def test_the_least_memory_is_measured_and_holds(tmp_path: Path, tool: Path) -> None:
    spec = 'runtime.max-memory = "256MiB"\n' + check("c", "hold:8")
    audited = Audited.make(tmp_path / "w", tool, spec)
    record = audited.audit()
    memory = record["memory"]
    assert 8 << 20 < memory["least_bytes"] <= memory["peak_bytes"] < 64 << 20
    rules = [each.rule for each in findings(record, "note")]
    assert rules == ["max-memory-far-above", "import-not-reached"]
    assert findings(record) == []
    step = audited.steps()[1]
    for pages, verdict in ((memory["least_pages"], "pass"), (memory["least_pages"] - 1, "fail")):
        capped = replace(step, max_memory_bytes=pages * 65536)
        assert audited.verdicts_of(capped) == {"c": verdict}


def test_a_directory_that_no_check_holds_the_program_to_is_told_once(
    tmp_path: Path, tool: Path
) -> None:
    spec = dirs(OUT) + check("c", "write:/out/x.txt", '{ exit = "any" }')
    record = Audited.make(tmp_path / "w", tool, spec, FILES).audit()
    note = findings(record, "note")[0]
    assert [each.rule for each in findings(record, "note")][1:] == ["import-not-reached"]
    assert note.what == "the directory /out (rw) is used, and no check fails without it"
    assert note.why == (
        "without it a run differs in how it ends and stderr and the files it leaves (c)"
    )


def test_a_cap_near_what_is_needed_is_no_note(tmp_path: Path, tool: Path) -> None:
    spec = 'runtime.max-memory = "32MiB"\n' + check("c", "hold:8")
    record = Audited.make(tmp_path / "w", tool, spec).audit()
    assert "max-memory-far-above" not in [each.rule for each in findings(record, "note")]


FD = """(module
  (import "wasi_snapshot_preview1" "fd_readdir"
    (func $list (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (if (call $list (i32.const 4) (i32.const 0) (i32.const 99) (i64.const 0) (i32.const 128))
      (then (call $exit (i32.const 1))))))"""


def test_a_directory_that_only_keeps_the_place_of_another_is_needed_for_that(
    tmp_path: Path,
) -> None:
    """The module takes the second directory to be descriptor 4."""
    module = bytes(wasmtime.wat2wasm(FD))
    audited = Audited.make(tmp_path / "w", module, dirs(A, B) + check("c", ""), FILES)
    record = audited.audit()
    assert verdicts(record) == {"/a (ro)": "needed", "/b (ro)": "needed"}
    first, second = record["grants"]
    assert first["reason"].startswith("only its place is") and second["reason"] == ""
    assert findings(record) == []


REACTOR = """(module
  (import "wasi_snapshot_preview1" "environ_sizes_get"
    (func $sizes (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $seen (mut i32) (i32.const 0))
  (func (export "_initialize") (drop (call $sizes (i32.const 0) (i32.const 4)))
    (global.set $seen (i32.load (i32.const 0))))
  (func (export "variables") (result i32) (global.get $seen))
  (func (export "seven") (result i32) (i32.const 7)))"""


@pytest.mark.parametrize(
    ("export", "returns", "verdict"), [("variables", 1, "needed"), ("seven", 7, "unused")]
)
def test_a_reactor_is_audited_by_calls_of_its_exports(
    export: str, returns: int, verdict: str, tmp_path: Path
) -> None:
    spec = (
        'kind = "reactor"\nexports = ["variables", "seven"]\ngrants.env = { A = "1" }\n\n'
        '[[artifact.tool.check]]\nname = "c"\n'
        f'invoke = {{ export = "{export}", returns = [{returns}] }}\n'
    )
    module = bytes(wasmtime.wat2wasm(REACTOR))
    record = Audited.make(tmp_path / "w", module, spec).audit()
    assert verdicts(record) == {"A": verdict}
    assert [each["calls"] for each in record["imports"]] == [1]
    assert record["memory"]["least_pages"] == 1


def test_a_directory_within_another_does_not_rename_what_is_written(
    tmp_path: Path, tool: Path
) -> None:
    """/in lies in the tree of /out, and what is written there has two names."""
    inner = '{ host = "out/sub", guest = "/in", mode = "rw" }'
    spec = dirs(inner, OUT) + check("c", "write:/out/sub/x.txt", '{ exit = "any" }')
    audited = Audited.make(tmp_path / "w", tool, spec, {**FILES, "out/sub/y": ""})
    assert verdicts(audited.audit()) == {
        "/in (rw)": "unused",
        "/out (rw)": "used",
        "writing to /out": "used",
    }


def test_a_directory_is_written_as_its_file_has_it() -> None:
    inside = DirGrant("services/a/data", "/data", "rw", 'what "it" reads')
    assert written_dir(inside, "services/a") == (
        '{ host = "data", guest = "/data", mode = "rw", reason = "what \\"it\\" reads" }'
    )
    above = DirGrant("shared", "/data", outside=True)
    assert written_dir(above, "services/a") == (
        '{ host = "../../shared", guest = "/data", mode = "ro", outside = true }'
    )
    assert '"/srv"' in written_dir(DirGrant("/srv", "/srv"), "services/a")


def test_strict_makes_errors_of_warnings_and_of_nothing_else() -> None:
    given = [Finding("r", severity, "what") for severity in Severity]
    assert severe(given, strict=False) == tuple(given)
    assert [str(each.severity) for each in severe(given, strict=True)] == ["error", "error", "note"]


def test_every_rule_is_explained(tmp_path: Path, tool: Path) -> None:
    spec = dirs(A) + check("c", "read:/a/name.txt")
    audited = Audited.make(tmp_path / "w", tool, spec, FILES)
    every = findings(audited.audit(), "note", "warning", "error")
    assert every and {each.rule for each in every} <= RULES.keys()


@pytest.mark.parametrize("strict", [False, True])
def test_the_judge_fails_where_a_grant_is_too_much_only_if_that_is_asked(
    strict: bool, tmp_path: Path, tool: Path
) -> None:
    audited = Audited.make(tmp_path / "w", tool, dirs(A) + check("c", "say:x"), FILES)
    record = audited.audit()
    (tmp_path / "w/build/tool/tool.audit.json").write_text(json.dumps(record))
    judge = JudgeAudit(".:tool", "build/tool/tool.audit.json", strict, "build/verdict.json")
    if not strict:
        assert audited.run_step(judge) == {"artifact": ".:tool"}
        return
    with pytest.raises(Failure) as caught:
        audited.run_step(judge)
    assert [each.rule for each in caught.value.findings] == ["grant-unused", "import-not-reached"]
