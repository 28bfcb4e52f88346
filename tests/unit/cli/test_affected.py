"""`wasip1 affected` names the artifacts whose inputs differ from a revision, all of them and no
others, and says why."""

from __future__ import annotations

import shutil

from affected_command import refused, report
from wasip1_build.cli import main

TOOL = "services/tool:tool"


# ---- files ---------------------------------------------------------------------------------------


def test_a_tree_as_it_was_committed_affects_nothing(repository, capsys):
    (repository.root / "cmd/app/main.go").touch()
    assert main(["affected", "BASE=main"]) == 0
    assert capsys.readouterr() == ("", "note: no artifact is affected\n")


def test_what_is_no_input_affects_nothing(repository, affected):
    repository.write("README.md", "Other words.\n")
    repository.write("cmd/app/main_test.go", "package main\n\n// More.\n")
    repository.write("notes.txt", "not tracked\n")
    repository.write("lib/text/version.generated.go", "package text\n\nconst V = 1\n")
    repository.edit("lib/other/other.go", "Other = 1", "Other = 2")
    repository.edit("go.mod", "go 1.25", "go 1.25 // of August")
    repository.edit("wasip1.toml", '"16MiB"', "16777216")
    repository.edit("wasip1.toml", "[artifact.app]\n", "# More.\n[artifact.app]\ndefault = false\n")
    (repository.root / "cmd/app/main.go").chmod(0o755)
    (repository.root / "data/empty").mkdir()
    assert affected() == {}


def test_every_kind_of_input_is_told_by_its_path(repository, affected):
    repository.edit("cmd/app/main.go", "x.Version", "x.Version, 1")
    repository.write("cmd/app/words.txt", "good morning\n")
    repository.write("lib/text/more.go", "package text\n")
    repository.write("cmd/app/default.pgo", "")
    repository.write("testdata/out.txt", "other\n")
    repository.write("testdata/host.py", "functions = dict()\n")
    repository.write("data/wörter und mehr.txt", "zwei\n")
    repository.write("data/new.txt", "new\n")
    (repository.root / "data/plain.txt").chmod(0o755)
    assert affected() == {
        ".:app": [
            "cmd/app/default.pgo added",
            "cmd/app/main.go changed",
            "lib/text/more.go added",
            "cmd/app/words.txt changed",
            "testdata/host.py changed",
            "testdata/out.txt changed",
            "data/new.txt added",
            "data/plain.txt changed its x bit",
            "data/wörter und mehr.txt changed",
        ]
    }


def test_a_file_that_is_gone_or_comes_in_by_an_import_is_told(repository, affected):
    repository.git("rm", "-q", "data/plain.txt")
    repository.edit("cmd/app/main.go", "example.com/w/lib/text", "example.com/w/lib/other")
    repository.edit("cmd/app/main.go", "text.Shout(words)", "other.Other")
    assert affected() == {
        ".:app": [
            "cmd/app/main.go changed",
            "lib/other/other.go is an input now",
            "lib/text/text.go is no input now",
            "data/plain.txt removed",
        ]
    }


def test_staged_committed_and_untracked_changes_count_alike(repository, affected):
    repository.edit("services/tool/cmd/main.go", "{}", "{ println() }")
    told = {TOOL: ["services/tool/cmd/main.go changed"]}
    assert affected() == told
    repository.git("add", "-A")
    assert affected() == told
    repository.commit()
    assert affected() == {}
    assert affected(base="main~1") == told
    repository.git("rm", "-q", "--cached", "services/tool/cmd/main.go")
    assert affected() == {}  # on disk it is what it was


def test_files_that_git_ignores_are_the_same_on_both_sides(repository, affected):
    repository.write(".git/info/exclude", "ignored/\n")
    repository.write("cmd/app/more.generated.go", "package main\n")
    repository.write("ignored/words.txt", "three\n")
    repository.edit("wasip1.toml", 'host = "data"', 'host = "ignored"')
    repository.commit()
    repository.write("notes.txt", "not tracked\n")
    assert affected() == {}


def test_a_link_counts_with_what_it_leads_to(repository, affected):
    repository.write("shared/words.txt", "linked\n")
    (repository.root / "testdata/out.txt").unlink()
    (repository.root / "testdata/out.txt").symlink_to("../shared/words.txt")
    repository.commit()
    assert affected() == {}
    repository.write("shared/words.txt", "other\n")
    assert affected() == {".:app": ["shared/words.txt changed"]}
    (repository.root / "testdata/out.txt").unlink()
    (repository.root / "testdata/out.txt").symlink_to("../README.md")
    assert affected() == {".:app": ["testdata/out.txt changed"]}


# ---- the spec ------------------------------------------------------------------------------------


def test_each_key_that_differs_is_named_with_its_values(repository, affected):
    repository.edit("wasip1.toml", '"16MiB"', '"32MiB"')
    repository.edit(
        "wasip1.toml", 'guest = "/data"', 'guest = "/data", mode = "rw", outside = true'
    )
    repository.edit("wasip1.toml", 'name = "greets"', 'name = "greets"\ntimeout = "5s"')
    repository.edit(
        "wasip1.toml",
        'package = "./cmd/app"',
        'package = "./cmd/app"\ndefine = { "main.version" = "1.4.0" }\ntags = ["a", "b"]\n'
        'budget.wasm = "3MiB"\nbudget.growth = { percent = 2, bytes = "16KiB" }',
    )
    assert affected() == {
        ".:app": [
            'tags: [] -> ["a", "b"]',
            'define."main.version" added',
            'grants.dirs."/data".mode: ro -> rw',
            'grants.dirs."/data".outside: false -> true',
            "budget.wasm: unset -> 3MiB",
            "budget.growth added",
            "runtime.max-memory: 16MiB -> 32MiB",
            "check.greets.timeout: 30s -> 5s",
        ]
    }


def test_checks_are_known_by_their_names(repository, affected):
    repository.edit("wasip1.toml", 'name = "greets"', 'name = "welcomes"')
    assert affected() == {".:app": ["check.greets removed", "check.welcomes added"]}


def test_a_default_of_the_top_file_affects_those_that_it_reaches(repository, affected):
    repository.edit("wasip1.toml", "formats = []", 'formats = ["gz"]')
    reason = 'compress.formats: [] -> ["gz"]'
    assert affected() == {".:app": [reason], TOOL: [reason]}
    repository.edit(
        "services/tool/wasip1.toml", "[artifact", "defaults.compress.formats = []\n[artifact"
    )
    assert affected() == {".:app": [reason]}


def test_how_tests_run_decides_where_a_gate_asks_for_them(repository, affected):
    package = 'package = "./cmd/app"'
    repository.edit("wasip1.toml", package, f'{package}\ntest.timeout = "5s"')
    assert affected() == {}
    repository.edit("wasip1.toml", package, f"{package}\ntest.gate = true")
    [reasons] = affected().values()
    assert "test.gate: unset -> true" in reasons
    repository.commit()
    repository.edit("wasip1.toml", '"5s"', '"6s"')
    assert affected() == {".:app": ["test.timeout: 5s -> 6s"]}


def test_a_profile_affects_only_itself(repository, affected):
    repository.write(
        "services/tool/wasip1.toml",
        'spec-version = 1\n\n[artifact.tool]\npackage = "./cmd"\n\n'
        '[profile.dev]\nruntime.max-memory = "8MiB"\n',
    )
    assert affected() == {}
    assert affected("--profile", "dev") == {TOOL: ["runtime.max-memory: unset -> 8MiB"]}


def test_a_tool_affects_those_that_it_makes_something_of(repository, affected):
    repository.edit("wasip1.toml", "[defaults]", '[toolchain]\ngo = "1.27.3"\n\n[defaults]')
    assert affected() == {}  # the pinned one
    repository.edit("wasip1.toml", 'go = "1.27.3"', 'wasmtime = "48.0.0"')
    assert affected() == {".:app": ["toolchain.wasmtime: 49.0.3 (pinned) -> 48.0.0"]}
    repository.edit("wasip1.toml", 'wasmtime = "48.0.0"', 'go = "1.26.6"')
    repository.commit()
    repository.edit("wasip1.toml", '"1.26.6"', '"1.27.3"')
    reason = "toolchain.go: 1.26.6 -> 1.27.3"
    assert affected() == {".:app": [reason], TOOL: [reason]}


def test_an_artifact_can_be_new_and_another_be_gone(repository, capsys):
    shutil.move(repository.root / "services/tool", repository.root / "services/other")
    record = report(capsys, "main")
    assert record["removed"] == [TOOL]
    assert record["unaffected"] == [".:app"]
    [new] = record["affected"]
    assert new["artifact"] == "services/other:tool"
    assert new["reasons"] == [
        {"kind": "new", "subject": "services/other:tool", "text": "new artifact"}
    ]
    assert main(["affected", "main"]) == 0
    assert capsys.readouterr() == (
        "services/other:tool\tnew artifact\n",
        f"note: {TOOL} is no longer declared\n",
    )


def test_where_there_was_no_spec_every_artifact_is_new(repository, capsys):
    repository.git("rm", "-q", "--cached", "wasip1.toml")
    repository.git("commit", "-q", "-m", "No spec")
    record = report(capsys, "main")
    assert record["base"]["spec"] == "missing"
    assert {r["text"] for each in record["affected"] for r in each["reasons"]} == {"new artifact"}
    assert len(record["affected"]) == 2


def test_where_the_spec_was_not_valid_every_artifact_counts(repository, capsys):
    repository.edit("wasip1.toml", "spec-version = 1", "spec-version = 1\nspec-version = 1")
    repository.commit()
    repository.edit("wasip1.toml", "spec-version = 1\nspec-version = 1", "spec-version = 1")
    record = report(capsys, "main")
    assert (record["base"]["spec"], len(record["affected"])) == ("invalid", 2)
    [reason] = record["affected"][0]["reasons"]
    assert reason["kind"] == "unknown"
    assert "the spec at the revision is not valid: wasip1.toml:2:1" in reason["text"]
    assert record["findings"][0]["location"]["line"] == 2


def test_a_spec_that_is_wrong_now_is_refused(repository, capsys):
    repository.edit("wasip1.toml", "[artifact.app]", "[artifact.app")
    assert "wasip1.toml:" in refused(capsys, "main")


# ---- Go ------------------------------------------------------------------------------------------


def test_a_module_is_told_with_its_versions(repository, affected):
    repository.edit("go.mod", "v1.2.0", "v1.3.0")
    assert affected() == {".:app": ["example.com/x v1.2.0 -> v1.3.0"]}


def test_a_go_line_affects_the_programs_of_its_module(repository, affected):
    repository.edit("go.mod", "go 1.25", "go 1.26")
    found = affected()
    assert found.keys() == {".:app", TOOL}
    assert found[TOOL][0] == "example.com/w: go 1.25 -> 1.26"
    assert all(text.startswith("GODEBUG: ") for text in found[TOOL][1:])


def test_a_replacement_is_told_and_its_files_are_inputs(repository, affected):
    repository.write("fork/go.mod", "module example.com/x\n\ngo 1.25\n")
    repository.write("fork/x.go", 'package x\n\nconst Version = "fork"\n')
    repository.edit("go.mod", "require", "replace example.com/x => ./fork\n\nrequire")
    found = affected()
    assert found == {".:app": ["fork/x.go added", "example.com/x v1.2.0 -> v1.2.0 => ./fork"]}
    repository.commit()
    repository.edit("fork/x.go", "fork", "my fork")
    assert affected() == {".:app": ["fork/x.go changed"]}


def test_modules_of_a_go_work_are_followed_also_out_of_the_repository(repository, affected):
    outside = repository.root.parent / "elsewhere"
    for name, text in {
        "go.mod": "module example.com/x\n\ngo 1.25\n",
        "x.go": 'package x\n\nconst Version = "elsewhere"\n',
    }.items():
        outside.mkdir(exist_ok=True)
        (outside / name).write_text(text)
    repository.write("go.work", "go 1.25\n\nuse (\n\t.\n\t../elsewhere\n)\n")
    repository.commit()
    (outside / "x.go").write_text("package x\n\nconst Version = 2\n")  # it has no history here
    repository.write("notes.txt", "")
    assert affected() == {}
    repository.edit("lib/text/text.go", "return s", "return s + s")
    assert affected() == {".:app": ["lib/text/text.go changed"]}


def test_what_cannot_be_loaded_is_told_with_what_go_says(repository, affected):
    repository.edit(
        "services/tool/cmd/main.go", "func main", 'import _ "example.com/y"\n\nfunc main'
    )
    found = affected()
    assert found.keys() == {TOOL}
    assert found[TOOL][0] == "services/tool/cmd/main.go changed"
    repository.commit()
    repository.write("notes.txt", "")
    assert affected() == {}  # what go says is the same, wherever it says it


def test_what_cannot_be_listed_now_or_then_counts(repository, capsys):
    repository.edit("go.mod", "go 1.25", "go 1.99")
    assert main(["affected", "main"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        f"{name}\tgo.mod asks for Go 1.99, and the pinned Go is 1.27.3 (go.mod:3)"
        for name in (".:app", TOOL)
    ]
    assert "GOTOOLCHAIN=local" in printed.err
    repository.commit()
    repository.edit("go.mod", "go 1.99", "go 1.25")
    assert main(["affected", "main"]) == 0
    assert "\tat the revision: go.mod asks for Go 1.99" in capsys.readouterr().out


def test_without_go_nothing_is_said(repository, capsys):
    repository.edit("wasip1.toml", "[defaults]", '[toolchain]\ngo = "1.20.1"\n\n[defaults]')
    said = refused(capsys, "main")
    assert "Go 1.20.1 is not on this machine" in said
    assert "wasip1 doctor --fetch" in said
