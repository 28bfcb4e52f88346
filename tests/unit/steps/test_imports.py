"""Each rule on imports and grants is seen where it fires and where it does not."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import wasmtime

from module_findings import found, importing, only
from wasip1_build.digests import Digests
from wasip1_build.findings import Failure, Finding, Severity
from wasip1_build.spec.model import DirGrant, FunctionType, Grants, Imports
from wasip1_build.steps.imports import RULES, VerifyImports
from wasip1_build.steps.rules.subject import MAX_CLAIMS, host_line
from wasip1_build.steps.step import Context
from wasip1_build.toolchain.tools import Tools
from wasip1_build.wasm.preview1 import FUNCTIONS, MODULE
from wasm_writer import module, preview1

BATCH = FunctionType(("i32", "i32"), ())
ENV = ("env", "emit_batch", BATCH)
HOST = Imports(host={"env": {"emit_batch": BATCH}})
DATA = DirGrant("data", "/data", "ro")


def test_every_rule_has_an_id_of_its_own() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_a_go_command_with_nothing_granted_has_no_findings(hello_wasm: Path) -> None:
    assert found(hello_wasm.read_bytes()) == []


class TestUnknownModules:
    def one(self, name: str, **declared: Any) -> Finding:
        return only(importing((name, "f", BATCH), **declared), "import-module")

    def test_a_module_of_nobody_is_an_error_with_the_lines_to_paste(self) -> None:
        findings = importing(ENV, ("env", "log", FunctionType(("i64",), ("f32",))))
        finding = only(findings, "import-module")
        assert finding.severity is Severity.ERROR
        assert finding.key == "imports.host"
        assert 'imports emit_batch, log from the unknown module "env"' in finding.what
        assert 'imports.host.env.emit_batch = "(i32, i32)"' in finding.fix
        assert 'imports.host.env.log = "(i64) -> f32"' in finding.fix

    def test_a_declared_host_is_known(self) -> None:
        assert importing(ENV, imports=HOST) == []

    @pytest.mark.parametrize("name", ["gojs", "go"])
    def test_a_browser_module_is_told_by_its_imports(self, name: str) -> None:
        assert "GOOS=wasip1" in self.one(name).fix
        assert "-target=wasip1" in self.one(name, compiler="tinygo").fix

    def test_preview_0_is_told(self) -> None:
        assert "preview 0" in self.one("wasi_unstable").why

    def test_preview_2_is_told(self) -> None:
        assert "component model" in self.one("wasi:cli/environment@0.2.0").why

    def test_a_typing_error_is_told(self) -> None:
        assert self.one("wasi_snapshot_preview_1").fix == f'did you mean "{MODULE}"?'

    def test_a_line_to_paste_is_valid_toml_whatever_the_name(self) -> None:
        for name in ("extism:host/env", 'a"b\\c', "a.b", "ü\x7f\x1b\n", "x y", ""):
            line = host_line(name, name, BATCH)
            assert line.isprintable()
            assert tomllib.loads(line) == {"imports": {"host": {name: {name: "(i32, i32)"}}}}


class TestPreview1Functions:
    def test_an_unknown_one_is_an_error_with_the_nearest_name(self) -> None:
        finding = only(importing((MODULE, "fd_wirte", BATCH)), "import-function")
        assert finding.severity is Severity.ERROR
        assert finding.fix == 'did you mean "fd_write"?'

    def test_one_that_resembles_nothing_can_be_the_hosts_own(self) -> None:
        strange = (MODULE, "qqq", BATCH)
        finding = only(importing(strange), "import-function")
        assert f'imports.host.{MODULE}.qqq = "(i32, i32)"' in finding.fix
        assert importing(strange, imports=Imports(host={MODULE: {"qqq": BATCH}})) == []

    def test_another_type_is_an_error_that_shows_both(self) -> None:
        finding = only(importing((MODULE, "fd_write", BATCH)), "import-type")
        assert finding.severity is Severity.ERROR
        assert "(i32, i32)" in finding.what
        assert "(i32, i32, i32, i32) -> i32" in finding.what

    def test_all_but_sockets_are_allowed_with_their_types(self) -> None:
        names = [name for name in FUNCTIONS if not name.startswith("sock_")]
        assert importing(*preview1(*names), grants=Grants(dirs=(DATA,))) == []

    def test_a_function_imported_twice_is_named_once(self) -> None:
        wrong = (MODULE, "fd_write", BATCH)
        assert len(importing(wrong, wrong)) == 1


class TestHostFunctions:
    def test_one_that_is_not_declared_is_an_error_with_the_line(self) -> None:
        findings = importing(ENV, ("env", "emit_bach", BATCH), imports=HOST)
        finding = only(findings, "import-host-missing")
        assert finding.severity is Severity.ERROR
        assert finding.key == "imports.host.env"
        assert 'did you mean "emit_batch"?' in finding.fix
        assert 'imports.host.env.emit_bach = "(i32, i32)"' in finding.fix

    def test_another_type_is_an_error_with_the_line(self) -> None:
        other = FunctionType(("i32",), ("i32",))
        finding = only(importing(("env", "emit_batch", other), imports=HOST), "import-host-type")
        assert finding.severity is Severity.ERROR
        assert finding.key == "imports.host.env.emit_batch"
        assert 'imports.host.env.emit_batch = "(i32) -> i32"' in finding.fix

    def test_one_that_is_never_imported_is_a_warning(self) -> None:
        finding = only(importing(imports=HOST), "import-host-unused")
        assert finding.severity is Severity.WARNING
        assert finding.key == "imports.host.env.emit_batch"

    def test_a_declared_one_that_is_imported_is_well(self) -> None:
        assert importing(ENV, imports=HOST) == []


class TestPolicy:
    def test_sockets_are_an_error_that_explains_net_http(self) -> None:
        imports = preview1("fd_write", "sock_accept", "sock_shutdown")
        finding = only(importing(*imports), "import-sockets")
        assert finding.severity is Severity.ERROR
        assert finding.key == "imports.allow"
        assert "net/http" in finding.why
        assert "//go:build !wasip1" in finding.fix
        assert 'imports.allow = ["fd_*", "sock_accept", "sock_shutdown"]' in finding.fix

    def test_in_a_module_of_tinygo_they_are_not_net_https(self) -> None:
        finding = only(importing(*preview1("sock_recv"), compiler="tinygo"), "import-sockets")
        assert "net/http" not in finding.why + finding.fix

    def test_the_line_of_the_fix_makes_the_finding_go(self) -> None:
        imports = preview1("fd_write", "sock_accept")
        fix = only(importing(*imports), "import-sockets").fix
        allow = tomllib.loads(fix.splitlines()[-1])["imports"]["allow"]
        assert importing(*imports, imports=Imports(allow=tuple(allow))) == []

    def test_denied_sockets_are_reported_once(self) -> None:
        declared = Imports(deny=("sock_*",))
        only(importing(*preview1("sock_accept"), imports=declared), "import-deny")

    def test_what_allow_leaves_out_is_an_error_with_the_longer_list(self) -> None:
        declared = Imports(allow=("fd_*",))
        findings = importing(*preview1("fd_write", "random_get"), imports=declared)
        finding = only(findings, "import-allow")
        assert finding.severity is Severity.ERROR
        assert 'imports.allow = ["fd_*", "random_get"]' in finding.fix

    def test_what_allow_covers_is_well(self) -> None:
        declared = Imports(allow=("fd_*", "random_get"))
        assert importing(*preview1("fd_write", "random_get"), imports=declared) == []

    def test_deny_beats_allow(self) -> None:
        declared = Imports(allow=("fd_*",), deny=("fd_write",))
        finding = only(importing(*preview1("fd_write"), imports=declared), "import-deny")
        assert finding.severity is Severity.ERROR
        assert finding.key == "imports.deny"

    def test_what_deny_does_not_name_is_well(self) -> None:
        assert importing(*preview1("fd_write"), imports=Imports(deny=("sock_*",))) == []

    def test_globs_tell_upper_from_lower_case(self) -> None:
        findings = importing(*preview1("fd_write"), imports=Imports(deny=("FD_*",)))
        only(findings, "import-pattern")

    def test_a_pattern_that_names_nothing_is_an_error(self) -> None:
        finding = only(importing(imports=Imports(deny=("path_opne",))), "import-pattern")
        assert finding.severity is Severity.ERROR
        assert finding.key == "imports.deny"
        assert finding.fix == 'did you mean "path_open"?'

    def test_a_pattern_that_names_something_is_well_also_if_unused(self) -> None:
        assert importing(imports=Imports(allow=("path_*",), deny=("sock_accept",))) == []

    def test_host_functions_are_not_judged_by_globs(self) -> None:
        assert importing(ENV, imports=replace(HOST, allow=("fd_*",), deny=("sock_*",))) == []


class TestOtherImports:
    @pytest.mark.parametrize("what", ["(global i32)", "(table 1 funcref)", "(tag)"])
    def test_only_functions_can_be_imported(self, what: str) -> None:
        wat = f'(module (import "env" "x" {what}) (memory (export "memory") 1) {START})'
        finding = only(found(bytes(wasmtime.wat2wasm(wat))), "import-kind")
        assert finding.severity is Severity.ERROR

    def test_an_imported_memory_is_an_error(self) -> None:
        wat = f'(module (import "env" "m" (memory 1)) (export "memory" (memory 0)) {START})'
        finding = only(found(bytes(wasmtime.wat2wasm(wat))), "import-memory")
        assert finding.severity is Severity.ERROR


START = '(func (export "_start"))'


class TestGrants:
    @pytest.mark.parametrize(
        ("grants", "key", "function"),
        [
            (Grants(dirs=(DATA,)), "grants.dirs.0", "path_open"),
            (Grants(env={"INPUT": "x"}), "grants.env.INPUT", "environ_get"),
            (Grants(env_inherit=("TZ",)), "grants.env-inherit", "environ_get"),
            (Grants(args=("-v",)), "grants.args", "args_get"),
            (Grants(stdin=True), "grants.stdin", "fd_read"),
        ],
    )
    def test_a_grant_that_cannot_be_used_is_an_error(
        self, grants: Grants, key: str, function: str
    ) -> None:
        finding = only(importing(*preview1("fd_write"), grants=grants), "grant-useless")
        assert (finding.severity, finding.key) == (Severity.ERROR, key)
        assert importing(*preview1(function), grants=grants) == []

    def test_a_directory_to_write_needs_a_function_that_writes(self) -> None:
        grants = Grants(dirs=(DATA, DirGrant("out", "/out", "rw")))
        stats = preview1("path_filestat_get", "fd_write")
        finding = only(importing(*stats, grants=grants), "grant-write-useless")
        assert (finding.severity, finding.key) == (Severity.ERROR, "grants.dirs.1")

    @pytest.mark.parametrize("function", ["path_open", "path_unlink_file", "path_symlink"])
    def test_one_function_that_writes_is_enough(self, function: str) -> None:
        grants = Grants(dirs=(DirGrant("out", "/out", "rw"),))
        assert importing(*preview1(function), grants=grants) == []

    def test_files_without_a_directory_are_a_warning(self) -> None:
        finding = only(importing(*preview1("path_open", "fd_read")), "grant-missing")
        assert (finding.severity, finding.key) == (Severity.WARNING, "grants.dirs")
        assert "Bad file number" in finding.why

    def test_files_with_a_directory_are_well(self) -> None:
        assert importing(*preview1("path_open"), grants=Grants(dirs=(DATA,))) == []

    def test_whoever_allows_path_open_by_hand_is_not_warned(self) -> None:
        assert importing(*preview1("path_open"), imports=Imports(allow=("path_*",))) == []


class TestHostileModules:
    def test_findings_of_one_rule_have_an_end(self) -> None:
        strangers = [(f"m{number}", "f", BATCH) for number in range(500)]
        findings = importing(*strangers)
        assert len(findings) == MAX_CLAIMS + 1
        assert "there is more of this" in findings[-1].what

    def test_names_cannot_move_the_cursor_or_fill_the_screen(self) -> None:
        findings = importing(("evil\x1b[2J\n", "x" * 90_000, BATCH))
        text = str(only(findings, "import-module"))
        assert "\x1b" not in text
        assert len(text) < 2000


class TestStep:
    @pytest.fixture
    def context(self, tmp_path: Path) -> Context:
        digests = Digests(None)
        tools = Tools(tmp_path, digests, {}, tmp_path / "cache", [])
        return Context(tmp_path, "build", tools, digests, stage=tmp_path / "stage")

    def step(self, **declared: Any) -> VerifyImports:
        settings = {
            "kind": "command",
            "exports": (),
            "compiler": "go",
            "imports": Imports(),
            "grants": Grants(),
            **declared,
        }
        return VerifyImports(".:a", "a.wasm", "a.imports.json", **settings)

    def record(self, context: Context, data: bytes, **declared: Any) -> dict[str, Any]:
        context.path("a.wasm").write_bytes(data)
        self.step(**declared).run(context)
        record: dict[str, Any] = json.loads(context.out("a.imports.json").read_bytes())
        return record

    def test_the_record_has_imports_by_position_exports_and_memory(
        self, context: Context, hello_wasm: Path
    ) -> None:
        record = self.record(context, hello_wasm.read_bytes())
        assert record["artifact"] == ".:a"
        assert (
            record["imports"][7]
            == record["imports"][11]
            == {
                "module": MODULE,
                "name": "fd_write",
                "kind": "func",
                "type": "(i32, i32, i32, i32) -> i32",
            }
        )
        assert record["exports"][0] == {"name": "_start", "kind": "func", "type": "()"}
        assert record["memory"]["max_pages"] is None
        assert record["findings"] == []

    def test_the_evidence_of_hello_is_that_it_opens_nothing(
        self, context: Context, hello_wasm: Path
    ) -> None:
        evidence = self.record(context, hello_wasm.read_bytes())["evidence"]
        assert {ability for ability, can in evidence.items() if can} == {
            "reads_arguments",
            "reads_clocks",
            "reads_environment",
            "reads_random",
            "waits",
        }

    def test_findings_are_written_and_do_not_fail_the_step(self, context: Context) -> None:
        record = self.record(context, module(imports=[ENV], memory=None))
        assert [finding["rule"] for finding in record["findings"]] == [
            "import-module",
            "export-memory",
        ]
        assert record["memory"] is None

    def test_what_cannot_be_read_fails_the_step(self, context: Context) -> None:
        with pytest.raises(Failure, match=r"a\.wasm is not a valid WebAssembly module"):
            self.record(context, module()[:-1])

    def test_every_declaration_that_a_rule_looks_at_is_in_the_key(self, context: Context) -> None:
        others: list[dict[str, Any]] = [
            {},
            {"kind": "reactor"},
            {"exports": ("f",)},
            {"compiler": "tinygo"},
            {"imports": HOST},
            {"imports": Imports(allow=())},
            {"imports": Imports(deny=("sock_*",))},
            {"grants": Grants(dirs=(DATA,))},
            {"grants": Grants(dirs=(replace(DATA, mode="rw"),))},
            {"grants": Grants(env={"A": "1"})},
            {"grants": Grants(env_inherit=("A",))},
            {"grants": Grants(args=("x",))},
            {"grants": Grants(stdin=True)},
        ]
        keys = {json.dumps(self.step(**other).key(context), sort_keys=True) for other in others}
        assert len(keys) == len(others)

    def test_the_value_of_a_variable_is_not(self, context: Context) -> None:
        keys = [self.step(grants=Grants(env={"A": value})).key(context) for value in ("1", "2")]
        assert keys[0] == keys[1]
